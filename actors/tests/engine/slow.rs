//! Clients that do not read, and mailboxes that are full: bounded, and never silent.

use std::time::Duration;

use bytes::Bytes;
use rustchat_actors::testing::{Client, News, connect, frame, say, whisper};
use rustchat_actors::{Audience, Connect, Disconnect, EngineConfig, Refresh, SnapshotOf};

use crate::{ANN, BOB, CAT, Net, OTHER, TOWN, config, metric, start, to, until};

fn small() -> EngineConfig {
    EngineConfig { outbox: 8, ..config() }
}

pub async fn ephemeral_events_are_dropped_past_half(net: &dyn Net) {
    let (engine, _) = start(net, small());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    for n in 0..6 {
        engine.publish(whisper(to(TOWN), &format!("typing {n}")));
    }
    engine.publish(say(to(TOWN), "post"));
    until(async || metric(&engine, "frames_total") == 5.0).await;
    let heard = ann.read();
    assert_eq!(heard.len(), 5, "{heard:?}");
    assert!(heard[3].contains("typing 3"));
    assert_eq!(heard[4], "{\"say\":\"post\",\"seq\":5}", "what was dropped took no number");
    assert_eq!(metric(&engine, "dropped_frames_total"), 2.0);
}

pub async fn a_stalled_client_is_cut_while_others_go_on(net: &dyn Net) {
    let (engine, _) = start(net, small());
    let (cut, was_cut) = tokio::sync::oneshot::channel();
    let cut = std::sync::Mutex::new(Some(cut));
    let on_evict: Box<dyn Fn() + Send + Sync> = Box::new(move || {
        cut.lock().unwrap().take().map(|cut| cut.send(()));
    });
    let stalled = engine.connect(Connect { on_evict: Some(on_evict), ..connect(ANN) }).await.unwrap();
    stalled.join(vec![TOWN]).await.unwrap();
    stalled.open(frame("hello"));
    let bob = Client::open(&engine, BOB, &[TOWN]).await.unwrap();
    for n in 1..=12 {
        engine.publish(say(to(TOWN), &n.to_string()));
        assert!(bob.next().await.unwrap().contains(&format!("\"seq\":{n}}}")));
    }
    was_cut.await.unwrap();
    assert_eq!(stalled.closed(), Some(Disconnect::SlowConsumer));
    assert_eq!(metric(&engine, "slow_closes_total"), 1.0);
    let id = stalled.id();
    drop(stalled);
    let back = Client::resume(&engine, ANN, id, 1).await.unwrap();
    assert!(!back.connection.resumed(), "it has to fetch again");
    engine.publish(say(to(TOWN), "13"));
    assert!(bob.next().await.unwrap().contains("13"));
}

pub async fn a_slow_client_that_reads_keeps_its_session(net: &dyn Net) {
    let (engine, _) = start(net, EngineConfig { stall_after: Duration::from_secs(3_600), ..small() });
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let bob = Client::open(&engine, BOB, &[TOWN]).await.unwrap();
    for n in 1..=32 {
        engine.publish(say(to(TOWN), &n.to_string()));
        bob.next().await.unwrap();
    }
    assert_eq!(ann.read().len(), 32, "four times its outbox is kept for a while");
    assert_eq!(ann.connection.closed(), None);
}

pub async fn a_gap_ends_the_session_at_once(net: &dyn Net) {
    let (engine, _) = start(net, EngineConfig { stall_after: Duration::from_secs(3_600), ..small() });
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let bob = Client::open(&engine, BOB, &[TOWN]).await.unwrap();
    for n in 1..=33 {
        engine.publish(say(to(TOWN), &n.to_string()));
        bob.next().await.unwrap();
    }
    until(async || ann.connection.closed() == Some(Disconnect::Resync)).await;
    let heard = ann.read();
    assert_eq!(heard.len(), 32, "what came before the gap is still delivered");
    assert_eq!(metric(&engine, "overflows_total"), 1.0);
    engine.publish(say(to(TOWN), "34"));
    bob.next().await.unwrap();
    assert!(ann.read().is_empty(), "and nothing after it");
}

pub async fn a_client_that_asks_without_reading_is_closed(net: &dyn Net) {
    let (engine, _) = start(net, EngineConfig { replies: 2, ..config() });
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let answer = Bytes::from_static(b"{}");
    assert_eq!(ann.connection.reply(answer.clone()), Ok(()));
    assert_eq!(ann.connection.reply(answer.clone()), Ok(()));
    assert_eq!(ann.connection.reply(answer), Err(Disconnect::SlowConsumer));
    assert_eq!(ann.closed().await, Disconnect::SlowConsumer);
}

pub async fn a_full_hub_means_resync_not_silence(net: &dyn Net) {
    let (engine, recorder) = start(net, EngineConfig { hub_mailbox: 8, ..config() });
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let bob = Client::open(&engine, BOB, &[OTHER]).await.unwrap();
    let hanging = engine.hang_hub();
    for n in 0..40 {
        engine.publish(say(to(TOWN), &n.to_string()));
    }
    engine.refresh(Bytes::from_static(b"roles"));
    drop(hanging);
    assert_eq!(ann.closed().await, Disconnect::Resync);
    assert_eq!(bob.connection.closed(), None, "it concerned nobody else");
    let what = recorder.wait(|news| if let News::Refresh(what) = news { Some(what.clone()) } else { None }).await;
    assert_eq!(what, Refresh::One(Bytes::from_static(b"roles")), "a refresh needs no mailbox here");
    assert!(metric(&engine, "mailbox_refused_total{actor=\"hub\"}") >= 31.0);
}

pub async fn a_full_channel_means_resync_not_silence(net: &dyn Net) {
    let (engine, _) = start(net, EngineConfig { channel_mailbox: 4, ..config() });
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let hanging = engine.hang_channel(TOWN);
    for n in 0..20 {
        engine.publish(say(to(TOWN), &n.to_string()));
    }
    until(async || ann.connection.closed() == Some(Disconnect::Resync)).await;
    drop(hanging);
    assert_eq!(ann.closed().await, Disconnect::Resync);
    until(async || engine.snapshot(SnapshotOf::Topic(TOWN)).await.is_some()).await;
    let back = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    engine.publish(say(to(TOWN), "again"));
    assert!(back.next().await.unwrap().contains("again"));
}

pub async fn a_refused_leave_ends_the_session(net: &dyn Net) {
    let (engine, _) = start(net, EngineConfig { channel_mailbox: 4, ..config() });
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let bob = Client::open(&engine, BOB, &[TOWN]).await.unwrap();
    let cat = Client::open(&engine, CAT, &[OTHER]).await.unwrap();
    // Three joins, and then what it hangs in: only then is the room in its mailbox known.
    let handled = async |count| {
        until(async || metric(&engine, "mailbox_handled_total{actor=\"channel\"}") >= count).await;
    };
    handled(3.0).await;
    let hanging = engine.hang_channel(TOWN);
    handled(4.0).await;
    for n in 0..8 {
        engine.publish(whisper(to(TOWN), &n.to_string()));
    }
    engine.leave(ANN, vec![TOWN]);
    assert_eq!(ann.closed().await, Disconnect::Resync, "it must not hear what comes now");
    assert_eq!(bob.connection.closed(), None, "ephemeral events may be lost");
    drop((hanging, ann));
    // The channel is told again who is here.
    until(async || {
        let channel = engine.snapshot(SnapshotOf::Topic(TOWN)).await;
        channel.is_some_and(|channel| serde_json::to_value(channel).unwrap()["sessions"] == 1)
    })
    .await;
    engine.publish(say(Audience::Everyone, "end"));
    assert!(cat.next().await.unwrap().contains("end"));
}
