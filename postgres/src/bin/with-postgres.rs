//! Runs a command beside a throwaway PostgreSQL with the project's schema, which is gone afterwards:
//! `with-postgres cargo check`. The command finds it in `DATABASE_URL`.

use std::env;
use std::error::Error;
use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use rustchat_postgres::{Options, PrivatePostgres};
use sqlx::Connection;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnection;
use tokio::process::Command;

static MIGRATOR: Migrator = sqlx::migrate!("../migrations");
const STOP_LIMIT: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let program = arguments.next().ok_or("which command?")?;
    let directory = env::temp_dir().join(format!("with-postgres-{}", std::process::id()));
    let options = Options { directory: &directory, bin_dir: None, connections: 20, durable: false };
    let postgres = PrivatePostgres::start(&options).await?;
    let result = run(&postgres, Command::new(program).args(arguments)).await;
    postgres.stop(STOP_LIMIT).await;
    fs::remove_dir_all(&directory)?;
    result
}

async fn run(postgres: &PrivatePostgres, command: &mut Command) -> Result<ExitCode, Box<dyn Error>> {
    let mut connection = PgConnection::connect_with(&postgres.connect_options()).await?;
    MIGRATOR.run_direct(None, &mut connection, false).await?;
    connection.close().await?;
    let status = command.env("DATABASE_URL", postgres.url()).status().await?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
