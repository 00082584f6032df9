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

/// Writes what is known of the presence of users now, in one statement; of those who do not exist any more, nothing. No two
/// of them may be of the same user.
///
/// # Errors
/// What the database says.
pub async fn save(db: impl PgExecutor<'_>, statuses: &[Status]) -> sqlx::Result<()> {
    let users: Vec<UserId> = statuses.iter().map(|it| it.user_id).collect();
    let words: Vec<&str> = statuses.iter().map(|it| it.availability.as_str()).collect();
    let manual: Vec<bool> = statuses.iter().map(|it| it.manual).collect();
    let ends: Vec<Option<i64>> = statuses.iter().map(|it| it.dnd_end_at).collect();
    let active: Vec<i64> = statuses.iter().map(|it| it.last_activity_at).collect();
    sqlx::query!(
        "INSERT INTO statuses (user_id, status, manual, dnd_end_at, last_activity_at)
         SELECT it.* FROM UNNEST($1::uuid[], $2::text[], $3::boolean[], $4::bigint[], $5::bigint[])
                          AS it (user_id, status, manual, dnd_end_at, last_activity_at)
         JOIN users u ON u.id = it.user_id
         ON CONFLICT (user_id) DO UPDATE SET status = excluded.status, manual = excluded.manual,
             dnd_end_at = excluded.dnd_end_at,
             last_activity_at = GREATEST(statuses.last_activity_at, excluded.last_activity_at)",
        &users as &[UserId],
        words as Vec<&str>,
        &manual,
        &ends as &[Option<i64>],
        &active
    )
    .execute(db)
    .await?;
    Ok(())
}
