//! When each session was last used: noted in memory by every request, written back once a minute in one statement.

use std::collections::HashMap;

use parking_lot::Mutex;

use super::Core;
use crate::error::Result;
use crate::model::{Millis, SessionId};
use crate::storage;

/// Sessions noted between two writes: some 40 bytes each. The use of any beyond is not noted this time.
const NOTED: usize = 100_000;

/// Sessions used since they were last written back.
#[derive(Debug, Default)]
pub struct Activity(Mutex<HashMap<SessionId, Millis>>);

impl Activity {
    pub(super) fn note(&self, session: SessionId, now: Millis) {
        let mut noted = self.0.lock();
        if noted.len() < NOTED || noted.contains_key(&session) {
            noted.insert(session, now);
        }
    }
}

/// Writes back when sessions were last used; called once a minute and at the end.
///
/// # Errors
/// What the database says; what was noted is lost then, and noted again with the next use.
pub async fn save_activity(core: &Core) -> Result<()> {
    let (sessions, times): (Vec<_>, Vec<_>) = std::mem::take(&mut *core.activity.0.lock()).into_iter().unzip();
    if !sessions.is_empty() {
        storage::sessions::save_activity(&core.db, &sessions, &times).await?;
    }
    Ok(())
}
