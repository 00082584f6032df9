//! Teams. Who belongs to them stands in [`super::members`].

use sqlx::PgExecutor;

use crate::model::{Millis, Team, TeamId, TeamKind, TeamMember, TeamUnread, UserId, Window};

struct Row {
    id: TeamId,
    name: String,
    display_name: String,
    description: String,
    email: String,
    kind: String,
    company_name: String,
    allowed_domains: String,
    allow_open_invite: bool,
    invite_id: String,
    created_at: i64,
    updated_at: i64,
    deleted_at: Option<i64>,
}

impl From<Row> for Team {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            display_name: row.display_name,
            description: row.description,
            email: row.email,
            kind: TeamKind::parse(&row.kind).unwrap_or(TeamKind::InviteOnly),
            company_name: row.company_name,
            allowed_domains: row.allowed_domains,
            allow_open_invite: row.allow_open_invite,
            invite_id: row.invite_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
            deleted_at: row.deleted_at,
        }
    }
}

/// A query that answers with teams `t`: the columns stand here once.
macro_rules! teams {
    ($before:literal, $after:literal $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            Row,
            $before
                + " t.id, t.name, t.display_name, t.description, t.email, t.kind, t.company_name, t.allowed_domains,
                    t.allow_open_invite, t.invite_id, t.created_at, t.updated_at, t.deleted_at "
                + $after
            $(, $arg)*
        )
    };
}

/// A team and, if there is one, a user's place in it (also one that she has left).
///
/// # Errors
/// What the database says.
pub async fn with_member(
    db: impl PgExecutor<'_>,
    id: TeamId,
    user: UserId,
) -> sqlx::Result<Option<(Team, Option<TeamMember>)>> {
    let row = sqlx::query!(
        r#"SELECT t.*, m.user_id AS "member_id?: UserId", m.is_admin AS "is_admin?", m.is_guest AS "is_guest?",
                  m.created_at AS "joined_at?", m.deleted_at AS left_at
           FROM teams t LEFT JOIN team_members m ON m.team_id = t.id AND m.user_id = $2
           WHERE t.id = $1"#,
        id as TeamId,
        user as UserId
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| {
        let member = row.member_id.map(|user_id| TeamMember {
            team_id: id,
            user_id,
            is_admin: row.is_admin.unwrap_or_default(),
            is_guest: row.is_guest.unwrap_or_default(),
            created_at: row.joined_at.unwrap_or_default(),
            deleted_at: row.left_at,
        });
        let team = Team {
            id,
            name: row.name,
            display_name: row.display_name,
            description: row.description,
            email: row.email,
            kind: TeamKind::parse(&row.kind).unwrap_or(TeamKind::InviteOnly),
            company_name: row.company_name,
            allowed_domains: row.allowed_domains,
            allow_open_invite: row.allow_open_invite,
            invite_id: row.invite_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
            deleted_at: row.deleted_at,
        };
        (team, member)
    }))
}

/// The team of this name, archived or not.
///
/// # Errors
/// What the database says.
pub async fn id_by_name(db: impl PgExecutor<'_>, name: &str) -> sqlx::Result<Option<TeamId>> {
    sqlx::query_scalar!(r#"SELECT id AS "id: TeamId" FROM teams WHERE name = $1"#, name).fetch_optional(db).await
}

/// The team that this invitation is for, unless it is archived.
///
/// # Errors
/// What the database says.
pub async fn by_invite_id(db: impl PgExecutor<'_>, invite_id: &str) -> sqlx::Result<Option<Team>> {
    let row = teams!("SELECT", "FROM teams t WHERE t.invite_id = $1 AND t.deleted_at IS NULL", invite_id)
        .fetch_optional(db)
        .await?;
    Ok(row.map(Team::from))
}

/// Teams that are not archived and that `user` is a member of, or that are open while `open`, or any while `private`;
/// by display name.
///
/// # Errors
/// What the database says.
pub async fn list(
    db: impl PgExecutor<'_>,
    user: UserId,
    open: bool,
    private: bool,
    window: &Window,
) -> sqlx::Result<Vec<Team>> {
    let rows = teams!(
        "SELECT",
        "FROM teams t
         WHERE t.deleted_at IS NULL
           AND ((t.allow_open_invite AND $2) OR (NOT t.allow_open_invite AND $3) OR EXISTS (
               SELECT FROM team_members m WHERE m.team_id = t.id AND m.user_id = $1 AND m.deleted_at IS NULL))
           AND ($4::text IS NULL OR (lower(t.display_name), t.id) > (lower($4), $5::uuid))
         ORDER BY lower(t.display_name), t.id OFFSET $6 LIMIT $7",
        user as UserId,
        open,
        private,
        window.after_text(),
        window.after_id(),
        window.offset,
        window.limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Team::from).collect())
}

/// How many teams [`list`] would answer with, over all pages.
///
/// # Errors
/// What the database says.
pub async fn count(db: impl PgExecutor<'_>, user: UserId, open: bool, private: bool) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM teams t
           WHERE t.deleted_at IS NULL
             AND ((t.allow_open_invite AND $2) OR (NOT t.allow_open_invite AND $3) OR EXISTS (
                 SELECT FROM team_members m WHERE m.team_id = t.id AND m.user_id = $1 AND m.deleted_at IS NULL))"#,
        user as UserId,
        open,
        private
    )
    .fetch_one(db)
    .await
}

/// The teams a user belongs to, archived ones apart, by display name.
///
/// # Errors
/// What the database says.
pub async fn of_user(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Vec<Team>> {
    let rows = teams!(
        "SELECT",
        "FROM team_members m JOIN teams t ON t.id = m.team_id
         WHERE m.user_id = $1 AND m.deleted_at IS NULL AND t.deleted_at IS NULL
         ORDER BY lower(t.display_name), t.id",
        user as UserId,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Team::from).collect())
}

/// Adds a team.
///
/// # Errors
/// What the database says; `teams_name_key` where the name is taken.
pub async fn insert(db: impl PgExecutor<'_>, team: &Team) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO teams (id, name, display_name, description, email, kind, company_name, allowed_domains,
                            allow_open_invite, invite_id, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        team.id as TeamId,
        team.name,
        team.display_name,
        team.description,
        team.email,
        team.kind.as_str(),
        team.company_name,
        team.allowed_domains,
        team.allow_open_invite,
        team.invite_id,
        team.created_at,
        team.updated_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes a team's names and settings.
///
/// # Errors
/// What the database says.
pub async fn update(db: impl PgExecutor<'_>, team: &Team) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE teams SET display_name = $2, description = $3, kind = $4, company_name = $5, allowed_domains = $6,
                          allow_open_invite = $7, updated_at = $8
         WHERE id = $1",
        team.id as TeamId,
        team.display_name,
        team.description,
        team.kind.as_str(),
        team.company_name,
        team.allowed_domains,
        team.allow_open_invite,
        team.updated_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Archives a team, or brings it back where `deleted_at` is none.
///
/// # Errors
/// What the database says.
pub async fn set_deleted(
    db: impl PgExecutor<'_>,
    id: TeamId,
    deleted_at: Option<Millis>,
    now: Millis,
) -> sqlx::Result<()> {
    sqlx::query!("UPDATE teams SET deleted_at = $2, updated_at = $3 WHERE id = $1", id as TeamId, deleted_at, now)
        .execute(db)
        .await?;
    Ok(())
}

/// Replaces the invitation that lets people in: the earlier one is void.
///
/// # Errors
/// What the database says.
pub async fn set_invite_id(db: impl PgExecutor<'_>, id: TeamId, invite_id: &str, now: Millis) -> sqlx::Result<()> {
    sqlx::query!("UPDATE teams SET invite_id = $2, updated_at = $3 WHERE id = $1", id as TeamId, invite_id, now)
        .execute(db)
        .await?;
    Ok(())
}

/// What a user has not read in each of her teams, `except` apart: posts where the channel is not muted, mentions
/// everywhere, and, while `threads`, followed threads.
///
/// # Errors
/// What the database says.
pub async fn unreads(
    db: impl PgExecutor<'_>,
    user: UserId,
    except: Option<TeamId>,
    threads: bool,
) -> sqlx::Result<Vec<TeamUnread>> {
    sqlx::query_as!(
        TeamUnread,
        r#"SELECT tm.team_id AS "team_id!: TeamId",
                  COALESCE(channels.messages, 0) AS "message_count!", COALESCE(channels.roots, 0) AS "root_count!",
                  COALESCE(channels.mentions, 0) AS "mention_count!",
                  COALESCE(channels.root_mentions, 0) AS "mention_count_root!",
                  COALESCE(threads.unread, 0) AS "thread_count!",
                  COALESCE(threads.mentions, 0) AS "thread_mention_count!"
           FROM team_members tm
           JOIN teams t ON t.id = tm.team_id AND t.deleted_at IS NULL
           LEFT JOIN (
               SELECT c.team_id,
                      sum(c.message_count - m.seen_messages)
                          FILTER (WHERE m.notify_props->>'mark_unread' IS DISTINCT FROM 'mention')::bigint AS messages,
                      sum(c.root_count - m.seen_roots)
                          FILTER (WHERE m.notify_props->>'mark_unread' IS DISTINCT FROM 'mention')::bigint AS roots,
                      sum(m.mention_count)::bigint AS mentions, sum(m.mention_count_root)::bigint AS root_mentions
               FROM channel_members m JOIN channels c ON c.id = m.channel_id
               WHERE m.user_id = $1 AND c.team_id IS NOT NULL AND c.deleted_at IS NULL
               GROUP BY c.team_id
           ) channels ON channels.team_id = tm.team_id
           LEFT JOIN (
               SELECT c.team_id, count(*) FILTER (WHERE th.reply_count > f.seen_replies) AS unread,
                      sum(f.mention_count)::bigint AS mentions
               FROM thread_members f
               JOIN threads th ON th.root_id = f.root_id
               JOIN channels c ON c.id = th.channel_id
               WHERE $3 AND f.user_id = $1 AND f.following AND c.team_id IS NOT NULL AND c.deleted_at IS NULL
               GROUP BY c.team_id
           ) threads ON threads.team_id = tm.team_id
           WHERE tm.user_id = $1 AND tm.deleted_at IS NULL AND tm.team_id IS DISTINCT FROM $2
           ORDER BY tm.team_id"#,
        user as UserId,
        except as Option<TeamId>,
        threads
    )
    .fetch_all(db)
    .await
}
