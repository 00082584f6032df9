//! Roles: which there are and what they grant.

use std::collections::{BTreeMap, HashMap, HashSet};

use sqlx::PgPool;

use super::{Caller, Core};
use crate::error::{Error, Result};
use crate::model::{Role, now};
use crate::storage;

/// Name and permissions of every role the server comes with.
const BUILT_IN: &str = include_str!("../../config/roles.json");
/// Names that one request may ask for (contract of `/api/v4`).
const MAX_NAMES: usize = 100;

/// Writes the built-in roles that are not there yet: all of them at the first start, new ones after an upgrade.
///
/// # Errors
/// What the database says.
pub async fn seed(db: &PgPool) -> Result<()> {
    let built_in: BTreeMap<String, Vec<String>> = serde_json::from_str(BUILT_IN).map_err(Error::internal)?;
    let present = storage::roles::names(db).await?;
    let mut transaction = db.begin().await?;
    for (name, permissions) in built_in.iter().filter(|(name, _)| !present.contains(*name)) {
        storage::roles::seed(&mut *transaction, name, permissions, now()).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// What every role grants, by its name; for [`super::access::RoleBook`].
///
/// # Errors
/// What the database says.
pub async fn grants(db: &PgPool) -> Result<HashMap<String, HashSet<String>>> {
    Ok(storage::roles::grants(db).await?)
}

/// The roles of these names, for any session; names without a role are skipped.
///
/// # Errors
/// 400 `role.too_many` for more than 100 names.
pub async fn by_names(core: &Core, _: &Caller, names: &[String]) -> Result<Vec<Role>> {
    if names.len() > MAX_NAMES {
        return Err(Error::invalid("role.too_many", "names", format!("Ask for at most {MAX_NAMES} roles.")));
    }
    Ok(storage::roles::by_names(&core.db, names).await?)
}
