//! The server's bridge: Redis where several instances are joined, and the ear for commands beside it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use rustchat_actors::bridge::{Bridge, Inbox, LocalBridge, Message, NotRedis, RedisBridge, RedisConfig};

use super::office::Hearer;
use crate::config::Redis;

/// Longer than a Redis takes that is there, shorter than the patience of whoever waits for the start.
const PATIENCE: Duration = Duration::from_secs(3);

/// Every server on one database hears commands itself, so what they say does not travel between instances.
pub(super) struct ServerBridge {
    others: Arc<dyn Bridge>,
    redis: Option<Arc<RedisBridge>>,
    hearer: Arc<Hearer>,
}

impl ServerBridge {
    /// A bridge for this installation, on Redis if the settings name one.
    ///
    /// # Errors
    /// The URL of Redis makes no sense.
    pub(super) fn new(settings: &Redis, installation: String, hearer: Arc<Hearer>) -> Result<Self, NotRedis> {
        let Some(url) = settings.url.get() else {
            return Ok(Self { others: Arc::new(LocalBridge::default()), redis: None, hearer });
        };
        let redis = Arc::new(RedisBridge::new(RedisConfig {
            url: url.to_owned(),
            prefix: settings.prefix.clone(),
            installation,
            lease: Duration::from_secs(settings.lease_seconds),
            stream_entries: settings.stream_entries,
            backlog_messages: settings.backlog_messages,
            backlog_bytes: settings.backlog_bytes,
        })?);
        Ok(Self { others: Arc::clone(&redis) as Arc<dyn Bridge>, redis: Some(redis), hearer })
    }

    /// Waits until the other instances are heard, so that nobody who connects from then on misses anything.
    pub(super) async fn join(&self) {
        let Some(redis) = &self.redis else { return };
        if redis.joined(PATIENCE).await {
            log::info!("joined with {} other instances", redis.peers());
        } else {
            log::warn!("Redis does not answer; starting alone, the others are joined when it does");
        }
    }
}

impl Bridge for ServerBridge {
    fn start(&self, inbox: Inbox) {
        self.hearer.start(inbox.clone());
        self.others.start(inbox);
    }

    fn send(&self, message: Message) {
        self.others.send(message);
    }

    fn healthy(&self) -> bool {
        self.others.healthy()
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        self.others.stop()
    }
}

#[cfg(test)]
mod tests {
    use rustchat_actors::testing::RedisServer;
    use sqlx::PgPool;
    use tokio::time::timeout;

    use super::*;
    use crate::app::Server;
    use crate::config::{Config, Secret};
    use crate::model::NewUser;
    use crate::services::health::readiness;
    use crate::services::{Core, sessions, users};
    use crate::testing::database;

    const PASSWORD: &str = "correct horse";
    /// Generous, as nothing may depend on speed.
    const LIMIT: Duration = Duration::from_secs(60);

    /// A server that runs until the test ends.
    async fn start(redis: &RedisServer, db: &PgPool) -> Arc<Core> {
        let mut config = Config::defaults().unwrap();
        config.server.listen = "127.0.0.1:0".parse().unwrap();
        config.accounts.bcrypt_cost = 4;
        config.redis.url = Secret::from(redis.url());
        let mut server = Server::start(&Arc::new(config), db.clone(), b"secret").await.unwrap();
        let core = Arc::clone(&server.core);
        actix::spawn(async move { server.run().await });
        core
    }

    fn client() -> sessions::Client {
        sessions::Client { address: [127, 0, 0, 1].into(), user_agent: String::new(), device_id: String::new() }
    }

    async fn until_joined(core: &Core, joined: bool) {
        while readiness(core).await.redis != Some(joined) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// A server trusts what it remembers while it hears of changes; without Redis it asks the database, and goes on.
    #[actix::test]
    async fn what_one_server_does_the_other_knows_and_without_redis_both_go_on() {
        let (redis, db) = (RedisServer::start(&[]), database().await);
        let (one, two) = (start(&redis, &db).await, start(&redis, &db).await);
        let new = NewUser {
            username: "ada".to_owned(),
            email: "ada@example.org".to_owned(),
            password: PASSWORD.to_owned(),
            ..NewUser::default()
        };
        users::create(&one, new).await.unwrap();
        let login = sessions::log_in(&one, "ada", PASSWORD, client()).await.unwrap();
        sessions::authenticate(&two, &login.token).await.unwrap();
        timeout(LIMIT, until_joined(&one, true)).await.unwrap();
        timeout(LIMIT, until_joined(&two, true)).await.unwrap();

        redis.kill();
        timeout(LIMIT, until_joined(&one, false)).await.unwrap();
        timeout(LIMIT, until_joined(&two, false)).await.unwrap();
        assert!(readiness(&one).await.works(), "degraded, but at work");
        users::set_password(&one, "ada", "another secret").await.unwrap();
        assert!(sessions::authenticate(&two, &login.token).await.is_err(), "nobody told it");

        redis.restart();
        timeout(LIMIT, until_joined(&one, true)).await.unwrap();
        timeout(LIMIT, until_joined(&two, true)).await.unwrap();
        let login = sessions::log_in(&one, "ada", "another secret", client()).await.unwrap();
        sessions::authenticate(&two, &login.token).await.unwrap();
        users::set_password(&one, "ada", PASSWORD).await.unwrap();
        let refused = async {
            while sessions::authenticate(&two, &login.token).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(LIMIT, refused).await.expect("and now it is told");
    }
}
