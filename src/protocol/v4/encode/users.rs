//! Events about users.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;
use serde_json::json;

use super::{Broadcast, Envelope, text};
use crate::events::UserEvent;
use crate::model::{self, Preference, UserId};
use crate::protocol::v4::{PreferenceItem, User};
use crate::protocol::{Encoded, Text, Who};

pub(super) fn encode(event: &UserEvent) -> Encoded {
    match event {
        UserEvent::Created { user_id } => {
            Encoded::same(&envelope("new_user", json!({ "user_id": user_id }), Broadcast::everyone()))
        }
        UserEvent::Updated { user, shown } => updated(user, shown),
        UserEvent::RolesUpdated { user } => {
            let data = json!({ "user_id": user.id, "roles": user.roles.join(" ") });
            Encoded::same(&envelope("user_role_updated", data, Broadcast::user(user.id)))
        }
        UserEvent::ActivationChanged { .. } => {
            Encoded::same(&envelope("user_activation_status_change", json!({}), Broadcast::everyone()))
        }
        // These clients ask for the statuses of others; only a user's own devices are told.
        UserEvent::StatusChanged { status } => {
            let data = json!({ "user_id": status.user_id, "status": status.availability });
            let frame = envelope("status_change", data, Broadcast::user(status.user_id));
            Encoded::nothing().with(only(status.user_id), Some(Text::plain(&frame)))
        }
        UserEvent::PreferencesSaved { user_id, preferences } => {
            preferences_event("preferences_changed", *user_id, preferences)
        }
        UserEvent::PreferencesRemoved { user_id, preferences } => {
            preferences_event("preferences_deleted", *user_id, preferences)
        }
    }
}

/// Everything for herself and administrators, what everybody may see for the rest.
fn updated(user: &model::User, shown: &model::User) -> Encoded {
    let frame = |user: &model::User, broadcast| {
        Text::plain(&envelope("user_updated", json!({ "user": User::from(user) }), broadcast))
    };
    let others = Broadcast::everyone().without(user.id);
    Encoded { base: Some(frame(shown, others.clone().sanitized())), variants: Vec::new() }
        .with(only(user.id), Some(frame(user, Broadcast::user(user.id))))
        .with(Who::Privileged, Some(frame(user, others.sensitive())))
}

fn preferences_event(name: &'static str, user: UserId, preferences: &[Preference]) -> Encoded {
    let items: Vec<PreferenceItem> = preferences.iter().map(Into::into).collect();
    Encoded::same(&envelope(name, json!({ "preferences": text(&items) }), Broadcast::user(user)))
}

fn envelope<D: Serialize>(event: &'static str, data: D, broadcast: Broadcast) -> Envelope<D> {
    Envelope { event, data, broadcast }
}

fn only(user: UserId) -> Who {
    Who::Users(Arc::new(HashSet::from([user])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Availability, Status};

    fn json(text: &Text) -> serde_json::Value {
        let Text::Plain(text) = text else { panic!("one text for all") };
        serde_json::from_str(&format!("{text},\"seq\":1}}")).unwrap()
    }

    #[test]
    fn a_status_is_told_to_its_user_alone() {
        let status = Status {
            user_id: UserId::new(),
            availability: Availability::Dnd,
            manual: true,
            last_activity_at: 0,
            dnd_end_at: None,
        };
        let encoded = encode(&UserEvent::StatusChanged { status: status.clone() });
        assert_eq!(encoded.base, None);
        let (who, frame) = &encoded.variants[0];
        assert_eq!(who, &only(status.user_id));
        assert_eq!(json(frame.as_ref().unwrap())["data"]["status"], "dnd");
    }

    #[test]
    fn preferences_travel_as_text() {
        let user = UserId::new();
        let preference =
            Preference { user_id: user, category: "theme".into(), name: String::new(), value: "{}".into() };
        let encoded = encode(&UserEvent::PreferencesSaved { user_id: user, preferences: vec![preference] });
        let frame = json(encoded.base.as_ref().unwrap());
        let inner: serde_json::Value = serde_json::from_str(frame["data"]["preferences"].as_str().unwrap()).unwrap();
        assert_eq!(inner[0]["category"], "theme");
        assert_eq!(frame["broadcast"]["user_id"], user.to_string());
    }
}
