//! What the engine reports: presence that changed, caches that are stale, and that it cannot go on.

use std::process;

use rustchat_actors::{Observer, PresenceChange, Refresh};
use tokio::sync::mpsc::{self, Receiver, Sender, error::TrySendError};

use crate::events::UserEvent;
use crate::realtime::{Stale, status_of};
use crate::services::Core;

/// Reports that may wait. Presence beyond it is dropped, as the next change tells the same user's state anew; a lost
/// refresh would leave something stale, so it is dropped from the caches by their time limit alone.
const WAITING: usize = 4_096;

/// Something the engine reported.
#[derive(Debug)]
pub(super) enum News {
    Presence(PresenceChange),
    Refresh(Refresh),
}

/// The engine's ear: called on its threads, it only hands on.
pub(super) struct Ear(Sender<News>);

/// The ear, and where its reports come out.
pub(super) fn channel() -> (Ear, Receiver<News>) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (Ear(sender), receiver)
}

impl Ear {
    fn hand_on(&self, news: News) {
        if let Err(TrySendError::Full(news)) = self.0.try_send(news) {
            log::warn!("too many reports from the engine; dropped {news:?}");
        }
    }
}

impl Observer for Ear {
    fn presence_changed(&self, change: PresenceChange) {
        self.hand_on(News::Presence(change));
    }

    fn refresh(&self, what: Refresh) {
        self.hand_on(News::Refresh(what));
    }

    fn fatal(&self, reason: &str) {
        log::error!("the realtime engine cannot go on: {reason}");
        process::exit(1);
    }
}

/// Acts on the reports, one after the other, until the engine is gone.
pub(super) async fn follow(core: &Core, mut news: Receiver<News>) {
    while let Some(news) = news.recv().await {
        match news {
            News::Presence(change) => {
                core.realtime.publish(UserEvent::StatusChanged { status: status_of(change.user, change.now) });
            }
            News::Refresh(Refresh::Everything) => core.caches.clear(),
            News::Refresh(Refresh::One(message)) => {
                if let Some(stale) = Stale::parse(&message) {
                    core.caches.drop_stale(stale);
                }
            }
        }
    }
}
