//! The bridge inside one process.

use std::sync::{Arc, OnceLock};

use futures_util::future::{BoxFuture, ready};
use parking_lot::Mutex;
use uuid::Uuid;

use super::{Bridge, Inbox, Message, wire};

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
}

impl Bridge for LocalBridge {
    fn start(&self, inbox: Inbox) {
        self.instance.get_or_init(|| inbox.instance());
        self.inboxes.lock().push(inbox);
    }

    fn send(&self, message: Message) {
        let inboxes = self.inboxes.lock();
        if inboxes.len() <= 1 {
            return;
        }
        let bytes = wire::encode(&message);
        for inbox in inboxes.iter().filter(|inbox| Some(&inbox.instance()) != self.instance.get()) {
            match wire::decode(&bytes) {
                Ok(message) => inbox.deliver(message),
                Err(error) => log::error!("local bridge: {error}"),
            }
        }
    }

    fn healthy(&self) -> bool {
        true
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        self.inboxes.lock().retain(|inbox| Some(&inbox.instance()) != self.instance.get());
        Box::pin(ready(()))
    }
}
