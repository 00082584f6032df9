//! The way to Redis: connections that are proven to be ours to use, and whether they work.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use deadpool_redis::redis::{AsyncConnectionConfig, Client, ErrorKind, RedisError, ServerErrorKind, aio, cmd, pipe};
use deadpool_redis::{Connection, Hook, HookError, Manager, Pool, PoolError, Runtime};
use futures_util::FutureExt;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::{NotRedis, RedisConfig};
use crate::bridge::metrics::BridgeMetrics;

/// Redis answers in less than a millisecond; one that takes longer than this is away.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);
/// Different reasons that are logged for one break.
const MAX_TROUBLES: usize = 16;
const SHORTEST_PAUSE: Duration = Duration::from_millis(25);

/// The names of our keys.
pub(super) struct Keys(String);

impl Keys {
    /// What this instance says, in order.
    pub(super) fn stream(&self, instance: Uuid) -> String {
        format!("{}:stream:{instance}", self.0)
    }

    /// There as long as the instance gives signs of life.
    pub(super) fn alive(&self, instance: Uuid) -> String {
        format!("{}:alive:{instance}", self.0)
    }

    /// All instances that have a stream.
    pub(super) fn instances(&self) -> String {
        format!("{}:instances", self.0)
    }

    /// Whose keys these are.
    pub(super) fn installation(&self) -> String {
        format!("{}:installation", self.0)
    }

    /// Where ephemeral messages are published.
    pub(super) fn ephemeral(&self) -> String {
        format!("{}:ephemeral", self.0)
    }

    /// Where an instance says that it is there, so that it is found at once.
    pub(super) fn hello(&self) -> String {
        format!("{}:hello", self.0)
    }
}

/// What of the bridge needs Redis. It is up when all of them work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Members,
    Writer,
    Reader,
    Ear,
}

impl Part {
    pub(super) const ALL: [Self; 4] = [Self::Members, Self::Writer, Self::Reader, Self::Ear];
}

pub(super) struct Link {
    pub(super) keys: Keys,
    client: Client,
    pool: Pool,
    longest_pause: Duration,
    health: Mutex<Health>,
    metrics: Arc<BridgeMetrics>,
    /// There is a new connection: whether Redis has kept everything must be shown anew.
    pub(super) renewed: Arc<Notify>,
}

#[derive(Default)]
struct Health {
    working: Vec<Part>,
    /// Why not, as far as it was logged.
    troubles: Vec<String>,
}

impl Link {
    pub(super) fn new(config: &RedisConfig, metrics: Arc<BridgeMetrics>) -> Result<Self, NotRedis> {
        let connection =
            AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE));
        let client = Client::open(config.url.as_str()).map_err(|_| NotRedis)?;
        let manager = Manager::new_with_config(config.url.as_str(), connection).map_err(|_| NotRedis)?;
        let keys = Keys(config.prefix.clone());
        let (key, installation) = (keys.installation(), config.installation.clone());
        let renewed = Arc::<Notify>::default();
        let news = Arc::clone(&renewed);
        let claim = Hook::async_fn(move |connection: &mut aio::MultiplexedConnection, _| {
            let (key, installation, news) = (key.clone(), installation.clone(), Arc::clone(&news));
            async move {
                claim(connection, &key, &installation).await?;
                news.notify_one();
                Ok(())
            }
            .boxed()
        });
        let pool = Pool::builder(manager)
            .max_size(Part::ALL.len())
            .timeouts(deadpool_redis::Timeouts::wait_millis(PATIENCE.as_millis().try_into().unwrap_or(u64::MAX)))
            .runtime(Runtime::Tokio1)
            .post_create(claim)
            .build()
            .map_err(|_| NotRedis)?;
        let longest_pause = (config.lease / 4).clamp(SHORTEST_PAUSE, PATIENCE);
        Ok(Self { keys, client, pool, longest_pause, health: Mutex::default(), metrics, renewed })
    }

    /// A connection whose Redis holds the keys of our installation.
    pub(super) async fn connection(&self) -> Result<Connection, Trouble> {
        Ok(self.pool.get().await?)
    }

    /// A connection of one's own, on which one may wait as long for an answer as `patience`.
    pub(super) async fn own_connection(&self, patience: Duration) -> Result<aio::MultiplexedConnection, Trouble> {
        let mut connection = Connection::take(self.connection().await?);
        connection.set_response_timeout(patience);
        Ok(connection)
    }

    /// A connection on which to subscribe.
    pub(super) async fn subscriber(&self) -> Result<aio::PubSub, Trouble> {
        drop(self.connection().await?);
        let mut subscriber = timeout(PATIENCE, self.client.get_async_pubsub()).await??;
        let channels = [self.keys.ephemeral(), self.keys.hello()];
        timeout(PATIENCE, subscriber.subscribe(&channels)).await??;
        Ok(subscriber)
    }

    pub(super) fn healthy(&self) -> bool {
        self.metrics.up.load(Relaxed)
    }

    pub(super) fn works(&self, part: Part) {
        let mut health = self.health.lock();
        if health.working.contains(&part) {
            return;
        }
        health.working.push(part);
        if health.working.len() == Part::ALL.len() {
            health.troubles.clear();
            self.metrics.up.store(true, Relaxed);
            log::info!("redis: instances are joined");
        }
    }

    /// Notes that a part cannot go on. Logs each reason once, until all is well again.
    pub(super) fn failed(&self, part: Part, trouble: &Trouble) {
        let mut health = self.health.lock();
        if self.metrics.up.swap(false, Relaxed) {
            self.metrics.breaks.add(1);
        }
        health.working.retain(|working| *working != part);
        let trouble = trouble.to_string();
        if health.troubles.len() < MAX_TROUBLES && !health.troubles.contains(&trouble) {
            log::warn!("redis: {trouble}; this instance goes on alone and tries again");
            health.troubles.push(trouble);
        }
    }

    /// Waits before the next attempt: longer after each that failed, and never as long as the others.
    pub(super) async fn pause(&self, failures: &mut u32) {
        let longest = SHORTEST_PAUSE.saturating_mul(1 << (*failures).min(10)).min(self.longest_pause);
        *failures = failures.saturating_add(1);
        // From half of it to all of it.
        let random = u32::from(Uuid::new_v4().as_bytes().first().copied().unwrap_or(0));
        sleep(longest / 2 + longest / 2 * random / 255).await;
    }
}

/// Makes the keys ours, or finds that they are somebody else's.
async fn claim(connection: &mut aio::MultiplexedConnection, key: &str, installation: &str) -> Result<(), HookError> {
    let mut claim = pipe();
    claim.cmd("SETNX").arg(key).arg(installation).ignore();
    claim.cmd("GET").arg(key);
    let (owner,): (String,) = claim.query_async(connection).await.map_err(HookError::Backend)?;
    if owner == installation {
        return Ok(());
    }
    Err(HookError::message(format!(
        "{key} says that another installation ({owner}) uses this prefix; give this one another redis.prefix"
    )))
}

impl Link {
    /// Makes sure that the keys are still ours, for a Redis that was emptied meanwhile.
    pub(super) async fn claim(&self, connection: &mut Connection, installation: &str) -> Result<(), Trouble> {
        claim(connection, &self.keys.installation(), installation).await.map_err(|error| match error {
            HookError::Message(text) => Trouble::Foreign(text.into_owned()),
            HookError::Backend(error) => Trouble::Redis(error),
        })
    }
}

/// Why Redis cannot be used at present.
#[derive(Debug)]
pub(super) enum Trouble {
    Redis(RedisError),
    /// It holds the keys of another installation.
    Foreign(String),
    NoAnswer,
    /// It ended the connection.
    Closed,
}

impl From<RedisError> for Trouble {
    fn from(error: RedisError) -> Self {
        Self::Redis(error)
    }
}

impl From<tokio::time::error::Elapsed> for Trouble {
    fn from(_: tokio::time::error::Elapsed) -> Self {
        Self::NoAnswer
    }
}

impl From<PoolError> for Trouble {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => Self::Redis(error),
            PoolError::PostCreateHook(HookError::Message(text)) => Self::Foreign(text.into_owned()),
            PoolError::Timeout(_) | PoolError::Closed | PoolError::NoRuntimeSpecified => Self::NoAnswer,
        }
    }
}

/// In words that tell an administrator what to do. Neither the URL nor its password is ever part of them.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Redis(error) => explain(error, f),
            Self::Foreign(text) => f.write_str(text),
            Self::NoAnswer => f.write_str("gives no answer"),
            Self::Closed => f.write_str("the connection was lost"),
        }
    }
}

fn explain(error: &RedisError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match error.kind() {
        ErrorKind::AuthenticationFailed => f.write_str("refuses the user or the password in redis.url"),
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => {
            write!(f, "what answers at redis.url does not talk like a Redis 5 or newer ({error})")
        }
        ErrorKind::Server(ServerErrorKind::NoPerm) => write!(f, "does not let our user do what it must ({error})"),
        ErrorKind::Server(_) | ErrorKind::Extension => match error.code() {
            Some("NOAUTH" | "WRONGPASS") => f.write_str("refuses the user or the password in redis.url"),
            Some("WRONGTYPE") => write!(f, "something else uses our keys; choose another redis.prefix ({error})"),
            _ if unknown_command(error) => write!(f, "is no Redis 5 or newer: it has no streams ({error})"),
            _ => write!(f, "refuses: {error}"),
        },
        _ if error.is_timeout() => f.write_str("gives no answer"),
        _ if error.is_connection_dropped() => f.write_str("the connection was lost"),
        _ => write!(f, "cannot be reached: {error}"),
    }
}

fn unknown_command(error: &RedisError) -> bool {
    error.detail().is_some_and(|detail| detail.contains("unknown command"))
}

/// Whether Redis says that it has the entry already, or a later one of the same writer.
pub(super) fn is_stored(error: &RedisError) -> bool {
    error.detail().is_some_and(|detail| detail.contains("equal or smaller"))
}

/// `PUBLISH`.
pub(super) fn publish(channel: &str, payload: &[u8]) -> deadpool_redis::redis::Cmd {
    let mut publish = cmd("PUBLISH");
    publish.arg(channel).arg(payload);
    publish
}
