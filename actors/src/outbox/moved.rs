//! What a session that comes from another instance must not lose, and not get twice.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{Frame, Stamp};

#[derive(Default)]
pub(super) struct Moved {
    /// What came here before the session itself did.
    arrivals: Vec<(Option<Stamp>, Frame)>,
    /// What the session had already when it left: the last event of every instance. Also of use later, for what a
    /// channel here had still to deliver.
    had: HashMap<Uuid, u64>,
}

impl Moved {
    /// Keeps an event until the session is here. Returns whether there was room.
    pub(super) fn arrive(&mut self, frame: &Frame, stamp: Option<Stamp>, bound: usize) -> bool {
        let room = self.arrivals.len() < bound;
        if room {
            self.arrivals.push((stamp, frame.clone()));
        }
        room
    }

    /// The session is here. Returns the events that it did not have.
    pub(super) fn settle(&mut self, had: HashMap<Uuid, u64>) -> Vec<Frame> {
        self.had = had;
        let arrivals = std::mem::take(&mut self.arrivals);
        arrivals.into_iter().filter(|(stamp, _)| !self.had(*stamp)).map(|(_, frame)| frame).collect()
    }

    pub(super) fn had(&self, stamp: Option<Stamp>) -> bool {
        stamp.is_some_and(|stamp| self.had.get(&stamp.origin).is_some_and(|number| stamp.number <= *number))
    }
}
