//! A client comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use rustchat_actors::testing::{Client, connect, frame, say};
use rustchat_actors::{Connect, Disconnect, Engine, EngineConfig};

use crate::{ANN, BOB, Net, OTHER, TOWN, config, start, to, until};

/// Ann has read `1`..=`n`, and Bob is there to tell when more has been delivered.
async fn after_reading(engine: &Engine, n: usize) -> (Client, Client) {
    let ann = Client::open(engine, ANN, &[TOWN]).await.unwrap();
    let bob = Client::open(engine, BOB, &[TOWN]).await.unwrap();
    for n in 1..=n {
        post(engine, &bob, n).await;
        ann.next().await.unwrap();
    }
    (ann, bob)
}

async fn post(engine: &Engine, bob: &Client, n: usize) {
    engine.publish(say(to(TOWN), &n.to_string()));
    bob.next().await.unwrap();
}

async fn expect(client: &Client, numbers: impl IntoIterator<Item = usize>) {
    for n in numbers {
        assert_eq!(client.next().await.unwrap(), format!("{{\"say\":\"{n}\",\"seq\":{n}}}"));
    }
}

pub async fn what_was_missed_is_replayed_with_its_numbers(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let (ann, bob) = after_reading(&engine, 5).await;
    let id = ann.connection.id();
    drop(ann);
    post(&engine, &bob, 6).await;
    post(&engine, &bob, 7).await;
    // Of the five that were written, the last two had not arrived.
    let ann = Client::resume(&engine, ANN, id, 4).await.unwrap();
    assert!(ann.connection.resumed());
    assert_eq!(ann.connection.id(), id);
    expect(&ann, 4..=7).await;
    post(&engine, &bob, 8).await;
    expect(&ann, [8]).await;
}

pub async fn a_client_that_missed_nothing_goes_on(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let (ann, bob) = after_reading(&engine, 3).await;
    let id = ann.connection.id();
    drop(ann);
    let ann = Client::resume(&engine, ANN, id, 4).await.unwrap();
    assert!(ann.connection.resumed());
    assert!(ann.read().is_empty());
    post(&engine, &bob, 4).await;
    expect(&ann, [4]).await;
}

pub async fn a_client_that_saw_nothing_gets_hello_again(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let (ann, _bob) = after_reading(&engine, 1).await;
    let id = ann.connection.id();
    drop(ann);
    let ann = Client::resume(&engine, ANN, id, 0).await.unwrap();
    assert!(ann.connection.resumed());
    assert_eq!(ann.next().await.unwrap(), "{\"say\":\"hello\",\"seq\":0}");
    expect(&ann, [1]).await;
}

pub async fn a_position_that_fell_out_gets_a_new_id(net: &dyn Net) {
    let (engine, _) = start(net, EngineConfig { replay: 2, ..config() });
    let (ann, _bob) = after_reading(&engine, 5).await;
    let id = ann.connection.id();
    drop(ann);
    let ann = Client::resume(&engine, ANN, id, 3).await.unwrap();
    assert!(!ann.connection.resumed(), "only 4 and 5 are kept");
    assert_ne!(ann.connection.id(), id);
    until(async || engine.stats().await.unwrap().sessions == 2).await;
}

pub async fn a_position_from_the_future_gets_a_new_id(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let (ann, bob) = after_reading(&engine, 2).await;
    let id = ann.connection.id();
    drop(ann);
    post(&engine, &bob, 3).await;
    let ann = Client::resume(&engine, ANN, id, 4).await.unwrap();
    assert!(!ann.connection.resumed(), "3 was never written to it");
}

pub async fn nobody_takes_a_strangers_session(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let (ann, _bob) = after_reading(&engine, 1).await;
    let id = ann.connection.id();
    drop(ann);
    let bob = Client::resume(&engine, BOB, id, 2).await.unwrap();
    assert!(!bob.connection.resumed());
    let resume = Some(rustchat_actors::Resume { connection: id, next_seq: 2 });
    let other_login = Connect { resume, session: BOB, ..connect(ANN) };
    assert!(!engine.connect(other_login).await.unwrap().resumed());
    let ann = Client::resume(&engine, ANN, id, 2).await.unwrap();
    assert!(ann.connection.resumed(), "and it is still there for its owner");
}

pub async fn a_half_open_socket_loses_its_session_to_the_claimant(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let cuts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&cuts);
    let on_evict: Box<dyn Fn() + Send + Sync> = Box::new(move || {
        counted.fetch_add(1, SeqCst);
    });
    let old =
        Client { connection: engine.connect(Connect { on_evict: Some(on_evict), ..connect(ANN) }).await.unwrap() };
    old.connection.join(vec![TOWN]).await.unwrap();
    old.connection.open(frame("hello"));
    old.next().await.unwrap();
    engine.publish(say(to(TOWN), "1"));
    let new = Client::resume(&engine, ANN, old.connection.id(), 1).await.unwrap();
    assert!(new.connection.resumed());
    assert_eq!(cuts.load(SeqCst), 1);
    assert_eq!(old.next().await, Err(Disconnect::TakenOver), "it gets nothing more");
    drop(old);
    expect(&new, [1]).await;
    engine.publish(say(to(TOWN), "2"));
    expect(&new, [2]).await;
}

pub async fn joins_and_leaves_reach_a_session_without_a_socket(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let (ann, bob) = after_reading(&engine, 1).await;
    let id = ann.connection.id();
    drop(ann);
    engine.join(ANN, vec![OTHER]);
    engine.leave(ANN, vec![TOWN]);
    post(&engine, &bob, 99).await;
    engine.publish(say(to(OTHER), "2"));
    let ann = Client::resume(&engine, ANN, id, 2).await.unwrap();
    assert!(ann.connection.resumed());
    expect(&ann, [2]).await;
}

pub async fn a_session_expires_when_nobody_comes_back(net: &dyn Net) {
    let (engine, _) = start(net, EngineConfig { linger: Duration::from_millis(10), ..config() });
    let (ann, _bob) = after_reading(&engine, 1).await;
    let id = ann.connection.id();
    drop(ann);
    until(async || engine.stats().await.unwrap().sessions == 1).await;
    let ann = Client::resume(&engine, ANN, id, 2).await.unwrap();
    assert!(!ann.connection.resumed());
}

pub async fn an_overfull_session_without_a_socket_is_given_up(net: &dyn Net) {
    let (engine, _) = start(net, EngineConfig { outbox: 4, ..config() });
    let (ann, bob) = after_reading(&engine, 1).await;
    let id = ann.connection.id();
    drop(ann);
    for n in 2..=6 {
        post(&engine, &bob, n).await;
    }
    until(async || engine.stats().await.unwrap().sessions == 1).await;
    let ann = Client::resume(&engine, ANN, id, 2).await.unwrap();
    assert!(!ann.connection.resumed(), "five events do not fit into four places");
}
