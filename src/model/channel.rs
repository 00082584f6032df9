//! Channels and who belongs to them.

use super::{ChannelId, Millis, Props, TeamId, UserId};

/// The four kinds of channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelKind {
    /// `O`: every member of the team may read it and join.
    Open,
    /// `P`: by invitation.
    Private,
    /// `D`: two people, or one with herself.
    Direct,
    /// `G`: three to eight people.
    Group,
}

impl ChannelKind {
    /// The letter both the database and `/api/v4` use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "O",
            Self::Private => "P",
            Self::Direct => "D",
            Self::Group => "G",
        }
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn parse(letter: &str) -> Option<Self> {
        [Self::Open, Self::Private, Self::Direct, Self::Group].into_iter().find(|it| it.as_str() == letter)
    }

    /// Whether the channel belongs to people rather than to a team.
    #[must_use]
    pub fn is_personal(self) -> bool {
        matches!(self, Self::Direct | Self::Group)
    }
}

/// A channel with its counters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// The channel's id.
    pub id: ChannelId,
    /// Its team; none for direct and group channels.
    pub team_id: Option<TeamId>,
    /// What kind it is.
    pub kind: ChannelKind,
    /// 1 to 64 characters; derived from the members in direct and group channels.
    pub name: String,
    /// At most 64 characters; empty for direct channels.
    pub display_name: String,
    /// At most 1,024 characters.
    pub header: String,
    /// At most 250 characters.
    pub purpose: String,
    /// Who made it.
    pub creator_id: Option<UserId>,
    /// Everybody in a direct or group channel, whose members never change; empty for a team's channel.
    pub member_ids: Vec<UserId>,
    /// Posts ever, join and leave messages apart.
    pub message_count: i64,
    /// The same, roots alone.
    pub root_count: i64,
    /// When the last post of any kind came; 0 for never.
    pub last_post_at: Millis,
    /// When the last root came; 0 for never.
    pub last_root_post_at: Millis,
    /// When it was made.
    pub created_at: Millis,
    /// When anything here but the counters last changed.
    pub updated_at: Millis,
    /// When it was archived.
    pub deleted_at: Option<Millis>,
}

impl Channel {
    /// The channel as it is for as long as nobody changes it: with all counters at 0.
    #[must_use]
    pub fn without_counters(self) -> Self {
        Self { message_count: 0, root_count: 0, last_post_at: 0, last_root_post_at: 0, ..self }
    }

    /// Whether everybody in the team is in it, for as long as they are in the team.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.team_id.is_some() && self.name == TOWN_SQUARE
    }
}

/// The name of the channel every member of a team is in.
pub const TOWN_SQUARE: &str = "town-square";
/// The second channel each team starts with.
pub const OFF_TOPIC: &str = "off-topic";

/// What it takes to make a team's channel.
#[derive(Debug, Clone)]
pub struct NewChannel {
    /// Where.
    pub team_id: TeamId,
    /// [`ChannelKind::Open`] or [`ChannelKind::Private`].
    pub kind: ChannelKind,
    /// See [`Channel::name`].
    pub name: String,
    /// See [`Channel::display_name`].
    pub display_name: String,
    /// See [`Channel::header`].
    pub header: String,
    /// See [`Channel::purpose`].
    pub purpose: String,
}

/// A change of a channel: only what is given changes.
#[derive(Debug, Clone, Default)]
pub struct ChannelPatch {
    /// See [`Channel::name`].
    pub name: Option<String>,
    /// See [`Channel::display_name`].
    pub display_name: Option<String>,
    /// See [`Channel::header`].
    pub header: Option<String>,
    /// See [`Channel::purpose`].
    pub purpose: Option<String>,
}

/// One user's place in one channel, and how far she has read.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelMember {
    /// Where.
    pub channel_id: ChannelId,
    /// Who.
    pub user_id: UserId,
    /// Runs the channel.
    pub is_admin: bool,
    /// Is a guest in it.
    pub is_guest: bool,
    /// How many of [`Channel::message_count`] were seen.
    pub seen_messages: i64,
    /// How many of [`Channel::root_count`] were seen.
    pub seen_roots: i64,
    /// Mentions since the last view.
    pub mention_count: i64,
    /// Mentions in roots since the last view.
    pub mention_count_root: i64,
    /// Mentions in urgent posts since the last view.
    pub urgent_mention_count: i64,
    /// `last_post_at` of the channel when it was last viewed.
    pub last_viewed_at: Millis,
    /// How this user wants to be notified of this channel.
    pub notify_props: Props,
    /// When the user joined.
    pub created_at: Millis,
    /// When the membership or its settings last changed.
    pub updated_at: Millis,
}

impl ChannelMember {
    /// The roles this membership stands for.
    #[must_use]
    pub fn roles(&self) -> &'static [&'static str] {
        match (self.is_guest, self.is_admin) {
            (true, _) => &[super::role::CHANNEL_GUEST],
            (false, true) => &[super::role::CHANNEL_USER, super::role::CHANNEL_ADMIN],
            (false, false) => &[super::role::CHANNEL_USER],
        }
    }

    /// Whether only mentions should mark the channel unread.
    #[must_use]
    pub fn is_muted(&self) -> bool {
        self.notify_props.get("mark_unread").and_then(|value| value.as_str()) == Some("mention")
    }
}

/// How many people, pins and files a channel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelStats {
    /// Members who are active.
    pub member_count: i64,
    /// Guests among them.
    pub guest_count: i64,
    /// Pinned posts.
    pub pinned_count: i64,
}
