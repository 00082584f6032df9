//! Who belongs where: [`team`] and [`channel`] memberships.
//!
//! A membership decides what a live connection hears: each change is committed first, then the connections are moved,
//! then the events go out, so that whoever is told about a channel hears it already, and whoever left hears no more.

pub mod channel;
pub mod team;

use std::sync::Arc;

use sqlx::PgConnection;

use super::{Core, notices, posts, users};
use crate::error::{Error, Result};
use crate::events::{ChannelEvent, PostEvent};
use crate::model::{Channel, ChannelId, ChannelMember, SessionId, TeamId, User, UserId};
use crate::realtime::Stale;
use crate::storage;

/// Most people that one request may name.
const MAX_BATCH: usize = 200;

/// Everything a user's connection listens to, for a socket that has just connected through this login. Confirms like
/// [`super::sessions::confirm`] that the login still stands.
///
/// # Errors
/// 401 `session.required`.
pub async fn subscriptions(core: &Core, user: UserId, session: SessionId) -> Result<(Vec<TeamId>, Vec<ChannelId>)> {
    let topics = storage::members::subscriptions(&core.db, user, Some(session)).await?;
    topics.ok_or_else(Error::unauthenticated)
}

/// Lets `members` hear the channel they have just come into, by themselves or through `by`, and tells them and the
/// others.
pub(super) fn announce_in_channel(
    core: &Core,
    channel: &Channel,
    members: Vec<ChannelMember>,
    by: Option<UserId>,
    created: bool,
) {
    for member in &members {
        core.forget(Stale::Place(member.user_id, channel.id));
        core.realtime.join_channels(member.user_id, &[channel.id]);
    }
    for member in members {
        let user_id = member.user_id;
        core.realtime.publish(ChannelEvent::Joined {
            channel: Box::new(channel.clone()),
            member: Box::new(member),
            by: by.unwrap_or(user_id),
            created,
        });
        if !created {
            core.realtime.publish(ChannelEvent::MemberAdded {
                user_id,
                channel_id: channel.id,
                team_id: channel.team_id,
            });
        }
    }
}

/// Writes into a channel that these users came into it: by themselves, or because `by` added them.
pub(super) async fn welcome(
    tx: &mut PgConnection,
    channel: &Channel,
    by: Option<&Arc<User>>,
    users: &[UserId],
) -> Result<Vec<PostEvent>> {
    let mut events = Vec::new();
    for user in storage::users::by_ids(&mut *tx, users).await? {
        let (author, notice) = match by.filter(|by| by.id != user.id) {
            Some(by) => (Arc::clone(by), notices::added(channel, by, &user)),
            None => {
                let notice = notices::joined(channel, &user);
                (Arc::new(user), notice)
            }
        };
        events.extend(posts::system_post(&mut *tx, channel, author, notice).await?);
    }
    Ok(events)
}

/// Writes into a channel that a user left it, or that `author` removed her.
async fn farewell(
    tx: &mut PgConnection,
    channel: &Channel,
    author: &Arc<User>,
    user: UserId,
) -> Result<Option<PostEvent>> {
    let notice = if user == author.id {
        notices::left(channel, author)
    } else {
        let user = storage::users::get(&mut *tx, user).await?.ok_or_else(|| Error::not_found("user.not_found"))?;
        notices::removed(channel, &user)
    };
    posts::system_post(tx, channel, Arc::clone(author), notice).await
}

pub(super) fn publish_all(core: &Core, events: impl IntoIterator<Item = PostEvent>) {
    events.into_iter().for_each(|event| core.realtime.publish(event));
}

fn check_batch(users: &[UserId]) -> Result<()> {
    if (1..=MAX_BATCH).contains(&users.len()) {
        return Ok(());
    }
    Err(Error::invalid("members.bad_count", "user_id", format!("Name 1 to {MAX_BATCH} people.")))
}

/// The profiles of members, in the same order.
async fn profiles(core: &Core, ids: &[UserId]) -> Result<Vec<Arc<User>>> {
    let mut users = users::profiles(core, ids).await?;
    users.sort_by_key(|user| ids.iter().position(|id| *id == user.id));
    Ok(users)
}
