//! Posts per second through REST, beside the statement that stores one; all of them are read back.

use std::cell::RefCell;

use crate::Outcome;
use crate::check::Receiver;
use crate::floor;
use crate::refetch::read_back;
use crate::run::Run;
use crate::scenarios::quiet_channels;
use crate::sender::{Volley, fire};

pub async fn measure(run: &Run) -> Outcome<()> {
    let &crate::options::Options { posts, in_flight, .. } = &run.options;
    run.begin("posts", &[("posts", posts.to_string()), ("in flight", in_flight.to_string())]);
    let channels = quiet_channels(run).await?;
    let numbers: Vec<_> = channels.iter().map(|channel| channel.number).collect();
    let receiver = RefCell::new(Receiver::new("the store".to_owned(), &numbers, &run.ledger, &run.violations));
    receiver.borrow().stop_counting();

    let volley = Volley { channels: &channels, posts, in_flight, rate: None, stop: None };
    // Once before it counts.
    fire(run, Volley { posts: posts / 4, ..volley }).await?;
    let sent = fire(run, volley).await?;
    run.report.borrow_mut().add_rate("posts through REST", sent.took, sent.answers);

    for channel in &channels {
        read_back(&run.hall(), run.crowd.person(0)?, channel.number, &receiver).await?;
    }
    receiver.borrow_mut().finish();
    if let Some(database) = &run.options.database {
        let channels: Vec<_> = channels.iter().map(|channel| channel.id.as_str()).collect();
        floor::database::inserts(run, database, &channels).await?;
    }
    Ok(())
}
