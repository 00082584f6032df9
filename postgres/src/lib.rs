//! The private PostgreSQL that a server without `database.url` runs for itself, and that tests throw away.
//!
//! Owns finding the binaries, making the cluster, starting, adopting and stopping it. It is reached over a Unix socket
//! only, in a directory that only its own user may enter; there is no TCP port and no password. The caller holds the
//! data directory's lock, so that no two servers come here at once. Nothing here knows the schema.

mod binaries;
mod home;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use sqlx::postgres::PgConnectOptions;
use tokio::process::Child;
use tokio::time::sleep;

use binaries::Binaries;
use home::{Home, Postmaster};

/// The superuser of the private cluster, named as the person who opens it with `psql` expects.
const SUPERUSER: &str = "rustchat";
/// How often a state that only the file system tells is looked at again.
const POLL: Duration = Duration::from_millis(5);
/// Recovery after a crash replays at most `max_wal_size` (1 GB), which takes a slow disk minutes.
const READY_LIMIT: Duration = Duration::from_secs(300);

/// Where and how a private PostgreSQL runs.
#[derive(Debug)]
pub struct Options<'a> {
    /// Its directory: the cluster, the socket and the log. Made if missing.
    pub directory: &'a Path,
    /// Where `postgres` and `initdb` are, if they are not to be searched.
    pub bin_dir: Option<&'a Path>,
    /// Connections that the server's pool will open.
    pub connections: u32,
    /// Whether data must survive a power failure; only throwaway clusters of tests do without.
    pub durable: bool,
}

/// Why the private PostgreSQL cannot run.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// Its directory cannot be made or read.
    #[error("cannot use {} for the private PostgreSQL: {error}", path.display())]
    Directory {
        /// The directory or file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// No usable binaries.
    #[error(
        "no PostgreSQL found. Install one (Debian: apt-get install postgresql; in a checkout: npm ci in frontend/), \
         set RUSTCHAT_DATABASE_PRIVATE_BIN_DIR to the directory of `postgres` and `initdb`, \
         or set RUSTCHAT_DATABASE_URL to a server that runs already"
    )]
    NoBinaries,
    /// The cluster belongs to a version that is not installed.
    #[error(
        "{} was made by PostgreSQL {major}, and no PostgreSQL {major} is installed: install it, \
         or dump the data with it and restore them into an empty data directory", path.display()
    )]
    OtherVersion {
        /// The cluster.
        path: PathBuf,
        /// The major version that made it.
        major: String,
    },
    /// A program of PostgreSQL ended badly.
    #[error("{program} failed: {output}")]
    Failed {
        /// Which.
        program: &'static str,
        /// Its last words.
        output: String,
    },
    /// There is none to visit.
    #[error("no PostgreSQL runs in {}", path.display())]
    NotRunning {
        /// Its directory.
        path: PathBuf,
    },
    /// It runs, but does not accept queries.
    #[error("PostgreSQL accepts no queries after {} seconds; see {}", READY_LIMIT.as_secs(), log.display())]
    NotReady {
        /// Its log.
        log: PathBuf,
    },
}

/// A running private PostgreSQL. Dropping it leaves it running; [`PrivatePostgres::stop`] ends it.
#[derive(Debug)]
pub struct PrivatePostgres {
    home: Home,
    /// `None` when it was left behind by a server that died, and adopted.
    child: Option<Child>,
}

impl PrivatePostgres {
    /// Starts PostgreSQL, or adopts the one that a killed server left behind, and waits until it accepts queries.
    ///
    /// # Errors
    /// See [`PostgresError`]; nothing keeps running after an error of a cluster that was started here.
    pub async fn start(options: &Options<'_>) -> Result<Self, PostgresError> {
        let home = Home::open(options.directory)?;
        if is_running(&home).await? {
            log::info!("adopting the PostgreSQL that an earlier server left running");
            return Ok(Self { home, child: None });
        }
        home.forget_dead_postmaster()?;
        let binaries = Binaries::find(options.bin_dir, &home).await?;
        if home.major_version().is_none() {
            initialise(&home, &binaries, options.durable).await?;
        }
        let child = launch(&home, &binaries, options)?;
        let mut started = Self { home, child: Some(child) };
        match started.wait_until_ready().await {
            Ok(()) => Ok(started),
            Err(error) => {
                started.stop(Duration::ZERO).await;
                Err(error)
            }
        }
    }

    /// The one that another process runs in `directory`.
    ///
    /// # Errors
    /// [`PostgresError::NotRunning`] when there is none.
    pub async fn visit(directory: &Path) -> Result<Self, PostgresError> {
        let home = Home::open(directory)?;
        if is_running(&home).await? {
            return Ok(Self { home, child: None });
        }
        Err(PostgresError::NotRunning { path: home.path().to_path_buf() })
    }

    /// How this process, and only this one, connects for as long as this value lives.
    pub fn connect_options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(self.home.handle())
            .port(5432)
            .username(SUPERUSER)
            .database("postgres")
    }

    /// The same as a URL, which the children of this process can use too.
    pub fn url(&self) -> String {
        format!("postgres://{SUPERUSER}@localhost:5432/postgres?host={}", self.home.handle())
    }

    /// Whether it was running before and has been adopted.
    pub const fn is_adopted(&self) -> bool {
        self.child.is_none()
    }

    /// Ends it: connections are cut, everything is written, and after `limit` it is stopped the hard way, which costs
    /// a recovery at the next start but no committed data.
    pub async fn stop(mut self, limit: Duration) {
        self.signal(Signal::INT);
        let deadline = Instant::now() + limit;
        while self.home.postmaster().is_some() && Instant::now() < deadline {
            sleep(POLL).await;
        }
        if self.home.postmaster().is_some() {
            log::warn!("PostgreSQL is still busy after {} seconds and is cut off", limit.as_secs());
            self.signal(Signal::QUIT);
        }
        if let Some(child) = &mut self.child
            && let Err(error) = child.wait().await
        {
            log::warn!("cannot wait for PostgreSQL: {error}");
        }
    }

    fn signal(&self, signal: Signal) {
        let Some(Postmaster { pid, .. }) = self.home.postmaster() else { return };
        if let Some(pid) = Pid::from_raw(pid)
            && let Err(error) = kill_process(pid, signal)
        {
            log::warn!("cannot signal PostgreSQL: {error}");
        }
    }

    fn log_tail_if_ended(&mut self) -> Option<String> {
        let child = self.child.as_mut()?;
        (!matches!(child.try_wait(), Ok(None))).then(|| self.home.log_tail())
    }

    async fn wait_until_ready(&mut self) -> Result<(), PostgresError> {
        let deadline = Instant::now() + READY_LIMIT;
        while !self.home.postmaster().is_some_and(|postmaster| postmaster.is_ready()) {
            if let Some(output) = self.log_tail_if_ended() {
                return Err(PostgresError::Failed { program: "postgres", output });
            }
            pause_until(deadline, &self.home).await?;
        }
        Ok(())
    }
}

/// Whether a PostgreSQL that an earlier server left behind accepts queries; waits while it starts or stops.
async fn is_running(home: &Home) -> Result<bool, PostgresError> {
    let deadline = Instant::now() + READY_LIMIT;
    while let Some(postmaster) = home.postmaster() {
        if postmaster.is_ready() {
            return Ok(true);
        }
        pause_until(deadline, home).await?;
    }
    Ok(false)
}

async fn pause_until(deadline: Instant, home: &Home) -> Result<(), PostgresError> {
    if Instant::now() > deadline {
        return Err(PostgresError::NotReady { log: home.log_path() });
    }
    sleep(POLL).await;
    Ok(())
}

/// Makes the cluster beside its place and moves it there when it is complete: a start that was killed halfway leaves
/// nothing that looks like a cluster.
async fn initialise(home: &Home, binaries: &Binaries, durable: bool) -> Result<(), PostgresError> {
    log::info!("making the private database in {}", home.path().display());
    let unfinished = home.clear_unfinished()?;
    let mut command = home.command(&binaries.initdb);
    command
        .arg("--pgdata")
        .arg(unfinished)
        .args(["--username", SUPERUSER, "--auth", "trust", "--no-instructions"])
        // Byte order for indexes that no upgrade of the C library reorders; character classes of Unicode.
        .args(["--encoding", "UTF8", "--locale", "C", "--lc-ctype", "C.UTF-8"]);
    if !durable {
        command.arg("--no-sync");
    }
    let output = command
        .output()
        .await
        .map_err(|error| PostgresError::Failed { program: "initdb", output: error.to_string() })?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(PostgresError::Failed { program: "initdb", output });
    }
    home.finish_unfinished()
}

fn launch(home: &Home, binaries: &Binaries, options: &Options<'_>) -> Result<Child, PostgresError> {
    let directory = |error| PostgresError::Directory { path: home.log_path(), error };
    let log = File::create(home.log_path()).map_err(directory)?;
    let errors = log.try_clone().map_err(directory)?;
    let mut command = home.command(&binaries.postgres);
    command.arg("-D").arg(home.cluster_handle());
    for setting in settings(home, options) {
        command.arg("-c").arg(setting);
    }
    command
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .spawn()
        .map_err(|error| PostgresError::Failed { program: "postgres", output: error.to_string() })
}

/// Sized for a laptop or a Raspberry Pi; a larger team brings its own PostgreSQL.
fn settings(home: &Home, options: &Options<'_>) -> Vec<String> {
    let durability = if options.durable { "on" } else { "off" };
    // Beside the pool: psql, a backup, and PostgreSQL's own three reserved ones.
    let connections = options.connections.saturating_add(20).max(100);
    let mut settings = vec![
        "listen_addresses=".to_owned(),
        format!("unix_socket_directories={}", home.handle()),
        // The name of the socket and of its lock, whatever PGPORT says.
        "port=5432".to_owned(),
        format!("max_connections={connections}"),
        format!("fsync={durability}"),
        format!("synchronous_commit={durability}"),
        format!("full_page_writes={durability}"),
    ];
    let fixed = [
        "shared_buffers=128MB",
        // Nothing replicates from here, so the log need not carry what a replica wants.
        "wal_level=minimal",
        "max_wal_senders=0",
        // Queries are short: planning machine code or helpers for them costs more than it gains.
        "jit=off",
        "max_parallel_workers_per_gather=0",
        "random_page_cost=1.1",
        "timezone=UTC",
        "log_timezone=UTC",
        // Start, stop and crashes only: an error's statement would carry the text of messages.
        "log_min_messages=log",
        "log_min_error_statement=panic",
        "log_checkpoints=off",
    ];
    settings.extend(fixed.map(str::to_owned));
    settings
}

#[cfg(test)]
mod tests;
