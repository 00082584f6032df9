use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;

use super::*;
use crate::bridge::handover::{Answer, Claim, Handover, Luggage, Outcome};
use crate::bridge::{Control, PresenceNote};
use crate::{
    Audience, Broadcast, Class, ConnectionId, Disconnect, Encoded, Frame, Frames, PresenceCommand, PresenceState,
    Protocol, Stamp, Status, Target, Topic, Variant, Who,
};

const OTHER: Uuid = Uuid::from_u128(99);

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn audiences() -> Vec<Audience> {
    vec![
        Audience::Topic(Topic::Channel(id(1))),
        Audience::Topic(Topic::Team(id(2))),
        Audience::Topic(Topic::Presence(id(3))),
        Audience::User(id(4)),
        Audience::Users(Arc::from([id(5), id(6)])),
        Audience::Connection(ConnectionId(id(7))),
        Audience::Everyone,
    ]
}

fn rich(audience: Audience) -> Broadcast {
    let frame = Frame::new(Bytes::from_static(b"{\"event\":\"posted\""));
    let named = Frame::with_name(Bytes::from_static(b"{\"mentions\":[\""), Bytes::from_static(b"\"]"));
    let variants = vec![
        Variant { who: Who::Users(Arc::new(HashSet::from([id(8), id(9)]))), frame: Some(named) },
        Variant { who: Who::Privileged, frame: None },
    ];
    let v1 = Encoded { base: Some(frame), variants };
    Broadcast::new(audience, Class::Durable, Frames::ready(v1, Encoded::nothing()))
        .except_users(vec![id(10)])
        .except_connection(Some(ConnectionId(id(11))))
}

fn messages() -> Vec<Message> {
    let state = PresenceState { status: Status::Dnd, manual: true, last_activity_at: -5, dnd_end_at: Some(1 << 40) };
    let manual = |status| PresenceCommand::Manual { status, dnd_end_at: None };
    let mut controls = vec![
        Control::Join { user: id(1), topics: vec![Topic::Channel(id(2)), Topic::Team(id(3))] },
        Control::Leave { user: id(1), topics: vec![] },
        Control::Privileged { user: id(1), privileged: true },
        Control::Refresh(Bytes::from_static(b"roles")),
        Control::Presence { user: id(1), command: PresenceCommand::Automatic },
    ];
    for status in [Status::Online, Status::Away, Status::Dnd, Status::Offline] {
        controls.push(Control::Presence { user: id(1), command: manual(status) });
    }
    let targets = [Target::User(id(1)), Target::Session(id(2)), Target::Connection(ConnectionId(id(3)))];
    for (reason, target) in Disconnect::ALL.into_iter().zip(targets.into_iter().cycle()) {
        controls.push(Control::Disconnect { target, reason });
    }
    let mut messages: Vec<_> = controls.into_iter().map(Message::Control).collect();
    messages.extend(audiences().into_iter().map(|audience| Message::Broadcast(Arc::new(rich(audience)))));
    let stamped = rich(Audience::Everyone).at(u64::MAX);
    stamped.stamp(Stamp { origin: OTHER, number: u64::MAX });
    messages.push(Message::Broadcast(Arc::new(stamped)));
    messages.push(Message::Presence(PresenceNote { instance: id(1), user: id(2), state: Some(state) }));
    messages.push(Message::Presence(PresenceNote { instance: id(1), user: id(2), state: None }));
    messages.push(Message::PresenceAnew(id(1)));
    messages.push(Message::Gap(audiences()));
    messages.extend(handovers().into_iter().map(Message::Handover));
    messages
}

fn handovers() -> Vec<Handover> {
    let heard = vec![(id(1), 0), (id(2), u64::MAX)];
    let luggage = Luggage {
        next_seq: 7,
        frames: vec![
            Frame::new(Bytes::from_static(b"{")),
            Frame::with_name(Bytes::from_static(b"{["), Bytes::from_static(b"]")),
        ],
        heard: heard.clone(),
        watching: vec![Topic::Presence(id(3))],
    };
    let answer = |outcome| Answer { to: id(1), number: 8, from: id(2), connection: ConnectionId(id(3)), outcome };
    let claim = |protocol| Claim {
        by: id(1),
        number: 9,
        connection: ConnectionId(id(2)),
        user: id(3),
        login: id(4),
        protocol,
        next_seq: 5,
        heard: heard.clone(),
    };
    let answers = [Outcome::NotHere, Outcome::Refused, Outcome::Session(luggage)].map(answer);
    let claims = [Protocol::V1, Protocol::V4].map(claim);
    claims.into_iter().map(Handover::Claim).chain(answers.into_iter().map(Handover::Answer)).collect()
}

/// The same, but for the time of birth and the order of a set.
fn same(a: &Message, b: &Message) -> bool {
    match (a, b) {
        (Message::Broadcast(a), Message::Broadcast(b)) => {
            let frames = |of: &Broadcast| [Protocol::V1, Protocol::V4].map(|p| of.frames.get(p).cloned());
            a.audience == b.audience
                && a.except_users == b.except_users
                && a.except_connection == b.except_connection
                && a.class == b.class
                && a.stamped() == b.stamped()
                && a.place == b.place
                && frames(a) == frames(b)
        }
        (Message::Control(a), Message::Control(b)) => a == b,
        (Message::Presence(a), Message::Presence(b)) => a == b,
        (Message::PresenceAnew(a), Message::PresenceAnew(b)) => a == b,
        (Message::Gap(a), Message::Gap(b)) => a == b,
        (Message::Handover(a), Message::Handover(b)) => a == b,
        _ => false,
    }
}

#[test]
fn every_message_comes_back_as_it_went() {
    for message in messages() {
        let back = decode(OTHER, &encode(&message)).unwrap();
        assert!(same(&message, &back), "{message:?}\n{back:?}");
    }
}

#[test]
fn what_cannot_be_encoded_travels_as_a_gap() {
    let broken = Frames::lazy(|_| panic!("a broken encoder"));
    let broadcast = Broadcast::new(Audience::User(id(1)), Class::Durable, broken);
    let back = decode(OTHER, &encode(&Message::Broadcast(Arc::new(broadcast)))).unwrap();
    assert!(same(&back, &Message::Gap(vec![Audience::User(id(1))])), "{back:?}");
}

#[test]
fn a_newer_version_is_refused_by_its_number() {
    let mut bytes = encode(&Message::Gap(vec![])).to_vec();
    bytes[0] = 9;
    assert_eq!(decode(OTHER, &bytes.into()).unwrap_err(), WireError::Version(9));
}

#[test]
fn a_cut_message_and_a_longer_one_are_refused() {
    for message in messages() {
        let bytes = encode(&message);
        for end in 0..bytes.len() {
            assert!(decode(OTHER, &bytes.slice(..end)).is_err(), "{message:?} cut at {end}");
        }
        let longer = Bytes::from([&bytes[..], b"!"].concat());
        assert_eq!(decode(OTHER, &longer).unwrap_err(), WireError::TooLong(1));
    }
}

/// Every byte of every message replaced by others, and plain noise: an answer each time, never a panic, and no
/// allocation that a false count asks for.
#[test]
fn garbage_is_harmless() {
    for message in messages() {
        let bytes = encode(&message).to_vec();
        for place in 0..bytes.len() {
            for value in [0, 1, 2, 5, 0x7f, 0xff] {
                let mut spoilt = bytes.clone();
                spoilt[place] = value;
                let _ = decode(OTHER, &spoilt.into());
            }
        }
    }
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..20_000 {
        let mut noise = vec![VERSION];
        for _ in 0..seed % 60 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            noise.push(seed.to_le_bytes()[5] % 8);
        }
        seed = seed.wrapping_add(1);
        let _ = decode(OTHER, &noise.into());
    }
}
