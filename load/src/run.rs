//! A run: the people, the channel all of them are in, what was sent, what was measured.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::time::sleep;

use crate::Outcome;
use crate::api::Servers;
use crate::check::{Receiver, Violation, Violations};
use crate::ledger::Ledger;
use crate::options::Options;
use crate::people::{Channel, Crowd};
use crate::process::{Processes, open_files};
use crate::report::Report;
use crate::socket::{Hall, Socket};
use crate::stats::figure;

/// How long posts may be under way after the last was acknowledged, and sockets until they are open.
pub const SETTLE: Duration = Duration::from_secs(60);

/// Files beside the sockets: connections for requests.
const OTHER_FILES: usize = 256;
/// Bytes that the kernel receives for a slow socket, about.
const SLOW_BUFFER: u32 = 4 * 1024;
/// How often is looked whether the last have what they missed.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What every scenario needs.
pub struct Run {
    pub options: Options,
    pub servers: Rc<Servers>,
    pub crowd: Crowd,
    /// All people are in it.
    pub busy: [Channel; 1],
    pub ledger: Rc<Ledger>,
    pub violations: Rc<Violations>,
    pub report: RefCell<Report>,
    next_socket: Cell<usize>,
}

impl Run {
    pub async fn new(options: Options) -> Outcome<Self> {
        let servers = Rc::new(Servers::new(&options.server)?);
        // Different from that of an earlier run against the same server.
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let ledger = Rc::new(Ledger::new(u32::try_from(seconds % (1 << 32))?));
        let crowd = Crowd::gather(&servers, options.admin.as_deref(), options.members).await?;
        let busy = [crowd.channel(&ledger, 0..options.members).await?];
        let (violations, report) = (Rc::default(), RefCell::default());
        Ok(Self { options, servers, crowd, busy, ledger, violations, report, next_socket: Cell::new(0) })
    }

    pub fn begin(&self, scenario: &str, parameters: &[(&'static str, String)]) {
        self.report.borrow_mut().begin(scenario, parameters);
    }

    pub fn add(&self, name: impl Into<String>, value: f64, unit: &'static str) {
        self.report.borrow_mut().add(name, value, unit);
    }

    /// The server's processes.
    pub fn processes(&self) -> Processes<'_> {
        Processes(&self.options.pid)
    }

    /// A place for sockets to be opened in.
    pub fn hall(&self) -> Rc<Hall> {
        self.hall_of(None)
    }

    /// A place for sockets of which the kernel keeps little, so that a server soon notices when they do not read.
    pub fn slow_hall(&self) -> Rc<Hall> {
        self.hall_of(Some(SLOW_BUFFER))
    }

    fn hall_of(&self, receive_buffer: Option<u32>) -> Rc<Hall> {
        Rc::new(Hall::new(Rc::clone(&self.servers), Rc::clone(&self.violations), receive_buffer))
    }

    /// Opens a socket for each of these people, listening to those of the channels they are in, and waits for them.
    pub async fn open(
        &self,
        hall: &Rc<Hall>,
        places: impl IntoIterator<Item = usize>,
        channels: &[Channel],
    ) -> Outcome<Vec<Socket>> {
        let wanted = self.memberships(channels);
        let mut sockets = Vec::new();
        for place in places {
            let number = self.next_socket.replace(self.next_socket.get() + 1);
            let person = self.crowd.person(place)?;
            let channels = wanted.get(place).map(Vec::as_slice).unwrap_or_default();
            let receiver = Receiver::new(format!("socket {number}"), channels, &self.ledger, &self.violations);
            sockets.push(Socket::open(hall, person, receiver));
        }
        let all = hall.opened.get() + sockets.len();
        hall.opened.set(all);
        let limit = open_files()?;
        if all + OTHER_FILES > limit {
            return Err(
                format!("{all} sockets need more than the {limit} open files that are allowed (ulimit -n)").into()
            );
        }
        if !hall.until_live(all, SETTLE).await {
            return Err(format!("only {} of {all} sockets opened within {SETTLE:?}", hall.live.get()).into());
        }
        Ok(sockets)
    }

    /// Which of these channels each person is in.
    fn memberships(&self, channels: &[Channel]) -> Vec<Vec<u16>> {
        let mut wanted = vec![Vec::new(); self.crowd.people.len()];
        for channel in channels {
            for member in &channel.members {
                if let Some(wanted) = wanted.get_mut(*member) {
                    wanted.push(channel.number);
                }
            }
        }
        wanted
    }

    /// Waits until everybody has everything, and says what does not come; how the sockets fared.
    pub async fn settle(&self, hall: &Hall, sockets: &[Socket]) {
        self.ledger.settle(SETTLE).await;
        let opened = hall.opened.get();
        if !hall.until_live(opened, SETTLE).await {
            let missing = opened.saturating_sub(hall.live.get());
            self.violations.add(Violation::Stranded, || format!("{missing} sockets do not answer"));
        }
        // No post waits for those that do not count.
        let begun = Instant::now();
        while begun.elapsed() < SETTLE && sockets.iter().any(|socket| !socket.receiver.borrow().is_complete()) {
            sleep(LOOK_EVERY).await;
        }
        for socket in sockets {
            socket.receiver.borrow_mut().finish();
        }
        let counts = &hall.counts;
        for (name, count) in [
            ("sockets resumed under their connection id", &counts.resumed),
            ("sockets that got a new connection id and fetched", &counts.resynced),
            ("sockets closed after a jump in the numbers", &counts.jumped),
        ] {
            let count = count.take();
            if count > 0 {
                self.add(name, figure(count), "");
            }
        }
    }

    /// Ends a scenario: what went wrong in it. Everybody logs in anew, as what a server keeps for sockets that may come
    /// back would burden the next one.
    pub async fn end(&mut self) -> Outcome<()> {
        self.report.borrow_mut().add_violations(self.violations.take());
        self.ledger.take();
        self.crowd.log_in_anew().await
    }
}
