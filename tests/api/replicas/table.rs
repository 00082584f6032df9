//! What is done, in this order. Each line: who, method, path, body, and after `=>` the name of what it makes.
//!
//! Root administers the installation, Ann the team. Bob, Cat and Ann are in the team from the beginning, Dan and Eve come
//! and go. Everybody is connected all the time, and everybody's copy is looked at after each line.

/// Every route that changes something, at least once.
pub const OPERATIONS: &str = r##"
# A team and a channel, and who comes into them
ann POST /api/v1/teams {"name":"lab","display_name":"Lab"} => team
ann GET /api/v4/teams/{team}/channels/name/{town-square} => square
ann POST /api/v1/teams/{team}/members {"user_id":"{bob}"}
ann POST /api/v4/teams/{team}/members {"team_id":"{team}","user_id":"{cat}"}
ann POST /api/v1/teams/{team}/channels {"name":"room","display_name":"Room"} => room
ann POST /api/v1/channels/{room}/members {"user_id":"{bob}"}
cat POST /api/v1/channels/{room}/members {"user_id":"{cat}"}
ann POST /api/v4/teams/{team}/regenerate_invite_id
ann GET /api/v1/teams/{team} => invite
dan POST /api/v1/teams/join {"invite_id":"{invite}"}
ann POST /api/v4/teams/{team}/members/batch [{"team_id":"{team}","user_id":"{eve}"}]
ann POST /api/v4/channels/{room}/members {"user_ids":["{dan}","{eve}"]}

# Talking
ann POST /api/v1/channels/{room}/posts {"message":"hello everybody"} => first
bob POST /api/v1/channels/{room}/posts {"message":"hi @cat and @ann"} => second
cat POST /api/v1/channels/{room}/posts {"message":"@bob, look","root_id":"{first}"} => reply
bob POST /api/v1/channels/{room}/posts {"message":"I see","root_id":"{first}"} => answer
bob POST /api/v1/channels/{room}/posts {"message":"@all: a root by one who has not read all"}
ann POST /api/v4/posts {"channel_id":"{room}","message":"@here"} => third
ann PATCH /api/v1/posts/{third} {"message":"changed, @dan"}
ann PUT /api/v4/posts/{third} {"id":"{third}","message":"changed again"}
ann PUT /api/v4/posts/{third}/patch {"message":"and again"}
bob PATCH /api/v1/posts/{third} {"pinned":true}
bob POST /api/v4/posts/{third}/unpin
bob POST /api/v4/posts/{third}/pin
cat PUT /api/v1/posts/{first}/reactions/{smile}
dan PUT /api/v1/posts/{first}/reactions/{smile}
dan POST /api/v4/reactions {"user_id":"{dan}","post_id":"{first}","emoji_name":"tada"}
cat DELETE /api/v1/posts/{first}/reactions/{smile}
dan DELETE /api/v4/users/{dan}/posts/{first}/reactions/{tada}
cat POST /api/v1/channels/{room}/posts {"message":"@ann @dan, look again","root_id":"{first}"}

# Reading
cat POST /api/v1/channels/{room}/view
cat POST /api/v1/channels/{room}/unread {"post_id":"{second}"}
ann POST /api/v4/channels/members/{ann}/view {"channel_id":"{room}"}
bob POST /api/v1/channels/{room}/posts {"message":"@ann @cat after reading"} => fourth
ann POST /api/v4/users/{ann}/posts/{fourth}/set_unread
ann POST /api/v4/channels/members/{ann}/mark_read ["{room}","{square}"]
cat POST /api/v1/channels/{room}/posts {"message":"whoever writes has read"}

# Threads
ann POST /api/v1/posts/{first}/thread/read
dan PUT /api/v4/users/{dan}/teams/{team}/threads/{first}/following
bob POST /api/v1/channels/{room}/posts {"message":"for the followers","root_id":"{first}"} => late
dan PUT /api/v4/users/{dan}/teams/{team}/threads/{first}/read/{time}
dan POST /api/v4/users/{dan}/teams/{team}/threads/{first}/set_unread/{late}
dan PUT /api/v4/users/{dan}/teams/{team}/threads/read
dan DELETE /api/v4/users/{dan}/teams/{team}/threads/{first}/following
bob DELETE /api/v1/posts/{late}
bob POST /api/v1/channels/{room}/posts {"message":"a root to go"} => doomed
cat POST /api/v1/channels/{room}/posts {"message":"with a reply to @bob","root_id":"{doomed}"}
bob DELETE /api/v1/posts/{doomed}
ann DELETE /api/v4/posts/{fourth}

# The channel
ann PATCH /api/v1/channels/{room} {"display_name":"Our room","header":"Welcome"}
ann PUT /api/v4/channels/{room} {"id":"{room}","display_name":"Room"}
bob PUT /api/v4/channels/{room}/patch {"purpose":"Talking"}
ann PUT /api/v4/channels/{room}/privacy {"privacy":"P"}
ann PUT /api/v4/channels/{room}/privacy {"privacy":"O"}
ann PUT /api/v4/channels/{room}/members/{bob}/roles {"roles":"channel_user channel_admin"}
ann PUT /api/v4/channels/{room}/members/{bob}/schemeRoles {"scheme_user":true,"scheme_admin":false}
cat PUT /api/v4/channels/{room}/members/{cat}/notify_props {"mark_unread":"mention","desktop":"all"}
bob POST /api/v1/channels/{room}/posts {"message":"@all and @cat, who is muted"}
ann DELETE /api/v1/channels/{room}/members/{dan}
bob DELETE /api/v4/channels/{room}/members/{bob}
bob POST /api/v1/channels/{room}/members {"user_id":"{bob}"}
ann POST /api/v4/channels {"team_id":"{team}","name":"den","display_name":"Den","type":"P"} => den
ann POST /api/v1/channels/{den}/members {"user_id":"{dan}"}
ann DELETE /api/v1/channels/{den}
root POST /api/v1/channels/{den}/restore
dan POST /api/v1/channels/{den}/posts {"message":"back, @ann"}
ann DELETE /api/v4/channels/{room}
cat RECONNECT
root POST /api/v4/channels/{room}/restore
bob POST /api/v1/channels/{room}/posts {"message":"@cat is back"}

# Direct and group channels
ann POST /api/v1/channels/direct {"user_ids":["{bob}"]} => direct
ann POST /api/v1/channels/{direct}/posts {"message":"psst"}
bob POST /api/v1/channels/{direct}/view
bob PATCH /api/v1/channels/{direct} {"header":"about us"}
ann POST /api/v4/channels/direct ["{ann}","{eve}"]
cat POST /api/v4/channels/group ["{ann}","{bob}"] => group
bob POST /api/v1/channels/{group}/posts {"message":"all of us"} => said
ann POST /api/v1/channels/{group}/posts {"message":"yes","root_id":"{said}"}

# The team
ann PATCH /api/v1/teams/{team} {"display_name":"The lab"}
ann PUT /api/v4/teams/{team} {"id":"{team}","display_name":"Lab","type":"I"}
ann PUT /api/v4/teams/{team}/patch {"description":"Where we work"}
ann PUT /api/v4/teams/{team}/privacy {"privacy":"O"}
ann PUT /api/v4/teams/{team}/members/{bob}/roles {"roles":"team_user team_admin"}
ann PUT /api/v4/teams/{team}/members/{bob}/schemeRoles {"scheme_user":true,"scheme_admin":false}
dan DELETE /api/v1/teams/{team}/members/{dan}
dan POST /api/v1/teams/{team}/members {"user_id":"{dan}"}
ann DELETE /api/v4/teams/{team}/members/{eve}
eve POST /api/v4/teams/members/invite?invite_id={invite}
ann DELETE /api/v1/teams/{team}
cat RECONNECT
root POST /api/v4/teams/{team}/restore
bob POST /api/v1/channels/{room}/posts {"message":"the team is back, @all"}
eve POST /api/v4/teams {"name":"attic","display_name":"Attic","type":"O"} => attic
eve DELETE /api/v4/teams/{attic}

# What people keep for themselves
ann PUT /api/v1/me/preferences [{"category":"a","name":"b","value":"c"},{"category":"a","name":"d","value":"e"}]
ann POST /api/v1/me/preferences/delete [{"category":"a","name":"b"}]
ann PUT /api/v4/users/{ann}/preferences [{"user_id":"{ann}","category":"a","name":"d","value":"f"}]
ann POST /api/v4/users/{ann}/preferences/delete [{"user_id":"{ann}","category":"a","name":"d"}]
bob PUT /api/v1/me/status {"status":"dnd"}
bob PUT /api/v4/users/{bob}/status {"user_id":"{bob}","status":"online"}
ann POST /api/v4/drafts {"channel_id":"{room}","message":"begun"}
ann DELETE /api/v4/users/{ann}/channels/{room}/drafts
ann POST /api/v4/drafts {"channel_id":"{room}","root_id":"{first}","message":"begun"}
ann DELETE /api/v4/users/{ann}/channels/{room}/drafts/{first}
ann POST /api/v4/users/{ann}/typing {"channel_id":"{room}"}
ann POST /api/v4/users/{ann}/teams/{team}/channels/categories {"user_id":"{ann}","team_id":"{team}","display_name":"Work","channel_ids":["{room}"]} => category
ann PUT /api/v4/users/{ann}/teams/{team}/channels/categories [{"id":"{category}","user_id":"{ann}","team_id":"{team}","display_name":"Work","sorting":"alpha","muted":true,"channel_ids":["{room}"]}]
ann PUT /api/v4/users/{ann}/teams/{team}/channels/categories/{category} {"id":"{category}","user_id":"{ann}","team_id":"{team}","display_name":"Job","muted":false,"channel_ids":["{room}"]}
ann GET /api/v4/users/{ann}/teams/{team}/channels/categories/order => order
ann PUT /api/v4/users/{ann}/teams/{team}/channels/categories/order {order}
ann DELETE /api/v4/users/{ann}/teams/{team}/channels/categories/{category}

# Accounts
bob PATCH /api/v1/me {"nickname":"Bobby","position":"Carpenter"}
bob PUT /api/v4/users/{bob}/patch {"first_name":"Robert"}
root PUT /api/v4/users/{cat}/patch {"username":"cath"}
root PUT /api/v4/users/{bob}/roles {"roles":"system_user system_admin"}
bob PATCH /api/v1/me {"last_name":"Builder"}
cat PATCH /api/v1/me {"first_name":"Catherine"}
root PUT /api/v4/users/{bob}/roles {"roles":"system_user"}
nobody POST /api/v1/users {"username":"fay","email":"fay@example.com","password":"{password}","invite_id":"{invite}"} => fay
nobody POST /api/v4/users {"username":"gus","email":"gus@example.com","password":"{password}"} => gus
root PUT /api/v4/users/{fay}/active {"active":false}
root PUT /api/v4/users/{fay}/active {"active":true}
root DELETE /api/v4/users/{fay}

# Logins
nobody POST /api/v1/sessions {"login":"ann","password":"{password}"}
nobody POST /api/v4/users/login {"login_id":"ann","password":"{password}"}
ann PUT /api/v4/users/sessions/device {"device_id":"android:x"}
ann PUT /api/v1/me/password {"current":"{password}","new":"{password}"}
ann PUT /api/v4/users/{ann}/password {"current_password":"{password}","new_password":"{password}"}
ann DELETE /api/v1/sessions
"##;

/// Ann and Bob in a channel.
pub const CONVERSATION: &str = r#"
ann POST /api/v1/teams {"name":"lab","display_name":"Lab"} => team
ann POST /api/v1/teams/{team}/members {"user_id":"{bob}"}
ann POST /api/v1/teams/{team}/channels {"name":"room","display_name":"Room"} => room
ann POST /api/v1/channels/{room}/members {"user_id":"{bob}"}
"#;

/// Routes that change nothing although their method says otherwise, and those that end the login of whoever is looked at:
/// `tests/api/accounts` has them.
pub const ELSEWHERE: &str = "
DELETE /api/v1/sessions/{session}
DELETE /api/v1/sessions/current
POST /api/v1/password-resets
POST /api/v1/password-resets/redeem
POST /api/v1/users/lookup
POST /api/v1/users/statuses
POST /api/v4/channels/{channel}/members/ids
POST /api/v4/posts/ids
POST /api/v4/posts/ids/reactions
POST /api/v4/roles/names
POST /api/v4/teams/{team}/channels/search
POST /api/v4/teams/{team}/members/ids
POST /api/v4/users/group_channels
POST /api/v4/users/ids
POST /api/v4/users/logout
POST /api/v4/users/password/reset
POST /api/v4/users/password/reset/send
POST /api/v4/users/search
POST /api/v4/users/status/ids
POST /api/v4/users/usernames
POST /api/v4/users/{user}/sessions/revoke
POST /api/v4/users/{user}/sessions/revoke/all
";
