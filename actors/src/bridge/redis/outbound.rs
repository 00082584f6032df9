//! What the writer still has to bring into this instance's stream: encoded, numbered, and kept until Redis has it.
//!
//! It outlives the writer, so that one that is rebuilt goes on with the same entries under the same ids.

use std::collections::VecDeque;
use std::sync::atomic::Ordering::Relaxed;

use bytes::Bytes;
use uuid::Uuid;

use super::backlog::Missed;
use super::entry::{self, Record};
use crate::Audience;
use crate::bridge::metrics::BridgeMetrics;
use crate::bridge::{Message, wire};

/// Records in one entry at most.
const ENTRY_RECORDS: usize = 256;
/// Bytes after which an entry takes no further record.
const ENTRY_BYTES: usize = 64 * 1_024;
/// Entries under way at once: one answer of Redis acknowledges them all.
const MAX_UNDER_WAY: usize = 32;

/// Bounds of what waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) messages: usize,
    pub(super) bytes: usize,
}

pub(super) struct Outbound {
    instance: Uuid,
    limits: Limits,
    waiting: VecDeque<Record>,
    bytes: usize,
    /// What the last collapse could not do without; it does not count against the limits until it is sent.
    kept: Limits,
    /// The number of the last record in an entry.
    last: u64,
    under_way: VecDeque<Numbered>,
    closed: bool,
}

/// An entry with its place in the stream.
pub(super) struct Numbered {
    /// The number of its last record.
    pub(super) last: u64,
    records: usize,
    pub(super) bytes: Bytes,
}

impl Numbered {
    pub(super) fn id(&self) -> String {
        format!("{}-0", self.last)
    }
}

impl Outbound {
    pub(super) fn new(instance: Uuid, limits: Limits) -> Self {
        Self {
            instance,
            limits,
            waiting: VecDeque::new(),
            bytes: 0,
            kept: Limits { messages: 0, bytes: 0 },
            last: 0,
            under_way: VecDeque::new(),
            closed: false,
        }
    }

    /// Takes a record. More than the limits collapses into a gap.
    pub(super) fn push(&mut self, record: Record, metrics: &BridgeMetrics) {
        if self.closed || (record == Record::Mark && self.waiting.back() == Some(&Record::Mark)) {
            return;
        }
        self.closed = record == Record::Bye;
        self.bytes += record.len();
        self.waiting.push_back(record);
        let too_many = self.waiting.len().saturating_sub(self.kept.messages) > self.limits.messages;
        if too_many || self.bytes.saturating_sub(self.kept.bytes) > self.limits.bytes {
            self.collapse(metrics);
        }
        self.show(metrics);
    }

    fn collapse(&mut self, metrics: &BridgeMetrics) {
        let mut missed = Missed::default();
        let mut asked = Vec::new();
        metrics.collapsed.add(self.waiting.len());
        for record in std::mem::take(&mut self.waiting) {
            match record {
                // These are our own bytes, so they can be read.
                Record::Message(bytes) => match wire::decode(self.instance, &bytes) {
                    Ok(message) => missed.add(&message),
                    Err(_) => missed.everyone(),
                },
                Record::Ask(_) if !asked.contains(&record) => asked.push(record),
                Record::Bye => asked.push(record),
                Record::Ask(_) | Record::Mark => {}
            }
        }
        let instead = missed.into_messages().map(|message| Record::Message(wire::encode(&message)));
        self.waiting = instead.chain(asked).collect();
        self.bytes = self.waiting.iter().map(Record::len).sum();
        self.kept = Limits { messages: self.waiting.len(), bytes: self.bytes };
    }

    /// Numbers what waits, and returns the entries that Redis does not have yet, in their order.
    pub(super) fn under_way(&mut self, sent_ms: u64, metrics: &BridgeMetrics) -> impl Iterator<Item = &Numbered> {
        while self.under_way.len() < MAX_UNDER_WAY && !self.waiting.is_empty() {
            let entry = self.cut(sent_ms);
            self.under_way.push_back(entry);
        }
        if self.waiting.is_empty() {
            self.kept = Limits { messages: 0, bytes: 0 };
        }
        self.show(metrics);
        self.under_way.iter()
    }

    fn cut(&mut self, sent_ms: u64) -> Numbered {
        let (mut records, mut bytes) = (0, 0);
        for record in self.waiting.iter().take(ENTRY_RECORDS) {
            if records > 0 && bytes + record.len() > ENTRY_BYTES {
                break;
            }
            records += 1;
            bytes += record.len();
        }
        let first = self.last + 1;
        let packed = entry::pack(first, sent_ms, self.waiting.iter().take(records));
        self.waiting.drain(..records);
        self.bytes -= bytes;
        self.last += u64::try_from(records).unwrap_or(0);
        Numbered { last: self.last, records, bytes: packed }
    }

    /// The id and the content of one that is under way.
    pub(super) fn place(&self, index: usize) -> Option<(String, Bytes)> {
        self.under_way.get(index).map(|entry| (entry.id(), entry.bytes.clone()))
    }

    /// Redis has the first `entries` of what was under way.
    pub(super) fn stored(&mut self, entries: usize, metrics: &BridgeMetrics) {
        for entry in self.under_way.drain(..entries.min(self.under_way.len())) {
            metrics.sent.add(entry.records);
            metrics.sent_entries.add(1);
            metrics.sent_bytes.add(entry.bytes.len());
        }
        self.show(metrics);
    }

    /// Goes on behind this number. What was thought to be stored or under way may have reached nobody.
    pub(super) fn jump(&mut self, number: u64, metrics: &BridgeMetrics) {
        self.under_way.clear();
        self.last = self.last.max(number);
        let gap = record(&Message::Gap(vec![Audience::Everyone]));
        self.bytes += gap.len();
        self.waiting.push_front(gap);
        self.show(metrics);
    }

    /// Whether Redis has everything.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.under_way.is_empty()
    }

    fn show(&self, metrics: &BridgeMetrics) {
        let of = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let under_way = |of: fn(&Numbered) -> usize| self.under_way.iter().map(of).sum::<usize>();
        metrics.backlog.store(of(self.waiting.len() + under_way(|entry| entry.records)), Relaxed);
        metrics.backlog_bytes.store(of(self.bytes + under_way(|entry| entry.bytes.len())), Relaxed);
    }
}

/// The record of a message.
pub(super) fn record(message: &Message) -> Record {
    Record::Message(wire::encode(message))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Topic;
    use crate::testing::say;

    fn outbound(messages: usize, bytes: usize) -> (Outbound, BridgeMetrics) {
        (Outbound::new(Uuid::from_u128(1), Limits { messages, bytes }), BridgeMetrics::default())
    }

    fn town(n: u128) -> Audience {
        Audience::Topic(Topic::Channel(Uuid::from_u128(n)))
    }

    fn message(audience: Audience, text: &str) -> Record {
        record(&Message::Broadcast(Arc::new(say(audience, text))))
    }

    /// First and last number and records of what is under way.
    fn entries(outbound: &mut Outbound, metrics: &BridgeMetrics) -> Vec<(u64, u64, Vec<Record>)> {
        let open = |entry: &Numbered| {
            let read = entry::open(entry.bytes.clone()).unwrap();
            (read.first, entry.last, read.collect::<Result<_, _>>().unwrap())
        };
        outbound.under_way(0, metrics).map(open).collect()
    }

    #[test]
    fn entries_are_numbered_without_holes_and_kept_until_stored() {
        let (mut outbound, metrics) = outbound(10_000, 10_000_000);
        for _ in 0..ENTRY_RECORDS + 2 {
            outbound.push(message(town(1), "hello"), &metrics);
        }
        let numbers: Vec<_> = entries(&mut outbound, &metrics).iter().map(|(first, last, _)| (*first, *last)).collect();
        assert_eq!(numbers, [(1, 256), (257, 258)]);
        outbound.push(Record::Mark, &metrics);
        outbound.push(Record::Mark, &metrics);
        assert_eq!(entries(&mut outbound, &metrics).len(), 3, "the same ones again, and what came meanwhile");
        outbound.stored(2, &metrics);
        let numbers: Vec<_> = entries(&mut outbound, &metrics).iter().map(|(first, last, _)| (*first, *last)).collect();
        assert_eq!(numbers, [(259, 259)]);
        outbound.stored(1, &metrics);
        assert!(outbound.is_empty() && metrics.sent.get() == 259);
    }

    #[test]
    fn large_messages_travel_alone() {
        let (mut outbound, metrics) = outbound(10_000, 10_000_000);
        let large = "x".repeat(ENTRY_BYTES);
        outbound.push(message(town(1), "small"), &metrics);
        outbound.push(message(town(1), &large), &metrics);
        outbound.push(message(town(1), "small"), &metrics);
        let numbers: Vec<_> = entries(&mut outbound, &metrics).iter().map(|(first, last, _)| (*first, *last)).collect();
        assert_eq!(numbers, [(1, 1), (2, 2), (3, 3)]);
    }

    #[test]
    fn too_much_collapses_into_a_gap_and_leaves_no_hole_in_the_numbers() {
        let (mut outbound, metrics) = outbound(4, 1_000_000);
        outbound.push(message(town(1), "under way"), &metrics);
        assert_eq!(entries(&mut outbound, &metrics).len(), 1);
        outbound.push(Record::Ask(Uuid::from_u128(9)), &metrics);
        for n in [2, 2, 3, 3] {
            outbound.push(message(town(n), "hello"), &metrics);
        }
        outbound.push(message(town(4), "after"), &metrics);
        let entries = entries(&mut outbound, &metrics);
        assert_eq!(entries.iter().map(|(first, last, _)| (*first, *last)).collect::<Vec<_>>(), [(1, 1), (2, 4)]);
        let records = &entries[1].2;
        let Record::Message(bytes) = &records[0] else { panic!("{records:?}") };
        let Message::Gap(mut gap) = wire::decode(Uuid::nil(), bytes).unwrap() else { panic!("a gap comes first") };
        gap.sort_by_key(|audience| *audience == town(3));
        assert_eq!(gap, [town(2), town(3)]);
        assert_eq!(records[1], Record::Ask(Uuid::from_u128(9)));
        assert_eq!(records[2], message(town(4), "after"));
        assert_eq!(metrics.collapsed.get(), 5);
    }

    #[test]
    fn bytes_are_bounded_too_and_nothing_follows_goodbye() {
        let (mut outbound, metrics) = outbound(1_000, 1_000);
        for _ in 0..100 {
            outbound.push(message(town(1), &"x".repeat(300)), &metrics);
            assert!(outbound.bytes < 2_000);
        }
        outbound.push(Record::Bye, &metrics);
        outbound.push(message(town(1), "late"), &metrics);
        let last = entries(&mut outbound, &metrics).pop().unwrap().2;
        assert_eq!(last.last(), Some(&Record::Bye));
    }
}
