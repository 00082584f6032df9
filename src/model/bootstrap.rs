//! What a client shows first.

use std::sync::Arc;

use super::{Channel, ChannelId, ChannelMember, PostPage, Preference, Status, Team, TeamId, TeamMember, User};

/// A client's first answer.
#[derive(Debug)]
pub struct Bootstrap {
    /// The caller, fresh from the database.
    pub me: User,
    /// The caller's teams and places in them.
    pub teams: Vec<(Team, TeamMember)>,
    /// Every channel the caller is in.
    pub channels: Vec<Channel>,
    /// The caller's place in each.
    pub memberships: Vec<ChannelMember>,
    /// The caller's preferences.
    pub preferences: Vec<Preference>,
    /// The caller, the members of direct and group channels, and whom the open page shows.
    pub users: Vec<Arc<User>>,
    /// Presence of those users.
    pub statuses: Vec<Status>,
    /// The channel to show, the team to show it in, and its page.
    pub open: Option<OpenChannel>,
}

/// The channel that a client shows first.
#[derive(Debug)]
pub struct OpenChannel {
    /// The team to show it in.
    pub team: Option<TeamId>,
    /// The channel.
    pub channel: ChannelId,
    /// Its page around the first unread post.
    pub page: PostPage,
    /// Whom the page shows.
    pub people: Vec<Arc<User>>,
}
