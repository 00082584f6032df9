//! Channels. Who belongs to them stands in [`super::members`].

use sqlx::PgExecutor;

use super::props;
use crate::model::{
    Channel, ChannelId, ChannelKind, ChannelMember, ChannelStats, Millis, TeamId, TeamMember, UserId, Window,
};

struct Row {
    id: ChannelId,
    team_id: Option<TeamId>,
    kind: String,
    name: String,
    display_name: String,
    header: String,
    purpose: String,
    creator_id: Option<UserId>,
    member_ids: Vec<UserId>,
    message_count: i64,
    root_count: i64,
    last_post_at: i64,
    last_root_post_at: i64,
    created_at: i64,
    updated_at: i64,
    deleted_at: Option<i64>,
}

impl From<Row> for Channel {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            team_id: row.team_id,
            kind: ChannelKind::parse(&row.kind).unwrap_or(ChannelKind::Private),
            name: row.name,
            display_name: row.display_name,
            header: row.header,
            purpose: row.purpose,
            creator_id: row.creator_id,
            member_ids: row.member_ids,
            message_count: row.message_count,
            root_count: row.root_count,
            last_post_at: row.last_post_at,
            last_root_post_at: row.last_root_post_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            deleted_at: row.deleted_at,
        }
    }
}

/// A query that answers with channels `c`: the columns stand here once. Only direct and group channels are asked for
/// their members.
macro_rules! channels {
    ($before:literal, $after:literal $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            Row,
            $before
                + r#" c.id, c.team_id AS "team_id: TeamId", c.kind, c.name, c.display_name, c.header, c.purpose,
                    c.creator_id AS "creator_id: UserId",
                    CASE WHEN c.kind IN ('D', 'G')
                         THEN ARRAY(SELECT user_id FROM channel_members WHERE channel_id = c.id ORDER BY user_id)
                         ELSE '{}' END AS "member_ids!: Vec<UserId>",
                    c.message_count, c.root_count, c.last_post_at, c.last_root_post_at, c.created_at, c.updated_at,
                    c.deleted_at "#
                + $after
            $(, $arg)*
        )
    };
}

/// A channel as one user finds it.
#[derive(Debug)]
pub struct WithMember {
    /// The channel.
    pub channel: Channel,
    /// Her place in it.
    pub member: Option<ChannelMember>,
    /// Her place in its team, also one that she has left.
    pub team_member: Option<TeamMember>,
    /// Whether its team is archived.
    pub team_archived: bool,
}

/// A channel with a user's places in it and in its team, in one query.
///
/// # Errors
/// What the database says.
pub async fn with_member(db: impl PgExecutor<'_>, id: ChannelId, user: UserId) -> sqlx::Result<Option<WithMember>> {
    let row = sqlx::query!(
        r#"SELECT c.team_id AS "team_id: TeamId", c.kind, c.name, c.display_name, c.header, c.purpose,
                  c.creator_id AS "creator_id: UserId", c.message_count, c.root_count, c.last_post_at,
                  c.last_root_post_at, c.created_at, c.updated_at, c.deleted_at,
                  CASE WHEN c.kind IN ('D', 'G')
                       THEN ARRAY(SELECT user_id FROM channel_members WHERE channel_id = c.id ORDER BY user_id)
                       ELSE '{}' END AS "member_ids!: Vec<UserId>",
                  m.user_id AS "member_id?: UserId", m.is_admin AS "is_admin?", m.is_guest AS "is_guest?",
                  m.seen_messages AS "seen_messages?", m.seen_roots AS "seen_roots?",
                  m.mention_count AS "mention_count?", m.mention_count_root AS "mention_count_root?",
                  m.urgent_mention_count AS "urgent_mention_count?", m.last_viewed_at AS "last_viewed_at?",
                  m.notify_props AS "notify_props?", m.created_at AS "joined_at?", m.updated_at AS "member_updated_at?",
                  t.user_id AS "team_member_id?: UserId", t.is_admin AS "team_admin?", t.is_guest AS "team_guest?",
                  t.created_at AS "team_joined_at?", t.deleted_at AS team_left_at,
                  team.deleted_at IS NOT NULL AS "team_archived!"
           FROM channels c
           LEFT JOIN channel_members m ON m.channel_id = c.id AND m.user_id = $2
           LEFT JOIN team_members t ON t.team_id = c.team_id AND t.user_id = $2
           LEFT JOIN teams team ON team.id = c.team_id
           WHERE c.id = $1"#,
        id as ChannelId,
        user as UserId
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| {
        let member = row.member_id.map(|user_id| ChannelMember {
            channel_id: id,
            user_id,
            is_admin: row.is_admin.unwrap_or_default(),
            is_guest: row.is_guest.unwrap_or_default(),
            seen_messages: row.seen_messages.unwrap_or_default(),
            seen_roots: row.seen_roots.unwrap_or_default(),
            mention_count: row.mention_count.unwrap_or_default(),
            mention_count_root: row.mention_count_root.unwrap_or_default(),
            urgent_mention_count: row.urgent_mention_count.unwrap_or_default(),
            last_viewed_at: row.last_viewed_at.unwrap_or_default(),
            notify_props: row.notify_props.map(props).unwrap_or_default(),
            created_at: row.joined_at.unwrap_or_default(),
            updated_at: row.member_updated_at.unwrap_or_default(),
        });
        let team_member = row.team_id.zip(row.team_member_id).map(|(team_id, user_id)| TeamMember {
            team_id,
            user_id,
            is_admin: row.team_admin.unwrap_or_default(),
            is_guest: row.team_guest.unwrap_or_default(),
            created_at: row.team_joined_at.unwrap_or_default(),
            deleted_at: row.team_left_at,
        });
        let channel = Channel {
            id,
            team_id: row.team_id,
            kind: ChannelKind::parse(&row.kind).unwrap_or(ChannelKind::Private),
            name: row.name,
            display_name: row.display_name,
            header: row.header,
            purpose: row.purpose,
            creator_id: row.creator_id,
            member_ids: row.member_ids,
            message_count: row.message_count,
            root_count: row.root_count,
            last_post_at: row.last_post_at,
            last_root_post_at: row.last_root_post_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            deleted_at: row.deleted_at,
        };
        WithMember { channel, member, team_member, team_archived: row.team_archived }
    }))
}

/// The channel of this name in a team, or the direct or group channel of this name where `team` is none; archived or
/// not.
///
/// # Errors
/// What the database says.
pub async fn by_name(db: impl PgExecutor<'_>, team: Option<TeamId>, name: &str) -> sqlx::Result<Option<Channel>> {
    let row = channels!(
        "SELECT",
        "FROM channels c WHERE c.team_id IS NOT DISTINCT FROM $1 AND c.name = $2",
        team as Option<TeamId>,
        name,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(Channel::from))
}

/// The channels of these names in a team, archived ones apart.
///
/// # Errors
/// What the database says.
pub async fn by_names(db: impl PgExecutor<'_>, team: TeamId, names: &[&str]) -> sqlx::Result<Vec<Channel>> {
    let rows = channels!(
        "SELECT",
        "FROM channels c WHERE c.team_id = $1 AND c.name = ANY($2) AND c.deleted_at IS NULL ORDER BY c.id",
        team as TeamId,
        names as &[&str],
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Channel::from).collect())
}

/// The channels a user belongs to, by display name: of `team` and her direct and group channels, or of all her teams
/// but the archived ones. Archived channels are among them if they were archived at `archived_since` or later.
///
/// # Errors
/// What the database says.
pub async fn of_user(
    db: impl PgExecutor<'_>,
    user: UserId,
    team: Option<TeamId>,
    archived_since: Option<Millis>,
) -> sqlx::Result<Vec<Channel>> {
    let rows = channels!(
        "SELECT",
        "FROM channel_members m JOIN channels c ON c.id = m.channel_id LEFT JOIN teams t ON t.id = c.team_id
         WHERE m.user_id = $1 AND ($2::uuid IS NULL OR c.team_id IS NULL OR c.team_id = $2)
           AND t.deleted_at IS NULL AND (c.deleted_at IS NULL OR c.deleted_at >= $3)
         ORDER BY lower(c.display_name), c.id",
        user as UserId,
        team as Option<TeamId>,
        archived_since,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Channel::from).collect())
}

/// Those of the channels that are group channels a user is in.
///
/// # Errors
/// What the database says.
pub async fn groups_among(db: impl PgExecutor<'_>, user: UserId, channels: &[ChannelId]) -> sqlx::Result<Vec<Channel>> {
    let rows = channels!(
        "SELECT",
        "FROM channel_members m JOIN channels c ON c.id = m.channel_id
         WHERE m.user_id = $1 AND m.channel_id = ANY ($2) AND c.kind = 'G'",
        user as UserId,
        channels as &[ChannelId],
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Channel::from).collect())
}

/// A team's open channels whose name or display name begins with `prefix` (empty for all), by display name; the
/// archived ones instead of the others where `archived`.
///
/// # Errors
/// What the database says.
pub async fn open_in_team(
    db: impl PgExecutor<'_>,
    team: TeamId,
    prefix: &str,
    archived: bool,
    window: &Window,
) -> sqlx::Result<Vec<Channel>> {
    let rows = channels!(
        "SELECT",
        "FROM channels c
         WHERE c.team_id = $1 AND c.kind = 'O' AND (c.deleted_at IS NOT NULL) = $2
           AND (starts_with(c.name, lower($3)) OR starts_with(lower(c.display_name), lower($3)))
           AND ($4::text IS NULL OR (lower(c.display_name), c.id) > (lower($4), $5::uuid))
         ORDER BY lower(c.display_name), c.id OFFSET $6 LIMIT $7",
        team as TeamId,
        archived,
        prefix,
        window.after_text(),
        window.after_id(),
        window.offset,
        window.limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Channel::from).collect())
}

/// The channels of a team that a user may find, open ones and her own private ones, whose name or display name contains
/// `term`; by display name.
///
/// # Errors
/// What the database says.
pub async fn search(
    db: impl PgExecutor<'_>,
    user: UserId,
    team: TeamId,
    term: &str,
    limit: i64,
) -> sqlx::Result<Vec<Channel>> {
    let rows = channels!(
        "SELECT",
        "FROM channels c
         WHERE c.team_id = $2 AND c.deleted_at IS NULL
           AND (c.kind = 'O' OR EXISTS (
               SELECT FROM channel_members m WHERE m.channel_id = c.id AND m.user_id = $1))
           AND (strpos(c.name, lower($3)) > 0 OR strpos(lower(c.display_name), lower($3)) > 0)
         ORDER BY lower(c.display_name), c.id LIMIT $4",
        user as UserId,
        team as TeamId,
        term,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Channel::from).collect())
}

/// Adds a channel, unless there is one of its name: then nothing happens and the answer is false.
///
/// # Errors
/// What the database says.
pub async fn insert(db: impl PgExecutor<'_>, channel: &Channel) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO channels (id, team_id, kind, name, display_name, header, purpose, creator_id, created_at,
                               updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT ON CONSTRAINT channels_name_key DO NOTHING",
        channel.id as ChannelId,
        channel.team_id as Option<TeamId>,
        channel.kind.as_str(),
        channel.name,
        channel.display_name,
        channel.header,
        channel.purpose,
        channel.creator_id as Option<UserId>,
        channel.created_at,
        channel.updated_at
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes a channel's kind, names, texts and whether it is archived. Its counters belong to posts.
///
/// # Errors
/// What the database says; `channels_name_key` where the name is taken.
pub async fn update(db: impl PgExecutor<'_>, channel: &Channel) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE channels SET kind = $2, name = $3, display_name = $4, header = $5, purpose = $6, updated_at = $7,
                             deleted_at = $8
         WHERE id = $1",
        channel.id as ChannelId,
        channel.kind.as_str(),
        channel.name,
        channel.display_name,
        channel.header,
        channel.purpose,
        channel.updated_at,
        channel.deleted_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// How many active people and pinned posts a channel has.
///
/// # Errors
/// What the database says.
pub async fn stats(db: impl PgExecutor<'_>, id: ChannelId) -> sqlx::Result<ChannelStats> {
    sqlx::query_as!(
        ChannelStats,
        r#"SELECT count(*) AS "member_count!", count(*) FILTER (WHERE m.is_guest) AS "guest_count!",
                  (SELECT count(*) FROM posts p
                   WHERE p.channel_id = $1 AND p.is_pinned AND p.deleted_at IS NULL) AS "pinned_count!"
           FROM channel_members m JOIN users u ON u.id = m.user_id
           WHERE m.channel_id = $1 AND u.deleted_at IS NULL"#,
        id as ChannelId
    )
    .fetch_one(db)
    .await
}

/// The time zones of a channel's active members, each once. Whoever names none is not counted.
///
/// # Errors
/// What the database says.
pub async fn timezones(db: impl PgExecutor<'_>, id: ChannelId) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"SELECT DISTINCT zone AS "zone!"
           FROM channel_members m JOIN users u ON u.id = m.user_id,
                LATERAL (SELECT CASE WHEN u.timezone->>'useAutomaticTimezone' = 'false'
                                     THEN u.timezone->>'manualTimezone'
                                     ELSE u.timezone->>'automaticTimezone' END AS zone) z
           WHERE m.channel_id = $1 AND u.deleted_at IS NULL AND zone <> ''
           ORDER BY 1"#,
        id as ChannelId
    )
    .fetch_all(db)
    .await
}
