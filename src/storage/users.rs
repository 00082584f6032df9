//! Accounts.

use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};

use super::props;
use crate::model::{ChannelId, Millis, SessionId, TeamId, User, UserFilter, UserId, UserOrder, Window};

/// Held by a transaction that decides who runs the installation: makes the first user, or takes away an administrator.
/// Any number does that nothing else locks in this database.
const ADMIN_LOCK: i64 = 0x5255_5354_0001;

/// A query for whole users: all columns but the password hash, then the rest of the statement.
macro_rules! select_users {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Row,
            "SELECT u.id, u.username, u.email, u.nickname, u.first_name, u.last_name, u.position, u.locale, u.roles,
                    u.timezone, u.notify_props, u.props, u.is_bot, u.email_verified, u.failed_logins,
                    u.last_password_update, u.last_picture_update, u.created_at, u.updated_at, u.deleted_at
             FROM users u " + $rest
            $(, $argument)*
        )
    };
}

/// A row of `users` without the password hash.
pub(super) struct Row {
    pub id: UserId,
    pub username: String,
    pub email: String,
    pub nickname: String,
    pub first_name: String,
    pub last_name: String,
    pub position: String,
    pub locale: String,
    pub roles: Vec<String>,
    pub timezone: serde_json::Value,
    pub notify_props: serde_json::Value,
    pub props: serde_json::Value,
    pub is_bot: bool,
    pub email_verified: bool,
    pub failed_logins: i32,
    pub last_password_update: i64,
    pub last_picture_update: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub deleted_at: Option<i64>,
}

impl From<Row> for User {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            username: row.username,
            email: row.email,
            nickname: row.nickname,
            first_name: row.first_name,
            last_name: row.last_name,
            position: row.position,
            locale: row.locale,
            roles: row.roles,
            timezone: props(row.timezone),
            notify_props: props(row.notify_props),
            props: props(row.props),
            is_bot: row.is_bot,
            email_verified: row.email_verified,
            failed_logins: row.failed_logins,
            last_password_update: row.last_password_update,
            last_picture_update: row.last_picture_update,
            created_at: row.created_at,
            updated_at: row.updated_at,
            deleted_at: row.deleted_at,
        }
    }
}

/// One user.
///
/// # Errors
/// What the database says.
pub async fn get(db: impl PgExecutor<'_>, id: UserId) -> sqlx::Result<Option<User>> {
    let row = select_users!("WHERE u.id = $1", id as UserId).fetch_optional(db).await?;
    Ok(row.map(User::from))
}

/// The user behind a login.
///
/// # Errors
/// What the database says.
pub async fn of_session(db: impl PgExecutor<'_>, session: SessionId) -> sqlx::Result<Option<User>> {
    let row = select_users!("WHERE u.id = (SELECT user_id FROM sessions WHERE id = $1)", session as SessionId);
    Ok(row.fetch_optional(db).await?.map(User::from))
}

/// One user as the database has it when the transaction goes on: nobody else changes it until its end.
///
/// # Errors
/// What the database says.
pub async fn lock(db: &mut PgConnection, id: UserId) -> sqlx::Result<Option<User>> {
    let row = select_users!("WHERE u.id = $1 FOR UPDATE", id as UserId).fetch_optional(db).await?;
    Ok(row.map(User::from))
}

/// Those of these users who exist, in no order.
///
/// # Errors
/// What the database says.
pub async fn by_ids(db: impl PgExecutor<'_>, ids: &[UserId]) -> sqlx::Result<Vec<User>> {
    let rows = select_users!("WHERE u.id = ANY($1)", ids as &[UserId]).fetch_all(db).await?;
    Ok(rows.into_iter().map(User::from).collect())
}

/// The user whose username or e-mail address is `login`, in lower case.
///
/// # Errors
/// What the database says.
pub async fn by_login(db: impl PgExecutor<'_>, login: &str) -> sqlx::Result<Option<User>> {
    let row = select_users!("WHERE u.username = $1 OR u.email = $1", login).fetch_optional(db).await?;
    Ok(row.map(User::from))
}

/// The hash of a user's password; none for whoever cannot log in with one.
///
/// # Errors
/// What the database says.
pub async fn password_hash(db: impl PgExecutor<'_>, id: UserId) -> sqlx::Result<Option<String>> {
    let hash = sqlx::query_scalar!("SELECT password_hash FROM users WHERE id = $1", id as UserId);
    Ok(hash.fetch_optional(db).await?.flatten())
}

/// Whether there is any account.
///
/// # Errors
/// What the database says.
pub async fn any(db: impl PgExecutor<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM users) AS "any!""#).fetch_one(db).await
}

/// Until the end of this transaction no other one may make the first user or take away an administrator.
///
/// # Errors
/// What the database says.
pub async fn lock_first(db: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", ADMIN_LOCK).execute(db).await?;
    Ok(())
}

/// Writes a new account.
///
/// # Errors
/// `users_username_key`, `users_email_key` where the name or the address is taken.
pub async fn insert(db: impl PgExecutor<'_>, user: &User, password_hash: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO users (id, username, email, password_hash, nickname, first_name, last_name, position, locale, roles,
                            timezone, notify_props, props, last_password_update, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $14)",
        user.id as UserId,
        user.username,
        user.email,
        password_hash,
        user.nickname,
        user.first_name,
        user.last_name,
        user.position,
        user.locale,
        &user.roles,
        Json(&user.timezone) as _,
        Json(&user.notify_props) as _,
        Json(&user.props) as _,
        user.created_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes what a profile consists of, as `user` has it.
///
/// # Errors
/// `users_username_key`, `users_email_key` where the name or the address is taken.
pub async fn update(db: impl PgExecutor<'_>, user: &User) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE users SET username = $2, email = $3, nickname = $4, first_name = $5, last_name = $6, position = $7,
                          locale = $8, timezone = $9, notify_props = $10, props = $11, email_verified = $12,
                          roles = $13, updated_at = $14
         WHERE id = $1",
        user.id as UserId,
        user.username,
        user.email,
        user.nickname,
        user.first_name,
        user.last_name,
        user.position,
        user.locale,
        Json(&user.timezone) as _,
        Json(&user.notify_props) as _,
        Json(&user.props) as _,
        user.email_verified,
        &user.roles,
        user.updated_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Sets a password; the account is no longer locked.
///
/// # Errors
/// What the database says.
pub async fn set_password(db: impl PgExecutor<'_>, id: UserId, hash: &str, now: Millis) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE users SET password_hash = $2, failed_logins = 0, last_password_update = $3, updated_at = $3 WHERE id = $1",
        id as UserId,
        hash,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Counts an attempt to log in as failed until [`clear_attempts`] says otherwise, so that attempts at the same time cannot
/// pass the limit together. False: the limit is reached and the account is locked.
///
/// # Errors
/// What the database says.
pub async fn claim_attempt(db: impl PgExecutor<'_>, id: UserId, limit: i32) -> sqlx::Result<bool> {
    let claimed = sqlx::query!(
        "UPDATE users SET failed_logins = failed_logins + 1 WHERE id = $1 AND failed_logins < $2",
        id as UserId,
        limit
    );
    Ok(claimed.execute(db).await?.rows_affected() == 1)
}

/// Forgets the failed logins: one has succeeded.
///
/// # Errors
/// What the database says.
pub async fn clear_attempts(db: impl PgExecutor<'_>, id: UserId) -> sqlx::Result<()> {
    sqlx::query!("UPDATE users SET failed_logins = 0 WHERE id = $1", id as UserId).execute(db).await?;
    Ok(())
}

/// A page of users.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: impl PgExecutor<'_>,
    filter: &UserFilter,
    order: UserOrder,
    window: &Window,
) -> sqlx::Result<Vec<User>> {
    let rows = select_users!(
        "WHERE ($1::uuid IS NULL OR EXISTS (
                   SELECT FROM team_members m WHERE m.team_id = $1 AND m.user_id = u.id AND m.deleted_at IS NULL))
           AND ($2::uuid IS NULL OR NOT EXISTS (
                   SELECT FROM team_members m WHERE m.team_id = $2 AND m.user_id = u.id AND m.deleted_at IS NULL))
           AND ($3::uuid IS NULL OR EXISTS (
                   SELECT FROM channel_members m WHERE m.channel_id = $3 AND m.user_id = u.id))
           AND ($4::uuid IS NULL OR NOT EXISTS (
                   SELECT FROM channel_members m WHERE m.channel_id = $4 AND m.user_id = u.id))
           AND (NOT $5 OR NOT EXISTS (
                   SELECT FROM team_members m WHERE m.user_id = u.id AND m.deleted_at IS NULL))
           AND ($6::text[] IS NULL OR u.roles && $6)
           AND ($7::boolean IS NULL OR (u.deleted_at IS NULL) = $7)
           AND ($8::bigint IS NULL OR u.updated_at > $8)
           AND ($9::text IS NULL OR starts_with(u.username, $9) OR starts_with(lower(u.nickname), $9)
                OR $10 AND (starts_with(lower(u.first_name), $9) OR starts_with(lower(u.last_name), $9)))
           AND ($11::uuid IS NULL OR u.id = $11 OR EXISTS (
                   SELECT FROM channel_members a JOIN channel_members b USING (channel_id)
                   WHERE a.user_id = $11 AND b.user_id = u.id))
           AND ($12::text IS NULL OR u.username > $12)
         ORDER BY CASE WHEN $13 = 1 THEN u.created_at
                       WHEN $13 = 2 THEN (SELECT s.last_activity_at FROM statuses s WHERE s.user_id = u.id)
                  END DESC NULLS LAST, u.username
         OFFSET $14 LIMIT $15",
        filter.in_team as Option<TeamId>,
        filter.not_in_team as Option<TeamId>,
        filter.in_channel as Option<ChannelId>,
        filter.not_in_channel as Option<ChannelId>,
        filter.without_team,
        filter.roles.as_deref(),
        filter.active,
        filter.since,
        filter.prefix.as_deref(),
        filter.prefix_of_names,
        filter.seen_by as Option<UserId>,
        window.after_text(),
        match order {
            UserOrder::Username => 0,
            UserOrder::Newest => 1,
            UserOrder::LastActive => 2,
        },
        window.offset,
        window.limit
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(User::from).collect())
}

/// The users with these ids or usernames, ordered by username; whoever does not exist is left out. With `seen_by`, so is
/// whoever shares no channel with that user; with `since`, whoever has not changed after it.
///
/// # Errors
/// What the database says.
pub async fn look_up(
    db: impl PgExecutor<'_>,
    ids: &[UserId],
    usernames: &[String],
    seen_by: Option<UserId>,
    since: Option<Millis>,
) -> sqlx::Result<Vec<User>> {
    let rows = select_users!(
        "WHERE (u.id = ANY($1) OR u.username = ANY($2))
           AND ($3::uuid IS NULL OR u.id = $3 OR EXISTS (
                   SELECT FROM channel_members a JOIN channel_members b USING (channel_id)
                   WHERE a.user_id = $3 AND b.user_id = u.id))
           AND ($4::bigint IS NULL OR u.updated_at > $4)
         ORDER BY u.username",
        ids as &[UserId],
        usernames,
        seen_by as Option<UserId>,
        since
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(User::from).collect())
}

/// How many accounts may sign in.
///
/// # Errors
/// What the database says.
pub async fn count_active(db: impl PgExecutor<'_>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM users WHERE deleted_at IS NULL AND NOT is_bot"#)
        .fetch_one(db)
        .await
}

/// Deactivates an account, or activates it where `deleted_at` is none.
///
/// # Errors
/// What the database says.
pub async fn set_deleted(
    db: impl PgExecutor<'_>,
    id: UserId,
    deleted_at: Option<Millis>,
    now: Millis,
) -> sqlx::Result<()> {
    let change =
        sqlx::query!("UPDATE users SET deleted_at = $2, updated_at = $3 WHERE id = $1", id as UserId, deleted_at, now);
    change.execute(db).await?;
    Ok(())
}

/// Whether an active system administrator is left beside `id`. Until the end of this transaction no other one may ask, so
/// that two administrators cannot remove each other.
///
/// # Errors
/// What the database says.
pub async fn other_admin(db: &mut PgConnection, id: UserId) -> sqlx::Result<bool> {
    lock_first(&mut *db).await?;
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM users WHERE id <> $1 AND deleted_at IS NULL AND 'system_admin' = ANY(roles)) AS "any!""#,
        id as UserId
    )
    .fetch_one(db)
    .await
}
