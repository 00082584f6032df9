//! Who belongs to a channel.

use sqlx::PgExecutor;

use crate::model::{ChannelId, ChannelMember, Millis, Props, TeamId, UserId, Window, role};
use crate::storage::props;

pub(in crate::storage) struct Row {
    pub(in crate::storage) channel_id: ChannelId,
    pub(in crate::storage) user_id: UserId,
    pub(in crate::storage) is_admin: bool,
    pub(in crate::storage) is_guest: bool,
    pub(in crate::storage) seen_messages: i64,
    pub(in crate::storage) seen_roots: i64,
    pub(in crate::storage) mention_count: i64,
    pub(in crate::storage) mention_count_root: i64,
    pub(in crate::storage) urgent_mention_count: i64,
    pub(in crate::storage) last_viewed_at: i64,
    pub(in crate::storage) notify_props: serde_json::Value,
    pub(in crate::storage) created_at: i64,
    pub(in crate::storage) updated_at: i64,
}

impl From<Row> for ChannelMember {
    fn from(row: Row) -> Self {
        Self {
            channel_id: row.channel_id,
            user_id: row.user_id,
            is_admin: row.is_admin,
            is_guest: row.is_guest,
            seen_messages: row.seen_messages,
            seen_roots: row.seen_roots,
            mention_count: row.mention_count,
            mention_count_root: row.mention_count_root,
            urgent_mention_count: row.urgent_mention_count,
            last_viewed_at: row.last_viewed_at,
            notify_props: props(row.notify_props),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A query that answers with channel memberships `m`: the columns stand here once.
macro_rules! select_members {
    ($before:literal, $after:literal $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            Row,
            $before
                + r#" m.channel_id AS "channel_id!", m.user_id AS "user_id!", m.is_admin AS "is_admin!",
                    m.is_guest AS "is_guest!", m.seen_messages AS "seen_messages!", m.seen_roots AS "seen_roots!",
                    m.mention_count AS "mention_count!", m.mention_count_root AS "mention_count_root!",
                    m.urgent_mention_count AS "urgent_mention_count!", m.last_viewed_at AS "last_viewed_at!",
                    m.notify_props AS "notify_props!", m.created_at AS "created_at!", m.updated_at AS "updated_at!" "#
                + $after
            $(, $arg)*
        )
    };
}

pub(in crate::storage) use select_members;

/// Makes users members of channels and answers with those who are new in one of them, each once. Deactivated and
/// unknown users are left out. What was said before counts as seen.
///
/// # Errors
/// What the database says.
pub async fn join_channels(
    db: impl PgExecutor<'_>,
    channels: &[ChannelId],
    users: &[UserId],
    admin: Option<UserId>,
    now: Millis,
) -> sqlx::Result<Vec<UserId>> {
    sqlx::query_scalar!(
        r#"WITH joined AS (
               INSERT INTO channel_members (channel_id, user_id, is_admin, is_guest, seen_messages, seen_roots,
                                            last_viewed_at, created_at, updated_at)
               SELECT c.id, u.id, u.id IS NOT DISTINCT FROM $3, $5 = ANY (u.roles), c.message_count, c.root_count,
                      c.last_post_at, $4, $4
               FROM channels c CROSS JOIN users u
               WHERE c.id = ANY ($1) AND u.id = ANY ($2) AND u.deleted_at IS NULL
               ORDER BY c.id, u.id
               ON CONFLICT (channel_id, user_id) DO NOTHING
               RETURNING user_id
           )
           SELECT DISTINCT user_id AS "user_id!: UserId" FROM joined"#,
        channels as &[ChannelId],
        users as &[UserId],
        admin as Option<UserId>,
        now,
        role::SYSTEM_GUEST,
    )
    .fetch_all(db)
    .await
}

/// Ends a user's membership of a channel; false where there was none.
///
/// # Errors
/// What the database says.
pub async fn leave_channel(db: impl PgExecutor<'_>, channel: ChannelId, user: UserId) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "DELETE FROM channel_members WHERE channel_id = $1 AND user_id = $2",
        channel as ChannelId,
        user as UserId
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a user's memberships of a team's channels and answers with the channels.
///
/// # Errors
/// What the database says.
pub async fn leave_channels_of_team(
    db: impl PgExecutor<'_>,
    team: TeamId,
    user: UserId,
) -> sqlx::Result<Vec<ChannelId>> {
    sqlx::query_scalar!(
        r#"DELETE FROM channel_members m USING channels c
           WHERE c.id = m.channel_id AND c.team_id = $1 AND m.user_id = $2
           RETURNING m.channel_id AS "channel_id: ChannelId""#,
        team as TeamId,
        user as UserId
    )
    .fetch_all(db)
    .await
}

/// A user's membership of a channel.
///
/// # Errors
/// What the database says.
pub async fn of_channel(
    db: impl PgExecutor<'_>,
    channel: ChannelId,
    user: UserId,
) -> sqlx::Result<Option<ChannelMember>> {
    let row = select_members!(
        "SELECT",
        "FROM channel_members m WHERE m.channel_id = $1 AND m.user_id = $2",
        channel as ChannelId,
        user as UserId,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(ChannelMember::from))
}

/// The memberships of these users in these channels.
///
/// # Errors
/// What the database says.
pub async fn of_channels_among(
    db: impl PgExecutor<'_>,
    channels: &[ChannelId],
    users: &[UserId],
) -> sqlx::Result<Vec<ChannelMember>> {
    let rows = select_members!(
        "SELECT",
        "FROM channel_members m WHERE m.channel_id = ANY ($1) AND m.user_id = ANY ($2)",
        channels as &[ChannelId],
        users as &[UserId],
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(ChannelMember::from).collect())
}

/// A user's memberships of channels, in the order in which she joined: of `team` and of her direct and group
/// channels, or of all her teams. They begin `offset` rows after the first and are `limit` at most.
///
/// # Errors
/// What the database says.
pub async fn channels_of(
    db: impl PgExecutor<'_>,
    user: UserId,
    team: Option<TeamId>,
    offset: i64,
    limit: Option<i64>,
) -> sqlx::Result<Vec<ChannelMember>> {
    let rows = select_members!(
        "SELECT",
        "FROM channel_members m JOIN channels c ON c.id = m.channel_id LEFT JOIN teams t ON t.id = c.team_id
         WHERE m.user_id = $1 AND ($2::uuid IS NULL OR c.team_id IS NULL OR c.team_id = $2) AND t.deleted_at IS NULL
         ORDER BY m.created_at, m.channel_id OFFSET $3 LIMIT $4",
        user as UserId,
        team as Option<TeamId>,
        offset,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(ChannelMember::from).collect())
}

/// Like [`channels_of`] over all teams, each with the team of its channel.
///
/// # Errors
/// What the database says.
pub async fn channels_with_teams_of(
    db: impl PgExecutor<'_>,
    user: UserId,
    offset: i64,
    limit: Option<i64>,
) -> sqlx::Result<Vec<(ChannelMember, Option<TeamId>)>> {
    let rows = sqlx::query!(
        r#"SELECT m.*, c.team_id AS "team_id: TeamId"
           FROM channel_members m JOIN channels c ON c.id = m.channel_id LEFT JOIN teams t ON t.id = c.team_id
           WHERE m.user_id = $1 AND t.deleted_at IS NULL
           ORDER BY m.created_at, m.channel_id OFFSET $2 LIMIT $3"#,
        user as UserId,
        offset,
        limit
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let member = ChannelMember::from(Row {
                channel_id: row.channel_id.into(),
                user_id: row.user_id.into(),
                is_admin: row.is_admin,
                is_guest: row.is_guest,
                seen_messages: row.seen_messages,
                seen_roots: row.seen_roots,
                mention_count: row.mention_count,
                mention_count_root: row.mention_count_root,
                urgent_mention_count: row.urgent_mention_count,
                last_viewed_at: row.last_viewed_at,
                notify_props: row.notify_props,
                created_at: row.created_at,
                updated_at: row.updated_at,
            });
            (member, row.team_id)
        })
        .collect())
}

/// The active members of a channel, by username.
///
/// # Errors
/// What the database says.
pub async fn in_channel(
    db: impl PgExecutor<'_>,
    channel: ChannelId,
    window: &Window,
) -> sqlx::Result<Vec<ChannelMember>> {
    let rows = select_members!(
        "SELECT",
        "FROM channel_members m JOIN users u ON u.id = m.user_id
         WHERE m.channel_id = $1 AND u.deleted_at IS NULL
           AND ($2::text IS NULL OR (u.username, u.id) > ($2, $3::uuid))
         ORDER BY u.username, u.id OFFSET $4 LIMIT $5",
        channel as ChannelId,
        window.after_text(),
        window.after_id(),
        window.offset,
        window.limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(ChannelMember::from).collect())
}

/// Says whether a member runs the channel; none where she is not a member, or a guest.
///
/// # Errors
/// What the database says.
pub async fn set_channel_admin(
    db: impl PgExecutor<'_>,
    channel: ChannelId,
    user: UserId,
    is_admin: bool,
    now: Millis,
) -> sqlx::Result<Option<ChannelMember>> {
    let row = select_members!(
        "UPDATE channel_members m SET is_admin = $3, updated_at = $4
         WHERE m.channel_id = $1 AND m.user_id = $2 AND NOT (m.is_guest AND $3)
         RETURNING",
        "",
        channel as ChannelId,
        user as UserId,
        is_admin,
        now,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(ChannelMember::from))
}

/// Lays `changes` over how a member wants to be notified of a channel; none where she is not a member.
///
/// # Errors
/// What the database says.
pub async fn merge_notify_props(
    db: impl PgExecutor<'_>,
    channel: ChannelId,
    user: UserId,
    changes: Props,
    now: Millis,
) -> sqlx::Result<Option<ChannelMember>> {
    let row = select_members!(
        "UPDATE channel_members m SET notify_props = m.notify_props || $3, updated_at = $4
         WHERE m.channel_id = $1 AND m.user_id = $2
         RETURNING",
        "",
        channel as ChannelId,
        user as UserId,
        serde_json::Value::Object(changes),
        now,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(ChannelMember::from))
}
