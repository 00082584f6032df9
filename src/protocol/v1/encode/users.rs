//! Events about users.

use std::collections::HashSet;
use std::sync::Arc;

use crate::events::UserEvent;
use crate::model::{Preference, UserId};
use crate::protocol::v1::{Event, Me, PreferencesChanged, User};
use crate::protocol::{Encoded, Text, Who};

pub(super) fn encode(event: &UserEvent) -> Encoded {
    match event {
        // Whoever is new is unknown to clients; they look her up when they meet her.
        UserEvent::Created { .. } => Encoded::nothing(),
        UserEvent::Updated { user, shown } => Encoded::same(&Event::UserUpdated(User::from(shown.as_ref())))
            .with(only(user.id), Some(Text::plain(&Event::MeUpdated(Me::from(user.as_ref())))))
            .with(Who::Privileged, Some(Text::plain(&Event::UserUpdated(User::from(user.as_ref()))))),
        UserEvent::RolesUpdated { user } => Encoded::same(&Event::MeUpdated(Me::from(user.as_ref()))),
        UserEvent::ActivationChanged { shown } => Encoded::same(&Event::UserUpdated(User::from(shown.as_ref()))),
        UserEvent::StatusChanged { status } => Encoded::same(&Event::StatusChanged(status.clone().into())),
        UserEvent::PreferencesSaved { preferences, .. } => changed(preferences, &[]),
        UserEvent::PreferencesRemoved { preferences, .. } => changed(&[], preferences),
    }
}

fn only(user: UserId) -> Who {
    Who::Users(Arc::new(HashSet::from([user])))
}

fn changed(saved: &[Preference], removed: &[Preference]) -> Encoded {
    let items = |list: &[Preference]| list.iter().cloned().map(Into::into).collect();
    Encoded::same(&Event::PreferencesChanged(PreferencesChanged { saved: items(saved), removed: items(removed) }))
}
