//! Session: one client connection's life.
//!
//! [`Session`] is what channels and the hub hold: who it is, and its outbox. [`SessionActor`] owns the life: it watches
//! a socket that does not read, lets a session without a socket wait for its client, and ends it. The actor is told only
//! "look"; everything it decides on stands in the outbox, so a refused or doubled message harms nothing.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix::prelude::*;
use bytes::Bytes;
use serde::Serialize;
use uuid::Uuid;

use crate::hub::{Child, Order};
use crate::mailbox::{Mailbox, Posted};
use crate::outbox::{Condition, Outbox, OutboxSnapshot, Pushed};
use crate::runtime::Runtime;
use crate::{Broadcast, Class, ConnectionId, Disconnect, Frame, Protocol};

/// Looks are all alike: more than a few in a row say nothing new.
pub(crate) const SESSION_MAILBOX: usize = 4;

/// How long to wait for room in the hub's mailbox.
const HUB_PAUSE: Duration = Duration::from_millis(100);

/// A session as the engine sees it.
pub(crate) struct Session {
    pub(crate) id: ConnectionId,
    /// Tells it from an earlier session of the same name, which left this instance and came back.
    pub(crate) number: u64,
    pub(crate) user: Uuid,
    pub(crate) login: Uuid,
    pub(crate) protocol: Protocol,
    pub(crate) name: Bytes,
    pub(crate) privileged: AtomicBool,
    pub(crate) outbox: Outbox,
    pub(crate) actor: OnceLock<Mailbox<SessionActor>>,
    pub(crate) runtime: Arc<Runtime>,
}

impl Session {
    /// Gives the session its share of a broadcast. Returns whether a frame waits now.
    pub(crate) fn deliver(&self, broadcast: &Broadcast, wake: bool) -> bool {
        if broadcast.except_users.contains(&self.user) || broadcast.except_connection == Some(self.id) {
            return false;
        }
        match broadcast.frames.get(self.protocol) {
            Ok(encoded) => encoded
                .frame_for(self.user, self.privileged.load(Relaxed))
                .is_some_and(|frame| self.push(frame, broadcast, wake)),
            Err(_) if broadcast.class == Class::Durable => {
                self.close(Disconnect::Resync);
                false
            }
            Err(_) => false,
        }
    }

    fn push(&self, frame: &Frame, broadcast: &Broadcast, wake: bool) -> bool {
        let Runtime { metrics, config, .. } = &*self.runtime;
        match self.outbox.push(frame, broadcast.class, broadcast.stamped(), wake, config) {
            Pushed::Kept => true,
            Pushed::Crowded => {
                self.look();
                true
            }
            Pushed::Dropped => {
                metrics.dropped.add(1);
                false
            }
            Pushed::Overflow => {
                metrics.overflows.add(1);
                metrics.resyncs.add(1);
                self.look();
                false
            }
            Pushed::Ignored => false,
        }
    }

    /// Ends the session; its client does not get the id back.
    pub(crate) fn close(&self, reason: Disconnect) {
        if self.outbox.close(reason) {
            if reason == Disconnect::Resync {
                self.runtime.metrics.resyncs.add(1);
            }
            self.look();
        }
    }

    /// This instance is stopping: the socket must leave. The session waits for its client if it may go on elsewhere.
    pub(crate) fn dismiss(&self, goes_on: bool) {
        if !(goes_on && self.outbox.part(Disconnect::ServerStopping)) {
            self.close(Disconnect::ServerStopping);
        }
        self.look();
    }

    /// Makes the actor look at the outbox. If it has no room, it is going to look anyway.
    pub(crate) fn look(&self) {
        if let Some(actor) = self.actor.get() {
            let _ = actor.tell(Look);
        }
    }

    pub(crate) fn snapshot(&self) -> SessionSnapshot {
        SessionSnapshot {
            connection: self.id,
            user: self.user,
            login: self.login,
            protocol: self.protocol,
            privileged: self.privileged.load(Relaxed),
            outbox: self.outbox.snapshot(),
        }
    }
}

/// A session, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionSnapshot {
    /// Its name.
    pub connection: ConnectionId,
    /// Its user.
    pub user: Uuid,
    /// Its login session.
    pub login: Uuid,
    /// Its dialect.
    pub protocol: Protocol,
    /// Whether it gets what is for system administrators.
    pub privileged: bool,
    /// Its outbox.
    pub outbox: OutboxSnapshot,
}

/// See what has become of the outbox.
pub(crate) struct Look;

/// Owns the life of one session.
pub(crate) struct SessionActor {
    session: Arc<Session>,
    seen: Condition,
    timer: Option<SpawnHandle>,
}

impl SessionActor {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session, seen: Condition::Fine, timer: None }
    }

    /// Sets the one timer that the present condition calls for.
    fn look(&mut self, ctx: &mut Context<Self>) {
        let config = &self.session.runtime.config;
        let condition = self.session.outbox.condition(config);
        if condition == self.seen && self.timer.is_some() {
            return;
        }
        if let Some(timer) = self.timer.take() {
            ctx.cancel_future(timer);
        }
        let moved = matches!(condition, Condition::Detached(_)) != matches!(self.seen, Condition::Detached(_));
        if moved && self.session.runtime.hub.tell(Order::Recount(self.session.user)).is_err() {
            self.look_in(HUB_PAUSE, ctx);
            return;
        }
        self.seen = condition;
        let wait = match condition {
            Condition::Fine => return,
            Condition::Gone => return ctx.stop(),
            Condition::Crowded(_) | Condition::Closing => config.stall_after,
            Condition::Detached(_) => config.linger,
        };
        self.timer = Some(ctx.run_later(wait, |actor, ctx| {
            actor.timer = None;
            actor.waited(ctx);
        }));
    }

    fn look_in(&mut self, wait: Duration, ctx: &mut Context<Self>) {
        self.timer = Some(ctx.run_later(wait, |actor, ctx| {
            actor.timer = None;
            actor.look(ctx);
        }));
    }

    /// The time for the condition that was seen has passed.
    fn waited(&mut self, ctx: &mut Context<Self>) {
        let Runtime { config, metrics, .. } = &*self.session.runtime;
        match self.seen {
            Condition::Crowded(next) => {
                if self.session.outbox.stall(next, config.outbox) {
                    metrics.slow_closes.add(1);
                    self.evict();
                }
            }
            Condition::Closing => self.evict(),
            Condition::Detached(attachment) => {
                self.session.outbox.expire(attachment);
            }
            Condition::Fine | Condition::Gone => {}
        }
        self.look(ctx);
    }

    fn evict(&self) {
        if self.session.outbox.evict() {
            self.session.runtime.metrics.evictions.add(1);
        }
    }
}

impl Actor for SessionActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.look(ctx);
    }
}

impl Handler<Posted<Look>> for SessionActor {
    type Result = ();

    fn handle(&mut self, look: Posted<Look>, ctx: &mut Self::Context) {
        look.open();
        self.look(ctx);
    }
}

/// However the actor ends, by its own decision or by a panic, the hub forgets the session. If it has no room now, its
/// heartbeat will find that nobody is at home.
impl Drop for SessionActor {
    fn drop(&mut self) {
        let _ = self.session.runtime.hub.tell(Order::Ended(Child::Session(self.session.id, self.session.number)));
    }
}
