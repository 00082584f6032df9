//! What clients remember for their users.

use sqlx::PgExecutor;

use crate::model::{Preference, UserId};

/// All of a user's preferences, or those of one category, ordered by category and name.
///
/// # Errors
/// What the database says.
pub async fn of_user(db: impl PgExecutor<'_>, user: UserId, category: Option<&str>) -> sqlx::Result<Vec<Preference>> {
    sqlx::query_as!(
        Preference,
        r#"SELECT user_id AS "user_id: UserId", category, name, value FROM preferences
           WHERE user_id = $1 AND ($2::text IS NULL OR category = $2) ORDER BY category, name"#,
        user as UserId,
        category
    )
    .fetch_all(db)
    .await
}

/// One preference.
///
/// # Errors
/// What the database says.
pub async fn get(
    db: impl PgExecutor<'_>,
    user: UserId,
    category: &str,
    name: &str,
) -> sqlx::Result<Option<Preference>> {
    sqlx::query_as!(
        Preference,
        r#"SELECT user_id AS "user_id: UserId", category, name, value FROM preferences
           WHERE user_id = $1 AND category = $2 AND name = $3"#,
        user as UserId,
        category,
        name
    )
    .fetch_optional(db)
    .await
}

/// Sets preferences of `user`, in one statement. No two of them may have the same category and name.
///
/// # Errors
/// What the database says.
pub async fn save(db: impl PgExecutor<'_>, user: UserId, preferences: &[Preference]) -> sqlx::Result<()> {
    let categories: Vec<&str> = preferences.iter().map(|it| it.category.as_str()).collect();
    let names: Vec<&str> = preferences.iter().map(|it| it.name.as_str()).collect();
    let values: Vec<&str> = preferences.iter().map(|it| it.value.as_str()).collect();
    sqlx::query!(
        "INSERT INTO preferences (user_id, category, name, value)
         SELECT $1, * FROM UNNEST($2::text[], $3::text[], $4::text[])
         ON CONFLICT (user_id, category, name) DO UPDATE SET value = excluded.value",
        user as UserId,
        categories as Vec<&str>,
        names as Vec<&str>,
        values as Vec<&str>
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Removes preferences of `user` by category and name; those that are not there are no matter.
///
/// # Errors
/// What the database says.
pub async fn delete(db: impl PgExecutor<'_>, user: UserId, preferences: &[Preference]) -> sqlx::Result<()> {
    let categories: Vec<&str> = preferences.iter().map(|it| it.category.as_str()).collect();
    let names: Vec<&str> = preferences.iter().map(|it| it.name.as_str()).collect();
    sqlx::query!(
        "DELETE FROM preferences p USING UNNEST($2::text[], $3::text[]) AS gone (category, name)
         WHERE p.user_id = $1 AND p.category = gone.category AND p.name = gone.name",
        user as UserId,
        categories as Vec<&str>,
        names as Vec<&str>
    )
    .execute(db)
    .await?;
    Ok(())
}
