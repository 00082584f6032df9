//! What all parts of one engine share: settings, metrics, the owner, the bridge, and the way to the hub.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use parking_lot::Mutex;
use tokio::time::Instant;
use uuid::Uuid;

use crate::bridge::{Bridge, Control, Fate, Message};
use crate::hub::{Hub, Order};
use crate::mailbox::Mailbox;
use crate::{Audience, Broadcast, Class, EngineConfig, Metrics, Observer, Refresh, Target};

pub(crate) struct Runtime {
    /// The name of this instance, new at each start.
    pub(crate) instance: Uuid,
    pub(crate) config: EngineConfig,
    pub(crate) metrics: Metrics,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) bridge: Arc<dyn Bridge>,
    pub(crate) hub: Mailbox<Hub>,
    pub(crate) refusals: Refusals,
    pub(crate) clock: Clock,
    /// What became of other instances, until the hub has heard of it.
    pub(crate) peers: Mutex<Vec<(Uuid, Fate)>>,
    /// Set as soon as this instance is to stop.
    pub(crate) draining: AtomicBool,
}

impl Runtime {
    /// Sends a broadcast on its way. If the hub has no room, its audience resyncs, here and elsewhere.
    pub(crate) fn publish(&self, broadcast: Broadcast) {
        let Err(Order::Publish(refused)) = self.hub.tell(Order::Publish(Arc::new(broadcast))) else { return };
        if refused.class == Class::Durable {
            self.refusals.resync(refused.audience.clone());
            self.bridge.send(Message::Gap(vec![refused.audience.clone()]));
        }
    }

    /// Applies a control message here and everywhere else.
    pub(crate) fn control(&self, control: Control) {
        if let Err(Order::Control(control)) = self.hub.tell(Order::Control(control)) {
            self.refused(&control);
            self.bridge.send(Message::Control(control));
        }
    }

    /// Takes a message of another instance.
    pub(crate) fn receive(&self, message: Message) {
        let Err(Order::Remote(message)) = self.hub.tell(Order::Remote(message)) else { return };
        match message {
            Message::Broadcast(broadcast) if broadcast.class == Class::Durable => {
                self.refusals.resync(broadcast.audience.clone());
            }
            Message::Control(control) => self.refused(&control),
            Message::Gap(audiences) => {
                audiences.into_iter().for_each(|audience| self.refusals.resync(audience));
            }
            // A claim without an answer runs out of patience.
            Message::Broadcast(_) | Message::Presence(_) | Message::PresenceAnew(_) | Message::Handover(_) => {}
        }
    }

    /// Takes the news of another instance. The hub always has room for it in the end: it is asked again at its heartbeat.
    pub(crate) fn peer(&self, instance: Uuid, fate: Fate) {
        self.peers.lock().push((instance, fate));
        let _ = self.hub.tell(Order::Peers);
    }

    /// Counts a broadcast that reached all local outboxes it was for.
    pub(crate) fn delivered(&self, broadcast: &Broadcast, frames: usize) {
        self.metrics.broadcasts.add(1);
        self.metrics.frames.add(frames);
        self.metrics.encoded_bytes.add(broadcast.frames.take_encoded_bytes());
        self.metrics.delivery.observe(broadcast.born.elapsed());
    }

    /// What a control message that found no room turns into: whoever it concerned comes back and is read anew from
    /// the database. It must not overtake what waits in the mailbox, so it is never applied late.
    fn refused(&self, control: &Control) {
        match control {
            Control::Join { user, .. } | Control::Leave { user, .. } | Control::Privileged { user, .. } => {
                self.refusals.resync(Audience::User(*user));
            }
            Control::Disconnect { target: Target::User(user), .. } => self.refusals.resync(Audience::User(*user)),
            Control::Disconnect { target: Target::Connection(connection), .. } => {
                self.refusals.resync(Audience::Connection(*connection));
            }
            Control::Disconnect { target: Target::Session(login), .. } => self.refusals.resync_login(*login),
            Control::Refresh(message) => self.observer.refresh(Refresh::One(message.clone())),
            Control::Presence { user, command } => {
                log::warn!("engine: no room for the presence of {user}: {command:?}");
            }
        }
    }
}

/// More refusals than this are taken as "everyone".
const MAX_REFUSALS: usize = 1_024;

/// What the hub had no room for, kept beside its full mailbox: whose sessions must resync.
#[derive(Default)]
pub(crate) struct Refusals {
    any: AtomicBool,
    pending: Mutex<PendingResync>,
}

/// Whose sessions must resync.
#[derive(Default)]
pub(crate) struct PendingResync {
    pub(crate) audiences: Vec<Audience>,
    pub(crate) logins: Vec<Uuid>,
}

impl Refusals {
    pub(crate) fn resync(&self, audience: Audience) {
        let mut pending = self.pending.lock();
        if pending.audiences.len() >= MAX_REFUSALS {
            pending.audiences = vec![Audience::Everyone];
        } else if !pending.audiences.contains(&audience) {
            pending.audiences.push(audience);
        }
        self.any.store(true, Relaxed);
    }

    fn resync_login(&self, login: Uuid) {
        let mut pending = self.pending.lock();
        if pending.logins.len() >= MAX_REFUSALS {
            pending.logins.clear();
            pending.audiences = vec![Audience::Everyone];
        } else {
            pending.logins.push(login);
        }
        self.any.store(true, Relaxed);
    }

    /// Takes what is pending; nearly free when there is nothing.
    pub(crate) fn take(&self) -> Option<PendingResync> {
        self.any.load(Relaxed).then(|| {
            let mut pending = self.pending.lock();
            self.any.store(false, Relaxed);
            std::mem::take(&mut *pending)
        })
    }
}

/// Unix milliseconds that never go back and that follow tokio's clock, so that tests can stop it.
pub(crate) struct Clock {
    unix_ms: i64,
    started: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self { unix_ms: millis(since_epoch), started: Instant::now() }
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.unix_ms.saturating_add(millis(self.started.elapsed()))
    }
}

/// A duration in whole milliseconds.
pub(crate) fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
