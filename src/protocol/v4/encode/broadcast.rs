//! The `broadcast` object: whom an event was for. Clients expect all of its first six keys.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::model::{ChannelId, TeamId, UserId, encode_id};

/// Whom an event was for. Build it from one of the constructors, then add what else clients read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Broadcast {
    omit_users: Option<BTreeMap<String, bool>>,
    #[serde(serialize_with = "or_empty")]
    user_id: Option<Uuid>,
    #[serde(serialize_with = "or_empty")]
    channel_id: Option<Uuid>,
    #[serde(serialize_with = "or_empty")]
    team_id: Option<Uuid>,
    connection_id: &'static str,
    omit_connection_id: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    contains_sanitized_data: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    contains_sensitive_data: bool,
}

impl Broadcast {
    /// For everybody.
    #[must_use]
    pub fn everyone() -> Self {
        Self::default()
    }

    /// For one user.
    #[must_use]
    pub fn user(id: UserId) -> Self {
        Self { user_id: Some(id.0), ..Self::default() }
    }

    /// For the members of a channel.
    #[must_use]
    pub fn channel(id: ChannelId) -> Self {
        Self { channel_id: Some(id.0), ..Self::default() }
    }

    /// For the members of a team.
    #[must_use]
    pub fn team(id: TeamId) -> Self {
        Self { team_id: Some(id.0), ..Self::default() }
    }

    /// Names the channel it is about, too.
    #[must_use]
    pub fn about_channel(self, id: ChannelId) -> Self {
        Self { channel_id: Some(id.0), ..self }
    }

    /// Names the team it is about, too.
    #[must_use]
    pub fn about_team(self, id: Option<TeamId>) -> Self {
        Self { team_id: id.map(|id| id.0), ..self }
    }

    /// Not for this user.
    #[must_use]
    pub fn without(self, user: UserId) -> Self {
        Self { omit_users: Some(BTreeMap::from([(user.to_string(), true)])), ..self }
    }

    /// For those who may not see everything.
    #[must_use]
    pub fn sanitized(self) -> Self {
        Self { contains_sanitized_data: true, ..self }
    }

    /// For those who may see everything.
    #[must_use]
    pub fn sensitive(self) -> Self {
        Self { contains_sensitive_data: true, ..self }
    }
}

fn or_empty<S: Serializer>(id: &Option<Uuid>, serializer: S) -> Result<S::Ok, S::Error> {
    match id {
        Some(id) => serializer.serialize_str(&encode_id(*id)),
        None => serializer.serialize_str(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_six_keys_are_always_there() {
        let text = serde_json::to_string(&Broadcast::everyone()).unwrap();
        assert_eq!(
            text,
            r#"{"omit_users":null,"user_id":"","channel_id":"","team_id":"","connection_id":"","omit_connection_id":""}"#
        );
    }

    #[test]
    fn names_whom_it_spares() {
        let user = UserId::new();
        let json = serde_json::to_value(Broadcast::channel(ChannelId::new()).without(user)).unwrap();
        assert_eq!(json["omit_users"][user.to_string()], true);
    }
}
