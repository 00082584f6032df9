//! Reads messages; the mirror of `write`, in the same order.

use std::sync::Arc;

use bytes::{Buf, Bytes};
use uuid::Uuid;

use super::{Message, WireError};
use crate::bridge::handover::{Answer, Claim, Handover, Luggage, Outcome};
use crate::bridge::{Control, PresenceNote};
use crate::{
    Audience, Broadcast, Class, ConnectionId, Disconnect, Encoded, Frame, Frames, PresenceCommand, PresenceState,
    Protocol, Stamp, Status, Target, Topic, Variant, Who,
};

type Read<T> = Result<T, WireError>;

pub(super) struct Reader {
    from: Uuid,
    bytes: Bytes,
}

impl Reader {
    pub(super) fn new(from: Uuid, bytes: &Bytes) -> Self {
        Self { from, bytes: bytes.clone() }
    }

    pub(super) fn rest(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn u8(&mut self) -> Read<u8> {
        self.bytes.try_get_u8().map_err(|_| WireError::Short)
    }

    fn u64(&mut self) -> Read<u64> {
        self.bytes.try_get_u64_le().map_err(|_| WireError::Short)
    }

    fn i64(&mut self) -> Read<i64> {
        self.bytes.try_get_i64_le().map_err(|_| WireError::Short)
    }

    fn flag(&mut self) -> Read<bool> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(WireError::Unknown(other, "flag")),
        }
    }

    fn id(&mut self) -> Read<Uuid> {
        let mut id = [0; 16];
        self.bytes.try_copy_to_slice(&mut id).map_err(|_| WireError::Short)?;
        Ok(Uuid::from_bytes(id))
    }

    fn count(&mut self) -> Read<usize> {
        let count = self.bytes.try_get_u32_le().map_err(|_| WireError::Short)?;
        usize::try_from(count).map_err(|_| WireError::Short)
    }

    fn bytes(&mut self) -> Read<Bytes> {
        let length = self.count()?;
        if length > self.bytes.len() { Err(WireError::Short) } else { Ok(self.bytes.split_to(length)) }
    }

    /// Elements are at least one byte long, so a false count runs into the end before it costs memory.
    fn list<T, C: FromIterator<T>>(&mut self, mut read: impl FnMut(&mut Self) -> Read<T>) -> Read<C> {
        let count = self.count()?;
        if count > self.bytes.len() {
            return Err(WireError::Short);
        }
        (0..count).map(|_| read(self)).collect()
    }

    fn optional<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<Option<T>> {
        if self.flag()? { read(self).map(Some) } else { Ok(None) }
    }

    pub(super) fn message(&mut self) -> Read<Message> {
        Ok(match self.u8()? {
            0 => Message::Broadcast(Arc::new(self.broadcast()?)),
            1 => Message::Control(self.control()?),
            2 => Message::Presence(self.note()?),
            3 => Message::Gap(self.list(Self::audience)?),
            4 => Message::Handover(Handover::Claim(self.claim()?)),
            5 => Message::Handover(Handover::Answer(self.answer()?)),
            6 => Message::PresenceAnew(self.id()?),
            other => return Err(WireError::Unknown(other, "message")),
        })
    }

    fn broadcast(&mut self) -> Read<Broadcast> {
        let audience = self.audience()?;
        let except_users = self.list(Self::id)?;
        let except_connection = self.optional(Self::id)?.map(ConnectionId);
        let class = match self.u8()? {
            0 => Class::Durable,
            1 => Class::Ephemeral,
            other => return Err(WireError::Unknown(other, "class")),
        };
        let (number, place) = (self.optional(Self::u64)?, self.optional(Self::u64)?);
        let frames = Frames::ready(self.encoded()?, self.encoded()?);
        let mut broadcast = Broadcast::new(audience, class, frames);
        broadcast.place = place;
        if let Some(number) = number {
            broadcast.stamp(Stamp { origin: self.from, number });
        }
        Ok(broadcast.except_users(except_users).except_connection(except_connection))
    }

    fn audience(&mut self) -> Read<Audience> {
        Ok(match self.u8()? {
            0 => Audience::Topic(self.topic()?),
            1 => Audience::User(self.id()?),
            2 => Audience::Users(self.list::<_, Vec<_>>(Self::id)?.into()),
            3 => Audience::Connection(ConnectionId(self.id()?)),
            4 => Audience::Everyone,
            other => return Err(WireError::Unknown(other, "audience")),
        })
    }

    fn topic(&mut self) -> Read<Topic> {
        let kind = match self.u8()? {
            0 => Topic::Channel,
            1 => Topic::Team,
            2 => Topic::Presence,
            other => return Err(WireError::Unknown(other, "topic")),
        };
        Ok(kind(self.id()?))
    }

    fn encoded(&mut self) -> Read<Encoded> {
        let base = self.optional(Self::frame)?;
        let variants = self.list(|r| {
            let who = match r.u8()? {
                0 => Who::Users(Arc::new(r.list(Self::id)?)),
                1 => Who::Privileged,
                other => return Err(WireError::Unknown(other, "kind of recipients")),
            };
            Ok(Variant { who, frame: r.optional(Self::frame)? })
        })?;
        Ok(Encoded { base, variants })
    }

    fn frame(&mut self) -> Read<Frame> {
        let head = self.bytes()?;
        Ok(match self.optional(Self::bytes)? {
            Some(tail) => Frame::with_name(head, tail),
            None => Frame::new(head),
        })
    }

    fn claim(&mut self) -> Read<Claim> {
        Ok(Claim {
            by: self.id()?,
            number: self.u64()?,
            connection: ConnectionId(self.id()?),
            user: self.id()?,
            login: self.id()?,
            protocol: match self.u8()? {
                0 => Protocol::V1,
                1 => Protocol::V4,
                other => return Err(WireError::Unknown(other, "protocol")),
            },
            next_seq: self.u64()?,
            heard: self.heard()?,
        })
    }

    fn answer(&mut self) -> Read<Answer> {
        Ok(Answer {
            to: self.id()?,
            number: self.u64()?,
            from: self.id()?,
            connection: ConnectionId(self.id()?),
            outcome: match self.u8()? {
                0 => Outcome::NotHere,
                1 => Outcome::Refused,
                2 => Outcome::Session(Luggage {
                    next_seq: self.u64()?,
                    frames: self.list(Self::frame)?,
                    heard: self.heard()?,
                    watching: self.list(Self::topic)?,
                }),
                other => return Err(WireError::Unknown(other, "answer")),
            },
        })
    }

    fn heard(&mut self) -> Read<Vec<(Uuid, u64)>> {
        self.list(|r| Ok((r.id()?, r.u64()?)))
    }

    fn control(&mut self) -> Read<Control> {
        Ok(match self.u8()? {
            0 => Control::Join { user: self.id()?, topics: self.list(Self::topic)? },
            1 => Control::Leave { user: self.id()?, topics: self.list(Self::topic)? },
            2 => Control::Disconnect { target: self.target()?, reason: self.disconnect()? },
            3 => Control::Privileged { user: self.id()?, privileged: self.flag()? },
            4 => Control::Refresh(self.bytes()?),
            5 => Control::Presence { user: self.id()?, command: self.command()? },
            other => return Err(WireError::Unknown(other, "control message")),
        })
    }

    fn target(&mut self) -> Read<Target> {
        Ok(match self.u8()? {
            0 => Target::User(self.id()?),
            1 => Target::Session(self.id()?),
            2 => Target::Connection(ConnectionId(self.id()?)),
            other => return Err(WireError::Unknown(other, "target")),
        })
    }

    fn disconnect(&mut self) -> Read<Disconnect> {
        Ok(match self.u8()? {
            0 => Disconnect::TakenOver,
            1 => Disconnect::Resync,
            2 => Disconnect::SlowConsumer,
            3 => Disconnect::SessionRevoked,
            4 => Disconnect::Deactivated,
            5 => Disconnect::ServerStopping,
            6 => Disconnect::Expired,
            other => return Err(WireError::Unknown(other, "reason")),
        })
    }

    fn command(&mut self) -> Read<PresenceCommand> {
        Ok(match self.u8()? {
            0 => PresenceCommand::Automatic,
            1 => PresenceCommand::Manual { status: self.status()?, dnd_end_at: self.optional(Self::i64)? },
            other => return Err(WireError::Unknown(other, "presence command")),
        })
    }

    fn status(&mut self) -> Read<Status> {
        Ok(match self.u8()? {
            0 => Status::Online,
            1 => Status::Away,
            2 => Status::Dnd,
            3 => Status::Offline,
            other => return Err(WireError::Unknown(other, "status")),
        })
    }

    fn note(&mut self) -> Read<PresenceNote> {
        let (instance, user) = (self.id()?, self.id()?);
        let state = self.optional(|r| {
            Ok(PresenceState {
                status: r.status()?,
                manual: r.flag()?,
                last_activity_at: r.i64()?,
                dnd_end_at: r.optional(Self::i64)?,
            })
        })?;
        Ok(PresenceNote { instance, user, state })
    }
}
