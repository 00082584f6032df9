//! The engine's settings, each with what it bounds and what it costs.

use std::time::Duration;

/// Capacities and times of the engine. [`Default`] is right for a small server; each value has a metric that shows
/// when it is too small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineConfig {
    /// Threads for channel, session and presence actors. The hub has one of its own. 0 puts them all on the
    /// caller's arbiter (tests with paused time).
    pub arbiters: usize,
    /// Messages that may wait for the hub, and as many for presence. When the hub's is full, durable broadcasts turn into
    /// a resync of their audience. About 100 bytes each while waiting.
    pub hub_mailbox: usize,
    /// Messages that may wait for one channel. When it is full, its sessions are told to resync.
    pub channel_mailbox: usize,
    /// Events that may wait in one session for its socket, 8 bytes each besides the shared frame. Past half,
    /// ephemeral events are dropped; past all of it a socket that reads nothing for `stall_after` is closed; at four
    /// times of it (once, without a socket) the session has a gap and is told to resync at once.
    pub outbox: usize,
    /// Written events that a session keeps for replay after a reconnect, 8 bytes each besides the shared frame.
    pub replay: usize,
    /// Answers to a client's requests that may wait for its socket; more are refused.
    pub replies: usize,
    /// How long a socket with a full outbox may read nothing before it is closed.
    pub stall_after: Duration,
    /// How long a session without a socket waits for its client.
    pub linger: Duration,
    /// How long a client waits for its session to come from another instance before it gets a new one. An instance that
    /// was killed is asked in vain until its lease is over.
    pub claim_patience: Duration,
    /// How long a channel actor without sessions stays.
    pub channel_idle: Duration,
    /// Online turns into away after this long without activity.
    pub away_after: Duration,
    /// Offline comes this long after the last connection is gone, so that a reload does not flicker.
    pub offline_grace: Duration,
    /// How often the hub looks after its children.
    pub heartbeat: Duration,
    /// An arbiter that does not answer for this long is replaced, and its actors are rebuilt on a new one.
    pub heartbeat_timeout: Duration,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            arbiters: 1,
            hub_mailbox: 16_384,
            channel_mailbox: 4_096,
            outbox: 256,
            replay: 128,
            replies: 32,
            stall_after: Duration::from_secs(10),
            linger: Duration::from_secs(300),
            claim_patience: Duration::from_secs(1),
            channel_idle: Duration::from_secs(30),
            away_after: Duration::from_secs(300),
            offline_grace: Duration::from_secs(3),
            heartbeat: Duration::from_secs(1),
            heartbeat_timeout: Duration::from_secs(10),
        }
    }
}
