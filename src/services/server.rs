//! The installation: which one it is, and what anybody may know of it.

use sqlx::PgPool;
use uuid::Uuid;

use super::{Caller, Core, access};
use crate::error::Result;
use crate::model::{Millis, Permission, encode_id, now};
use crate::storage;

/// Which installation this is; decided at its first start and the same ever since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// 26 characters by which clients recognise the server under another address.
    pub id: String,
    /// When it was first started.
    pub installed_at: Millis,
}

/// Reads, or at the first start decides, which installation this is.
///
/// # Errors
/// What the database says.
pub async fn installation(db: &PgPool) -> Result<Installation> {
    let id = storage::system::remember(db, "installation_id", &encode_id(Uuid::new_v4())).await?;
    let installed_at = storage::system::remember(db, "installed_at", &now().to_string()).await?;
    Ok(Installation { id, installed_at: installed_at.parse().unwrap_or_default() })
}

/// Whether nobody has an account yet, so that the next to sign up becomes the administrator.
///
/// # Errors
/// What the database says.
pub async fn needs_first_user(core: &Core) -> Result<bool> {
    Ok(!storage::users::any(&core.db).await?)
}

/// How many accounts may sign in, for administrators; none for others.
///
/// # Errors
/// What the database says.
pub async fn active_users(core: &Core, caller: &Caller) -> Result<Option<i64>> {
    if !access::has_system(core, caller, Permission::ManageSystem) {
        return Ok(None);
    }
    Ok(Some(storage::users::count_active(&core.db).await?))
}

/// The version of the database's schema.
#[must_use]
pub fn schema_version() -> i64 {
    storage::MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default()
}
