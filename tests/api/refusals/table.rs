//! The table. Each line: method, path, what everybody gets, body.
//!
//! The letters stand for a stranger (logged in, but in no team), a guest of the channel, a member of it, its admin, the
//! admin of its team (a member of the channel, too) and a system admin (a member of nothing): `+` it is done, `x` 403, `0`
//! 404. Nobody, a revoked session and a deactivated account get 401 everywhere here. The channel is private, the team is
//! by invitation, and the post is the member's.

/// For whoever is logged in.
pub const CLOSED: &str = r#"
# v1: oneself
GET /api/v1/bootstrap ++++++
GET /api/v1/me ++++++
PATCH /api/v1/me ++++++ {"nickname":"nick"}
PUT /api/v1/me/password ++++++ {"current":"{password}","new":"{password}"}
PUT /api/v1/me/status ++++++ {"status":"away"}
GET /api/v1/me/preferences ++++++
PUT /api/v1/me/preferences ++++++ [{"category":"c","name":"n","value":"v"}]
POST /api/v1/me/preferences/delete ++++++ [{"category":"c","name":"n"}]
GET /api/v1/sessions ++++++
DELETE /api/v1/sessions ++++++
DELETE /api/v1/sessions/{session} 00+000
DELETE /api/v1/sessions/current ++++++
# v1: people
GET /api/v1/users ++++++
GET /api/v1/users?team={team} 0+++++
GET /api/v1/users?channel={channel} 0+++++
GET /api/v1/users/{member} ++++++
GET /api/v1/users/{member}/picture ++++++
POST /api/v1/users/lookup ++++++ {"ids":["{member}"]}
POST /api/v1/users/statuses ++++++ {"user_ids":["{member}"]}
# v1: teams
GET /api/v1/teams ++++++
POST /api/v1/teams +x++++ {"name":"{unique}","display_name":"x"}
POST /api/v1/teams/join +x++++ {"invite_id":"{invite}"}
GET /api/v1/teams/{team} 0+++++
PATCH /api/v1/teams/{team} 0xxx++ {"description":"x"}
DELETE /api/v1/teams/{team} 0xxx++
GET /api/v1/teams/{team}/members 0+++++
POST /api/v1/teams/{team}/members 0x++++ {"user_id":"{outsider}"}
DELETE /api/v1/teams/{team}/members/{member} 0x+x++
GET /api/v1/teams/{team}/channels 0x++++
POST /api/v1/teams/{team}/channels 0x++++ {"name":"{unique}","display_name":"x"}
# v1: channels
POST /api/v1/channels/direct ++++++ {"user_ids":["{member}"]}
GET /api/v1/channels/{channel} 0+++++
PATCH /api/v1/channels/{channel} 0x++++ {"header":"x"}
DELETE /api/v1/channels/{channel} 0x++++
POST /api/v1/channels/{archived}/restore 00xx0+
GET /api/v1/channels/{channel}/members 0+++++
POST /api/v1/channels/{channel}/members 0x++++ {"user_id":"{colleague}"}
DELETE /api/v1/channels/{channel}/members/{member} 0x++++
POST /api/v1/channels/{channel}/view 0++++0
POST /api/v1/channels/{channel}/unread 0++++0 {"post_id":"{post}"}
GET /api/v1/channels/{channel}/posts 0+++++
GET /api/v1/channels/{channel}/pins 0+++++
# v1: posts
POST /api/v1/channels/{channel}/posts 0+++++ {"message":"x"}
GET /api/v1/posts/{post} 0+++++
PATCH /api/v1/posts/{post} 0x+xx+ {"message":"x"}
DELETE /api/v1/posts/{post} 0x+x++
GET /api/v1/posts/{post}/thread 0+++++
POST /api/v1/posts/{post}/thread/read 0+++++
PUT /api/v1/posts/{post}/reactions/smile 0+++++
DELETE /api/v1/posts/{post}/reactions/smile 0+++++

# v4: oneself, or another for those who may
PUT /api/v4/users/sessions/device ++++++ {"device_id":"android:x"}
GET /api/v4/users/{member}/sessions xx+xx+
POST /api/v4/users/{member}/sessions/revoke xx+xx+ {"session_id":"{session}"}
POST /api/v4/users/{member}/sessions/revoke/all xx+xx+
PUT /api/v4/users/{member}/password xx+xx+ {"current_password":"{password}","new_password":"{password}"}
PUT /api/v4/users/{member}/patch xx+xx+ {"nickname":"nick"}
PUT /api/v4/users/{member}/status xx+xx+ {"user_id":"{member}","status":"away"}
GET /api/v4/users/{member}/preferences xx+xx+
GET /api/v4/users/{member}/preferences/display_settings xx+xx+
GET /api/v4/users/{member}/preferences/display_settings/name/name_format xx0xx0
PUT /api/v4/users/{member}/preferences xx+xx+ [{"user_id":"{member}","category":"c","name":"n","value":"v"}]
POST /api/v4/users/{member}/preferences/delete xx+xx+ [{"user_id":"{member}","category":"c","name":"n"}]
# v4: people
GET /api/v4/users ++++++
GET /api/v4/users/{member} ++++++
GET /api/v4/users/{member}/image ++++++
GET /api/v4/users/{member}/status ++++++
GET /api/v4/users/username/mary ++++++
GET /api/v4/users/email/mary@example.com ++++++
POST /api/v4/users/ids ++++++ ["{member}"]
POST /api/v4/users/usernames ++++++ ["mary"]
POST /api/v4/users/status/ids ++++++ ["{member}"]
POST /api/v4/users/group_channels ++++++ ["{channel}"]
GET /api/v4/users/autocomplete?name=mary ++++++
GET /api/v4/users/autocomplete?name=mary&in_team={team} 0+++++
GET /api/v4/users/autocomplete?name=mary&in_team={team}&in_channel={channel} 0+++++
POST /api/v4/users/search ++++++ {"term":"mary"}
POST /api/v4/users/search 0+++++ {"term":"mary","team_id":"{team}"}
POST /api/v4/users/search 0+++++ {"term":"mary","not_in_team_id":"{team}"}
POST /api/v4/users/search 0+++++ {"term":"mary","in_channel_id":"{channel}"}
POST /api/v4/users/search 0+++++ {"term":"mary","not_in_channel_id":"{channel}"}
PUT /api/v4/users/{outsider}/roles xxxxx+ {"roles":"system_user"}
PUT /api/v4/users/{outsider}/active xxxxx+ {"active":false}
DELETE /api/v4/users/{outsider} xxxxx+
PUT /api/v4/users/{outsider}/active xxxxx+ {"active":true}
POST /api/v4/roles/names ++++++ ["system_user"]
# v4: the installation
GET /api/v4/limits/server ++++++
GET /api/v4/plugins/webapp ++++++
GET /api/v4/system/notices/{team} ++++++
# v4: teams
GET /api/v4/teams ++++++
POST /api/v4/teams +x++++ {"name":"{unique}","display_name":"x","type":"O"}
POST /api/v4/teams/members/invite?invite_id={invite} +x++++
GET /api/v4/teams/{team} 0+++++
GET /api/v4/teams/name/{team_name} 0+++++
PUT /api/v4/teams/{team} 0xxx++ {"id":"{team}","display_name":"x","type":"I"}
PUT /api/v4/teams/{team}/patch 0xxx++ {"description":"x"}
PUT /api/v4/teams/{team}/privacy 0xxx++ {"privacy":"O"}
POST /api/v4/teams/{team}/regenerate_invite_id 0xxx++
POST /api/v4/teams/{archived_team}/restore 0000++
DELETE /api/v4/teams/{team} 0xxx++
GET /api/v4/teams/{team}/members 0+++++
GET /api/v4/teams/{team}/members/{member} 0+++++
POST /api/v4/teams/{team}/members 0x++++ {"team_id":"{team}","user_id":"{outsider}"}
POST /api/v4/teams/{team}/members/batch 0x++++ [{"team_id":"{team}","user_id":"{outsider}"}]
POST /api/v4/teams/{team}/members/ids 0+++++ ["{member}"]
DELETE /api/v4/teams/{team}/members/{member} 0x+x++
PUT /api/v4/teams/{team}/members/{member}/roles 0xxx++ {"roles":"team_user team_admin"}
PUT /api/v4/teams/{team}/members/{member}/schemeRoles 0xxx++ {"scheme_user":true,"scheme_admin":true}
GET /api/v4/users/{member}/teams xx+xx+
GET /api/v4/users/{member}/teams/members xx+xx+
GET /api/v4/users/{member}/teams/unread xx+xx+
# v4: channels
GET /api/v4/teams/{team}/channels 0x++++
GET /api/v4/teams/{team}/channels/deleted 0x++++
GET /api/v4/teams/{team}/channels/autocomplete?name=den 0x++++
GET /api/v4/teams/{team}/channels/search_autocomplete?name=den 0x++++
POST /api/v4/teams/{team}/channels/search 0x++++ {"term":"den"}
GET /api/v4/teams/{team}/channels/name/town-square 0+++++
GET /api/v4/teams/name/{team_name}/channels/name/town-square 0+++++
POST /api/v4/channels 0x++++ {"team_id":"{team}","name":"{unique}","display_name":"x","type":"O"}
POST /api/v4/channels/direct ++++++ ["{me}","{colleague}"]
POST /api/v4/channels/group ++++++ ["{member}","{colleague}","{outsider}"]
GET /api/v4/channels/{channel} 0+++++
PUT /api/v4/channels/{channel} 0x++++ {"id":"{channel}","display_name":"x"}
PUT /api/v4/channels/{channel}/patch 0x++++ {"header":"x"}
PUT /api/v4/channels/{channel}/privacy 0xxx++ {"privacy":"O"}
POST /api/v4/channels/{archived}/restore 00xx0+
DELETE /api/v4/channels/{channel} 0x++++
GET /api/v4/channels/{channel}/stats 0+++++
GET /api/v4/channels/{channel}/timezones 0+++++
GET /api/v4/channels/{channel}/pinned 0+++++
GET /api/v4/channels/{channel}/members 0+++++
GET /api/v4/channels/{channel}/members/{member} 0+++++
POST /api/v4/channels/{channel}/members/ids 0+++++ ["{member}"]
POST /api/v4/channels/{channel}/members 0x++++ {"user_id":"{colleague}"}
DELETE /api/v4/channels/{channel}/members/{member} 0x++++
PUT /api/v4/channels/{channel}/members/{member}/notify_props xx+xx+ {"desktop":"all"}
PUT /api/v4/channels/{channel}/members/{member}/roles 0xx+++ {"roles":"channel_user channel_admin"}
PUT /api/v4/channels/{channel}/members/{member}/schemeRoles 0xx+++ {"scheme_user":true,"scheme_admin":true}
GET /api/v4/users/{member}/channels xx+xx+
GET /api/v4/users/{member}/channel_members xx+xx+
GET /api/v4/users/{member}/teams/{team}/channels xx+xx+
GET /api/v4/users/{member}/teams/{team}/channels/members xx+xx+
GET /api/v4/users/{member}/channels/{channel}/unread xx+xx+
POST /api/v4/channels/members/{member}/view xx+xx+ {"channel_id":"{channel}"}
POST /api/v4/channels/members/{member}/mark_read xx+xx+ ["{channel}"]
# v4: how one sorts one's channels
GET /api/v4/users/{member}/teams/{team}/channels/categories xx+xx+
POST /api/v4/users/{member}/teams/{team}/channels/categories xx+xx+ {"user_id":"{member}","team_id":"{team}","display_name":"x"}
PUT /api/v4/users/{member}/teams/{team}/channels/categories xx+xx+ [{"id":"channels_{member}_{team}","display_name":"x","type":"channels"}]
GET /api/v4/users/{member}/teams/{team}/channels/categories/order xx+xx+
PUT /api/v4/users/{member}/teams/{team}/channels/categories/order xx+xx+ ["favorites_{member}_{team}","channels_{member}_{team}","direct_messages_{member}_{team}"]
GET /api/v4/users/{member}/teams/{team}/channels/categories/channels_{member}_{team} xx+xx+
PUT /api/v4/users/{member}/teams/{team}/channels/categories/channels_{member}_{team} xx+xx+ {"display_name":"x","type":"channels"}
DELETE /api/v4/users/{member}/teams/{team}/channels/categories/{category} xx+xx+
# v4: posts
GET /api/v4/channels/{channel}/posts 0+++++
GET /api/v4/users/{member}/channels/{channel}/posts/unread xx+xx+
POST /api/v4/posts 0+++++ {"channel_id":"{channel}","message":"x"}
POST /api/v4/posts/ids ++++++ ["{post}"]
POST /api/v4/posts/ids/reactions ++++++ ["{post}"]
GET /api/v4/posts/{post} 0+++++
GET /api/v4/posts/{post}/thread 0+++++
GET /api/v4/posts/{post}/reactions 0+++++
PUT /api/v4/posts/{post} 0x+xx+ {"id":"{post}","message":"x"}
PUT /api/v4/posts/{post}/patch 0x+xx+ {"message":"x"}
DELETE /api/v4/posts/{post} 0x+x++
POST /api/v4/posts/{post}/pin 0+++++
POST /api/v4/posts/{post}/unpin 0+++++
POST /api/v4/reactions xx+xxx {"user_id":"{member}","post_id":"{post}","emoji_name":"smile"}
DELETE /api/v4/users/{member}/posts/{post}/reactions/smile xx+xxx
POST /api/v4/users/{member}/posts/{post}/set_unread xx+xx+
# v4: what one is writing is nobody else's business
POST /api/v4/drafts 0+++++ {"channel_id":"{channel}","message":"x"}
GET /api/v4/users/{me}/teams/{team}/drafts 0+++++
GET /api/v4/users/{member}/teams/{team}/drafts xx+xxx
DELETE /api/v4/users/{me}/channels/{channel}/drafts 0+++++
DELETE /api/v4/users/{member}/channels/{channel}/drafts xx+xxx
DELETE /api/v4/users/{me}/channels/{channel}/drafts/{post} 0+++++
DELETE /api/v4/users/{member}/channels/{channel}/drafts/{post} xx+xxx
POST /api/v4/users/{me}/typing 0+++++ {"channel_id":"{channel}"}
POST /api/v4/users/{member}/typing xx+xxx {"channel_id":"{channel}"}
# v4: threads
GET /api/v4/users/{member}/teams/{team}/threads xx+xx+
GET /api/v4/users/{member}/teams/{team}/threads/{post} xx+xx+
PUT /api/v4/users/{member}/teams/{team}/threads/read xx+xx+
PUT /api/v4/users/{member}/teams/{team}/threads/{post}/read/1 xx+xx+
POST /api/v4/users/{member}/teams/{team}/threads/{post}/set_unread/{reply} xx+xx+
PUT /api/v4/users/{member}/teams/{team}/threads/{post}/following xx+xx+
DELETE /api/v4/users/{member}/teams/{team}/threads/{post}/following xx+xx+
"#;

/// For everybody.
pub const OPEN: &str = r#"
GET /api/v1/server +
GET /api/v1/openapi.json +
GET /api/v1/docs +
GET /api/v1/docs/docs.js +
GET /api/v1/docs/docs.css +
POST /api/v1/users + {"username":"{unique}","email":"{unique}@example.com","password":"{password}"}
POST /api/v1/sessions + {"login":"mary","password":"{password}"}
POST /api/v4/users + {"username":"{unique}","email":"{unique}@example.com","password":"{password}"}
POST /api/v4/users/logout +
POST /api/v4/users/login + {"login_id":"mary","password":"{password}"}
POST /api/v1/password-resets + {"email":"mary@example.com"}
POST /api/v1/password-resets/redeem + {"token":"{reset}","new_password":"{password}"}
POST /api/v4/users/password/reset/send + {"email":"mary@example.com"}
POST /api/v4/users/password/reset + {"token":"{reset}","new_password":"{password}"}
GET /api/v4/config/client?format=old +
GET /api/v4/license/client?format=old +
GET /api/v4/system/ping +
"#;

/// Websockets, which have tests of their own.
pub const ELSEWHERE: &str = "
GET /api/v1/ws
GET /api/v4/websocket
";
