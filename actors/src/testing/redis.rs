//! A Redis for tests, with its faults as verbs.
#![expect(clippy::expect_used, reason = "a test that cannot have its Redis ends")]

use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use deadpool_redis::redis::{Client, Cmd, FromRedisValue};
use parking_lot::Mutex;
use uuid::Uuid;

/// Ends Redis and clears up when the test process is gone, however it ended: then nobody holds the other end of the input
/// any more. What ends the tests must not end the guard before.
const GUARD: &str = r#"
    trap '' INT TERM HUP
    directory=$1; shift; cd "$directory"
    "$@" >/dev/null 2>&1 & echo $!
    cat >/dev/null
    kill -9 $! 2>/dev/null; wait
    cd / && rm -rf "$directory""#;

/// A Redis of one's own: empty, on a Unix socket in a directory that goes away with it.
pub struct RedisServer {
    directory: PathBuf,
    options: Vec<String>,
    process: Mutex<Process>,
}

struct Process {
    guard: Child,
    pid: String,
}

impl RedisServer {
    /// Starts one with these options on its command line.
    ///
    /// # Panics
    /// There is no `redis-server`.
    #[must_use]
    pub fn start(options: &[&str]) -> Self {
        let directory = std::env::temp_dir().join(format!("rustchat-redis-{}", Uuid::new_v4().simple()));
        let options: Vec<_> = options.iter().map(|&option| option.to_owned()).collect();
        let process = Mutex::new(Process::start(&directory, &options));
        Self { directory, options, process }
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("unix://{}", self.directory.join("socket").display())
    }

    /// Kills it.
    pub fn kill(&self) {
        self.process.lock().end();
    }

    /// Starts it again after [`kill`](Self::kill). It has forgotten everything.
    pub fn restart(&self) {
        *self.process.lock() = Process::start(&self.directory, &self.options);
    }

    /// Stops it from doing anything, with all connections open.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Ends a [`pause`](Self::pause).
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.process.lock().pid]).status();
        assert!(sent.is_ok_and(|status| status.success()), "Redis must be there to get {signal}");
    }

    /// Asks it something.
    ///
    /// # Panics
    /// It refuses.
    pub fn ask<T: FromRedisValue>(&self, command: &Cmd) -> T {
        let client = Client::open(self.url()).expect("a URL of Redis");
        let mut connection = client.get_connection().expect("Redis is there");
        command.query(&mut connection).unwrap_or_else(|error| panic!("Redis says {error}"))
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Process {
    fn end(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }

    fn start(directory: &std::path::Path, options: &[String]) -> Self {
        std::fs::create_dir_all(directory).expect("a directory for Redis");
        let found = Command::new("redis-server").arg("--version").output();
        assert!(found.is_ok(), "the tests need redis-server: run scripts/setup test");
        let mut guard = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .arg(directory)
            .args(["redis-server", "--port", "0", "--unixsocket", "socket", "--save", "", "--appendonly", "no"])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut pid = String::new();
        let output = guard.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut pid).expect("its process id");
        while UnixStream::connect(directory.join("socket")).is_err() {
            std::thread::sleep(Duration::from_millis(2));
        }
        Self { guard, pid: pid.trim().to_owned() }
    }
}
