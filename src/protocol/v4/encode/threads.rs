//! Events about threads, for those who follow them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::Serialize;

use super::{Broadcast, Envelope, text};
use crate::events::{ThreadMoved, ThreadRead};
use crate::model::{ChannelId, Millis, PostId, TeamId, ThreadReading, UserId};
use crate::protocol::v4::Thread;
use crate::protocol::{Encoded, Text, Who};

#[derive(Serialize)]
struct Updated {
    thread: String,
    previous_unread_mentions: i64,
    previous_unread_replies: i64,
}

/// One frame for all who stand at the same place in the thread; nothing for the others in the channel.
pub(super) fn moved(moved: &ThreadMoved) -> Encoded {
    let mut places: HashMap<(ThreadReading, ThreadReading), HashSet<UserId>> = HashMap::new();
    for (user, before, now) in &moved.followers {
        places.entry((*before, *now)).or_default().insert(*user);
    }
    places.into_iter().fold(Encoded::nothing(), |encoded, ((before, now), users)| {
        let envelope = Envelope {
            event: "thread_updated",
            data: Updated {
                thread: text(&Thread::new(moved.root.clone(), now, &[])),
                previous_unread_mentions: before.unread_mentions,
                previous_unread_replies: before.unread_replies,
            },
            broadcast: Broadcast::everyone().about_team(moved.team_id),
        };
        encoded.with(Who::Users(Arc::new(users)), Some(Text::plain(&envelope)))
    })
}

#[derive(Serialize)]
struct FollowChanged {
    thread_id: PostId,
    state: bool,
    reply_count: i64,
}

pub(super) fn followed(user: UserId, team: Option<TeamId>, root: PostId, state: bool, reply_count: i64) -> Encoded {
    Encoded::same(&Envelope {
        event: "thread_follow_changed",
        data: FollowChanged { thread_id: root, state, reply_count },
        broadcast: Broadcast::user(user).about_team(team),
    })
}

/// Without a thread it is about all threads of the team.
#[derive(Serialize)]
struct ReadChanged {
    timestamp: Millis,
    #[serde(flatten)]
    thread: Option<ThreadChanged>,
}

#[derive(Serialize)]
struct ThreadChanged {
    thread_id: PostId,
    channel_id: ChannelId,
    unread_mentions: i64,
    unread_replies: i64,
    previous_unread_mentions: i64,
    previous_unread_replies: i64,
}

pub(super) fn read(user: UserId, team: Option<TeamId>, thread: Option<&ThreadRead>, until: Millis) -> Encoded {
    let thread = thread.map(|read| ThreadChanged {
        thread_id: read.root_id,
        channel_id: read.channel_id,
        unread_mentions: read.now.unread_mentions,
        unread_replies: read.now.unread_replies,
        previous_unread_mentions: read.before.unread_mentions,
        previous_unread_replies: read.before.unread_replies,
    });
    Encoded::same(&Envelope {
        event: "thread_read_changed",
        data: ReadChanged { timestamp: until, thread },
        broadcast: Broadcast::user(user).about_team(team),
    })
}

pub(super) fn read_in_channel(user: UserId, channel: ChannelId, until: Millis) -> Encoded {
    Encoded::same(&Envelope {
        event: "thread_read_changed",
        data: ReadChanged { timestamp: until, thread: None },
        broadcast: Broadcast::user(user).about_channel(channel),
    })
}
