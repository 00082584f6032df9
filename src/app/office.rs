//! The services without a server, for the commands of an administrator, who may run them beside it.
//!
//! What a command changes must reach the caches and sockets of a running server at once: a reset password ends sessions.
//! So the command's engine has a bridge that sends its messages through the database ([`Teller`]), and every server
//! hears them ([`Hearer`]) as if they came from another instance.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use rustchat_actors::bridge::{Bridge, Inbox, Message, wire};
use rustchat_actors::{Audience, Engine, EngineConfig, Observer, PresenceChange, Refresh};
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::time::sleep;
use uuid::Uuid;

use super::AppError;
use crate::config::Config;
use crate::realtime::Realtime;
use crate::services::Core;
use crate::storage::messages;

/// PostgreSQL's bound on what one notification carries.
const LONGEST: usize = 7_999;
/// Between two attempts to listen.
const PAUSE: Duration = Duration::from_secs(5);
/// Who sends what a command says: no instance that stays.
const COMMAND: Uuid = Uuid::nil();
const CLOSE_LIMIT: Duration = Duration::from_secs(5);

/// The services, for one command.
pub struct Office {
    /// The services.
    pub core: Core,
    engine: Engine,
}

impl Office {
    /// Prepares the services. Must be called inside an actix `System`.
    ///
    /// # Errors
    /// What the services say.
    pub async fn open(config: &Arc<Config>, db: &PgPool) -> Result<Self, AppError> {
        let teller = Teller { db: db.clone(), untold: Mutex::default() };
        let engine = Engine::start(EngineConfig::default(), Arc::new(Deaf), Arc::new(teller));
        // A command issues no tokens, so it needs no secret.
        let core = Core::open(db.clone(), Realtime::new(engine.clone()), Arc::clone(config), &[]).await?;
        Ok(Self { core, engine })
    }

    /// Sends the mail that is left, and tells running servers what was done.
    pub async fn close(self) {
        self.core.mail.finish(CLOSE_LIMIT).await;
        self.engine.shutdown(CLOSE_LIMIT).await;
    }
}

/// A command's bridge: keeps what servers must know, and tells them at the end.
struct Teller {
    db: PgPool,
    /// As many as one command sends: a handful.
    untold: Mutex<Vec<Bytes>>,
}

impl Bridge for Teller {
    fn start(&self, _: Inbox) {}

    fn send(&self, message: Message) {
        self.untold.lock().push(wire::encode(&message));
    }

    fn healthy(&self) -> bool {
        true
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        async {
            let untold = std::mem::take(&mut *self.untold.lock());
            for message in untold {
                if let Err(error) = messages::tell(&self.db, &to_text(&message)).await {
                    log::warn!("a running server may show what was true before for five minutes: {error}");
                }
            }
        }
        .boxed()
    }
}

/// What does not fit makes everybody fetch again.
fn to_text(message: &Bytes) -> String {
    let text = BASE64_STANDARD_NO_PAD.encode(message);
    if text.len() <= LONGEST {
        return text;
    }
    BASE64_STANDARD_NO_PAD.encode(wire::encode(&Message::Gap(vec![Audience::Everyone])))
}

/// A server's ear for what commands say, see [`super::bridge`].
#[derive(Default)]
pub(super) struct Hearer(OnceLock<Inbox>);

impl Hearer {
    /// Delivers to this inbox from now on.
    pub(super) fn start(&self, inbox: Inbox) {
        self.0.get_or_init(|| inbox);
    }

    /// Listens until it is aborted; after a break it begins again.
    pub(super) async fn listen(self: Arc<Self>, db: PgPool) {
        loop {
            if let Err(error) = self.deliver_until_broken(&db).await {
                log::warn!("cannot listen for commands: {error}");
            }
            sleep(PAUSE).await;
        }
    }

    async fn deliver_until_broken(&self, db: &PgPool) -> sqlx::Result<()> {
        let mut listener = PgListener::connect_with(db).await?;
        listener.listen(messages::CHANNEL).await?;
        loop {
            let notification = listener.recv().await?;
            let message = BASE64_STANDARD_NO_PAD
                .decode(notification.payload())
                .ok()
                .and_then(|bytes| wire::decode(COMMAND, &Bytes::from(bytes)).ok());
            // One from another version: whatever it said, fetching again shows it.
            let message = message.unwrap_or_else(|| Message::Gap(vec![Audience::Everyone]));
            if let Some(inbox) = self.0.get() {
                inbox.deliver(message);
            }
        }
    }
}

/// Nobody is connected to a command, so its engine has nothing to report.
struct Deaf;

impl Observer for Deaf {
    fn presence_changed(&self, _: PresenceChange) {}

    fn refresh(&self, _: Refresh) {}

    fn fatal(&self, reason: &str) {
        log::error!("the engine ended: {reason}");
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;
    use crate::app::Server;
    use crate::model::NewUser;
    use crate::services::{sessions, users};
    use crate::testing::database;

    const PASSWORD: &str = "correct horse";

    fn quick_config() -> Arc<Config> {
        let mut config = Config::defaults().unwrap();
        config.server.listen = "127.0.0.1:0".parse().unwrap();
        config.accounts.bcrypt_cost = 4;
        Arc::new(config)
    }

    /// The server has to listen before it can hear.
    async fn until_listening(db: &PgPool) {
        let listeners = "SELECT count(*) FROM pg_stat_activity
                         WHERE datname = current_database() AND query LIKE 'LISTEN%'";
        while sqlx::query_scalar::<_, i64>(listeners).fetch_one(db).await.unwrap() == 0 {
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn until_refused(core: &Core, token: &str) {
        while sessions::authenticate(core, token).await.is_ok() {
            sleep(Duration::from_millis(5)).await;
        }
    }

    #[actix::test]
    async fn a_password_reset_beside_a_server_ends_its_sessions_at_once() {
        let (config, db) = (quick_config(), database().await);
        let mut server = Server::start(&config, db.clone(), b"secret").await.unwrap();
        let core = Arc::clone(&server.core);
        let running = actix::spawn(async move { server.run().await });

        let new = NewUser {
            username: "ada".to_owned(),
            email: "ada@example.org".to_owned(),
            password: PASSWORD.to_owned(),
            ..NewUser::default()
        };
        users::create(&core, new).await.unwrap();
        let client =
            sessions::Client { address: [127, 0, 0, 1].into(), user_agent: String::new(), device_id: String::new() };
        let login = sessions::log_in(&core, "ada", PASSWORD, client).await.unwrap();
        sessions::authenticate(&core, &login.token).await.unwrap();
        until_listening(&db).await;

        let office = Office::open(&config, &db).await.unwrap();
        users::set_password(&office.core, "ada", "another secret").await.unwrap();
        office.close().await;
        timeout(Duration::from_secs(10), until_refused(&core, &login.token)).await.unwrap();
        running.abort();
    }

    #[test]
    fn what_is_too_long_becomes_a_gap() {
        let text = to_text(&Bytes::from(vec![0; LONGEST]));
        let bytes = BASE64_STANDARD_NO_PAD.decode(text).unwrap();
        assert!(matches!(wire::decode(COMMAND, &Bytes::from(bytes)).unwrap(), Message::Gap(_)));
    }
}
