//! The bridge inside one process.

use std::sync::{Arc, OnceLock};

use futures_util::future::{BoxFuture, ready};
use parking_lot::Mutex;
use uuid::Uuid;

use super::{Bridge, Fate, Inbox, Message, wire};

/// Joins the engines of one process. A server that runs alone has [`LocalBridge::default`] and pays nothing for it; tests
/// join several engines by cloning one ([`LocalBridge::neighbour`]), and then everything takes the way over [`wire`].
#[derive(Default)]
pub struct LocalBridge {
    instance: OnceLock<Uuid>,
    inboxes: Arc<Mutex<Vec<Inbox>>>,
}

impl LocalBridge {
    /// The bridge of one more engine in the same network.
    #[must_use]
    pub fn neighbour(&self) -> Self {
        Self { instance: OnceLock::new(), inboxes: Arc::clone(&self.inboxes) }
    }

    /// Cuts this engine off as if its process had been killed.
    #[cfg(feature = "testing")]
    pub fn kill(&self) {
        self.vanish(Fate::Died);
    }

    fn vanish(&self, fate: Fate) {
        let Some(instance) = self.instance.get().copied() else { return };
        let mut inboxes = self.inboxes.lock();
        inboxes.retain(|inbox| inbox.instance() != instance);
        inboxes.iter().for_each(|inbox| inbox.peer(instance, fate));
    }
}

impl Bridge for LocalBridge {
    fn start(&self, inbox: Inbox) {
        self.instance.get_or_init(|| inbox.instance());
        let mut inboxes = self.inboxes.lock();
        for neighbour in inboxes.iter() {
            neighbour.peer(inbox.instance(), Fate::Arrived);
            inbox.peer(neighbour.instance(), Fate::Arrived);
        }
        inboxes.push(inbox);
    }

    fn send(&self, message: Message) {
        let inboxes = self.inboxes.lock();
        if inboxes.len() <= 1 {
            return;
        }
        let bytes = wire::encode(&message);
        let Some(from) = self.instance.get().copied() else { return };
        for inbox in inboxes.iter().filter(|inbox| inbox.instance() != from) {
            match wire::decode(from, &bytes) {
                Ok(message) => inbox.deliver(message),
                Err(error) => log::error!("local bridge: {error}"),
            }
        }
    }

    /// Until it was cut off.
    fn healthy(&self) -> bool {
        let inboxes = self.inboxes.lock();
        self.instance.get().is_none_or(|instance| inboxes.iter().any(|inbox| inbox.instance() == *instance))
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        self.vanish(Fate::Left);
        Box::pin(ready(()))
    }
}
