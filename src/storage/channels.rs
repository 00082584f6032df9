//! Channels and who belongs to them.

use sqlx::PgExecutor;

use super::props;
use crate::model::{Channel, ChannelId, ChannelKind, ChannelMember, TeamId, TeamMember, UserId};

/// A channel, a user's place in it and her place in its team (also one that she has left), in one query.
///
/// # Errors
/// What the database says.
pub async fn with_member(
    db: impl PgExecutor<'_>,
    id: ChannelId,
    user: UserId,
) -> sqlx::Result<Option<(Channel, Option<ChannelMember>, Option<TeamMember>)>> {
    let row = sqlx::query!(
        r#"SELECT c.team_id AS "team_id: TeamId", c.kind, c.name, c.display_name, c.header, c.purpose,
                  c.creator_id AS "creator_id: UserId", c.message_count, c.root_count, c.last_post_at,
                  c.last_root_post_at, c.created_at, c.updated_at, c.deleted_at,
                  m.user_id AS "member_id?: UserId", m.is_admin AS "is_admin?", m.is_guest AS "is_guest?",
                  m.seen_messages AS "seen_messages?", m.seen_roots AS "seen_roots?",
                  m.mention_count AS "mention_count?", m.mention_count_root AS "mention_count_root?",
                  m.urgent_mention_count AS "urgent_mention_count?", m.last_viewed_at AS "last_viewed_at?",
                  m.notify_props AS "notify_props?", m.created_at AS "joined_at?", m.updated_at AS "member_updated_at?",
                  t.user_id AS "team_member_id?: UserId", t.is_admin AS "team_admin?", t.is_guest AS "team_guest?",
                  t.created_at AS "team_joined_at?", t.deleted_at AS team_left_at
           FROM channels c
           LEFT JOIN channel_members m ON m.channel_id = c.id AND m.user_id = $2
           LEFT JOIN team_members t ON t.team_id = c.team_id AND t.user_id = $2
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
            message_count: row.message_count,
            root_count: row.root_count,
            last_post_at: row.last_post_at,
            last_root_post_at: row.last_root_post_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            deleted_at: row.deleted_at,
        };
        (channel, member, team_member)
    }))
}
