//! Actors that die or hang.

use std::time::Duration;

use rustchat_actors::testing::{Client, News, frame, say};
use rustchat_actors::{Broadcast, Class, Disconnect, Encoded, EngineConfig, Frames, PresenceCommand, Status};

use crate::{ANN, BOB, Net, OTHER, TOWN, config, metric, start, to, until};

pub async fn a_dead_channel_is_rebuilt_with_its_sessions(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    engine.publish(say(to(TOWN), "one"));
    assert!(ann.next().await.unwrap().contains("one"));
    engine.crash_channel(TOWN);
    until(async || metric(&engine, "restarts_total") == 1.0).await;
    engine.publish(say(to(TOWN), "two"));
    assert_eq!(ann.next().await.unwrap(), "{\"say\":\"two\",\"seq\":2}", "nothing was lost, so nobody noticed");
}

pub async fn sessions_of_a_channel_that_died_with_work_resync(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let bob = Client::open(&engine, BOB, &[OTHER]).await.unwrap();
    let hanging = engine.hang_channel(TOWN);
    engine.crash_channel(TOWN);
    engine.publish(say(to(TOWN), "lost with the mailbox"));
    until(async || engine.healthy().await).await;
    drop(hanging);
    assert_eq!(ann.closed().await, Disconnect::Resync);
    assert_eq!(bob.connection.closed(), None);
    let back = Client::resume(&engine, ANN, ann.connection.id(), 1).await.unwrap();
    assert!(!back.connection.resumed());
    back.connection.join(vec![TOWN]).await.unwrap();
    back.connection.open(frame("hello"));
    back.next().await.unwrap();
    engine.publish(say(to(TOWN), "again"));
    assert!(back.next().await.unwrap().contains("again"));
}

pub async fn a_hanging_arbiter_is_replaced(net: &dyn Net) {
    let (engine, _) = start(net, EngineConfig { heartbeat_timeout: Duration::from_millis(200), ..config() });
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let hanging = engine.hang_channel(TOWN);
    engine.publish(say(to(TOWN), "stuck"));
    assert_eq!(ann.closed().await, Disconnect::Resync);
    let back = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    engine.publish(say(to(TOWN), "again"));
    assert!(back.next().await.unwrap().contains("again"), "while the old arbiter still hangs");
    drop(hanging);
}

pub async fn presence_is_rebuilt_and_knows_everybody(net: &dyn Net) {
    let (engine, recorder) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    recorder.status(ANN, Status::Online).await;
    engine.set_presence(ANN, PresenceCommand::Manual { status: Status::Dnd, dnd_end_at: None });
    recorder.status(ANN, Status::Dnd).await;
    engine.crash_presence();
    until(async || metric(&engine, "restarts_total") == 1.0).await;
    until(async || engine.presences(vec![ANN]).await.first().is_some_and(|(_, state)| state.manual)).await;
    let _bob = Client::open(&engine, BOB, &[TOWN]).await.unwrap();
    recorder.status(BOB, Status::Online).await;
    engine.set_presence(ANN, PresenceCommand::Automatic);
    recorder.status(ANN, Status::Online).await;
    drop(ann);
    recorder.status(ANN, Status::Offline).await;
}

pub async fn a_broken_encoder_means_resync_and_harms_nobody_else(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let bob = Client::open(&engine, BOB, &[OTHER]).await.unwrap();
    let broken = || Frames::lazy(|_| -> Encoded { panic!("a broken encoder") });
    engine.publish(Broadcast::new(to(OTHER), Class::Ephemeral, broken()));
    engine.publish(Broadcast::new(to(TOWN), Class::Durable, broken()));
    assert_eq!(ann.closed().await, Disconnect::Resync);
    engine.publish(say(to(OTHER), "fine"));
    assert!(bob.next().await.unwrap().contains("fine"));
    assert_eq!(metric(&engine, "restarts_total"), 0.0);
}

pub async fn a_dead_hub_is_fatal(net: &dyn Net) {
    let (engine, recorder) = start(net, config());
    engine.crash_hub();
    let reason = recorder.wait(|news| if let News::Fatal(reason) = news { Some(reason.clone()) } else { None }).await;
    assert!(reason.contains("hub"), "{reason}");
    assert!(!engine.healthy().await);
}

pub async fn a_hanging_hub_is_not_healthy(net: &dyn Net) {
    let (engine, _) = start(net, config());
    assert!(engine.healthy().await);
    let hanging = engine.hang_hub();
    assert!(!engine.healthy().await);
    drop(hanging);
    until(async || engine.healthy().await).await;
}
