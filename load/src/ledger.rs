//! What was sent, and how much of it everybody has.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::timeout;

use crate::mark::Mark;

/// Every post of a run. Sockets tell it what they hear for the first time.
pub struct Ledger {
    run: u32,
    channels: RefCell<Vec<Channel>>,
    /// Posts that not everybody has yet.
    open: Cell<usize>,
    settled: Notify,
    /// From the sending to the last listener, since they were taken last.
    latencies: RefCell<Vec<Duration>>,
    deliveries: Cell<usize>,
}

struct Channel {
    id: String,
    listeners: usize,
    lanes: Vec<Vec<Post>>,
}

struct Post {
    sent: Instant,
    /// Listeners that do not have it yet.
    left: usize,
    acknowledged: bool,
}

impl Ledger {
    pub fn new(run: u32) -> Self {
        Self {
            run,
            channels: RefCell::default(),
            open: Cell::new(0),
            settled: Notify::new(),
            latencies: RefCell::default(),
            deliveries: Cell::new(0),
        }
    }

    pub fn run(&self) -> u32 {
        self.run
    }

    /// Registers a channel with the server's id. At most 65,536 of them.
    pub fn add_channel(&self, id: &str) -> Option<u16> {
        let mut channels = self.channels.borrow_mut();
        channels.push(Channel { id: id.to_owned(), listeners: 0, lanes: Vec::new() });
        u16::try_from(channels.len() - 1).ok()
    }

    /// Registers a path on which posts are sent one after the other. At most 65,536 of them in a channel.
    pub fn add_lane(&self, channel: u16) -> Option<u16> {
        let mut channels = self.channels.borrow_mut();
        let lanes = &mut channels.get_mut(usize::from(channel))?.lanes;
        lanes.push(Vec::new());
        u16::try_from(lanes.len() - 1).ok()
    }

    /// The server's id of a channel.
    pub fn id(&self, channel: u16) -> String {
        self.channels.borrow().get(usize::from(channel)).map(|channel| channel.id.clone()).unwrap_or_default()
    }

    /// How many lanes a channel has.
    pub fn lanes(&self, channel: u16) -> usize {
        self.channels.borrow().get(usize::from(channel)).map_or(0, |channel| channel.lanes.len())
    }

    /// Says that one more listener hears whatever is sent to this channel from now on, or one less.
    pub fn listen(&self, channel: u16, listens: bool) {
        if let Some(channel) = self.channels.borrow_mut().get_mut(usize::from(channel)) {
            channel.listeners = if listens { channel.listeners + 1 } else { channel.listeners.saturating_sub(1) };
        }
    }

    /// Notes a post that is about to be sent; `sent` is when it should have been.
    pub fn send(&self, channel: u16, lane: u16, sent: Instant) -> Option<Mark> {
        let mut channels = self.channels.borrow_mut();
        let there = channels.get_mut(usize::from(channel))?;
        let left = there.listeners;
        let posts = there.lanes.get_mut(usize::from(lane))?;
        posts.push(Post { sent, left, acknowledged: false });
        if left > 0 {
            self.open.set(self.open.get() + 1);
        }
        Some(Mark { run: self.run, channel, lane, number: u32::try_from(posts.len() - 1).ok()? })
    }

    /// Notes that a server has taken a post, which from now on nobody may miss.
    pub fn acknowledge(&self, mark: Mark) {
        self.with_post(mark, |post| post.acknowledged = true);
    }

    /// Notes that no server took a post, so nobody waits for it, though some may have got it.
    pub fn abandon(&self, mark: Mark) {
        if self.with_post(mark, |post| std::mem::take(&mut post.left)).is_some_and(|left| left > 0) {
            self.close();
        }
    }

    /// Notes that a listener has a post it did not have before.
    pub fn heard(&self, mark: Mark) {
        self.deliveries.set(self.deliveries.get() + 1);
        let latency = self.with_post(mark, |post| {
            post.left = post.left.checked_sub(1)?;
            (post.left == 0).then(|| post.sent.elapsed())
        });
        if let Some(latency) = latency.flatten() {
            self.latencies.borrow_mut().push(latency);
            self.close();
        }
    }

    fn with_post<T>(&self, mark: Mark, change: impl FnOnce(&mut Post) -> T) -> Option<T> {
        let mut channels = self.channels.borrow_mut();
        let lane = channels.get_mut(usize::from(mark.channel))?.lanes.get_mut(usize::from(mark.lane))?;
        lane.get_mut(usize::try_from(mark.number).ok()?).map(change)
    }

    fn close(&self) {
        self.open.set(self.open.get().saturating_sub(1));
        if self.open.get() == 0 {
            self.settled.notify_waiters();
        }
    }

    /// Waits until every listener has every post, at most so long. What is missing then, the receivers know.
    pub async fn settle(&self, limit: Duration) {
        let _ = timeout(limit, async {
            loop {
                let settled = self.settled.notified();
                if self.open.get() == 0 {
                    return;
                }
                settled.await;
            }
        })
        .await;
    }

    /// Whether a server has taken this post.
    pub fn is_acknowledged(&self, mark: Mark) -> bool {
        self.with_post(mark, |post| post.acknowledged).unwrap_or_default()
    }

    /// How many posts were sent on a lane.
    pub fn sent(&self, channel: u16, lane: u16) -> u32 {
        let channels = self.channels.borrow();
        let lane = channels.get(usize::from(channel)).and_then(|channel| channel.lanes.get(usize::from(lane)));
        lane.map_or(0, |posts| u32::try_from(posts.len()).unwrap_or(u32::MAX))
    }

    /// Takes what was measured since the last time: the sorted latencies and the number of deliveries.
    pub fn take(&self) -> (Vec<Duration>, usize) {
        let mut latencies = self.latencies.take();
        latencies.sort_unstable();
        (latencies, self.deliveries.take())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_through_when_the_last_listener_has_it() {
        let ledger = Ledger::new(1);
        let channel = ledger.add_channel("c").unwrap();
        let lane = ledger.add_lane(channel).unwrap();
        ledger.listen(channel, true);
        ledger.listen(channel, true);
        let mark = ledger.send(channel, lane, Instant::now()).unwrap();
        ledger.heard(mark);
        assert_eq!((ledger.open.get(), ledger.take().0.len()), (1, 0));
        ledger.heard(mark);
        let (latencies, deliveries) = ledger.take();
        assert_eq!((ledger.open.get(), latencies.len(), deliveries), (0, 1, 1));
    }

    #[test]
    fn nobody_waits_for_what_no_server_took() {
        let ledger = Ledger::new(1);
        let channel = ledger.add_channel("c").unwrap();
        let lane = ledger.add_lane(channel).unwrap();
        ledger.listen(channel, true);
        let mark = ledger.send(channel, lane, Instant::now()).unwrap();
        ledger.abandon(mark);
        assert_eq!(ledger.open.get(), 0);
        assert!(!ledger.is_acknowledged(mark));
        ledger.heard(mark);
        assert!(ledger.take().0.is_empty());
    }
}
