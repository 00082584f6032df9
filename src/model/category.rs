//! How one user sorts her channels in the sidebar of one team.

use super::{ChannelId, TeamId, UserId};

/// The three categories everybody has, and those people make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CategoryKind {
    /// Channels of every kind that the user chose.
    Favorites,
    /// Where open and private channels are by themselves.
    Channels,
    /// Where direct and group channels are by themselves.
    DirectMessages,
    /// Made by the user.
    Custom,
}

impl CategoryKind {
    /// The word both the database and `/api/v4` use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Favorites => "favorites",
            Self::Channels => "channels",
            Self::DirectMessages => "direct_messages",
            Self::Custom => "custom",
        }
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Favorites, Self::Channels, Self::DirectMessages, Self::Custom].into_iter().find(|it| it.as_str() == word)
    }
}

/// One category with its channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// `{kind}_{user}_{team}`, or an id for a custom one.
    pub id: String,
    /// Whose.
    pub user_id: UserId,
    /// In which team's sidebar.
    pub team_id: TeamId,
    /// Which kind.
    pub kind: CategoryKind,
    /// What people read.
    pub display_name: String,
    /// `""`, `manual`, `recent` or `alpha`.
    pub sorting: String,
    /// Its place among the categories, ascending.
    pub sort_order: i64,
    /// Its channels are muted.
    pub muted: bool,
    /// Shown without its channels.
    pub collapsed: bool,
    /// Its channels, in their order.
    pub channel_ids: Vec<ChannelId>,
}
