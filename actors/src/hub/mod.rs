//! Hub: knows who is where on this instance, routes, and keeps its children alive.
//!
//! Everything that enters the engine passes its mailbox, which gives joins, leaves and broadcasts one order. It does no
//! I/O, runs no foreign code unguarded, and waits for nobody. If it dies nevertheless, nothing is in a known state any
//! more, and the process ends.

mod channels;
mod connect;
mod handover;
mod peers;
mod presences;
mod registry;
mod throttle;

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use actix::prelude::*;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::bridge::{Control, Message};
#[cfg(feature = "testing")]
use crate::channel::ChannelOrder;
use crate::mailbox::Posted;
use crate::presence::PresenceOrder;
use crate::runtime::Runtime;
use crate::session::{Session, SessionSnapshot};
use crate::supervise::Crew;
use crate::{
    Audience, Broadcast, Class, Connect, ConnectError, Connection, ConnectionId, Disconnect, PresenceState, Refresh,
    Stats, Target, Topic,
};

use channels::Channels;
pub(crate) use handover::Ticket;
use handover::{Claims, Packing};
use peers::Peers;
use presences::Presences;
use registry::Registry;
use throttle::Throttles;

/// Clients are told to come back in groups of this size, so that not all of them knock at once: 10,000 a second.
const LEAVING_TOGETHER: usize = 200;
const LEAVING_EVERY: Duration = Duration::from_millis(20);

/// What the hub is asked for.
pub(crate) enum Order {
    /// Deliver here and everywhere else.
    Publish(Arc<Broadcast>),
    /// Apply here and everywhere else.
    Control(Control),
    /// Another instance sent this.
    Remote(Message),
    /// There is news of other instances, see [`Runtime::peer`].
    Peers,
    /// A session is wanted.
    Connect(Box<Connect>, oneshot::Sender<Result<Connection, ConnectError>>),
    /// A session joins, or leaves.
    Subscribe {
        connection: ConnectionId,
        topics: Vec<Topic>,
        join: bool,
        done: oneshot::Sender<()>,
    },
    /// A client claims a session that another instance may have; answered when it is here, dropped if it will not be.
    Claim {
        connection: ConnectionId,
        next_seq: u64,
        done: oneshot::Sender<()>,
    },
    /// A session is ready to leave for another instance.
    Packed(Box<Packing>),
    /// A session hears of the presence of these users, and of no others any more.
    Watch {
        connection: ConnectionId,
        users: Vec<Uuid>,
        done: oneshot::Sender<()>,
    },
    /// A user did something, or says that they are idle.
    Activity(Uuid, bool),
    /// A user may have another number of sockets.
    Recount(Uuid),
    /// An actor ended, by itself or by a panic.
    Ended(Child),
    Presences(Vec<Uuid>, oneshot::Sender<Vec<(Uuid, PresenceState)>>),
    KnownPresences(usize, oneshot::Sender<Vec<(Uuid, PresenceState)>>),
    Stats(oneshot::Sender<Stats>),
    Session(ConnectionId, oneshot::Sender<SessionSnapshot>),
    User(Uuid, oneshot::Sender<Vec<SessionSnapshot>>),
    Members(Topic, oneshot::Sender<usize>),
    /// Take nobody in any more and tell everybody to leave; answered when the last session is gone.
    Drain(oneshot::Sender<()>),
    /// Cut what is left, and end.
    Stop,
    #[cfg(feature = "testing")]
    Fault(Topic, ChannelOrder),
    #[cfg(feature = "testing")]
    CrashPresence,
    #[cfg(feature = "testing")]
    Hang(std::sync::mpsc::Receiver<()>),
    #[cfg(feature = "testing")]
    Crash,
}

/// The name of a child. Numbers tell a rebuilt one from its former self.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Child {
    Session(ConnectionId, u64),
    Channel(Topic, u64),
    Presence(u64),
}

pub(crate) struct Hub {
    runtime: Arc<Runtime>,
    crew: Crew,
    registry: Registry,
    channels: Channels,
    presences: Presences,
    throttles: Throttles,
    peers: Peers,
    claims: Claims,
    /// Sessions that are about to leave for another instance.
    packing: usize,
    /// Sessions ever begun.
    begun: u64,
    stopping: bool,
    all_gone: Option<oneshot::Sender<()>>,
    /// Whether the hub's arbiter is its own.
    own_arbiter: bool,
}

impl Hub {
    pub(crate) fn new(runtime: Arc<Runtime>) -> Self {
        let arbiters = runtime.config.arbiters;
        let mut crew = Crew::new(arbiters);
        Self {
            registry: Registry::default(),
            channels: Channels::new(Arc::clone(&runtime)),
            presences: Presences::new(&mut crew, Arc::clone(&runtime)),
            crew,
            throttles: Throttles::default(),
            peers: Peers::new(runtime.instance),
            claims: Claims::default(),
            packing: 0,
            begun: 0,
            stopping: false,
            all_gone: None,
            own_arbiter: arbiters > 0,
            runtime,
        }
    }

    fn publish(&mut self, broadcast: &Arc<Broadcast>) {
        if let (Some(throttle), Audience::Topic(topic)) = (broadcast.throttle, &broadcast.audience)
            && !self.throttles.passes(*topic, throttle, Instant::now())
        {
            return self.runtime.metrics.throttled.add(1);
        }
        if broadcast.class == Class::Durable {
            broadcast.stamp(self.peers.next_stamp());
        }
        self.runtime.bridge.send(Message::Broadcast(Arc::clone(broadcast)));
        self.deliver(broadcast);
    }

    fn deliver(&self, broadcast: &Arc<Broadcast>) {
        let to = |session: &Arc<Session>| usize::from(session.deliver(broadcast, true));
        let frames = match &broadcast.audience {
            Audience::Topic(topic) => {
                if self.channels.broadcast(*topic, broadcast).is_err() && broadcast.class == Class::Durable {
                    self.resync(&broadcast.audience);
                }
                return;
            }
            Audience::User(user) => self.registry.of_user(*user).iter().map(to).sum(),
            Audience::Users(users) => users.iter().flat_map(|user| self.registry.of_user(*user)).map(to).sum(),
            Audience::Connection(id) => self.registry.get(*id).map_or(0, to),
            Audience::Everyone => self.registry.all().map(to).sum(),
        };
        self.runtime.delivered(broadcast, frames);
    }

    /// Ends the sessions of an audience that may have missed something.
    fn resync(&self, audience: &Audience) {
        self.registry.audience(audience).iter().for_each(|session| session.close(Disconnect::Resync));
    }

    fn control(&mut self, control: &Control, ours: bool) {
        match control {
            Control::Join { user, topics } => self.each_of(*user, |hub, session| hub.join(session, topics)),
            Control::Leave { user, topics } => self.each_of(*user, |hub, session| hub.leave(session, topics)),
            Control::Disconnect { target, reason } => self.disconnect(*target, *reason),
            Control::Privileged { user, privileged } => {
                self.each_of(*user, |_, session| session.privileged.store(*privileged, Relaxed));
            }
            Control::Refresh(message) => self.runtime.observer.refresh(Refresh::One(message.clone())),
            Control::Presence { user, command } => {
                self.presences.tell(PresenceOrder::Command { user: *user, command: *command, ours });
            }
        }
    }

    fn each_of(&mut self, user: Uuid, mut act: impl FnMut(&mut Self, &Arc<Session>)) {
        let sessions = self.registry.of_user(user).to_vec();
        sessions.iter().for_each(|session| act(self, session));
    }

    fn join(&mut self, session: &Arc<Session>, topics: &[Topic]) {
        for topic in topics {
            if self.registry.join(session.id, *topic)
                && self.channels.join(*topic, Arc::clone(session), &mut self.crew).is_err()
            {
                session.close(Disconnect::Resync);
            }
        }
    }

    /// A session that a channel could not be told to forget must not hear it: it ends.
    fn leave(&mut self, session: &Arc<Session>, topics: &[Topic]) {
        for topic in topics {
            if self.registry.leave(session.id, *topic)
                && self.channels.leave(*topic, Arc::clone(session), None).is_err()
            {
                session.close(Disconnect::Resync);
            }
        }
    }

    fn disconnect(&self, target: Target, reason: Disconnect) {
        match target {
            Target::User(user) => self.registry.of_user(user).iter().for_each(|session| session.close(reason)),
            Target::Connection(id) => self.registry.get(id).into_iter().for_each(|session| session.close(reason)),
            Target::Session(login) => {
                self.registry.all().filter(|session| session.login == login).for_each(|session| session.close(reason));
            }
        }
    }

    fn remote(&mut self, message: &Message, ctx: &mut Context<Self>) {
        match message {
            Message::Broadcast(broadcast) => {
                self.peers.heard(broadcast.stamped());
                self.deliver(broadcast);
            }
            Message::Control(control) => self.control(control, false),
            Message::Presence(note) => {
                self.presences.tell(PresenceOrder::Note(*note));
            }
            Message::PresenceAnew(instance) => {
                self.presences.tell(PresenceOrder::Gone { instance: *instance, report: false });
            }
            Message::Gap(audiences) => self.gap(audiences),
            Message::Handover(handover) => self.handover(handover, ctx),
        }
    }

    fn gap(&self, audiences: &[Audience]) {
        audiences.iter().for_each(|audience| self.resync(audience));
        if audiences.contains(&Audience::Everyone) {
            self.runtime.observer.refresh(Refresh::Everything);
        }
    }

    /// Makes good what was refused while the mailbox was full.
    fn settle_refusals(&self) {
        let Some(pending) = self.runtime.refusals.take() else { return };
        self.gap(&pending.audiences);
        pending.logins.iter().for_each(|login| self.disconnect(Target::Session(*login), Disconnect::Resync));
    }

    fn recount(&mut self, user: Uuid) {
        let sockets = self.registry.sockets(user);
        self.presences.tell(PresenceOrder::Sockets { user, sockets, saved: None });
    }

    fn ended(&mut self, child: Child) {
        match child {
            Child::Session(id, number) => self.forget(id, number),
            Child::Channel(topic, _) => self.rebuild_channel(topic, child),
            Child::Presence(_) => self.rebuild_presence(child),
        }
    }

    /// A session has come to its end. If its actor died before it, its client fetches again.
    fn forget(&mut self, id: ConnectionId, number: u64) {
        if self.registry.get(id).is_none_or(|session| session.number != number) {
            return;
        }
        let Some((session, topics)) = self.registry.remove(id) else { return };
        session.close(Disconnect::Resync);
        session.outbox.evict();
        for topic in topics {
            // No room: the channel is told again who is here, and a closed session takes nothing meanwhile.
            let _ = self.channels.leave(topic, Arc::clone(&session), None);
        }
        self.recount(session.user);
        self.tell_if_all_gone();
    }

    fn tell_if_all_gone(&mut self) {
        if self.stopping && self.registry.sessions() == 0 && self.packing == 0 {
            self.all_gone.take().map(|gone| gone.send(()));
        }
    }

    fn rebuild_channel(&mut self, topic: Topic, child: Child) {
        let members: Vec<_> = self.registry.in_topic(topic).cloned().collect();
        let Some(missed) = self.channels.rebuild(topic, child, members.clone(), &mut self.crew) else { return };
        log::error!("engine: {topic:?} died and was rebuilt with {} sessions", members.len());
        self.runtime.metrics.restarts.add(1);
        if missed {
            members.iter().for_each(|session| session.close(Disconnect::Resync));
        }
    }

    fn rebuild_presence(&mut self, child: Child) {
        if self.presences.rebuild(child, &mut self.crew) {
            log::error!("engine: presence died and was rebuilt");
            self.runtime.metrics.restarts.add(1);
            self.presences.refresh(|| self.registry.all_sockets());
        }
    }

    /// Looks after everything that a refused message may have left undone, and after dead children.
    fn heartbeat(&mut self) {
        self.settle_refusals();
        self.hear_of_peers();
        self.crew.beat(self.runtime.config.heartbeat_timeout);
        let orphans = self.registry.orphans(|seat| self.crew.lost(seat)).into_iter();
        let dead = orphans.chain(self.channels.dead(&self.crew)).chain(self.presences.dead(&self.crew));
        dead.for_each(|child| self.ended(child));
        self.channels.retire_idle();
        self.channels.refresh_stale(|topic| self.registry.in_topic(topic).cloned().collect());
        self.presences.refresh(|| self.registry.all_sockets());
        let sessions = u64::try_from(self.registry.sessions()).unwrap_or(0);
        self.runtime.metrics.live_sessions.store(sessions, Relaxed);
    }

    /// Where there are other instances, sessions go on: their clients claim them there. Otherwise they end.
    fn drain(&mut self, all_gone: oneshot::Sender<()>, ctx: &mut Context<Self>) {
        self.stopping = true;
        let goes_on = self.peers.any() && self.runtime.bridge.healthy();
        let sessions: Vec<_> = self.registry.all().cloned().collect();
        for (turn, some) in (0..).zip(sessions.chunks(LEAVING_TOGETHER)) {
            let some = some.to_vec();
            ctx.run_later(LEAVING_EVERY * turn, move |_, _| some.iter().for_each(|session| session.dismiss(goes_on)));
        }
        self.all_gone = Some(all_gone);
        self.tell_if_all_gone();
    }

    fn stop(&self, ctx: &mut Context<Self>) {
        self.registry.all().for_each(|session| {
            session.outbox.evict();
        });
        ctx.stop();
    }

    fn stats(&self) -> Stats {
        Stats {
            sessions: self.registry.sessions(),
            attached: self.registry.all().filter(|session| session.outbox.attached()).count(),
            users: self.registry.users(),
            channels: self.channels.len(),
            peers: self.peers.all().count(),
            bridge: self.runtime.bridge.healthy(),
        }
    }

    fn handle_order(&mut self, order: Order, ctx: &mut Context<Self>) {
        match order {
            Order::Publish(broadcast) => self.publish(&broadcast),
            Order::Control(control) => {
                self.runtime.bridge.send(Message::Control(control.clone()));
                self.control(&control, true);
            }
            Order::Remote(message) => self.remote(&message, ctx),
            Order::Peers => self.hear_of_peers(),
            Order::Connect(connect, answer) => {
                // Nobody waits any more: the connection is dropped, and with it the session.
                let _ = answer.send(self.connect(*connect));
            }
            Order::Subscribe { connection, topics, join, done } => {
                self.subscribe(connection, &topics, join);
                let _ = done.send(());
            }
            Order::Claim { connection, next_seq, done } => self.claim(connection, next_seq, done, ctx),
            Order::Packed(packing) => self.packed(*packing),
            Order::Watch { connection, users, done } => {
                self.watch(connection, users);
                let _ = done.send(());
            }
            Order::Activity(user, active) => {
                self.presences.tell(PresenceOrder::Activity { user, active });
            }
            Order::Recount(user) => self.recount(user),
            Order::Ended(child) => self.ended(child),
            Order::Presences(users, answer) => {
                self.presences.tell(PresenceOrder::Get(users, answer));
            }
            Order::KnownPresences(limit, answer) => {
                self.presences.tell(PresenceOrder::Known(limit, answer));
            }
            Order::Stats(answer) => {
                let _ = answer.send(self.stats());
            }
            Order::Session(id, answer) => {
                self.registry.get(id).map(|session| answer.send(session.snapshot()));
            }
            Order::User(user, answer) => {
                let _ = answer.send(self.registry.of_user(user).iter().map(|session| session.snapshot()).collect());
            }
            Order::Members(topic, answer) => self.channels.snapshot(topic, answer),
            Order::Drain(all_gone) => self.drain(all_gone, ctx),
            Order::Stop => self.stop(ctx),
            #[cfg(feature = "testing")]
            Order::Fault(topic, fault) => self.channels.tell(topic, fault),
            #[cfg(feature = "testing")]
            Order::CrashPresence => {
                self.presences.tell(PresenceOrder::Crash);
            }
            #[cfg(feature = "testing")]
            Order::Hang(until) => {
                let _ = until.recv();
            }
            #[cfg(feature = "testing")]
            Order::Crash => panic!("the hub was told to die"),
        }
    }

    fn subscribe(&mut self, connection: ConnectionId, topics: &[Topic], join: bool) {
        if let Some(session) = self.registry.get(connection).cloned() {
            if join { self.join(&session, topics) } else { self.leave(&session, topics) }
        }
    }

    fn watch(&mut self, connection: ConnectionId, users: Vec<Uuid>) {
        if let Some(session) = self.registry.get(connection).cloned() {
            let mut wanted: Vec<Topic> = users.into_iter().map(Topic::Presence).collect();
            wanted.sort_unstable();
            let mut unwanted = self.registry.watched(connection);
            unwanted.retain(|topic| wanted.binary_search(topic).is_err());
            self.leave(&session, &unwanted);
            self.join(&session, &wanted);
        }
    }
}

impl Actor for Hub {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(self.runtime.config.heartbeat, |hub, _| hub.heartbeat());
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        self.crew.stop();
        if self.own_arbiter {
            Arbiter::current().stop();
        }
    }
}

impl Handler<Posted<Order>> for Hub {
    type Result = ();

    fn handle(&mut self, order: Posted<Order>, ctx: &mut Self::Context) {
        self.handle_order(order.open(), ctx);
        self.settle_refusals();
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.runtime.observer.fatal("the hub of the realtime engine died");
        }
    }
}
