//! The last known presence of users.

use sqlx::PgExecutor;

use crate::model::{Availability, Status, UserId};

/// The stored statuses of those of `users` who exist; whoever has none yet is offline since ever.
///
/// # Errors
/// What the database says.
pub async fn of_users(db: impl PgExecutor<'_>, users: &[UserId]) -> sqlx::Result<Vec<Status>> {
    let rows = sqlx::query!(
        r#"SELECT u.id AS "id!: UserId", s.status AS "status?", s.manual AS "manual?", s.dnd_end_at,
                  s.last_activity_at AS "last_activity_at?"
           FROM users u LEFT JOIN statuses s ON s.user_id = u.id WHERE u.id = ANY($1)"#,
        users as &[UserId]
    )
    .fetch_all(db)
    .await?;
    let status = |word: Option<String>| word.and_then(|word| Availability::parse(&word));
    Ok(rows
        .into_iter()
        .map(|row| Status {
            user_id: row.id,
            availability: status(row.status).unwrap_or(Availability::Offline),
            manual: row.manual.unwrap_or_default(),
            last_activity_at: row.last_activity_at.unwrap_or_default(),
            dnd_end_at: row.dnd_end_at,
        })
        .collect())
}

/// Writes what is known of a user's presence now; nothing where there is no such user any more.
///
/// # Errors
/// What the database says.
pub async fn save(db: impl PgExecutor<'_>, status: &Status) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO statuses (user_id, status, manual, dnd_end_at, last_activity_at)
         SELECT id, $2, $3, $4, $5 FROM users WHERE id = $1
         ON CONFLICT (user_id) DO UPDATE SET status = excluded.status, manual = excluded.manual,
             dnd_end_at = excluded.dnd_end_at,
             last_activity_at = GREATEST(statuses.last_activity_at, excluded.last_activity_at)",
        status.user_id as UserId,
        status.availability.as_str(),
        status.manual,
        status.dnd_end_at,
        status.last_activity_at
    )
    .execute(db)
    .await?;
    Ok(())
}
