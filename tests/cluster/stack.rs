//! Several real servers over one PostgreSQL and one Redis, with their faults as verbs.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use actix_web::http::Method;
use rustchat::testing;
use rustchat_actors::testing::RedisServer;
use serde_json::Value;
use sqlx::{ConnectOptions, PgPool};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::common::Client;

/// Nothing here takes this long but what is broken.
pub const PATIENCE: Duration = Duration::from_secs(90);
/// Between two looks at something that announces itself to nobody: a process, an HTTP answer.
const LOOK: Duration = Duration::from_millis(25);
/// Seconds of an instance's lease: short, as tests wait for its end.
const LEASE: &str = "2";

/// What the servers of one installation share.
pub struct Stack {
    pub redis: RedisServer,
    pub db: PgPool,
    pub servers: Vec<Server>,
    database_url: String,
    directory: TempDir,
}

impl Stack {
    /// With nobody running on it yet.
    pub async fn empty() -> Self {
        let options = testing::database_options().await;
        Self {
            redis: RedisServer::start(&[]),
            database_url: options.to_url_lossy().into(),
            db: PgPool::connect_with(options).await.unwrap(),
            servers: Vec::new(),
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// With so many servers, each of which knows the others.
    pub async fn of(servers: usize) -> Self {
        let mut stack = Self::empty().await;
        for _ in 0..servers {
            stack.add(&[]).await;
        }
        stack
    }

    /// One more server, with these settings besides those of all.
    pub async fn add(&mut self, settings: &[(&str, &str)]) {
        let directory = self.directory.path().join(self.servers.len().to_string());
        let common = [("RUSTCHAT_DATABASE_URL", self.database_url.clone()), ("RUSTCHAT_REDIS_URL", self.redis.url())];
        let server = Server::new(
            &directory,
            common.iter().map(|(key, value)| (*key, value.as_str())).chain(settings.iter().copied()),
        );
        server.start().await;
        self.servers.push(server);
    }

    /// Where clients find the servers.
    pub fn addresses(&self) -> Vec<String> {
        self.servers.iter().map(|server| server.address.to_string()).collect()
    }
}

/// A server process with a place of its own.
pub struct Server {
    pub address: SocketAddr,
    settings: BTreeMap<String, String>,
    log: PathBuf,
    process: RefCell<Option<Child>>,
}

impl Server {
    fn new<'a>(directory: &Path, settings: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        fs::create_dir_all(directory).unwrap();
        let (address, metrics) = (own_address(), own_address());
        let mut all: BTreeMap<_, _> = [
            ("RUSTCHAT_DATA_DIR", directory.display().to_string().as_str()),
            ("RUSTCHAT_SERVER_LISTEN", &address.to_string()),
            ("RUSTCHAT_SERVER_METRICS_LISTEN", &metrics.to_string()),
            ("RUSTCHAT_JWT_SECRET", "the same secret for all of the instances"),
            ("RUSTCHAT_REDIS_LEASE_SECONDS", LEASE),
            ("RUSTCHAT_ACCOUNTS_BCRYPT_COST", "4"),
            ("RUSTCHAT_ACCOUNTS_OPEN_SIGNUP", "true"),
            ("RUSTCHAT_THROTTLE_LOGIN_ADDRESS_BURST", "10000"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
        all.extend(settings.map(|(key, value)| (key.to_owned(), value.to_owned())));
        Self { address, settings: all, log: directory.join("log"), process: RefCell::new(None) }
    }

    /// A client that nobody is logged in with.
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Starts the process and waits until it answers.
    pub async fn start(&self) {
        let log = File::options().create(true).append(true).open(&self.log).unwrap();
        let child = dying_with_us(env!("CARGO_BIN_EXE_rustchat"))
            .arg("serve")
            .envs(&self.settings)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        *self.process.borrow_mut() = Some(child);
        eventually("the server answers", async || {
            let ended = self.process.borrow_mut().as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "the server ended: {}", self.last_words());
            self.health().await.is_some()
        })
        .await;
    }

    /// kill -9: it says nothing more to anybody.
    pub fn kill(&self) {
        if let Some(mut child) = self.process.borrow_mut().take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// SIGTERM, and waits until it has ended well.
    pub async fn stop(&self) {
        let mut child = self.process.borrow_mut().take().unwrap();
        signal(child.id(), "-TERM");
        let ended = Cell::new(None);
        eventually("the server stops", async || {
            ended.set(child.try_wait().unwrap());
            ended.get().is_some()
        })
        .await;
        assert!(ended.get().is_some_and(|status| status.success()), "{}", self.last_words());
    }

    /// What `/health/ready` says with 200; none for another status or no answer.
    pub async fn health(&self) -> Option<String> {
        let answer = self.client().try_send(Method::GET, "/health/ready", None).await.ok()?;
        (answer.status == 200).then(|| answer.json()["status"].as_str().unwrap().to_owned())
    }

    /// Waits until it says so of itself.
    pub async fn becomes(&self, health: &str) {
        eventually(health, async || self.health().await.as_deref() == Some(health)).await;
    }

    /// The sum of a metric's samples.
    pub async fn metric(&self, name: &str) -> f64 {
        let address = &self.settings["RUSTCHAT_SERVER_METRICS_LISTEN"];
        let text = Client::new(address).get("/metrics").await;
        let text = String::from_utf8(text.expect_bytes(200).to_vec()).unwrap();
        let samples: Vec<f64> = text
            .lines()
            .filter(|line| line.split(['{', ' ']).next() == Some(name))
            .map(|line| line.rsplit(' ').next().unwrap().parse().unwrap())
            .collect();
        assert!(!samples.is_empty(), "{name} is no metric");
        samples.iter().sum()
    }

    /// What it has logged since it was first started.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    fn last_words(&self) -> String {
        let log = self.log();
        let from = log.lines().count().saturating_sub(25);
        log.lines().skip(from).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("last words of the server at {}:\n{}", self.address, self.last_words());
        }
    }
}

/// A command whose process ends with this test, even if the test is killed.
pub fn dying_with_us(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", program]).stdin(Stdio::null());
    command
}

/// Sends a signal to a process.
pub fn signal(pid: u32, signal: &str) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

/// An address that nothing else on this machine uses, so that a server comes back where it was. The whole of 127/8 is
/// here; ports of 127.0.0.1 would be lent to others meanwhile.
pub fn own_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(9_000);
    let [_, high, middle, low] = process::id().to_be_bytes();
    (Ipv4Addr::new(127, 64 | (high & 63), middle, low), NEXT.fetch_add(1, Ordering::Relaxed)).into()
}

/// Waits for something that announces itself to nobody.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        sleep(LOOK).await;
    }
}

/// The number under `key`.
pub fn number(value: &Value, key: &str) -> i64 {
    value[key].as_i64().unwrap_or_else(|| panic!("no number {key:?} in {value}"))
}
