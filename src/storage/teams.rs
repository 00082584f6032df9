//! Teams and who belongs to them.

use sqlx::PgExecutor;

use crate::model::{Team, TeamId, TeamKind, TeamMember, UserId};

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
