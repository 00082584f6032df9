//! The name of the request that is being worked on, for logs and error bodies.

use std::future::Future;

use uuid::Uuid;

use crate::model::encode_id;

tokio::task_local! {
    static CURRENT: String;
}

/// Runs `work` under the name `id`.
pub async fn scope<F: Future>(id: String, work: F) -> F::Output {
    CURRENT.scope(id, work).await
}

/// A new name.
#[must_use]
pub fn generate() -> String {
    encode_id(Uuid::new_v4())
}

/// The name of the current request; empty outside of one.
#[must_use]
pub fn current() -> String {
    CURRENT.try_with(String::clone).unwrap_or_default()
}
