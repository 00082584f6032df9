//! When a socket must have done what.

use std::time::Duration;

use tokio::time::Instant;

/// A ping that is not answered for this long ends the socket. With a ping a minute that is the contract's 100 seconds
/// between two pongs.
const PONG_GRACE: Duration = Duration::from_secs(40);

/// What a socket is late with, or what it is time for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// It has not authenticated.
    Authentication,
    /// It has not answered pings.
    Pong,
    /// It is to be asked whether it is there.
    Ping,
}

/// The deadlines of one socket.
pub(super) struct Deadlines {
    ping_every: Duration,
    authenticate_by: Option<Instant>,
    next_ping: Instant,
    pong_by: Instant,
}

impl Deadlines {
    pub(super) fn new(now: Instant, authenticate_within: Duration, ping_every: Duration) -> Self {
        Self {
            ping_every,
            authenticate_by: Some(now + authenticate_within),
            next_ping: now + ping_every,
            pong_by: now + ping_every + PONG_GRACE,
        }
    }

    pub(super) fn authenticated(&mut self) {
        self.authenticate_by = None;
    }

    /// Nothing but a pong proves that the client is there.
    pub(super) fn pong(&mut self, now: Instant) {
        self.pong_by = now + self.ping_every + PONG_GRACE;
    }

    /// When to ask for [`Self::due`].
    pub(super) fn next(&self) -> Instant {
        let next = self.next_ping.min(self.pong_by);
        self.authenticate_by.map_or(next, |by| by.min(next))
    }

    /// What is due; a ping is due once.
    pub(super) fn due(&mut self, now: Instant) -> Option<Due> {
        if self.authenticate_by.is_some_and(|by| by <= now) {
            return Some(Due::Authentication);
        }
        if self.pong_by <= now {
            return Some(Due::Pong);
        }
        if self.next_ping <= now {
            self.next_ping = now + self.ping_every;
            return Some(Due::Ping);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn whoever_answers_pings_lives_on() {
        let start = Instant::now();
        let mut deadlines = Deadlines::new(start, Duration::from_secs(5), MINUTE);
        deadlines.authenticated();
        let mut now = start;
        for _ in 0..5 {
            now = deadlines.next();
            assert_eq!(deadlines.due(now), Some(Due::Ping));
            deadlines.pong(now);
        }
        assert_eq!(now, start + 5 * MINUTE);
    }

    #[test]
    fn a_silent_socket_ends_after_100_seconds() {
        let start = Instant::now();
        let mut deadlines = Deadlines::new(start, Duration::from_secs(5), MINUTE);
        deadlines.authenticated();
        assert_eq!(deadlines.due(deadlines.next()), Some(Due::Ping));
        assert_eq!(deadlines.next(), start + Duration::from_secs(100));
        assert_eq!(deadlines.due(deadlines.next()), Some(Due::Pong));
    }

    #[test]
    fn authentication_is_waited_for_only_so_long() {
        let start = Instant::now();
        let mut deadlines = Deadlines::new(start, Duration::from_secs(5), MINUTE);
        assert_eq!(deadlines.due(start), None);
        assert_eq!(deadlines.next(), start + Duration::from_secs(5));
        assert_eq!(deadlines.due(deadlines.next()), Some(Due::Authentication));
    }
}
