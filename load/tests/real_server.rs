//! The generator against a real server: small, but all of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that is wrong ends")]

use std::net::SocketAddr;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use actix_rt::System;
use rustchat::app::Server;
use rustchat::config::Config;
use rustchat::testing;
use serde_json::Value;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::process::Command;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::sleep;

const SECRET: &[u8] = &[7; 32];
const STOP: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);

struct TestServer {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl TestServer {
    /// One that nobody but the first may sign up on uninvited.
    async fn start(address: &str, db: PgPool) -> Self {
        let mut config = Config::defaults().unwrap();
        config.server.listen = address.parse().unwrap();
        config.server.workers = 1;
        config.accounts.bcrypt_cost = 4;
        config.throttle.login_address_burst = 10_000;
        let mut server = Server::start(&Arc::new(config), db, SECRET).await.unwrap();
        let address = server.listeners.address;
        let (stop, stopped) = oneshot::channel();
        let running = actix_rt::spawn(async move {
            tokio::select! {
                ended = server.run() => panic!("the server ended: {ended}"),
                _ = stopped => server.stop(STOP).await,
            }
        });
        Self { address, stop, running }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.running.await.unwrap();
    }
}

/// The generator with these arguments, not started yet.
fn generator(servers: &str, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rustchat-load"));
    command.args(["--server", servers, "--json"]).args(arguments.split(' ')).kill_on_drop(true);
    command.stdout(Stdio::piped());
    command
}

/// The scenarios of its report, after it has ended without a violation.
fn scenarios(output: &Output) -> Vec<Value> {
    let printed = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{printed}");
    let report: Value = serde_json::from_str(printed.lines().last().unwrap()).unwrap();
    report["scenarios"].as_array().unwrap().clone()
}

/// A figure of a scenario; none where it is not there.
fn figure(scenario: &Value, name: &str) -> Option<f64> {
    let figures = scenario["figures"].as_array().unwrap();
    figures.iter().find(|figure| figure["name"] == name).and_then(|figure| figure["value"].as_f64())
}

#[test]
fn every_scenario_ends_without_a_violation() {
    System::new().block_on(async {
        let server = TestServer::start("127.0.0.1:0", testing::database().await).await;
        let pid = std::process::id();
        let arguments = format!(
            "all --pid {pid} --members 12 --posts 40 --in-flight 4 --seconds 1 --sockets 24 --channels 6 \
             --channel-members 3 --rate 20 --speed 100 --slow 2"
        );
        let output = generator(&server.address.to_string(), &arguments).output().await.unwrap();
        let scenarios = scenarios(&output);
        let names: Vec<_> = scenarios.iter().map(|scenario| scenario["scenario"].as_str().unwrap()).collect();
        assert_eq!(
            names,
            ["idle", "posts", "pages", "fan-out", "channels", "slopes", "mixed", "slow", "storm"],
            "{scenarios:#?}"
        );
        let storm = scenarios.last().unwrap();
        assert_eq!(figure(storm, "sockets resumed under their connection id"), Some(24.0));
        server.stop().await;
    });
}

#[test]
fn a_restart_in_the_middle_loses_nothing() {
    System::new().block_on(async {
        let options = testing::database_options().await;
        let pool = || PgPoolOptions::new().max_connections(5).connect_with(options.clone());
        let db = pool().await.unwrap();
        let server = TestServer::start("127.0.0.1:0", pool().await.unwrap()).await;
        let address = server.address.to_string();
        // The first address never answers.
        let servers = format!("127.0.0.1:1,{address}");
        let arguments = "steady --members 8 --in-flight 4 --rate 20 --seconds 5";
        let load = generator(&servers, arguments).spawn().unwrap();
        until_posts(&db, 20).await;
        server.stop().await;
        let server = TestServer::start(&address, pool().await.unwrap()).await;
        let scenarios = scenarios(&load.wait_with_output().await.unwrap());
        let [steady] = scenarios.as_slice() else { panic!("one scenario is reported") };
        assert_eq!(figure(steady, "deliveries"), Some(800.0));
        assert_eq!(figure(steady, "sockets that got a new connection id and fetched"), Some(8.0));
        server.stop().await;
    });
}

/// Waits until people have said so much.
async fn until_posts(db: &PgPool, wanted: i64) {
    loop {
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM posts WHERE kind = ''").fetch_one(db).await;
        if count.unwrap() >= wanted {
            return;
        }
        sleep(LOOK_EVERY).await;
    }
}
