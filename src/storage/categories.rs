//! How users sort their channels. A channel without a row sits in the category its kind implies.

use sqlx::PgExecutor;

use super::members::{Row, select_members};
use crate::model::{Category, CategoryKind, ChannelId, ChannelKind, ChannelMember, Millis, TeamId, UserId};

/// A channel of a user, and where she put it.
#[derive(Debug)]
pub struct Placed {
    /// Which channel.
    pub channel_id: ChannelId,
    /// Which kind it is.
    pub kind: ChannelKind,
    /// The category she put it in.
    pub category_id: Option<String>,
}

/// A user's categories in a team, in their order, without their channels.
///
/// # Errors
/// What the database says.
pub async fn of_user(db: impl PgExecutor<'_>, user: UserId, team: TeamId) -> sqlx::Result<Vec<Category>> {
    let rows = sqlx::query!(
        "SELECT id, kind, display_name, sorting, sort_order, muted, collapsed FROM sidebar_categories
         WHERE user_id = $1 AND team_id = $2 ORDER BY sort_order, id",
        user as UserId,
        team as TeamId
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Category {
            id: row.id,
            user_id: user,
            team_id: team,
            kind: CategoryKind::parse(&row.kind).unwrap_or(CategoryKind::Custom),
            display_name: row.display_name,
            sorting: row.sorting,
            sort_order: row.sort_order,
            muted: row.muted,
            collapsed: row.collapsed,
            channel_ids: Vec::new(),
        })
        .collect())
}

/// The channels that a user sees in a team's sidebar, in the order she gave them, the others by display name.
///
/// # Errors
/// What the database says.
pub async fn channels(db: impl PgExecutor<'_>, user: UserId, team: TeamId) -> sqlx::Result<Vec<Placed>> {
    let rows = sqlx::query!(
        r#"SELECT c.id AS "channel_id: ChannelId", c.kind, s.category_id AS "category_id?"
           FROM channel_members m
           JOIN channels c ON c.id = m.channel_id
           LEFT JOIN sidebar_channels s ON s.user_id = $1 AND s.team_id = $2 AND s.channel_id = c.id
           WHERE m.user_id = $1 AND (c.team_id = $2 OR c.team_id IS NULL) AND c.deleted_at IS NULL
           ORDER BY s.sort_order NULLS LAST, lower(c.display_name), c.id"#,
        user as UserId,
        team as TeamId
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Placed {
            channel_id: row.channel_id,
            kind: ChannelKind::parse(&row.kind).unwrap_or(ChannelKind::Private),
            category_id: row.category_id,
        })
        .collect())
}

/// Adds a category, unless it is there.
///
/// # Errors
/// What the database says.
pub async fn insert(db: impl PgExecutor<'_>, category: &Category) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO sidebar_categories (id, user_id, team_id, kind, display_name, sorting, sort_order, muted, collapsed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING",
        category.id,
        category.user_id as UserId,
        category.team_id as TeamId,
        category.kind.as_str(),
        category.display_name,
        category.sorting,
        category.sort_order,
        category.muted,
        category.collapsed
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes a category's name and settings.
///
/// # Errors
/// What the database says.
pub async fn update(db: impl PgExecutor<'_>, category: &Category) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE sidebar_categories SET display_name = $2, sorting = $3, muted = $4, collapsed = $5 WHERE id = $1",
        category.id,
        category.display_name,
        category.sorting,
        category.muted,
        category.collapsed
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Removes a category; its channels go back to where their kind belongs.
///
/// # Errors
/// What the database says.
pub async fn delete(db: impl PgExecutor<'_>, id: &str) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM sidebar_categories WHERE id = $1", id).execute(db).await?;
    Ok(())
}

/// Gives a user's categories in a team this order.
///
/// # Errors
/// What the database says.
pub async fn set_order(db: impl PgExecutor<'_>, user: UserId, team: TeamId, ids: &[String]) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE sidebar_categories c SET sort_order = (wanted.place - 1) * 10
         FROM unnest($3::text[]) WITH ORDINALITY AS wanted (id, place)
         WHERE c.id = wanted.id AND c.user_id = $1 AND c.team_id = $2",
        user as UserId,
        team as TeamId,
        ids
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Puts exactly these channels, in this order, into a category, whatever category they were in.
///
/// # Errors
/// What the database says.
pub async fn place(db: &mut sqlx::PgConnection, category: &Category) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM sidebar_channels WHERE category_id = $1 AND channel_id <> ALL ($2)",
        category.id,
        &category.channel_ids as &[ChannelId]
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "INSERT INTO sidebar_channels (user_id, team_id, channel_id, category_id, sort_order)
         SELECT $1, $2, wanted.id, $3, wanted.place
         FROM unnest($4::uuid[]) WITH ORDINALITY AS wanted (id, place)
         ON CONFLICT (user_id, team_id, channel_id)
         DO UPDATE SET category_id = EXCLUDED.category_id, sort_order = EXCLUDED.sort_order",
        category.user_id as UserId,
        category.team_id as TeamId,
        category.id,
        &category.channel_ids as &[ChannelId]
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Puts those of these channels that the user is in first among her favourites, in the sidebars that show them. Answers
/// with the teams whose sidebars changed, one more than once where several channels moved.
///
/// # Errors
/// What the database says.
pub async fn add_favorites(db: impl PgExecutor<'_>, user: UserId, channels: &[ChannelId]) -> sqlx::Result<Vec<TeamId>> {
    sqlx::query_scalar!(
        r#"INSERT INTO sidebar_channels AS placed (user_id, team_id, channel_id, category_id, sort_order)
           SELECT f.user_id, f.team_id, c.id, f.id,
                  (SELECT COALESCE(min(s.sort_order), 1) - 1 FROM sidebar_channels s WHERE s.category_id = f.id)
           FROM sidebar_categories f
           JOIN channels c ON c.id = ANY ($2) AND (c.team_id = f.team_id OR c.team_id IS NULL)
           JOIN channel_members m ON m.channel_id = c.id AND m.user_id = f.user_id
           WHERE f.user_id = $1 AND f.kind = 'favorites'
           ON CONFLICT (user_id, team_id, channel_id)
           DO UPDATE SET category_id = EXCLUDED.category_id, sort_order = EXCLUDED.sort_order
           WHERE placed.category_id <> EXCLUDED.category_id
           RETURNING team_id AS "team_id: TeamId""#,
        user as UserId,
        channels as &[ChannelId]
    )
    .fetch_all(db)
    .await
}

/// Takes these channels out of a user's favourites; they go back to where their kind belongs. Answers with the teams
/// whose sidebars changed, like [`add_favorites`].
///
/// # Errors
/// What the database says.
pub async fn remove_favorites(
    db: impl PgExecutor<'_>,
    user: UserId,
    channels: &[ChannelId],
) -> sqlx::Result<Vec<TeamId>> {
    sqlx::query_scalar!(
        r#"DELETE FROM sidebar_channels s USING sidebar_categories f
           WHERE f.id = s.category_id AND f.kind = 'favorites' AND s.user_id = $1 AND s.channel_id = ANY ($2)
           RETURNING s.team_id AS "team_id: TeamId""#,
        user as UserId,
        channels as &[ChannelId]
    )
    .fetch_all(db)
    .await
}

/// Mutes a user's channels, or no longer, and answers with the places that changed.
///
/// # Errors
/// What the database says.
pub async fn mute(
    db: impl PgExecutor<'_>,
    user: UserId,
    channels: &[ChannelId],
    muted: bool,
    now: Millis,
) -> sqlx::Result<Vec<ChannelMember>> {
    let rows = select_members!(
        "UPDATE channel_members m
         SET notify_props = m.notify_props || jsonb_build_object('mark_unread', $3::text), updated_at = $4
         WHERE m.user_id = $1 AND m.channel_id = ANY ($2) AND m.notify_props ->> 'mark_unread' IS DISTINCT FROM $3
         RETURNING",
        "",
        user as UserId,
        channels as &[ChannelId],
        if muted { "mention" } else { "all" },
        now,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(ChannelMember::from).collect())
}
