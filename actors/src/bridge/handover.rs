//! How a session moves from one instance to another: what the two say to each other.
//!
//! A client may come back to any instance. The one it reaches (the claimant) registers a session of the same name, joins
//! its topics, and asks who has the session itself ([`Claim`]). Whoever has it stops delivering to it at one cut through
//! all streams of events, and answers with what the client has not seen ([`Luggage`]) and with where that cut was. The claimant has
//! kept what came meanwhile, drops what lies before the cut, and goes on: nothing is missing, nothing is doubled.

use uuid::Uuid;

use crate::{ConnectionId, Frame, Protocol, Topic};

/// What travels for a session that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handover {
    /// A client claims a session that the asking instance does not know.
    Claim(Claim),
    /// What one instance has to say to a claim.
    Answer(Answer),
}

/// Who wants which session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The instance that the client came to.
    pub by: Uuid,
    /// Tells it from others of that instance for the same session, as a client may come and go.
    pub number: u64,
    /// The session.
    pub connection: ConnectionId,
    /// Whose it must be.
    pub user: Uuid,
    /// The login that it must have begun with.
    pub login: Uuid,
    /// The dialect that it must speak.
    pub protocol: Protocol,
    /// The number of the event that the client expects next.
    pub next_seq: u64,
    /// How far the claimant had heard every instance when it had joined the session's topics: later ones it has kept, so
    /// the cut must not lie before.
    pub heard: Vec<(Uuid, u64)>,
}

/// An answer to a [`Claim`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The instance that asked.
    pub to: Uuid,
    /// Which of its claims this answers.
    pub number: u64,
    /// The instance that answers.
    pub from: Uuid,
    /// The session.
    pub connection: ConnectionId,
    /// What has become of it.
    pub outcome: Outcome,
}

/// What an instance says to a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It does not have the session.
    NotHere,
    /// It has it, but cannot prove that the client would miss nothing.
    Refused,
    /// Here it is; it has it no longer.
    Session(Luggage),
}

/// What a session takes along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Luggage {
    /// The number of the first of the frames.
    pub next_seq: u64,
    /// Every event that the client has not seen, in order.
    pub frames: Vec<Frame>,
    /// The cut: the number of the last event of every instance that is among the frames, or was before them.
    pub heard: Vec<(Uuid, u64)>,
    /// Whose presence the client watches; no other instance knows that.
    pub watching: Vec<Topic>,
}
