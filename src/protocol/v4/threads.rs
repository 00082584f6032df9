//! Threads and how far they were read.

use std::sync::Arc;

use serde::Serialize;

use super::{Post, User, UserStub};
use crate::model::{self, Millis, PostId, ThreadReading};

/// A thread as one follower sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub struct Thread {
    pub id: PostId,
    pub reply_count: i64,
    pub last_reply_at: Millis,
    pub last_viewed_at: Millis,
    pub participants: Vec<Participant>,
    pub post: Post,
    pub unread_replies: i64,
    pub unread_mentions: i64,
    pub is_urgent: bool,
    pub delete_at: Millis,
}

/// Somebody who replied.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Participant {
    /// By id alone.
    Stub(UserStub),
    /// With the profile, where it was asked for.
    Whole(Box<User>),
}

impl Thread {
    /// A thread, its participants with the profiles among `people` where there are any.
    #[must_use]
    pub fn new(root: model::Post, reading: ThreadReading, people: &[Arc<model::User>]) -> Self {
        let participant = |id: &model::UserId| match people.iter().find(|user| user.id == *id) {
            Some(user) => Participant::Whole(Box::new(User::from(user.as_ref()))),
            None => Participant::Stub(UserStub { id: *id }),
        };
        Self {
            id: root.id,
            reply_count: root.thread.reply_count,
            last_reply_at: root.thread.last_reply_at,
            last_viewed_at: reading.last_viewed_at,
            participants: root.thread.participants.iter().map(participant).collect(),
            unread_replies: reading.unread_replies,
            unread_mentions: reading.unread_mentions,
            is_urgent: false,
            delete_at: root.deleted_at.unwrap_or_default(),
            post: root.into(),
        }
    }
}

/// The threads somebody follows. Where only totals were asked for, `threads` is `null`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub struct Threads {
    pub total: i64,
    pub total_unread_threads: i64,
    pub total_unread_mentions: i64,
    pub total_unread_urgent_mentions: i64,
    pub threads: Option<Vec<Thread>>,
}

impl Threads {
    /// Totals and threads.
    #[must_use]
    pub fn new(totals: model::ThreadTotals, threads: Option<Vec<Thread>>) -> Self {
        Self {
            total: totals.threads,
            total_unread_threads: totals.unread_threads,
            total_unread_mentions: totals.unread_mentions,
            total_unread_urgent_mentions: 0,
            threads,
        }
    }
}
