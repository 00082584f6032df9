//! The commands beside `serve`.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use clap::Subcommand;
use rustchat::app::{Database, Office};
use rustchat::config::Config;
use rustchat::data_dir::{DataDir, DataDirError};
use rustchat::model::NewUser;
use rustchat::services::users;

use crate::Outcome;

const CLOSE_LIMIT: Duration = Duration::from_secs(10);

/// What `rustchat admin` can do. Where no password is given, one is made up and printed.
#[derive(Subcommand)]
pub(crate) enum Admin {
    /// Make an account; the first one becomes system administrator.
    CreateUser {
        /// The name to log in with.
        username: String,
        /// The e-mail address.
        email: String,
        /// Make it a system administrator.
        #[arg(long)]
        admin: bool,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Set a new password, which ends all sessions of the account.
    ResetPassword {
        /// Username or e-mail address.
        login: String,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Make an account system administrator.
    Promote {
        /// Username or e-mail address.
        login: String,
    },
}

/// Brings the schema up to date, which opening the database does.
pub(crate) async fn migrate(config: &Config) -> Outcome {
    let (database, data) = open(config).await?;
    database.close(CLOSE_LIMIT).await;
    drop(data);
    log::info!("the schema is up to date");
    Ok(())
}

/// Prints the description of the native API.
pub(crate) fn openapi() -> Outcome {
    writeln!(io::stdout(), "{}", rustchat::api::v1::openapi::document().to_pretty_json()?)?;
    Ok(())
}

/// Manages accounts.
pub(crate) async fn admin(config: Config, command: Admin) -> Outcome {
    let config = Arc::new(config);
    let (database, data) = open(&config).await?;
    let result = run(&config, &database, command).await;
    database.close(CLOSE_LIMIT).await;
    drop(data);
    result
}

async fn run(config: &Arc<Config>, database: &Database, command: Admin) -> Outcome {
    let office = Office::open(config, &database.pool).await?;
    let result = act(&office, command).await;
    office.close().await;
    result
}

async fn act(office: &Office, command: Admin) -> Outcome {
    let core = &office.core;
    match command {
        Admin::CreateUser { username, email, admin, password_stdin } => {
            let password = password(password_stdin)?;
            let new = NewUser { username, email, password, ..NewUser::default() };
            let user = users::create(core, new).await?;
            if admin {
                users::promote(core, &user.username).await?;
            }
            println!("created {}", user.username);
        }
        Admin::ResetPassword { login, password_stdin } => {
            users::set_password(core, &login, &password(password_stdin)?).await?;
            println!("set the password of {login} and ended all its sessions");
        }
        Admin::Promote { login } => {
            let user = users::promote(core, &login).await?;
            println!("{} is a system administrator", user.username);
        }
    }
    Ok(())
}

fn password(from_stdin: bool) -> io::Result<String> {
    if !from_stdin {
        let password = rustchat::request_id::generate();
        println!("password: {password}");
        return Ok(password);
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

/// The database of this installation, whether the server runs or not. The data directory is held as long as the second
/// value lives, if no server holds it.
async fn open(config: &Config) -> Result<(Database, Option<DataDir>), Box<dyn std::error::Error>> {
    match DataDir::lock(&config.data_dir) {
        Ok(data) => Ok((Database::open(config, &data).await?, Some(data))),
        Err(DataDirError::InUse { .. }) => Ok((Database::visit(config).await?, None)),
        Err(error) => Err(error.into()),
    }
}
