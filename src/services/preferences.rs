//! What clients remember for their users; the keys belong to the clients.

use std::collections::HashMap;

use super::{Caller, Core, access, categories, favorites};
use crate::error::{Error, Result};
use crate::events::UserEvent;
use crate::model::{Preference, UserId};
use crate::storage;

/// Preferences that one request may write.
const MAX_PREFERENCES: usize = 100;
const MAX_KEY: usize = 32;
const MAX_VALUE: usize = 20_000;

/// The preferences of `user`, all or those of one category.
///
/// # Errors
/// 403 `permission.missing` for another's.
pub async fn list(core: &Core, caller: &Caller, user: UserId, category: Option<&str>) -> Result<Vec<Preference>> {
    access::self_or_admin(core, caller, user)?;
    Ok(storage::preferences::of_user(&core.db, user, category).await?)
}

/// One preference of `user`.
///
/// # Errors
/// 403 `permission.missing` for another's; 404 `preference.not_found`.
pub async fn get(core: &Core, caller: &Caller, user: UserId, category: &str, name: &str) -> Result<Preference> {
    access::self_or_admin(core, caller, user)?;
    let preference = storage::preferences::get(&core.db, user, category, name).await?;
    preference.ok_or_else(|| Error::not_found("preference.not_found"))
}

/// Sets preferences of `user`; of two with the same key the later one counts.
///
/// # Errors
/// 403 `permission.missing`, `preference.not_yours` for another's; 400 `preference.too_many` for none or more than 100,
/// `preference.bad_key`, `preference.too_long`.
pub async fn save(core: &Core, caller: &Caller, user: UserId, preferences: Vec<Preference>) -> Result<Vec<Preference>> {
    access::self_or_admin(core, caller, user)?;
    check(user, &preferences)?;
    let preferences = last_of_each(preferences);
    let mut tx = core.db.begin().await?;
    storage::preferences::save(&mut *tx, user, &preferences).await?;
    let sidebars = favorites::preferences_set(&mut tx, user, &preferences).await?;
    tx.commit().await?;
    core.realtime.publish(UserEvent::PreferencesSaved { user_id: user, preferences: preferences.clone() });
    categories::changed_along(core, user, &sidebars).await?;
    Ok(preferences)
}

/// Removes preferences of `user` by category and name; those that are not there are no matter.
///
/// # Errors
/// See [`save`].
pub async fn delete(core: &Core, caller: &Caller, user: UserId, preferences: Vec<Preference>) -> Result<()> {
    access::self_or_admin(core, caller, user)?;
    check(user, &preferences)?;
    let mut tx = core.db.begin().await?;
    storage::preferences::delete(&mut *tx, user, &preferences).await?;
    let sidebars = favorites::preferences_removed(&mut tx, user, &preferences).await?;
    tx.commit().await?;
    core.realtime.publish(UserEvent::PreferencesRemoved { user_id: user, preferences });
    categories::changed_along(core, user, &sidebars).await
}

fn check(user: UserId, preferences: &[Preference]) -> Result<()> {
    if preferences.is_empty() || preferences.len() > MAX_PREFERENCES {
        let detail = format!("Give 1 to {MAX_PREFERENCES} preferences.");
        return Err(Error::invalid("preference.too_many", "preferences", detail));
    }
    for preference in preferences {
        if preference.user_id != user {
            return Err(Error::forbidden("preference.not_yours", "All preferences must belong to the same user."));
        }
        let keys = [&preference.category, &preference.name];
        if preference.category.is_empty() || keys.iter().any(|key| key.chars().count() > MAX_KEY) {
            let detail = format!("Category and name have at most {MAX_KEY} characters, and a category at least one.");
            return Err(Error::invalid("preference.bad_key", "category", detail));
        }
        if preference.value.chars().count() > MAX_VALUE {
            let detail = format!("A value has at most {MAX_VALUE} characters.");
            return Err(Error::invalid("preference.too_long", "value", detail));
        }
    }
    Ok(())
}

/// One statement must not write the same row twice.
fn last_of_each(preferences: Vec<Preference>) -> Vec<Preference> {
    let mut place = HashMap::new();
    let mut kept: Vec<Preference> = Vec::with_capacity(preferences.len());
    for preference in preferences {
        let key = (preference.category.clone(), preference.name.clone());
        match place.get(&key).and_then(|at: &usize| kept.get_mut(*at)) {
            Some(earlier) => *earlier = preference,
            None => {
                place.insert(key, kept.len());
                kept.push(preference);
            }
        }
    }
    kept
}
