//! A client that stops reading in a busy channel.

use crate::crowd::Crowd;
use crate::stack::{Stack, eventually};

/// What the server may need more while it has a client that does not read: far more than it does need, far less than
/// everything that was said.
const GROWTH: f64 = 64.0 * 1024.0 * 1024.0;

#[actix_web::test]
async fn a_client_that_stops_reading_is_closed_and_harms_nobody() {
    let mut stack = Stack::empty().await;
    for _ in 0..2 {
        stack.add(&[("RUSTCHAT_REALTIME_OUTBOX", "64"), ("RUSTCHAT_REALTIME_STALL_SECONDS", "3")]).await;
    }
    let mut crowd = Crowd::gather(stack.addresses()).await;
    let reader = crowd.devices[0].person.at(1);
    let mut stalled = reader.socket("/api/v4/websocket").await;
    stalled.event("hello").await;
    let server = &stack.servers[1];
    let before = server.metric("process_resident_memory_bytes").await;
    crowd.talk();
    // Long posts, so that what the kernel holds for the client is full soon.
    let (channel, long) = (crowd.channels[0].clone(), "x".repeat(8_000));
    let mut said = 0;
    eventually("the client is closed", async || {
        crowd.says(&channel, &format!("long {said}"), &long).await;
        said += 1;
        // Either nothing was read for too long, or even what may wait beyond the bound was too much.
        server.metric("rustchat_engine_evictions_total").await > 0.0
    })
    .await;
    let grown = server.metric("process_resident_memory_bytes").await - before;
    assert!(grown < GROWTH, "{said} posts of {} characters made the server grow by {grown} bytes", long.len());
    assert_eq!(stalled.closed().await, None, "cut, with what it had not read");
    crowd.hears(30).await;
    crowd.finish(&stack).await;
}
