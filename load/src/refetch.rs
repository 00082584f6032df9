//! Fetching posts to know what is there: what a socket missed, and what a channel holds.

use std::cell::RefCell;
use std::rc::Rc;

use crate::Outcome;
use crate::api::Caller;
use crate::check::{Receiver, Violation};
use crate::people::Person;
use crate::socket::Hall;

/// Milliseconds from before the last post that was heard, as the instances of a server may tell of posts in another order
/// than that of their clocks.
const MARGIN: i64 = 3_000;
/// Posts of a page, the most that the API gives.
const PER_PAGE: usize = 200;
/// Most pages that are read of one channel.
const PAGES: usize = 500;

/// Fetches what changed in each channel of a socket since it last heard of it, as a client does after a resync.
pub async fn refetch(hall: Rc<Hall>, person: Rc<Person>, receiver: Rc<RefCell<Receiver>>) {
    let Ok(_permit) = hall.refetches.acquire().await else { return };
    let mut caller = Caller::new(&hall.servers, &person.token);
    let moments = receiver.borrow().moments();
    for (channel, latest) in moments {
        if let Err(error) = fetch_channel(&hall, &mut caller, &receiver, channel, latest).await {
            hall.violations.add(Violation::Page, || format!("a refetch failed: {error}"));
        }
    }
}

async fn fetch_channel(
    hall: &Hall,
    caller: &mut Caller<'_>,
    receiver: &RefCell<Receiver>,
    channel: u16,
    latest: i64,
) -> Outcome<()> {
    let id = receiver.borrow().ledger().id(channel);
    let since = (latest - MARGIN).max(1);
    fetch(hall, caller, receiver, &format!("/api/v4/channels/{id}/posts?since={since}")).await?;
    // Servers bound that answer; older posts are on pages.
    let mut page = 0;
    while page < PAGES && receiver.borrow().has_holes(channel) {
        let path = format!("/api/v4/channels/{id}/posts?page={page}&per_page={PER_PAGE}");
        if fetch(hall, caller, receiver, &path).await? == 0 {
            break;
        }
        page += 1;
    }
    Ok(())
}

/// Lets a receiver take a page; how many posts of any run it held.
async fn fetch(hall: &Hall, caller: &mut Caller<'_>, receiver: &RefCell<Receiver>, path: &str) -> Outcome<usize> {
    let status = caller.until_taken("GET", path, "").await?;
    if status != 200 {
        return Err(format!("{path} answered {status}").into());
    }
    // Newest first in a list; a receiver takes them in the order in which they were said.
    let mut marks: Vec<_> = hall.scanner.all(caller.body()).collect();
    marks.sort_unstable();
    let mut receiver = receiver.borrow_mut();
    marks.iter().for_each(|mark| receiver.fetched(*mark));
    Ok(marks.len())
}

/// Reads a whole channel back: every acknowledged post must be stored exactly once.
pub async fn read_back(hall: &Hall, person: &Person, channel: u16, receiver: &RefCell<Receiver>) -> Outcome<()> {
    let mut caller = Caller::new(&hall.servers, &person.token);
    let id = receiver.borrow().ledger().id(channel);
    let mut marks = Vec::new();
    for page in 0..PAGES {
        let path = format!("/api/v4/channels/{id}/posts?page={page}&per_page={PER_PAGE}");
        let status = caller.until_taken("GET", &path, "").await?;
        let before = marks.len();
        marks.extend(hall.scanner.all(caller.body()));
        if status != 200 || marks.len() == before {
            break;
        }
    }
    marks.sort_unstable();
    for pair in marks.windows(2) {
        if let [one, other] = pair
            && one == other
        {
            hall.violations.add(Violation::Doubled, || format!("{one} in the store"));
        }
    }
    let mut receiver = receiver.borrow_mut();
    marks.iter().for_each(|mark| receiver.fetched(*mark));
    Ok(())
}
