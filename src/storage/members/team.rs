//! Who belongs to a team.

use sqlx::PgExecutor;

use crate::model::{Millis, TeamId, TeamMember, UserId, Window, role};

/// A query that answers with team memberships `m`: the columns stand here once.
macro_rules! team_members {
    ($before:literal, $after:literal $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            TeamMember,
            $before
                + " m.team_id, m.user_id, m.is_admin, m.is_guest, m.created_at, m.deleted_at "
                + $after
            $(, $arg)*
        )
    };
}

/// Makes users members of a team, or members again, and answers with those who are new. Deactivated and unknown
/// users are left out.
///
/// # Errors
/// What the database says.
pub async fn join_team(
    db: impl PgExecutor<'_>,
    team: TeamId,
    users: &[UserId],
    admin: Option<UserId>,
    now: Millis,
) -> sqlx::Result<Vec<TeamMember>> {
    team_members!(
        "INSERT INTO team_members AS m (team_id, user_id, is_admin, is_guest, created_at)
         SELECT $1, u.id, u.id IS NOT DISTINCT FROM $3, $5 = ANY (u.roles), $4
         FROM users u WHERE u.id = ANY ($2) AND u.deleted_at IS NULL
         ON CONFLICT (team_id, user_id) DO UPDATE
             SET deleted_at = NULL, is_admin = EXCLUDED.is_admin, is_guest = EXCLUDED.is_guest,
                 created_at = EXCLUDED.created_at
             WHERE m.deleted_at IS NOT NULL
         RETURNING",
        "",
        team as TeamId,
        users as &[UserId],
        admin as Option<UserId>,
        now,
        role::SYSTEM_GUEST,
    )
    .fetch_all(db)
    .await
}

/// Ends a user's membership of a team; false where there was none.
///
/// # Errors
/// What the database says.
pub async fn leave_team(db: impl PgExecutor<'_>, team: TeamId, user: UserId, now: Millis) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE team_members SET deleted_at = $3 WHERE team_id = $1 AND user_id = $2 AND deleted_at IS NULL",
        team as TeamId,
        user as UserId,
        now
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Says whether a member runs the team; none where she is not a member, or a guest.
///
/// # Errors
/// What the database says.
pub async fn set_team_admin(
    db: impl PgExecutor<'_>,
    team: TeamId,
    user: UserId,
    is_admin: bool,
) -> sqlx::Result<Option<TeamMember>> {
    team_members!(
        "UPDATE team_members m SET is_admin = $3
         WHERE m.team_id = $1 AND m.user_id = $2 AND m.deleted_at IS NULL AND NOT (m.is_guest AND $3)
         RETURNING",
        "",
        team as TeamId,
        user as UserId,
        is_admin,
    )
    .fetch_optional(db)
    .await
}

/// A user's membership of a team.
///
/// # Errors
/// What the database says.
pub async fn of_team(db: impl PgExecutor<'_>, team: TeamId, user: UserId) -> sqlx::Result<Option<TeamMember>> {
    team_members!(
        "SELECT",
        "FROM team_members m WHERE m.team_id = $1 AND m.user_id = $2 AND m.deleted_at IS NULL",
        team as TeamId,
        user as UserId,
    )
    .fetch_optional(db)
    .await
}

/// The memberships of these users in a team.
///
/// # Errors
/// What the database says.
pub async fn of_team_among(db: impl PgExecutor<'_>, team: TeamId, users: &[UserId]) -> sqlx::Result<Vec<TeamMember>> {
    team_members!(
        "SELECT",
        "FROM team_members m WHERE m.team_id = $1 AND m.user_id = ANY ($2) AND m.deleted_at IS NULL",
        team as TeamId,
        users as &[UserId],
    )
    .fetch_all(db)
    .await
}

/// A user's memberships of teams that are not archived.
///
/// # Errors
/// What the database says.
pub async fn teams_of(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Vec<TeamMember>> {
    team_members!(
        "SELECT",
        "FROM team_members m JOIN teams t ON t.id = m.team_id
         WHERE m.user_id = $1 AND m.deleted_at IS NULL AND t.deleted_at IS NULL
         ORDER BY lower(t.display_name), t.id",
        user as UserId,
    )
    .fetch_all(db)
    .await
}

/// The active members of a team, by username.
///
/// # Errors
/// What the database says.
pub async fn in_team(db: impl PgExecutor<'_>, team: TeamId, window: &Window) -> sqlx::Result<Vec<TeamMember>> {
    team_members!(
        "SELECT",
        "FROM team_members m JOIN users u ON u.id = m.user_id
         WHERE m.team_id = $1 AND m.deleted_at IS NULL AND u.deleted_at IS NULL
           AND ($2::text IS NULL OR (u.username, u.id) > ($2, $3::uuid))
         ORDER BY u.username, u.id OFFSET $4 LIMIT $5",
        team as TeamId,
        window.after_text(),
        window.after_id(),
        window.offset,
        window.limit,
    )
    .fetch_all(db)
    .await
}

/// Counts the active members of a team, and keeps others from joining until the transaction ends.
///
/// # Errors
/// What the database says.
pub async fn count_for_joining(db: &mut sqlx::PgConnection, team: TeamId) -> sqlx::Result<i64> {
    sqlx::query!("SELECT FROM teams WHERE id = $1 FOR NO KEY UPDATE", team as TeamId).execute(&mut *db).await?;
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM team_members m JOIN users u ON u.id = m.user_id
           WHERE m.team_id = $1 AND m.deleted_at IS NULL AND u.deleted_at IS NULL"#,
        team as TeamId
    )
    .fetch_one(db)
    .await
}
