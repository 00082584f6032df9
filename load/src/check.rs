//! Verification: a receiver gets each acknowledged post of its channels exactly once, and each sender's in their order.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::ledger::Ledger;
use crate::mark::Mark;

/// Of each kind of violation so many are told in words; the rest is counted.
const TOLD: usize = 3;

/// What should not have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Violation {
    /// Never came.
    Lost,
    /// Came again on the same connection id.
    Doubled,
    /// Came after a later one of the same sender.
    Disordered,
    /// A sender's later post has an earlier `create_at`.
    Backwards,
    /// No server took it for as long as it was tried.
    Refused,
    /// A socket could not be opened again for as long as it was tried.
    Stranded,
    /// A page did not hold what it should.
    Page,
}

/// The violations so far.
#[derive(Default)]
pub struct Violations {
    seen: RefCell<BTreeMap<Violation, Vec<String>>>,
    counts: RefCell<BTreeMap<Violation, usize>>,
}

impl Violations {
    pub fn add(&self, violation: Violation, what: impl FnOnce() -> String) {
        *self.counts.borrow_mut().entry(violation).or_default() += 1;
        let mut seen = self.seen.borrow_mut();
        let told = seen.entry(violation).or_default();
        if told.len() < TOLD {
            told.push(what());
        }
    }

    /// Takes them in words, one line for each kind.
    pub fn take(&self) -> Vec<String> {
        let (seen, counts) = (self.seen.take(), self.counts.take());
        let line = |(violation, told): (Violation, Vec<String>)| {
            let count = counts.get(&violation).copied().unwrap_or_default();
            let more = if count > told.len() { ", …" } else { "" };
            format!("{violation:?}: {count} ({}{more})", told.join(", "))
        };
        seen.into_iter().map(line).collect()
    }
}

/// What a receiver has of one lane.
#[derive(Debug, Default)]
struct Lane {
    /// Every number below is here, save those that are missing.
    next: u32,
    missing: BTreeSet<u32>,
    /// One above the latest number that an event of this connection id told of.
    heard: u32,
    /// The latest `create_at` of these events.
    latest: i64,
}

/// How a post came.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    /// For the first time.
    New,
    /// For the first time, but after a later one.
    Late,
    /// By an event after a refetch had it already, as happens while both are under way.
    Known,
    /// By a second event.
    Again,
}

impl Lane {
    fn event(&mut self, number: u32) -> Came {
        if number < self.heard {
            return if self.missing.remove(&number) { Came::Late } else { Came::Again };
        }
        self.heard = number + 1;
        if self.fetched(number) { Came::New } else { Came::Known }
    }

    /// Whether a refetched post is new. A page has its own order, so it may fill holes.
    fn fetched(&mut self, number: u32) -> bool {
        if number < self.next {
            return self.missing.remove(&number);
        }
        self.missing.extend(self.next..number);
        self.next = number + 1;
        true
    }
}

/// What one socket should hear of one channel.
struct Heard {
    channel: u16,
    /// Lanes before this one were finished when the socket was opened.
    first_lane: usize,
    lanes: Vec<Lane>,
    /// The latest `create_at` of the channel, to ask for what changed since.
    latest: i64,
}

impl Heard {
    fn lane(&mut self, lane: u16) -> Option<&mut Lane> {
        let at = usize::from(lane).checked_sub(self.first_lane)?;
        if at >= self.lanes.len() {
            self.lanes.resize_with(at + 1, Lane::default);
        }
        self.lanes.get_mut(at)
    }
}

/// One socket's view of the posts.
pub struct Receiver {
    name: String,
    ledger: Rc<Ledger>,
    violations: Rc<Violations>,
    /// Sorted by channel.
    channels: Vec<Heard>,
    /// Whether posts wait for this receiver; otherwise it is only checked at the end.
    counts: Cell<bool>,
}

impl Receiver {
    /// Begins to listen to these channels.
    pub fn new(name: String, channels: &[u16], ledger: &Rc<Ledger>, violations: &Rc<Violations>) -> Self {
        let listen = |channel: &u16| {
            ledger.listen(*channel, true);
            Heard { channel: *channel, first_lane: ledger.lanes(*channel), lanes: Vec::new(), latest: 0 }
        };
        let mut channels: Vec<_> = channels.iter().map(listen).collect();
        channels.sort_unstable_by_key(|heard| heard.channel);
        let (ledger, violations) = (Rc::clone(ledger), Rc::clone(violations));
        Self { name, ledger, violations, channels, counts: Cell::new(true) }
    }

    /// Lets no post wait for this receiver any more. What it misses is still found at the end.
    pub fn stop_counting(&self) {
        if self.counts.replace(false) {
            for heard in &self.channels {
                self.ledger.listen(heard.channel, false);
            }
        }
    }

    fn channel(&mut self, channel: u16) -> Option<&mut Heard> {
        let at = self.channels.binary_search_by_key(&channel, |heard| heard.channel).ok()?;
        self.channels.get_mut(at)
    }

    /// Takes an event of a new post.
    pub fn event(&mut self, mark: Mark, created_at: i64) {
        if mark.run != self.ledger.run() {
            return;
        }
        let Some(heard) = self.channel(mark.channel) else { return };
        heard.latest = heard.latest.max(created_at);
        let Some(lane) = heard.lane(mark.lane) else { return };
        let came = lane.event(mark.number);
        let backwards = came == Came::New && created_at < lane.latest;
        lane.latest = lane.latest.max(created_at);
        if backwards {
            self.violate(Violation::Backwards, mark);
        }
        match came {
            Came::New => self.heard(mark),
            Came::Known => {}
            Came::Again => self.violate(Violation::Doubled, mark),
            Came::Late => {
                self.heard(mark);
                self.violate(Violation::Disordered, mark);
            }
        }
    }

    /// Takes a post of a page.
    pub fn fetched(&mut self, mark: Mark) {
        if mark.run != self.ledger.run() {
            return;
        }
        let lane = self.channel(mark.channel).and_then(|heard| heard.lane(mark.lane));
        if lane.is_some_and(|lane| lane.fetched(mark.number)) {
            self.heard(mark);
        }
    }

    fn heard(&self, mark: Mark) {
        if self.counts.get() {
            self.ledger.heard(mark);
        }
    }

    fn violate(&self, violation: Violation, mark: Mark) {
        self.violations.add(violation, || format!("{mark} at {}", self.name));
    }

    /// Begins a new connection id: events start anew, and what was missed is fetched.
    pub fn restart(&mut self) {
        for lane in self.channels.iter_mut().flat_map(|heard| &mut heard.lanes) {
            (lane.heard, lane.latest) = (0, 0);
        }
    }

    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The channels, each with the latest moment it was heard of.
    pub fn moments(&self) -> Vec<(u16, i64)> {
        self.channels.iter().map(|heard| (heard.channel, heard.latest)).collect()
    }

    /// Whether posts of this channel are known to be missing.
    pub fn has_holes(&self, channel: u16) -> bool {
        let heard = self.channels.iter().find(|heard| heard.channel == channel);
        heard.is_some_and(|heard| heard.lanes.iter().any(|lane| !lane.missing.is_empty()))
    }

    /// What never came although a server had taken it.
    fn never_came(&self) -> Vec<Mark> {
        let run = self.ledger.run();
        let mut never = Vec::new();
        for Heard { channel, first_lane, lanes, .. } in &self.channels {
            let nothing = Lane::default();
            for at in *first_lane..self.ledger.lanes(*channel) {
                let Ok(lane) = u16::try_from(at) else { break };
                let has = lanes.get(at - first_lane).unwrap_or(&nothing);
                let numbers = has.missing.iter().copied().chain(has.next..self.ledger.sent(*channel, lane));
                never.extend(numbers.map(|number| Mark { run, channel: *channel, lane, number }));
            }
        }
        never.retain(|mark| self.ledger.is_acknowledged(*mark));
        never
    }

    /// Whether everything came that a server has taken.
    pub fn is_complete(&self) -> bool {
        self.never_came().is_empty()
    }

    /// Says what never came. Each loss is told once.
    pub fn finish(&mut self) {
        for mark in self.never_came() {
            self.violate(Violation::Lost, mark);
            if let Some(lane) = self.channel(mark.channel).and_then(|heard| heard.lane(mark.lane)) {
                lane.fetched(mark.number);
                lane.missing.remove(&mark.number);
            }
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.stop_counting();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    struct Bench {
        ledger: Rc<Ledger>,
        violations: Rc<Violations>,
        receiver: Receiver,
        marks: Vec<Mark>,
    }

    /// A receiver of one channel, into which so many posts were sent and acknowledged.
    fn bench(posts: usize) -> Bench {
        let ledger = Rc::new(Ledger::new(7));
        let violations = Rc::new(Violations::default());
        let channel = ledger.add_channel("c").unwrap();
        let receiver = Receiver::new("r".to_owned(), &[channel], &ledger, &violations);
        let lane = ledger.add_lane(channel).unwrap();
        let marks: Vec<_> = (0..posts).map(|_| ledger.send(channel, lane, Instant::now()).unwrap()).collect();
        marks.iter().for_each(|mark| ledger.acknowledge(*mark));
        Bench { ledger, violations, receiver, marks }
    }

    impl Bench {
        fn hear(&mut self, numbers: &[usize]) {
            for number in numbers {
                self.receiver.event(self.marks[*number], 1_000 + i64::try_from(*number).unwrap());
            }
        }

        fn fetch(&mut self, numbers: &[usize]) {
            numbers.iter().for_each(|number| self.receiver.fetched(self.marks[*number]));
        }

        fn verdict(mut self) -> Vec<Violation> {
            self.receiver.finish();
            self.violations.counts.take().into_keys().collect()
        }
    }

    #[test]
    fn each_once_and_in_order_is_right() {
        let mut bench = bench(3);
        bench.hear(&[0, 1, 2]);
        assert_eq!(bench.ledger.take().0.len(), 3);
        assert_eq!(bench.verdict(), []);
    }

    #[test]
    fn loss_is_found_in_the_middle_and_at_the_end() {
        for numbers in [&[0, 2][..], &[0, 1], &[]] {
            let mut bench = bench(3);
            bench.hear(numbers);
            assert_eq!(bench.verdict(), [Violation::Lost]);
        }
    }

    #[test]
    fn doubles_are_found() {
        let mut bench = bench(2);
        bench.hear(&[0, 1, 0]);
        assert_eq!(bench.verdict(), [Violation::Doubled]);
    }

    #[test]
    fn disorder_is_found_and_is_no_loss() {
        let mut bench = bench(3);
        bench.hear(&[0, 2, 1]);
        assert_eq!(bench.verdict(), [Violation::Disordered]);
    }

    #[test]
    fn time_does_not_run_backwards() {
        let mut bench = bench(2);
        bench.receiver.event(bench.marks[0], 9);
        bench.receiver.event(bench.marks[1], 8);
        assert_eq!(bench.verdict(), [Violation::Backwards]);
    }

    #[test]
    fn after_a_resync_a_refetch_fills_the_hole() {
        let mut bench = bench(5);
        bench.hear(&[0]);
        bench.receiver.restart();
        bench.hear(&[3]);
        assert!(bench.receiver.has_holes(0));
        bench.fetch(&[4, 3, 2, 1]);
        assert!(!bench.receiver.has_holes(0));
        // The event of what the refetch had already.
        bench.hear(&[4]);
        assert_eq!(bench.verdict(), []);
    }

    #[test]
    fn after_a_resync_a_missed_post_is_still_a_loss_and_a_second_event_a_double() {
        let mut bench = bench(4);
        bench.hear(&[0]);
        bench.receiver.restart();
        bench.fetch(&[2]);
        bench.hear(&[2, 3, 3]);
        assert_eq!(bench.verdict(), [Violation::Lost, Violation::Doubled]);
    }

    #[test]
    fn a_post_that_no_server_took_may_be_missing() {
        let mut bench = bench(1);
        bench.hear(&[0]);
        bench.ledger.send(0, 0, Instant::now());
        assert_eq!(bench.verdict(), []);
    }

    #[test]
    fn posts_of_other_runs_and_of_earlier_lanes_do_not_matter() {
        let mut bench = bench(1);
        bench.hear(&[0]);
        bench.receiver.event(Mark { run: 8, ..bench.marks[0] }, 1);
        let later = Receiver::new("later".to_owned(), &[0], &bench.ledger, &bench.violations);
        bench.receiver = later;
        bench.fetch(&[0]);
        assert_eq!(bench.verdict(), []);
    }

    #[test]
    fn violations_are_told_in_words() {
        let violations = Violations::default();
        for number in 0..5 {
            violations.add(Violation::Lost, || number.to_string());
        }
        assert_eq!(violations.take(), ["Lost: 5 (0, 1, 2, …)"]);
        assert!(violations.take().is_empty());
    }
}
