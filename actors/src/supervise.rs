//! Where actors run, and whether those threads are alive.
//!
//! A panic ends one actor; its neighbours on the arbiter live on, and the hub rebuilds it. A handler that never returns
//! takes its arbiter with it: such an arbiter misses its heartbeat, is replaced, and everything that ran on it is rebuilt.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use actix::prelude::*;

/// The place of an actor; never used again after its arbiter was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SeatId(u64);

/// The arbiters that run the hub's children.
pub(crate) struct Crew {
    seats: Vec<Seat>,
    turn: usize,
    hired: u64,
}

struct Seat {
    id: SeatId,
    arbiter: ArbiterHandle,
    /// `None`: somebody else's arbiter, which is neither watched nor stopped.
    pulse: Option<Pulse>,
}

struct Pulse {
    answered: Arc<AtomicU64>,
    asked: u64,
    /// When the oldest unanswered question was asked.
    since: Instant,
}

impl Crew {
    /// A crew of `arbiters` threads, or of the current one if 0.
    pub(crate) fn new(arbiters: usize) -> Self {
        let mut crew = Self { seats: Vec::new(), turn: 0, hired: 0 };
        for _ in 0..arbiters {
            let seat = crew.hire();
            crew.seats.push(seat);
        }
        if arbiters == 0 {
            crew.seats.push(Seat { id: SeatId(0), arbiter: Arbiter::current(), pulse: None });
        }
        crew
    }

    fn hire(&mut self) -> Seat {
        self.hired += 1;
        let pulse = Pulse { answered: Arc::default(), asked: 0, since: Instant::now() };
        Seat { id: SeatId(self.hired), arbiter: Arbiter::new().handle(), pulse: Some(pulse) }
    }

    /// The place for the next actor, one after the other.
    pub(crate) fn seat(&mut self) -> (SeatId, ArbiterHandle) {
        self.turn = self.turn.wrapping_add(1);
        let seat = self.seats.get(self.turn % self.seats.len().max(1));
        seat.map_or_else(|| (SeatId(0), Arbiter::current()), |seat| (seat.id, seat.arbiter.clone()))
    }

    /// Asks every arbiter for a sign of life, and replaces those that have given none for `timeout`. Returns how many.
    pub(crate) fn beat(&mut self, timeout: Duration) -> usize {
        let late = |seat: &Seat| seat.pulse.as_ref().is_some_and(|pulse| pulse.since.elapsed() > timeout);
        let mut replaced = 0;
        let mut seats = std::mem::take(&mut self.seats);
        for seat in &mut seats {
            seat.ask();
            if late(seat) {
                log::error!("engine: an arbiter has not answered for {timeout:?}, its actors are rebuilt on a new one");
                seat.arbiter.stop();
                *seat = self.hire();
                replaced += 1;
            }
        }
        self.seats = seats;
        replaced
    }

    /// Whether the arbiter at this place was replaced.
    pub(crate) fn lost(&self, id: SeatId) -> bool {
        !self.seats.iter().any(|seat| seat.id == id)
    }

    pub(crate) fn stop(&self) {
        self.seats.iter().filter(|seat| seat.pulse.is_some()).for_each(|seat| {
            seat.arbiter.stop();
        });
    }
}

impl Seat {
    fn ask(&mut self) {
        let Some(pulse) = &mut self.pulse else { return };
        if pulse.answered.load(Relaxed) == pulse.asked {
            pulse.asked += 1;
            pulse.since = Instant::now();
            let (answered, asked) = (Arc::clone(&pulse.answered), pulse.asked);
            self.arbiter.spawn_fn(move || answered.store(asked, Relaxed));
        }
    }
}
