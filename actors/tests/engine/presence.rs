//! Presence as the server sees it. The rule itself is tested beside the code; here run the timers, on a stopped clock.

use std::sync::Arc;
use std::time::Duration;

use rustchat_actors::testing::{Client, NOBODY, News, Recorder, connect};
use rustchat_actors::{
    Connect, Engine, EngineConfig, PresenceCommand, PresenceState, Snapshot, SnapshotOf, Status, Topic,
};

use crate::{ANN, BOB, CAT, LocalNet, Net, TOWN, config, start, until, within};

pub async fn come_and_go(net: &dyn Net) {
    let (engine, recorder) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let change = recorder.status(ANN, Status::Online).await;
    assert_eq!(change.before, NOBODY);
    assert_eq!(engine.presences(vec![ANN, BOB]).await, [(ANN, change.now)]);
    let too = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    drop(ann);
    drop(too);
    assert_eq!(recorder.status(ANN, Status::Offline).await.before.status, Status::Online);
    until(async || engine.presences(vec![ANN]).await.is_empty()).await;
}

pub async fn everybody_who_is_known_can_be_asked_for_within_a_bound(net: &dyn Net) {
    let (engine, recorder) = start(net, config());
    let (other, _) = start(net, config());
    let _ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let _bob = Client::open(&other, BOB, &[TOWN]).await.unwrap();
    let ann = recorder.status(ANN, Status::Online).await;
    until(async || engine.known_presences(10).await.len() == 2).await;
    let known = engine.known_presences(10).await;
    assert!(known.contains(&(ANN, ann.now)) && known.iter().any(|(user, _)| *user == BOB));
    assert_eq!(engine.known_presences(1).await, [(ANN, ann.now)], "those who are here come first");
}

pub async fn watching_replaces_what_was_watched(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let watchers = async |topic| match engine.snapshot(SnapshotOf::Topic(topic)).await {
        Some(Snapshot::Channel { sessions, .. }) => sessions,
        other => panic!("{other:?}"),
    };
    let (of_bob, of_cat) = (Topic::Presence(BOB), Topic::Presence(CAT));
    ann.connection.watch(vec![BOB, CAT]).await.unwrap();
    assert_eq!((watchers(of_bob).await, watchers(of_cat).await), (1, 1));
    let id = ann.connection.id();
    drop(ann);
    let ann = Client::resume(&engine, ANN, id, 1).await.unwrap();
    assert!(ann.connection.resumed());
    ann.connection.watch(vec![CAT]).await.unwrap();
    assert_eq!((watchers(of_bob).await, watchers(of_cat).await, watchers(TOWN).await), (0, 1, 1));
}

pub async fn a_command_of_somebody_who_is_not_connected_is_reported(net: &dyn Net) {
    let (engine, recorder) = start(net, config());
    engine.set_presence(ANN, PresenceCommand::Manual { status: Status::Dnd, dnd_end_at: None });
    assert!(recorder.status(ANN, Status::Dnd).await.now.manual);
    until(async || engine.presences(vec![ANN]).await.is_empty()).await;
}

pub async fn what_was_stored_is_kept(net: &dyn Net) {
    let (engine, recorder) = start(net, config());
    let presence = PresenceState { status: Status::Dnd, manual: true, ..NOBODY };
    let connection = engine.connect(Connect { presence, ..connect(ANN) }).await.unwrap();
    connection.activity(true);
    until(async || engine.presences(vec![ANN]).await.first().is_some_and(|(_, state)| state.last_activity_at > 0))
        .await;
    assert_eq!(engine.presences(vec![ANN]).await[0].1.status, Status::Dnd);
    assert!(recorder.news().is_empty(), "nothing changed");
    engine.set_presence(ANN, PresenceCommand::Automatic);
    assert!(!recorder.status(ANN, Status::Online).await.now.manual);
}

/// An engine on the test's own thread, whose clock moves only when everybody waits.
fn stopped_clock() -> (Engine, Recorder) {
    tokio::time::pause();
    let recorder = Recorder::default();
    let config = EngineConfig { arbiters: 0, ..EngineConfig::default() };
    (Engine::start(config, Arc::new(recorder.clone()), LocalNet::default().bridge()), recorder)
}

async fn changes_of(recorder: &Recorder) -> (Status, Status) {
    let change = recorder.wait(|news| if let News::Presence(change) = news { Some(*change) } else { None }).await;
    (change.before.status, change.now.status)
}

#[actix_rt::test]
async fn away_comes_after_five_minutes_and_goes_with_activity() {
    let (engine, recorder) = stopped_clock();
    let start = tokio::time::Instant::now();
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    assert_eq!(changes_of(&recorder).await, (Status::Offline, Status::Online));
    assert_eq!(changes_of(&recorder).await, (Status::Online, Status::Away));
    assert_eq!(start.elapsed().as_secs(), 300);
    ann.connection.activity(false);
    ann.connection.activity(true);
    assert_eq!(changes_of(&recorder).await, (Status::Away, Status::Online));
    drop(ann);
    let left = tokio::time::Instant::now();
    assert_eq!(changes_of(&recorder).await, (Status::Online, Status::Offline));
    assert_eq!(left.elapsed().as_secs(), 3);
}

#[actix_rt::test]
async fn do_not_disturb_ends_when_it_said() {
    let (engine, recorder) = stopped_clock();
    let _ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let online = recorder.status(ANN, Status::Online).await;
    let dnd_end_at = Some(online.now.last_activity_at + 60_000);
    engine.set_presence(ANN, PresenceCommand::Manual { status: Status::Dnd, dnd_end_at });
    assert_eq!(changes_of(&recorder).await, (Status::Online, Status::Dnd));
    let start = tokio::time::Instant::now();
    assert_eq!(changes_of(&recorder).await, (Status::Dnd, Status::Online));
    assert_eq!(start.elapsed().as_secs(), 60);
}

#[actix_rt::test]
async fn a_reload_goes_unnoticed() {
    let (engine, recorder) = stopped_clock();
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    assert_eq!(changes_of(&recorder).await, (Status::Offline, Status::Online));
    drop(ann);
    tokio::time::advance(Duration::from_secs(1)).await;
    let _ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    assert_eq!(changes_of(&recorder).await, (Status::Online, Status::Away), "five minutes later, and nothing before");
}

#[actix_rt::test]
async fn a_session_lingers_for_five_minutes() {
    let (engine, _) = stopped_clock();
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    drop(ann);
    let start = tokio::time::Instant::now();
    while engine.stats().await.unwrap().sessions > 0 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(start.elapsed().as_secs(), 300);
    within(async {}).await;
}
