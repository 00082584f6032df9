//! A fresh database for each test, for the tests of this crate and those in `tests/` (feature `testing`).
//!
//! All tests of a machine's user share one throwaway PostgreSQL, started by whichever test comes first, and a template
//! database with the migrations applied, which each test copies. Every test process holds a lock while it lives; a
//! watcher removes the cluster soon after nobody holds it any more, so that even a crash leaves nothing behind.

#![allow(clippy::expect_used, clippy::missing_panics_doc, reason = "a test that has no database ends by saying why")]

mod world;

pub use rustchat_actors::testing::RedisServer;
pub use world::{Listener, World};

use std::env;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use tokio::sync::OnceCell;

use crate::storage::{MIGRATOR, planned_once};
use rustchat_postgres::{Options, PrivatePostgres};

/// Shared by all tests that run at once.
const CONNECTIONS: u32 = 300;
/// Connections of one test.
const POOL: u32 = 5;

/// Waits until no test process holds the lock `$0`, then ends the PostgreSQL in `$1` and removes it.
const WATCHER: &str = r#"
while sleep 10; do
    flock --nonblock --exclusive "$0" sh -c '
        pid=$(head -n 1 "$0/data/postmaster.pid") && kill -QUIT "$pid"
        while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
        rm -rf "$0"
    ' "$1" && exit
done
"#;

struct Cluster {
    postgres: PrivatePostgres,
    template: String,
    /// Held until the process ends.
    _lock: File,
}

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static CREATED: AtomicU32 = AtomicU32::new(0);

/// A new database with all migrations applied, which no other test sees.
pub async fn database() -> PgPool {
    PgPoolOptions::new()
        .max_connections(POOL)
        .connect_with(database_options().await)
        .await
        .expect("a new database accepts connections")
}

/// Like [`database`], for a test that connects in its own way. Valid in this process only.
pub async fn database_options() -> PgConnectOptions {
    let cluster = CLUSTER.get_or_init(Cluster::attach).await;
    let name = format!("test_{}_{}", process::id(), CREATED.fetch_add(1, Ordering::Relaxed));
    let mut admin = cluster.admin().await;
    execute(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {}", cluster.template)).await;
    planned_once(cluster.postgres.connect_options().database(&name))
}

impl Cluster {
    async fn attach() -> Self {
        let base = env::temp_dir().join(format!("rustchat-tests-{}", user()));
        let (postgres, lock) = start(&base).await;
        let cluster = Self { postgres, template: template_name(), _lock: lock };
        let mut admin = cluster.admin().await;
        // Released when the connection closes: one process at a time tidies up and makes the template.
        execute(&mut admin, "SELECT pg_advisory_lock(1)".to_owned()).await;
        drop_leftovers(&mut admin).await;
        cluster.make_template(&mut admin).await;
        cluster
    }

    async fn admin(&self) -> PgConnection {
        PgConnection::connect_with(&self.postgres.connect_options())
            .await
            .expect("the test cluster accepts connections")
    }

    /// Made under another name first, so that an interrupted one is never taken for complete.
    async fn make_template(&self, admin: &mut PgConnection) {
        let template = &self.template;
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(template)
            .fetch_one(&mut *admin)
            .await
            .expect("the catalogue can be read");
        if exists {
            return;
        }
        execute(admin, format!("DROP DATABASE IF EXISTS {template}_unfinished WITH (FORCE)")).await;
        execute(admin, format!("CREATE DATABASE {template}_unfinished")).await;
        let options = self.postgres.connect_options().database(&format!("{template}_unfinished"));
        let mut connection = PgConnection::connect_with(&options).await.expect("the template accepts connections");
        MIGRATOR.run_direct(None, &mut connection, false).await.expect("the migrations apply to an empty database");
        connection.close().await.expect("the template is closed");
        execute(admin, format!("ALTER DATABASE {template}_unfinished RENAME TO {template}")).await;
    }
}

/// Starts or joins the cluster. The lock is shared by all who use it, and exclusive for who makes or removes it.
async fn start(base: &Path) -> (PrivatePostgres, File) {
    let lock_path = base.with_extension("lock");
    let lock = File::options().create(true).append(true).open(&lock_path).expect("the lock file opens");
    let options = Options { directory: base, bin_dir: None, connections: CONNECTIONS, durable: false };
    loop {
        lock.lock().expect("the lock is granted");
        let postgres = PrivatePostgres::start(&options).await.expect("the test cluster starts");
        if !postgres.is_adopted() {
            watch(&lock_path, base);
        }
        lock.lock_shared().expect("the lock is granted");
        // Between the two locks the watcher may have found nobody.
        if base.exists() {
            return (postgres, lock);
        }
    }
}

#[allow(clippy::zombie_processes, reason = "it outlives this process")]
fn watch(lock: &Path, base: &Path) {
    let mut command = Command::new("sh");
    command.arg("-c").arg(WATCHER).arg(lock).arg(base);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.spawn().expect("sh starts");
}

/// Names the template after the migrations, so that a changed migration makes a new one.
fn template_name() -> String {
    let bytes = MIGRATOR.iter().flat_map(|migration| migration.checksum.iter());
    // FNV-1a: short, and the same in every process.
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    format!("template_{hash:016x}")
}

/// Removes the databases of test processes that are gone.
async fn drop_leftovers(admin: &mut PgConnection) {
    let names: Vec<String> = sqlx::query_scalar("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")
        .fetch_all(&mut *admin)
        .await
        .expect("the catalogue can be read");
    for name in names {
        let owner = name.split('_').nth(1).unwrap_or_default();
        if fs::metadata(format!("/proc/{owner}")).is_err() {
            execute(admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

/// The number of the user whose tests these are.
fn user() -> u32 {
    fs::metadata("/proc/self").expect("/proc is there").uid()
}

async fn execute(connection: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.expect("the test cluster does as told");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_database_is_migrated_and_alone() {
        let (first, second) = (database().await, database().await);
        sqlx::raw_sql("CREATE TABLE only_here ()").execute(&first).await.unwrap();
        sqlx::raw_sql("CREATE TABLE only_here ()").execute(&second).await.unwrap();
        sqlx::raw_sql("SELECT FROM users").execute(&second).await.unwrap();
    }
}
