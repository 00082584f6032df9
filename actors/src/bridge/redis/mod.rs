//! The bridge between processes, over Redis.
//!
//! Each instance writes everything durable into a stream of its own ([`writer`]), numbered without a hole, and reads those of
//! all others ([`reader`]): so what one instance says keeps its order, nobody reads what they said themselves, and a reader
//! can prove that it missed nothing, or knows that it did. A new process is a new instance with a new stream. Ephemeral
//! messages are published ([`ear`]). Leases say who is there ([`members`], [`roster`]).
//!
//! It runs on a thread of its own and must not touch the engine but through its [`Inbox`]. While Redis is away, what is said
//! waits ([`backlog`], [`outbound`]) and turns into a gap when it becomes too much.

mod backlog;
mod ear;
mod entry;
mod link;
mod members;
mod outbound;
mod reader;
mod roster;
mod writer;

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix::prelude::*;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, LocalBoxFuture};
use parking_lot::Mutex;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;
use uuid::Uuid;

use super::metrics::BridgeMetrics;
use super::{Bridge, Inbox, Message};

use backlog::Backlog;
use link::{Link, Part};
use outbound::{Limits, Outbound};
use reader::Resync;
use roster::Roster;

/// Before a part that panicked begins anew.
const RECOVERY: Duration = Duration::from_millis(100);

/// How Redis is reached and what the bridge may use of it.
#[derive(Clone)]
pub struct RedisConfig {
    /// `redis://`, `rediss://` or `unix://`, with user, password and number of the database.
    pub url: String,
    /// What all keys and channels begin with. Several installations on one Redis need different ones.
    pub prefix: String,
    /// What tells installations apart; the same on all instances of one.
    pub installation: String,
    /// An instance without a sign of life for twice as long is taken for dead. Signs are given three times in it.
    pub lease: Duration,
    /// Entries that Redis keeps of each instance, at least: an instance that is cut off for longer has a gap.
    pub stream_entries: usize,
    /// Messages that may wait for Redis; more collapse into a gap.
    pub backlog_messages: usize,
    /// Bytes that may wait for Redis.
    pub backlog_bytes: usize,
}

/// A URL is none of a Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a URL of a Redis, such as redis://user:password@host:6379/0")]
pub struct NotRedis;

/// Joins instances over Redis. Until it is reached, and whenever it is not, this instance goes on alone.
pub struct RedisBridge {
    config: RedisConfig,
    shared: OnceLock<Arc<Shared>>,
}

impl RedisBridge {
    /// A bridge that connects when the engine starts.
    ///
    /// # Errors
    /// The URL makes no sense.
    pub fn new(config: RedisConfig) -> Result<Self, NotRedis> {
        Link::new(&config, Arc::default())?;
        Ok(Self { config, shared: OnceLock::new() })
    }

    /// Waits until the other instances are heard, at most for `patience`. Sessions that begin after that miss nothing: if it
    /// was in vain, they will be told to fetch again once Redis is there.
    pub async fn joined(&self, patience: Duration) -> bool {
        let Some(shared) = self.shared.get() else { return false };
        let mut joined = shared.joined.subscribe();
        let in_time = timeout(patience, joined.wait_for(|joined| *joined)).await.is_ok();
        if !in_time {
            shared.late();
        }
        in_time
    }

    /// How many other instances are heard.
    #[must_use]
    pub fn peers(&self) -> usize {
        self.shared.get().map_or(0, |shared| shared.roster.lock().len())
    }

    /// Cuts this engine off as if its process had been killed.
    #[cfg(feature = "testing")]
    pub fn kill(&self) {
        self.shared.get().and_then(|shared| shared.arbiter.get()).map(ArbiterHandle::stop);
    }

    /// Makes the writer die like a bug would.
    #[cfg(feature = "testing")]
    pub fn crash_writer(&self) {
        if let Some(shared) = self.shared.get() {
            shared.crash.store(true, Relaxed);
        }
    }
}

impl Bridge for RedisBridge {
    fn start(&self, inbox: Inbox) {
        let metrics = Arc::clone(inbox.metrics());
        metrics.in_use.store(true, Relaxed);
        // The URL was tried before.
        let Ok(link) = Link::new(&self.config, Arc::clone(&metrics)) else { return };
        let limits = Limits { messages: self.config.backlog_messages, bytes: self.config.backlog_bytes };
        let shared = self.shared.get_or_init(|| {
            Arc::new(Shared {
                backlog: Backlog::new(limits.messages, Arc::clone(&metrics)),
                outbound: Mutex::new(Outbound::new(inbox.instance(), limits)),
                roster: Mutex::default(),
                resync: Mutex::default(),
                peers_changed: Notify::new(),
                relist: Notify::new(),
                late: AtomicBool::new(false),
                joined: watch::Sender::new(false),
                stage: watch::Sender::new(Stage::Running),
                arbiter: OnceLock::new(),
                #[cfg(feature = "testing")]
                crash: AtomicBool::new(false),
                config: self.config.clone(),
                link,
                inbox,
                metrics,
            })
        });
        let shared = Arc::clone(shared);
        let arbiter = shared.arbiter.get_or_init(|| Arbiter::new().handle()).clone();
        arbiter.spawn_fn(move || {
            Keeper { shared }.start();
        });
    }

    fn send(&self, message: Message) {
        if let Some(shared) = self.shared.get() {
            shared.backlog.push(message);
        }
    }

    fn healthy(&self) -> bool {
        self.shared.get().is_some_and(|shared| shared.link.healthy())
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        async {
            let Some(shared) = self.shared.get() else { return };
            shared.move_on(Stage::Stopping);
            let _ = shared.stage.subscribe().wait_for(|stage| *stage == Stage::Stopped).await;
        }
        .boxed()
    }
}

/// How far the bridge has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Running,
    /// The lease is renewed no more.
    Stopping,
    /// What was accepted is written, and then goodbye.
    Leaving,
    Stopped,
}

/// What the parts share, and what survives them.
struct Shared {
    config: RedisConfig,
    inbox: Inbox,
    metrics: Arc<BridgeMetrics>,
    link: Link,
    backlog: Backlog,
    outbound: Mutex<Outbound>,
    roster: Mutex<Roster>,
    resync: Mutex<Resync>,
    /// Wakes the reader.
    peers_changed: Notify,
    /// Wakes the search for other instances.
    relist: Notify,
    late: AtomicBool,
    /// Whether the other instances are heard.
    joined: watch::Sender<bool>,
    stage: watch::Sender<Stage>,
    arbiter: OnceLock<ArbiterHandle>,
    #[cfg(feature = "testing")]
    crash: AtomicBool,
}

impl Shared {
    fn instance(&self) -> Uuid {
        self.inbox.instance()
    }

    fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    fn move_on(&self, stage: Stage) {
        self.stage.send_if_modified(|now| std::mem::replace(now, stage.max(*now)) < stage);
    }

    /// Whoever waited for the other instances waits no longer.
    fn late(&self) {
        self.late.store(true, Relaxed);
    }

    fn is_late(&self) -> bool {
        self.late.load(Relaxed)
    }
}

/// The actor that keeps the parts running.
struct Keeper {
    shared: Arc<Shared>,
}

impl Keeper {
    fn run(&self, part: Part, ctx: &mut Context<Self>) {
        let shared = Arc::clone(&self.shared);
        let work: LocalBoxFuture<'static, ()> = match part {
            Part::Members => members::run(shared).boxed_local(),
            Part::Writer => writer::run(shared).boxed_local(),
            Part::Reader => reader::run(shared).boxed_local(),
            Part::Ear => ear::run(shared).boxed_local(),
        };
        // A task of its own, as a panic inside the actor would end all parts.
        let ended = actix::spawn(work).into_actor(self);
        ctx.spawn(ended.map(move |ended, keeper, ctx| match ended {
            Ok(()) => keeper.done(part, ctx),
            Err(_) => keeper.recover(part, ctx),
        }));
    }

    /// A part has done what it had to do before the bridge stops.
    fn done(&self, part: Part, ctx: &mut Context<Self>) {
        match part {
            Part::Members => {
                self.shared.move_on(Stage::Leaving);
                self.shared.backlog.changed.notify_one();
            }
            Part::Writer => {
                self.shared.move_on(Stage::Stopped);
                ctx.stop();
            }
            Part::Reader | Part::Ear => {}
        }
    }

    /// What the part held in its hands may be lost.
    fn recover(&self, part: Part, ctx: &mut Context<Self>) {
        log::error!("redis: {part:?} of the bridge died and begins anew");
        self.shared.metrics.restarts.add(1);
        match part {
            Part::Writer => self.shared.backlog.lost(),
            Part::Reader => self.shared.resync.lock().because("the reader died".to_owned(), None),
            Part::Members | Part::Ear => {}
        }
        ctx.run_later(RECOVERY, move |keeper, ctx| keeper.run(part, ctx));
    }
}

impl Actor for Keeper {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        Part::ALL.into_iter().for_each(|part| self.run(part, ctx));
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        Arbiter::current().stop();
    }
}
