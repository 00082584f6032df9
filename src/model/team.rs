//! Teams and who belongs to them.

use super::{Millis, TeamId, UserId};

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// The team's id.
    pub id: TeamId,
    /// Its place in URLs: 2 to 64 of `a-z 0-9 -`, not at the ends.
    pub name: String,
    /// What people read, at most 64 characters.
    pub display_name: String,
    /// At most 255 characters.
    pub description: String,
    /// Whom to ask.
    pub email: String,
    /// Open to everybody of the installation, or by invitation.
    pub kind: TeamKind,
    /// Kept for clients that show it.
    pub company_name: String,
    /// E-mail domains that may join, separated by commas; empty for all.
    pub allowed_domains: String,
    /// Whether anybody may join without an invitation.
    pub allow_open_invite: bool,
    /// Who has it may join.
    pub invite_id: String,
    /// When it was made.
    pub created_at: Millis,
    /// When anything here last changed.
    pub updated_at: Millis,
    /// When it was archived.
    pub deleted_at: Option<Millis>,
}

/// The two kinds of team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TeamKind {
    /// `O`.
    Open,
    /// `I`.
    InviteOnly,
}

impl TeamKind {
    /// The letter both the database and `/api/v4` use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "O",
            Self::InviteOnly => "I",
        }
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn parse(letter: &str) -> Option<Self> {
        [Self::Open, Self::InviteOnly].into_iter().find(|it| it.as_str() == letter)
    }
}

/// What it takes to make a team.
#[derive(Debug, Clone)]
pub struct NewTeam {
    /// See [`Team::name`].
    pub name: String,
    /// See [`Team::display_name`].
    pub display_name: String,
    /// See [`Team::description`].
    pub description: String,
    /// See [`Team::kind`].
    pub kind: TeamKind,
    /// See [`Team::allow_open_invite`].
    pub allow_open_invite: bool,
}

/// A change of a team: only what is given changes.
#[derive(Debug, Clone, Default)]
pub struct TeamPatch {
    /// See [`Team::display_name`].
    pub display_name: Option<String>,
    /// See [`Team::description`].
    pub description: Option<String>,
    /// See [`Team::company_name`].
    pub company_name: Option<String>,
    /// See [`Team::allowed_domains`].
    pub allowed_domains: Option<String>,
    /// See [`Team::allow_open_invite`].
    pub allow_open_invite: Option<bool>,
}

/// One user's place in one team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamMember {
    /// Where.
    pub team_id: TeamId,
    /// Who.
    pub user_id: UserId,
    /// Runs the team.
    pub is_admin: bool,
    /// Is a guest in it.
    pub is_guest: bool,
    /// When the user joined.
    pub created_at: Millis,
    /// When the user left.
    pub deleted_at: Option<Millis>,
}

impl TeamMember {
    /// The roles this membership stands for.
    #[must_use]
    pub fn roles(&self) -> &'static [&'static str] {
        match (self.is_guest, self.is_admin) {
            (true, _) => &[super::role::TEAM_GUEST],
            (false, true) => &[super::role::TEAM_USER, super::role::TEAM_ADMIN],
            (false, false) => &[super::role::TEAM_USER],
        }
    }
}

/// What one user has not read in one team, direct and group channels apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TeamUnread {
    /// Where.
    pub team_id: TeamId,
    /// Unread posts in channels that are not muted.
    pub message_count: i64,
    /// The same, roots alone.
    pub root_count: i64,
    /// Mentions.
    pub mention_count: i64,
    /// Mentions in roots alone.
    pub mention_count_root: i64,
    /// Followed threads with unread replies.
    pub thread_count: i64,
    /// Mentions in followed threads.
    pub thread_mention_count: i64,
}
