//! What arrives on the native websocket (`/api/v1/ws`).
//!
//! A frame from the server is either an event `{"type","data","seq"}` or a reply `{"reply","ok","data"|"problem"}`.
//! `seq` counts from 0 per connection id, `hello` being number 0; a reply does not count.
//!
//! A client that fetches once after `hello` and then applies each event as it is described here has what it would fetch
//! now, but for what it fetches when it needs it: posts of a channel it has not opened, people it has not met, `invite_id`,
//! and `permissions` after its roles changed. `tests/api/replicas` holds every route to that.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Channel, Problem, Status};
use super::{
    JoinedChannel, JoinedTeam, Me, Membership, Post, PreferenceItem, ReadState, Team, TeamMember, Thread, User,
};
use crate::model::{ChannelId, Millis, PostId, TeamId, UserId};

/// Every event, by its type.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "data")]
pub enum Event {
    /// First on every new connection id. Whoever gets one refetches; a resumed connection gets none.
    #[serde(rename = "hello")]
    Hello(Hello),
    /// Somebody posted or replied. Nothing in a membership changes unless the post is newer than what it was last fetched
    /// or viewed with (`channel.last_post_at` against the channel's then, or `last_viewed_at`). A root of the caller's own
    /// makes everything seen: both counters and `last_viewed_at` as in `channel`, no mentions. A reply of the caller's own
    /// adds one to `seen_messages`. Otherwise, where `mentions_me`, `mention_count` grows by one, and for a root
    /// `mention_count_root`, too.
    #[serde(rename = "post.created")]
    PostCreated(PostCreated),
    /// A post changed: text, pin.
    #[serde(rename = "post.updated")]
    PostUpdated(PostUpdated),
    /// A post and, for a root, its replies are gone.
    #[serde(rename = "post.deleted")]
    PostDeleted(PostDeleted),
    /// Somebody reacted.
    #[serde(rename = "reaction.added")]
    ReactionAdded(ReactionChange),
    /// Somebody took a reaction back.
    #[serde(rename = "reaction.removed")]
    ReactionRemoved(ReactionChange),
    /// Somebody is writing; forget it after 5 seconds.
    #[serde(rename = "typing")]
    Typing(Typing),
    /// The caller is now in this channel (created, joined, added, direct). The membership is that from before the server
    /// said so in the channel: that post follows as `post.created`.
    #[serde(rename = "channel.joined")]
    ChannelJoined(JoinedChannel),
    /// The caller is no longer in this channel.
    #[serde(rename = "channel.left")]
    ChannelLeft(ChannelRef),
    /// A channel's names, texts or kind changed, or it was archived or restored. Its counters may be older than those that
    /// are known. Open channels are told to the whole team: whoever has no membership of it need not keep it.
    #[serde(rename = "channel.updated")]
    ChannelUpdated(Channel),
    /// Somebody came into a channel the caller is in.
    #[serde(rename = "channel.member_added")]
    ChannelMemberAdded(ChannelMemberRef),
    /// Somebody left a channel the caller is in.
    #[serde(rename = "channel.member_removed")]
    ChannelMemberRemoved(ChannelMemberRef),
    /// The caller's roles or notification settings in a channel changed. How far it is read stays as it is known.
    #[serde(rename = "membership.updated")]
    MembershipUpdated(Membership),
    /// The caller viewed channels, or marked one unread, on some device.
    #[serde(rename = "channels.read")]
    ChannelsRead(ChannelsRead),
    /// The caller is now in this team.
    #[serde(rename = "team.joined")]
    TeamJoined(JoinedTeam),
    /// The caller is no longer in this team, nor in its channels.
    #[serde(rename = "team.left")]
    TeamLeft(TeamRef),
    /// The caller's roles in a team changed.
    #[serde(rename = "team.member_updated")]
    TeamMemberUpdated(TeamMember),
    /// A team's names or settings changed, or it was archived, and with it all its channels. Whoever hears that a team is
    /// back from the archive refetches. `invite_id` is `null` here, and what was known of it is out of date.
    #[serde(rename = "team.updated")]
    TeamUpdated(Team),
    /// Somebody's profile changed.
    #[serde(rename = "user.updated")]
    UserUpdated(User),
    /// The caller's own account changed.
    #[serde(rename = "me.updated")]
    MeUpdated(Me),
    /// The presence of somebody the client watches, or of the caller, changed.
    #[serde(rename = "status.changed")]
    StatusChanged(Status),
    /// The caller's preferences changed; `removed` lists those that are gone, with an empty value.
    #[serde(rename = "preferences.changed")]
    PreferencesChanged(PreferencesChanged),
}

/// See [`Event::Hello`].
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Hello {
    /// Give it back as `connection_id`, with the next expected `seq` as `sequence_number`, to resume.
    pub connection_id: String,
    /// The server's version.
    pub server_version: String,
}

/// See [`Event::PostCreated`].
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PostCreated {
    /// The new post.
    pub post: Post,
    /// For a reply: its root's thread as it is now.
    pub thread: Option<Thread>,
    /// For a reply: its root's [`Post::updated_at`] as it is now.
    pub root_updated_at: Option<Millis>,
    /// The channel's counters as they are now.
    pub channel: Counters,
    /// Whether it mentions the caller.
    pub mentions_me: bool,
    /// Its author's profile.
    pub author: User,
}

/// A channel's counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counters {
    /// See [`Channel::message_count`].
    pub message_count: i64,
    /// See [`Channel::root_count`].
    pub root_count: i64,
    /// See [`Channel::last_post_at`].
    pub last_post_at: Millis,
}

/// See [`Event::PostUpdated`].
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PostUpdated {
    /// The post as it is now.
    pub post: Post,
}

/// See [`Event::PostDeleted`].
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PostDeleted {
    /// Which.
    pub post_id: PostId,
    /// Where it was.
    pub channel_id: ChannelId,
    /// The root it replied to.
    pub root_id: Option<PostId>,
    /// When.
    pub deleted_at: Millis,
    /// For a reply: its root's thread as it is now.
    pub thread: Option<Thread>,
    /// For a reply: its root's [`Post::updated_at`] as it is now.
    pub root_updated_at: Option<Millis>,
}

/// A reaction that came or went.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReactionChange {
    /// Under which post.
    pub post_id: PostId,
    /// Where.
    pub channel_id: ChannelId,
    /// Whose.
    pub user_id: UserId,
    /// The emoji's name without colons.
    pub emoji: String,
    /// The post's [`Post::updated_at`] after it.
    pub post_updated_at: Millis,
}

/// See [`Event::Typing`].
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Typing {
    /// Where.
    pub channel_id: ChannelId,
    /// In which thread.
    pub root_id: Option<PostId>,
    /// Who.
    pub user_id: UserId,
}

/// Names a channel.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct ChannelRef {
    /// Which.
    pub channel_id: ChannelId,
}

/// Names a member of a channel.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct ChannelMemberRef {
    /// Where.
    pub channel_id: ChannelId,
    /// Who.
    pub user_id: UserId,
}

/// See [`Event::ChannelsRead`].
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChannelsRead {
    /// How far each is read now.
    pub channels: Vec<ReadState>,
}

/// Names a team.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct TeamRef {
    /// Which.
    pub team_id: TeamId,
}

/// See [`Event::PreferencesChanged`].
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PreferencesChanged {
    /// As they are now.
    pub saved: Vec<PreferenceItem>,
    /// No longer set.
    pub removed: Vec<PreferenceItem>,
}

/// What a client may say on the socket: `{"id":1,"action":"typing","data":{...}}`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "action", content = "data", rename_all = "snake_case")]
pub enum Action {
    /// First frame of a socket that was opened without a token.
    Authenticate {
        /// A session's token.
        token: String,
    },
    /// Keeps the connection warm; answered by the server's clock.
    Ping,
    /// The caller is writing.
    Typing {
        /// Where.
        channel_id: ChannelId,
        /// In which thread.
        root_id: Option<PostId>,
    },
    /// The caller is at the device, or has left it.
    Active {
        /// Whether there was input lately.
        active: bool,
    },
    /// Whose presence to hear of: replaces the earlier list; at most 500. The reply holds their statuses.
    WatchPresence {
        /// Whose.
        user_ids: Vec<UserId>,
    },
}

/// The answer to an [`Action`]. It never takes part in the sequence of events.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Reply {
    /// The `id` of the request.
    pub reply: u64,
    /// Whether it was done.
    pub ok: bool,
    /// What was asked for: `{"now"}` for a ping, the statuses for watched people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<serde_json::Value>,
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}
