//! Roles and what they grant.

use std::collections::{HashMap, HashSet};

use sqlx::PgExecutor;

use crate::model::{Role, RoleId};

/// What every live role grants, by its name.
///
/// # Errors
/// What the database says.
pub async fn grants(db: impl PgExecutor<'_>) -> sqlx::Result<HashMap<String, HashSet<String>>> {
    let rows = sqlx::query!("SELECT name, permissions FROM roles WHERE deleted_at IS NULL").fetch_all(db).await?;
    Ok(rows.into_iter().map(|row| (row.name, row.permissions.into_iter().collect())).collect())
}

/// The names of all roles, also of deleted ones.
///
/// # Errors
/// What the database says.
pub async fn names(db: impl PgExecutor<'_>) -> sqlx::Result<HashSet<String>> {
    Ok(sqlx::query_scalar!("SELECT name FROM roles").fetch_all(db).await?.into_iter().collect())
}

/// The live roles of these names; a name without a role is skipped.
///
/// # Errors
/// What the database says.
pub async fn by_names(db: impl PgExecutor<'_>, names: &[String]) -> sqlx::Result<Vec<Role>> {
    sqlx::query_as!(
        Role,
        r#"SELECT id AS "id: RoleId", name, display_name, description, permissions, scheme_managed, built_in,
                  created_at, updated_at
           FROM roles WHERE name = ANY($1) AND deleted_at IS NULL ORDER BY name"#,
        names
    )
    .fetch_all(db)
    .await
}

/// Writes a built-in role unless it is there already: an administrator's change survives an upgrade.
///
/// # Errors
/// What the database says.
pub async fn seed(db: impl PgExecutor<'_>, name: &str, permissions: &[String], now: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO roles (id, name, display_name, permissions, created_at, updated_at)
         VALUES ($1, $2, $2, $3, $4, $4) ON CONFLICT (name) DO NOTHING",
        RoleId::new() as RoleId,
        name,
        permissions,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}
