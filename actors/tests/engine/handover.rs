//! A client comes back to another instance than the one it left.

use std::collections::HashMap;
use std::time::Duration;

use rustchat_actors::testing::{Client, say};
use rustchat_actors::{Audience, ConnectionId, Disconnect, Engine, EngineConfig, Topic};

use crate::{ANN, BOB, CAT, Net, OTHER, TOWN, config, metric, start, to, until};

/// As many engines as asked for, each of which knows all others.
async fn together(net: &dyn Net, count: usize) -> Vec<Engine> {
    let engines: Vec<_> = (0..count).map(|_| start(net, patient()).0).collect();
    for engine in &engines {
        until(async || engine.stats().await.is_some_and(|stats| stats.peers == count - 1)).await;
    }
    engines
}

/// No test may depend on how fast the machine is.
fn patient() -> EngineConfig {
    EngineConfig { claim_patience: Duration::from_secs(30), outbox: 4_096, ..config() }
}

async fn expect(client: &Client, texts: impl IntoIterator<Item = (u64, String)>) {
    for (seq, text) in texts {
        assert_eq!(client.next().await.unwrap(), format!("{{\"say\":\"{text}\",\"seq\":{seq}}}"));
    }
}

fn numbered(range: std::ops::RangeInclusive<u64>) -> impl Iterator<Item = (u64, String)> {
    range.map(|n| (n, n.to_string()))
}

/// Somebody at `engine` has heard `text`.
async fn heard_at(witness: &Client, text: &str) {
    while !witness.next().await.unwrap().contains(&format!("\"{text}\"")) {}
}

pub async fn what_was_missed_arrives_at_another_instance(net: &dyn Net) {
    let engines = together(net, 3).await;
    let [one, two, three] = engines.as_slice() else { unreachable!() };
    let ann = Client::open(one, ANN, &[TOWN, OTHER]).await.unwrap();
    let bob = Client::open(one, BOB, &[TOWN, OTHER]).await.unwrap();
    one.publish(say(to(TOWN), "1"));
    expect(&ann, numbered(1..=1)).await;
    let id = ann.connection.id();
    drop(ann);
    for (n, (engine, audience)) in
        (2..).zip([(two, to(TOWN)), (three, to(OTHER)), (one, Audience::User(ANN)), (two, Audience::Everyone)])
    {
        engine.publish(say(audience, &n.to_string()));
        if n != 4 {
            heard_at(&bob, &n.to_string()).await;
        }
    }
    let ann = Client::come_back(two, ANN, &[TOWN, OTHER], id, 2).await.unwrap();
    assert!(ann.connection.resumed());
    assert_eq!(ann.connection.id(), id);
    expect(&ann, numbered(2..=5)).await;
    for (n, engine) in (6..).zip([two, three, one]) {
        engine.publish(say(to(TOWN), &n.to_string()));
        expect(&ann, numbered(n..=n)).await;
    }
    until(async || one.stats().await.is_some_and(|stats| stats.sessions == 1)).await;
    drop(ann);
    let ann = Client::come_back(three, ANN, &[TOWN, OTHER], id, 8).await.unwrap();
    assert_eq!(ann.connection.id(), id, "and on to the next one");
    expect(&ann, numbered(8..=8)).await;
}

pub async fn nothing_is_lost_or_doubled_while_everybody_talks(net: &dyn Net) {
    const EACH: usize = 400;
    let engines = together(net, 3).await;
    let topics = [TOWN, OTHER];
    let mut ann = Client::open(&engines[0], ANN, &topics).await.unwrap();
    let id = ann.connection.id();
    let talking: Vec<_> = (engines.iter().cloned().enumerate())
        .map(|(from, engine)| {
            actix_rt::spawn(async move {
                for n in 0..EACH {
                    engine.publish(say(to(topics[n % 2]), &format!("{from}:{n}")));
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    let (mut next_seq, mut moves) = (1, 0);
    // The last number of each speaker in each topic.
    let mut last: HashMap<(usize, usize), usize> = HashMap::new();
    while next_seq <= u64::try_from(EACH * engines.len()).unwrap() {
        let text = ann.next().await.unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["seq"], next_seq, "{text}");
        next_seq += 1;
        let (from, n) = value["say"].as_str().unwrap().split_once(':').unwrap();
        let (from, n): (usize, usize) = (from.parse().unwrap(), n.parse().unwrap());
        if let Some(before) = last.insert((from, n % 2), n) {
            assert_eq!(n, before + 2, "{text}");
        }
        if next_seq % 97 == 0 {
            moves += 1;
            drop(ann);
            ann = Client::come_back(&engines[moves % engines.len()], ANN, &topics, id, next_seq).await.unwrap();
            let stats = engines[moves % engines.len()].stats().await;
            assert_eq!(ann.connection.id(), id, "move {moves}: {stats:?}");
        }
    }
    for talk in talking {
        talk.await.unwrap();
    }
    assert!(moves > 5);
    assert!(ann.read().is_empty());
}

pub async fn a_session_that_nobody_has_begins_anew(net: &dyn Net) {
    let engines = together(net, 3).await;
    let id = ConnectionId::random();
    let ann = Client::come_back(&engines[0], ANN, &[TOWN], id, 5).await.unwrap();
    assert_ne!(ann.connection.id(), id);
    engines[1].publish(say(to(TOWN), "1"));
    expect(&ann, numbered(1..=1)).await;
}

pub async fn a_stranger_does_not_get_it_elsewhere_either(net: &dyn Net) {
    let engines = together(net, 2).await;
    let ann = Client::open(&engines[0], ANN, &[TOWN]).await.unwrap();
    let cat = Client::come_back(&engines[1], CAT, &[TOWN], ann.connection.id(), 1).await.unwrap();
    assert_ne!(cat.connection.id(), ann.connection.id());
    engines[1].publish(say(to(TOWN), "1"));
    expect(&ann, numbered(1..=1)).await;
}

pub async fn a_position_that_cannot_be_proven_begins_anew_and_ends_the_old_one(net: &dyn Net) {
    let engines = together(net, 2).await;
    let ann = Client::open(&engines[0], ANN, &[TOWN]).await.unwrap();
    let id = ann.connection.id();
    drop(ann);
    let ann = Client::come_back(&engines[1], ANN, &[TOWN], id, 7).await.unwrap();
    assert_ne!(ann.connection.id(), id);
    until(async || engines[0].stats().await.is_some_and(|stats| stats.sessions == 0)).await;
}

pub async fn a_half_open_socket_loses_its_session_to_another_instance(net: &dyn Net) {
    let engines = together(net, 2).await;
    let dead = Client::open(&engines[0], ANN, &[TOWN]).await.unwrap();
    let id = dead.connection.id();
    let ann = Client::come_back(&engines[1], ANN, &[TOWN], id, 1).await.unwrap();
    assert_eq!(ann.connection.id(), id);
    assert_eq!(dead.closed().await, Disconnect::TakenOver);
    engines[0].publish(say(to(TOWN), "1"));
    expect(&ann, numbered(1..=1)).await;
}

pub async fn what_a_client_watches_comes_along(net: &dyn Net) {
    let engines = together(net, 2).await;
    let watched = Topic::Presence(BOB);
    let ann = Client::open(&engines[0], ANN, &[TOWN, watched]).await.unwrap();
    let id = ann.connection.id();
    drop(ann);
    let ann = Client::come_back(&engines[1], ANN, &[TOWN], id, 1).await.unwrap();
    engines[0].publish(say(to(watched), "1"));
    expect(&ann, numbered(1..=1)).await;
}

pub async fn an_instance_that_drains_hands_its_sessions_over(net: &dyn Net) {
    let engines = together(net, 2).await;
    let ann = Client::open(&engines[0], ANN, &[TOWN]).await.unwrap();
    let id = ann.connection.id();
    engines[1].publish(say(to(TOWN), "1"));
    expect(&ann, numbered(1..=1)).await;
    let draining = engines[0].clone();
    let drained = actix_rt::spawn(async move { draining.drain(Duration::from_secs(60)).await });
    assert_eq!(ann.closed().await, Disconnect::ServerStopping);
    drop(ann);
    engines[1].publish(say(to(TOWN), "2"));
    let ann = Client::come_back(&engines[1], ANN, &[TOWN], id, 2).await.unwrap();
    assert_eq!(ann.connection.id(), id);
    expect(&ann, numbered(2..=2)).await;
    assert!(drained.await.unwrap());
    assert_eq!(metric(&engines[0], "handed_over_total"), 1.0);
    assert_eq!(metric(&engines[1], "taken_over_total"), 1.0);
    assert!(Client::open(&engines[0], BOB, &[]).await.is_err(), "it takes nobody in any more");
}
