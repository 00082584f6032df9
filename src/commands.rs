//! The commands beside `serve`.

use std::time::Duration;

use rustchat::app::Database;
use rustchat::config::Config;
use rustchat::data_dir::{DataDir, DataDirError};

use crate::Outcome;

const CLOSE_LIMIT: Duration = Duration::from_secs(10);

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
    println!("{}", rustchat::api::v1::openapi::document().to_pretty_json()?);
    Ok(())
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
