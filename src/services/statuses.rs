//! Presence: who is reachable, by what the engine sees and what users chose.

use std::collections::HashMap;

use parking_lot::Mutex;

use super::{Caller, Core, access};
use crate::error::{Error, Result};
use crate::events::UserEvent;
use crate::model::{Availability, Millis, Status, UserId, now};
use crate::storage;

/// Users whose status one request may ask for, or gets.
const MAX_STATUSES: usize = 1_000;
/// Presences noted between two writes: some 100 bytes each. Any beyond are not noted this time.
const NOTED: usize = 100_000;

/// The statuses of those of `users` who exist. The engine knows who is connected; of the others, what they chose stays
/// and everything else is offline.
///
/// # Errors
/// 400 `status.too_many` for more than 1,000.
pub async fn of(core: &Core, _: &Caller, users: &[UserId]) -> Result<Vec<Status>> {
    if users.len() > MAX_STATUSES {
        let detail = format!("Ask for at most {MAX_STATUSES} statuses at once.");
        return Err(Error::invalid("status.too_many", "user_ids", detail));
    }
    let stored = storage::statuses::of_users(&core.db, users).await?;
    let live = core.realtime.statuses(users).await;
    let mut live: HashMap<UserId, Status> = live.into_iter().map(|status| (status.user_id, status)).collect();
    let now = now();
    Ok(stored.into_iter().map(|status| merge(live.remove(&status.user_id), status, now)).collect())
}

/// The statuses of everybody who is connected, at most 1,000 of them.
pub async fn known(core: &Core, _: &Caller) -> Vec<Status> {
    core.realtime.known_statuses(MAX_STATUSES).await
}

/// The presence that a user's connection begins with. Only for whoever is not connected yet, the database is asked.
///
/// # Errors
/// What the database says.
pub async fn last_known(core: &Core, user: UserId) -> Result<Option<Status>> {
    if let Some(live) = core.realtime.statuses(&[user]).await.pop() {
        return Ok(Some(live));
    }
    let stored = storage::statuses::of_users(&core.db, &[user]).await?.pop();
    Ok(stored.map(|stored| merge(None, stored, now())))
}

fn merge(live: Option<Status>, stored: Status, now: Millis) -> Status {
    match live {
        Some(live) => Status { last_activity_at: live.last_activity_at.max(stored.last_activity_at), ..live },
        None if stored.manual && stored.dnd_end_at.is_none_or(|end| now < end) => stored,
        None => Status { availability: Availability::Offline, manual: false, dnd_end_at: None, ..stored },
    }
}

/// Chooses a status for `user`; online goes back to the automatic one. `until` ends a "do not disturb".
///
/// # Errors
/// 403 `permission.missing` for another's; 400 `status.not_choosable` for "out of office", `status.bad_end` for an end
/// that has passed.
pub async fn choose(
    core: &Core,
    caller: &Caller,
    user: UserId,
    availability: Availability,
    until: Option<Millis>,
) -> Result<Status> {
    access::self_or_admin(core, caller, user)?;
    let now = now();
    if availability == Availability::Ooo {
        return Err(Error::invalid("status.not_choosable", "status", "Choose online, away, dnd or offline."));
    }
    if until.is_some_and(|until| until <= now) {
        return Err(Error::invalid("status.bad_end", "until", "The end of a status must lie ahead."));
    }
    let status = Status {
        user_id: user,
        availability,
        manual: availability != Availability::Online,
        last_activity_at: now,
        dnd_end_at: until.filter(|_| availability == Availability::Dnd),
    };
    storage::statuses::save(&core.db, std::slice::from_ref(&status)).await?;
    core.presences.note(&status);
    let connected = !core.realtime.statuses(&[user]).await.is_empty();
    core.realtime.choose_status(user, availability, status.dnd_end_at);
    if !connected {
        // The engine reports changes of those it knows; of the others, nobody else would tell.
        core.realtime.publish(UserEvent::StatusChanged { status: merge(None, status.clone(), now) });
    }
    Ok(status)
}

/// Tells who watches what the engine has found out about a user's presence, and notes it for [`save_noted`].
pub fn record(core: &Core, status: Status) {
    core.presences.note(&status);
    core.realtime.publish(UserEvent::StatusChanged { status });
}

/// Presences that changed since they were last written back: what people did not choose need not survive a crash.
#[derive(Debug, Default)]
pub struct Presences(Mutex<HashMap<UserId, Status>>);

impl Presences {
    fn note(&self, status: &Status) {
        let mut noted = self.0.lock();
        if noted.len() < NOTED || noted.contains_key(&status.user_id) {
            noted.insert(status.user_id, status.clone());
        }
    }
}

/// Writes back what was noted; called once a minute and at the end.
///
/// # Errors
/// What the database says; what was noted is lost then.
pub async fn save_noted(core: &Core) -> Result<()> {
    let noted: Vec<Status> = std::mem::take(&mut *core.presences.0.lock()).into_values().collect();
    if !noted.is_empty() {
        storage::statuses::save(&core.db, &noted).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(availability: Availability, manual: bool, dnd_end_at: Option<Millis>) -> Status {
        Status { user_id: UserId(uuid::Uuid::nil()), availability, manual, last_activity_at: 5, dnd_end_at }
    }

    #[test]
    fn what_was_chosen_outlives_the_connection_and_nothing_else_does() {
        let dnd = status(Availability::Dnd, true, Some(100));
        assert_eq!(merge(None, dnd.clone(), 99), dnd);
        assert_eq!(merge(None, dnd, 100), status(Availability::Offline, false, None));
        assert_eq!(merge(None, status(Availability::Online, false, None), 0).availability, Availability::Offline);
    }

    #[test]
    fn the_engine_knows_better_who_is_connected() {
        let live = Status { last_activity_at: 1, ..status(Availability::Away, false, None) };
        let merged = merge(Some(live), status(Availability::Dnd, true, None), 0);
        assert_eq!(merged, status(Availability::Away, false, None), "with the later activity");
    }
}
