//! Permissions and the names of the built-in roles.
//!
//! The names are Mattermost's, because its clients decide by them what to show. Which role grants what is data
//! (`config/roles.json`, then the `roles` table); only the permissions that a service asks for have a name here.

use super::{Millis, RoleId};

/// A named set of permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The role's id.
    pub id: RoleId,
    /// What users and members hold it by.
    pub name: String,
    /// What people read.
    pub display_name: String,
    /// What it is for.
    pub description: String,
    /// What it grants; more than code asks for, as clients decide by it what to show.
    pub permissions: Vec<String>,
    /// Held through a membership rather than given by name.
    pub scheme_managed: bool,
    /// Made by the server.
    pub built_in: bool,
    /// When it was made.
    pub created_at: Millis,
    /// When it last changed.
    pub updated_at: Millis,
}

/// Names of the built-in roles that code refers to.
pub mod role {
    /// Runs the installation.
    pub const SYSTEM_ADMIN: &str = "system_admin";
    /// Every account that is not a guest's.
    pub const SYSTEM_USER: &str = "system_user";
    /// A guest's account.
    pub const SYSTEM_GUEST: &str = "system_guest";
    /// Runs a team.
    pub const TEAM_ADMIN: &str = "team_admin";
    /// A member of a team.
    pub const TEAM_USER: &str = "team_user";
    /// A guest in a team.
    pub const TEAM_GUEST: &str = "team_guest";
    /// Runs a channel.
    pub const CHANNEL_ADMIN: &str = "channel_admin";
    /// A member of a channel.
    pub const CHANNEL_USER: &str = "channel_user";
    /// A guest in a channel.
    pub const CHANNEL_GUEST: &str = "channel_guest";
}

macro_rules! permissions {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// A right that a service asks for before it acts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "each variant is the permission of the same name")]
        pub enum Permission { $($variant),+ }

        impl Permission {
            /// Every permission that code asks for.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name roles grant it by.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

permissions! {
    AddReaction = "add_reaction",
    AddUserToTeam = "add_user_to_team",
    ConvertPrivateChannelToPublic = "convert_private_channel_to_public",
    ConvertPublicChannelToPrivate = "convert_public_channel_to_private",
    CreateDirectChannel = "create_direct_channel",
    CreateGroupChannel = "create_group_channel",
    CreatePost = "create_post",
    CreatePrivateChannel = "create_private_channel",
    CreatePublicChannel = "create_public_channel",
    CreateTeam = "create_team",
    DeleteOthersPosts = "delete_others_posts",
    DeletePost = "delete_post",
    DeletePrivateChannel = "delete_private_channel",
    DeletePublicChannel = "delete_public_channel",
    EditOtherUsers = "edit_other_users",
    EditOthersPosts = "edit_others_posts",
    EditPost = "edit_post",
    InviteUser = "invite_user",
    JoinPrivateTeams = "join_private_teams",
    JoinPublicChannels = "join_public_channels",
    JoinPublicTeams = "join_public_teams",
    ListPrivateTeams = "list_private_teams",
    ListPublicTeams = "list_public_teams",
    ListTeamChannels = "list_team_channels",
    ManageChannelRoles = "manage_channel_roles",
    ManagePrivateChannelMembers = "manage_private_channel_members",
    ManagePrivateChannelProperties = "manage_private_channel_properties",
    ManagePublicChannelMembers = "manage_public_channel_members",
    ManagePublicChannelProperties = "manage_public_channel_properties",
    ManageSystem = "manage_system",
    ManageTeam = "manage_team",
    ManageTeamRoles = "manage_team_roles",
    ReadChannel = "read_channel",
    ReadChannelContent = "read_channel_content",
    ReadPublicChannel = "read_public_channel",
    RemoveReaction = "remove_reaction",
    RemoveUserFromTeam = "remove_user_from_team",
    UseChannelMentions = "use_channel_mentions",
    ViewMembers = "view_members",
    ViewTeam = "view_team",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_granted_to_the_system_administrator() {
        let roles: std::collections::HashMap<String, Vec<String>> =
            serde_json::from_str(include_str!("../../config/roles.json")).unwrap();
        for permission in Permission::ALL {
            assert!(roles[role::SYSTEM_ADMIN].iter().any(|name| name == permission.as_str()), "{permission:?}");
        }
    }
}
