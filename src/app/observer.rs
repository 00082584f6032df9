//! What the engine reports: presence that changed, caches that are stale, and that it cannot go on.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustchat_actors::{Observer, PresenceChange, Refresh};
use tokio::sync::mpsc::{self, Receiver, Sender, error::TrySendError};

use crate::realtime::{Stale, status_of};
use crate::services::{Core, roles, statuses};

/// Reports that may wait. Presence beyond it is dropped, as the next change tells the same user's state anew; a refresh
/// beyond it empties all caches.
const WAITING: usize = 4_096;

/// Something the engine reported.
#[derive(Debug)]
pub(super) enum News {
    Presence(PresenceChange),
    Refresh(Refresh),
}

/// The engine's ear: called on its threads, it only hands on.
pub(super) struct Ear {
    news: Sender<News>,
    missed: Arc<AtomicBool>,
}

/// Where the reports come out.
pub struct Mouth {
    news: Receiver<News>,
    /// A refresh was dropped.
    missed: Arc<AtomicBool>,
}

/// The ear, and where its reports come out.
pub(super) fn channel() -> (Ear, Mouth) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let missed = Arc::<AtomicBool>::default();
    (Ear { news: sender, missed: Arc::clone(&missed) }, Mouth { news: receiver, missed })
}

impl Ear {
    fn hand_on(&self, news: News) {
        if let Err(TrySendError::Full(news)) = self.news.try_send(news) {
            log::warn!("too many reports from the engine; dropped {news:?}");
            if matches!(news, News::Refresh(_)) {
                self.missed.store(true, Ordering::SeqCst);
            }
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
pub(super) async fn follow(core: &Core, mouth: &mut Mouth) {
    while let Some(news) = mouth.news.recv().await {
        match news {
            News::Presence(change) => statuses::record(core, status_of(change.user, change.now)),
            News::Refresh(what) => refresh(core, &what).await,
        }
        if mouth.missed.swap(false, Ordering::SeqCst) {
            refresh(core, &Refresh::Everything).await;
        }
    }
}

async fn refresh(core: &Core, what: &Refresh) {
    let stale = match what {
        Refresh::One(message) => Stale::parse(message),
        Refresh::Everything => None,
    };
    match stale {
        Some(stale) => core.caches.forget(stale),
        None => core.caches.clear(),
    }
    if matches!(stale, None | Some(Stale::Roles)) {
        let grants = roles::grants(&core.db).await.map(|grants| core.roles.replace(grants));
        report(grants, "the roles were not read again");
    }
}

fn report(result: crate::error::Result<()>, what: &str) {
    if let Err(error) = result {
        log::error!("{what}: {error}");
    }
}
