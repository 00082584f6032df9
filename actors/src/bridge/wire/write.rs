//! Writes messages; `read` is its mirror, in the same order.

use bytes::{BufMut, Bytes, BytesMut};
use uuid::Uuid;

use super::Message;
use crate::bridge::handover::{Answer, Claim, Handover, Outcome};
use crate::bridge::{Control, PresenceNote};
use crate::{
    Audience, Broadcast, Class, Disconnect, Encoded, Frame, PresenceCommand, PresenceState, Protocol, Status, Target,
    Topic, Variant, Who,
};

pub(super) struct Writer(BytesMut);

impl Writer {
    pub(super) fn new() -> Self {
        Self(BytesMut::with_capacity(1_024))
    }

    pub(super) fn finish(self) -> Bytes {
        self.0.freeze()
    }

    pub(super) fn u8(&mut self, n: u8) {
        self.0.put_u8(n);
    }

    fn u64(&mut self, n: u64) {
        self.0.put_u64_le(n);
    }

    fn i64(&mut self, n: i64) {
        self.0.put_i64_le(n);
    }

    fn id(&mut self, id: Uuid) {
        self.0.put_slice(id.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.put_slice(bytes);
    }

    /// Nothing in a message comes near 4 GiB; a list that did would not be read back.
    fn count(&mut self, n: usize) {
        self.0.put_u32_le(u32::try_from(n).unwrap_or(u32::MAX));
    }

    fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.count(items.len());
        items.iter().for_each(|item| write(self, item));
    }

    fn optional<T>(&mut self, item: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.u8(u8::from(item.is_some()));
        if let Some(item) = item {
            write(self, item);
        }
    }

    pub(super) fn message(&mut self, message: &Message) {
        match message {
            Message::Broadcast(broadcast) => {
                match (broadcast.frames.get(Protocol::V1), broadcast.frames.get(Protocol::V4)) {
                    (Ok(v1), Ok(v4)) => self.broadcast(broadcast, v1, v4),
                    _ => self.gap(std::slice::from_ref(&broadcast.audience)),
                }
            }
            Message::Control(control) => {
                self.u8(1);
                self.control(control);
            }
            Message::Presence(note) => {
                self.u8(2);
                self.note(note);
            }
            Message::PresenceAnew(instance) => {
                self.u8(6);
                self.id(*instance);
            }
            Message::Gap(audiences) => self.gap(audiences),
            Message::Handover(Handover::Claim(claim)) => {
                self.u8(4);
                self.claim(claim);
            }
            Message::Handover(Handover::Answer(answer)) => {
                self.u8(5);
                self.answer(answer);
            }
        }
    }

    fn broadcast(&mut self, broadcast: &Broadcast, v1: &Encoded, v4: &Encoded) {
        self.u8(0);
        self.audience(&broadcast.audience);
        self.list(&broadcast.except_users, |w, user| w.id(*user));
        self.optional(broadcast.except_connection, |w, connection| w.id(connection.0));
        self.u8(match broadcast.class {
            Class::Durable => 0,
            Class::Ephemeral => 1,
        });
        self.optional(broadcast.stamped().map(|stamp| stamp.number), Self::u64);
        self.optional(broadcast.place, Self::u64);
        self.encoded(v1);
        self.encoded(v4);
    }

    fn gap(&mut self, audiences: &[Audience]) {
        self.u8(3);
        self.list(audiences, Self::audience);
    }

    fn audience(&mut self, audience: &Audience) {
        match audience {
            Audience::Topic(topic) => {
                self.u8(0);
                self.topic(topic);
            }
            Audience::User(user) => {
                self.u8(1);
                self.id(*user);
            }
            Audience::Users(users) => {
                self.u8(2);
                self.list(users, |w, user| w.id(*user));
            }
            Audience::Connection(connection) => {
                self.u8(3);
                self.id(connection.0);
            }
            Audience::Everyone => self.u8(4),
        }
    }

    fn topic(&mut self, topic: &Topic) {
        let (number, id) = match topic {
            Topic::Channel(id) => (0, id),
            Topic::Team(id) => (1, id),
            Topic::Presence(id) => (2, id),
        };
        self.u8(number);
        self.id(*id);
    }

    fn encoded(&mut self, encoded: &Encoded) {
        self.optional(encoded.base.as_ref(), Self::frame);
        self.list(&encoded.variants, |w, Variant { who, frame }| {
            match who {
                Who::Users(users) => {
                    w.u8(0);
                    w.count(users.len());
                    users.iter().for_each(|user| w.id(*user));
                }
                Who::Privileged => w.u8(1),
            }
            w.optional(frame.as_ref(), Self::frame);
        });
    }

    fn frame(&mut self, frame: &Frame) {
        self.bytes(frame.head());
        self.optional(frame.tail(), |w, tail| w.bytes(tail));
    }

    fn claim(&mut self, claim: &Claim) {
        self.id(claim.by);
        self.u64(claim.number);
        self.id(claim.connection.0);
        self.id(claim.user);
        self.id(claim.login);
        self.u8(match claim.protocol {
            Protocol::V1 => 0,
            Protocol::V4 => 1,
        });
        self.u64(claim.next_seq);
        self.heard(&claim.heard);
    }

    fn answer(&mut self, answer: &Answer) {
        self.id(answer.to);
        self.u64(answer.number);
        self.id(answer.from);
        self.id(answer.connection.0);
        match &answer.outcome {
            Outcome::NotHere => self.u8(0),
            Outcome::Refused => self.u8(1),
            Outcome::Session(luggage) => {
                self.u8(2);
                self.u64(luggage.next_seq);
                self.list(&luggage.frames, Self::frame);
                self.heard(&luggage.heard);
                self.list(&luggage.watching, Self::topic);
            }
        }
    }

    fn heard(&mut self, heard: &[(Uuid, u64)]) {
        self.list(heard, |w, (instance, number)| {
            w.id(*instance);
            w.u64(*number);
        });
    }

    fn control(&mut self, control: &Control) {
        match control {
            Control::Join { user, topics } => {
                self.u8(0);
                self.id(*user);
                self.list(topics, Self::topic);
            }
            Control::Leave { user, topics } => {
                self.u8(1);
                self.id(*user);
                self.list(topics, Self::topic);
            }
            Control::Disconnect { target, reason } => {
                self.u8(2);
                self.target(*target);
                self.disconnect(*reason);
            }
            Control::Privileged { user, privileged } => {
                self.u8(3);
                self.id(*user);
                self.u8(u8::from(*privileged));
            }
            Control::Refresh(message) => {
                self.u8(4);
                self.bytes(message);
            }
            Control::Presence { user, command } => {
                self.u8(5);
                self.id(*user);
                self.command(*command);
            }
        }
    }

    fn target(&mut self, target: Target) {
        let (number, id) = match target {
            Target::User(user) => (0, user),
            Target::Session(login) => (1, login),
            Target::Connection(connection) => (2, connection.0),
        };
        self.u8(number);
        self.id(id);
    }

    fn disconnect(&mut self, reason: Disconnect) {
        self.u8(match reason {
            Disconnect::TakenOver => 0,
            Disconnect::Resync => 1,
            Disconnect::SlowConsumer => 2,
            Disconnect::SessionRevoked => 3,
            Disconnect::Deactivated => 4,
            Disconnect::ServerStopping => 5,
            Disconnect::Expired => 6,
        });
    }

    fn command(&mut self, command: PresenceCommand) {
        match command {
            PresenceCommand::Automatic => self.u8(0),
            PresenceCommand::Manual { status, dnd_end_at } => {
                self.u8(1);
                self.status(status);
                self.optional(dnd_end_at, Self::i64);
            }
        }
    }

    fn status(&mut self, status: Status) {
        self.u8(match status {
            Status::Online => 0,
            Status::Away => 1,
            Status::Dnd => 2,
            Status::Offline => 3,
        });
    }

    fn note(&mut self, note: &PresenceNote) {
        self.id(note.instance);
        self.id(note.user);
        self.optional(note.state, |w, PresenceState { status, manual, last_activity_at, dnd_end_at }| {
            w.status(status);
            w.u8(u8::from(manual));
            w.i64(last_activity_at);
            w.optional(dnd_end_at, Self::i64);
        });
    }
}
