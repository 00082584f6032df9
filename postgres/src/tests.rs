use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use sqlx::{Connection, PgConnection};

use super::*;

const STOP: Duration = Duration::from_secs(30);

fn options(directory: &Path) -> Options<'_> {
    Options { directory, bin_dir: None, connections: 5, durable: false }
}

async fn count(postgres: &PrivatePostgres) -> i64 {
    let mut connection = PgConnection::connect_with(&postgres.connect_options()).await.unwrap();
    sqlx::query_scalar("SELECT count(*) FROM kept").fetch_one(&mut connection).await.unwrap()
}

async fn fill(postgres: &PrivatePostgres) {
    let mut connection = PgConnection::connect_with(&postgres.connect_options()).await.unwrap();
    sqlx::raw_sql("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1), (2)")
        .execute(&mut connection)
        .await
        .unwrap();
}

fn kill(postmaster: &Postmaster) {
    kill_process(Pid::from_raw(postmaster.pid).unwrap(), Signal::KILL).unwrap();
}

/// The path is far beyond a socket's 107 bytes, and below a directory that only its owner may enter.
#[tokio::test]
async fn data_survives_stops_and_every_kind_of_crash() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("deep".repeat(30));
    let first = PrivatePostgres::start(&options(&directory)).await.unwrap();
    fill(&first).await;
    assert!(!first.is_adopted());

    // The server was killed: PostgreSQL runs on and is adopted.
    drop(first);
    let second = PrivatePostgres::start(&options(&directory)).await.unwrap();
    assert!(second.is_adopted());
    assert_eq!(count(&second).await, 2);
    second.stop(STOP).await;

    // An orderly stop leaves nothing running.
    let third = PrivatePostgres::start(&options(&directory)).await.unwrap();
    assert!(!third.is_adopted());
    assert_eq!(count(&third).await, 2);

    // PostgreSQL was killed too, as by a reboot: the stale files do not stop the next start.
    kill(&third.home.postmaster().unwrap());
    drop(third);
    let fourth = loop {
        // The killed one and its children need a moment to be gone.
        match PrivatePostgres::start(&options(&directory)).await {
            Ok(postgres) if postgres.is_adopted() => {}
            Ok(postgres) => break postgres,
            Err(error) => assert!(error.to_string().contains("in use"), "{error}"),
        }
    };
    assert_eq!(count(&fourth).await, 2);
    fourth.stop(STOP).await;
}

#[tokio::test]
async fn a_start_that_was_killed_halfway_begins_again() {
    let directory = tempfile::tempdir().unwrap();
    let unfinished = directory.path().join("data.unfinished");
    std::fs::create_dir(&unfinished).unwrap();
    std::fs::write(unfinished.join("PG_VERSION"), "15\n").unwrap();
    let postgres = PrivatePostgres::start(&options(directory.path())).await.unwrap();
    assert!(!unfinished.exists());
    postgres.stop(STOP).await;
}

#[tokio::test]
async fn what_is_missing_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let empty = Options { bin_dir: Some(directory.path()), ..options(directory.path()) };
    let error = PrivatePostgres::start(&empty).await.unwrap_err();
    assert!(error.to_string().contains("apt-get install postgresql"), "{error}");

    let cluster = directory.path().join("data");
    std::fs::create_dir(&cluster).unwrap();
    std::fs::write(cluster.join("PG_VERSION"), "9.6\n").unwrap();
    let error = PrivatePostgres::start(&options(directory.path())).await.unwrap_err();
    assert!(error.to_string().contains("made by PostgreSQL 9.6"), "{error}");
}
