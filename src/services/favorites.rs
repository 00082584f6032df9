//! Favourites: the preference `favorite_channel` and the category of the sidebar say the same, whichever a client
//! changes. A direct or group channel is a favourite in the sidebar of every team, or of none.

use sqlx::PgConnection;

use super::{Core, categories};
use crate::error::Result;
use crate::events::UserEvent;
use crate::model::{ChannelId, Preference, TeamId, UserId};
use crate::storage;

/// The category of preferences whose names are channels.
const PREFERENCE: &str = "favorite_channel";
const YES: &str = "true";

/// What became, or is no longer, a favourite because a sidebar changed.
#[derive(Debug)]
pub(super) struct Moved {
    set: Vec<Preference>,
    removed: Vec<Preference>,
    /// Teams whose sidebars changed along.
    teams: Vec<TeamId>,
}

/// Gives the user's new sidebar the favourites she has already.
pub(super) async fn fill(db: &mut PgConnection, user: UserId) -> Result<()> {
    let preferences = storage::preferences::of_user(&mut *db, user, Some(PREFERENCE)).await?;
    storage::categories::add_favorites(db, user, &channels(&preferences, |value| value == YES)).await?;
    Ok(())
}

/// Brings the sidebars in line with preferences that were set. Answers with the teams whose sidebars changed.
pub(super) async fn preferences_set(
    db: &mut PgConnection,
    user: UserId,
    preferences: &[Preference],
) -> Result<Vec<TeamId>> {
    let (yes, no) = (channels(preferences, |value| value == YES), channels(preferences, |value| value != YES));
    place(db, user, &yes, &no).await
}

/// Brings the sidebars in line with preferences that were removed. Answers with the teams whose sidebars changed.
pub(super) async fn preferences_removed(
    db: &mut PgConnection,
    user: UserId,
    preferences: &[Preference],
) -> Result<Vec<TeamId>> {
    place(db, user, &[], &channels(preferences, |_| true)).await
}

/// Brings the preferences, and the sidebars of other teams, in line with the favourites of one sidebar.
pub(super) async fn sidebar_changed(
    db: &mut PgConnection,
    user: UserId,
    team: TeamId,
    before: &[ChannelId],
    after: &[ChannelId],
) -> Result<Moved> {
    let only_in = |these: &[ChannelId], those: &[ChannelId]| -> Vec<ChannelId> {
        these.iter().filter(|channel| !those.contains(channel)).copied().collect()
    };
    let (added, gone) = (only_in(after, before), only_in(before, after));
    let preference = |channel: &ChannelId| Preference {
        user_id: user,
        category: PREFERENCE.to_owned(),
        name: channel.to_string(),
        value: YES.to_owned(),
    };
    let set: Vec<Preference> = added.iter().map(preference).collect();
    let removed: Vec<Preference> = gone.iter().map(preference).collect();
    if set.is_empty() && removed.is_empty() {
        return Ok(Moved { set, removed, teams: Vec::new() });
    }
    storage::preferences::save(&mut *db, user, &set).await?;
    storage::preferences::delete(&mut *db, user, &removed).await?;
    let mut teams = place(db, user, &added, &gone).await?;
    teams.retain(|other| *other != team);
    Ok(Moved { set, removed, teams })
}

/// Tells the user's devices what [`sidebar_changed`] has done; after the commit.
///
/// # Errors
/// What the database says.
pub(super) async fn announce(core: &Core, user_id: UserId, moved: Moved) -> Result<()> {
    if !moved.set.is_empty() {
        core.realtime.publish(UserEvent::PreferencesSaved { user_id, preferences: moved.set });
    }
    if !moved.removed.is_empty() {
        core.realtime.publish(UserEvent::PreferencesRemoved { user_id, preferences: moved.removed });
    }
    categories::changed_along(core, user_id, &moved.teams).await
}

async fn place(db: &mut PgConnection, user: UserId, yes: &[ChannelId], no: &[ChannelId]) -> Result<Vec<TeamId>> {
    let mut teams = Vec::new();
    if !yes.is_empty() {
        teams.extend(storage::categories::add_favorites(&mut *db, user, yes).await?);
    }
    if !no.is_empty() {
        teams.extend(storage::categories::remove_favorites(&mut *db, user, no).await?);
    }
    teams.sort_unstable();
    teams.dedup();
    Ok(teams)
}

/// The channels that favourites of such a value name.
fn channels(preferences: &[Preference], is_wanted: impl Fn(&str) -> bool) -> Vec<ChannelId> {
    let favorites = preferences.iter().filter(|it| it.category == PREFERENCE && is_wanted(&it.value));
    favorites.filter_map(|it| it.name.parse().ok()).collect()
}
