//! Who hears what, once and in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use bytes::Bytes;
use rustchat_actors::testing::{Client, News, connect, frame, say, whisper};
use rustchat_actors::{
    Audience, Broadcast, Class, Connect, ConnectError, Disconnect, Encoded, Frame, Frames, Protocol, Refresh, Snapshot,
    SnapshotOf, Target, Throttle, Topic, Variant, Who,
};
use uuid::Uuid;

use crate::{ANN, BOB, CAT, Net, OTHER, TOWN, config, metric, start, to, until};

pub async fn everyone_in_a_topic_hears_everything_once_and_in_order(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let bob = Client::open(&engine, BOB, &[TOWN, OTHER]).await.unwrap();
    for n in 1..=200 {
        engine.publish(say(to(TOWN), &n.to_string()));
    }
    for n in 1..=200 {
        let expected = format!("{{\"say\":\"{n}\",\"seq\":{n}}}");
        assert_eq!(ann.next().await.unwrap(), expected);
        assert_eq!(bob.next().await.unwrap(), expected);
    }
    engine.publish(say(to(OTHER), "other"));
    engine.publish(say(to(TOWN), "end"));
    assert_eq!(ann.next().await.unwrap(), "{\"say\":\"end\",\"seq\":201}", "only Bob is in the other channel");
}

pub async fn answers_are_outside_the_sequence(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    ann.connection.reply(Bytes::from_static(b"{\"seq_reply\":1}")).unwrap();
    assert_eq!(ann.next().await.unwrap(), "{\"seq_reply\":1}");
    engine.publish(say(to(TOWN), "one"));
    assert_eq!(ann.next().await.unwrap(), "{\"say\":\"one\",\"seq\":1}");
}

pub async fn a_join_between_register_and_open_is_not_lost(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client { connection: engine.connect(connect(ANN)).await.unwrap() };
    engine.join(ANN, vec![TOWN]);
    ann.connection.join(vec![OTHER]).await.unwrap();
    ann.connection.open(frame("hello"));
    engine.publish(say(to(TOWN), "one"));
    assert_eq!(ann.next().await.unwrap(), "{\"say\":\"hello\",\"seq\":0}");
    assert_eq!(ann.next().await.unwrap(), "{\"say\":\"one\",\"seq\":1}");
}

pub async fn events_before_hello_are_not_delivered(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client { connection: engine.connect(connect(ANN)).await.unwrap() };
    ann.connection.join(vec![TOWN]).await.unwrap();
    engine.publish(say(to(TOWN), "early"));
    until(async || metric(&engine, "broadcasts_total") == 1.0).await;
    ann.connection.open(frame("hello"));
    engine.publish(say(to(TOWN), "late"));
    assert_eq!(ann.next().await.unwrap(), "{\"say\":\"hello\",\"seq\":0}");
    assert_eq!(ann.next().await.unwrap(), "{\"say\":\"late\",\"seq\":1}");
}

pub async fn leaving_takes_effect_at_once(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let bob = Client::open(&engine, BOB, &[TOWN]).await.unwrap();
    engine.publish(say(to(TOWN), "before"));
    engine.leave(ANN, vec![TOWN]);
    engine.publish(say(to(TOWN), "secret"));
    bob.connection.leave(vec![TOWN]).await.unwrap();
    engine.publish(say(to(TOWN), "nobody"));
    engine.publish(say(Audience::Everyone, "end"));
    let mut heard = [Vec::new(), Vec::new()];
    for (client, heard) in [&ann, &bob].into_iter().zip(&mut heard) {
        until(async || {
            heard.extend(client.read());
            heard.iter().any(|text| text.contains("end"))
        })
        .await;
        assert!(!heard.iter().any(|text| text.contains("nobody")), "{heard:?}");
    }
    assert!(!heard[0].iter().any(|text| text.contains("secret")), "{heard:?}");
}

pub async fn audiences_and_exceptions(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let too = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let bob = Client::open(&engine, BOB, &[TOWN]).await.unwrap();
    engine.publish(say(Audience::User(ANN), "user"));
    engine.publish(say(Audience::Users(Arc::from([BOB, CAT])), "users"));
    engine.publish(say(Audience::Connection(too.connection.id()), "connection"));
    engine.publish(say(Audience::Everyone, "all but Ann").except_users(vec![ANN]));
    engine.publish(say(Audience::Everyone, "all but one").except_connection(Some(ann.connection.id())));
    engine.publish(say(Audience::Everyone, "end"));
    let expected: [(&Client, &[&str]); 3] = [
        (&ann, &["user", "end"]),
        (&too, &["user", "connection", "all but one", "end"]),
        (&bob, &["users", "all but Ann", "all but one", "end"]),
    ];
    for (client, texts) in expected {
        for (text, seq) in texts.iter().zip(1..) {
            assert_eq!(client.next().await.unwrap(), format!("{{\"say\":\"{text}\",\"seq\":{seq}}}"));
        }
    }
}

pub async fn variants_and_the_own_name(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let bob = Client::open(&engine, BOB, &[TOWN]).await.unwrap();
    let admin = Client { connection: engine.connect(Connect { privileged: true, ..connect(CAT) }).await.unwrap() };
    admin.connection.join(vec![TOWN]).await.unwrap();
    admin.connection.open(frame("hello"));
    admin.next().await.unwrap();
    let named = Frame::with_name(Bytes::from_static(b"{\"mentions\":[\""), Bytes::from_static(b"\"]"));
    let mentioned = Who::Users(Arc::new([ANN, CAT].into()));
    let variants = vec![
        Variant { who: mentioned, frame: Some(named) },
        Variant { who: Who::Privileged, frame: Some(frame("for admins")) },
    ];
    let encoded = Encoded { base: Some(frame("base")), variants };
    let only_admins =
        Encoded { base: None, variants: vec![Variant { who: Who::Privileged, frame: Some(frame("secret")) }] };
    engine.publish(Broadcast::new(to(TOWN), Class::Durable, Frames::ready(Encoded::nothing(), encoded)));
    engine.publish(Broadcast::new(to(TOWN), Class::Durable, Frames::ready(Encoded::nothing(), only_admins)));
    engine.publish(say(to(TOWN), "end"));
    assert_eq!(ann.next().await.unwrap(), "{\"mentions\":[\"101\"],\"seq\":1}");
    assert_eq!(ann.next().await.unwrap(), "{\"say\":\"end\",\"seq\":2}");
    assert_eq!(bob.next().await.unwrap(), "{\"say\":\"base\",\"seq\":1}");
    assert_eq!(bob.next().await.unwrap(), "{\"say\":\"end\",\"seq\":2}");
    assert_eq!(admin.next().await.unwrap(), "{\"mentions\":[\"103\"],\"seq\":1}", "the first that matches wins");
    assert_eq!(admin.next().await.unwrap(), "{\"say\":\"secret\",\"seq\":2}");
}

pub async fn privileges_follow_the_user(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let for_admins = || {
        let variants = vec![Variant { who: Who::Privileged, frame: Some(frame("secret")) }];
        Frames::lazy(move |_| Encoded { base: Some(frame("public")), variants: variants.clone() })
    };
    for privileged in [true, false] {
        engine.set_privileged(ANN, privileged);
        engine.publish(Broadcast::new(Audience::User(ANN), Class::Durable, for_admins()));
    }
    assert!(ann.next().await.unwrap().contains("secret"));
    assert!(ann.next().await.unwrap().contains("public"));
}

pub async fn repeats_are_throttled(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let bob = Client::open(&engine, BOB, &[TOWN, OTHER]).await.unwrap();
    let throttle = Throttle { key: ANN.as_u128(), every: Duration::from_secs(3_600) };
    for text in ["typing", "typing again"] {
        engine.publish(whisper(to(TOWN), text).throttled(throttle));
    }
    engine.publish(whisper(to(TOWN), "another").throttled(Throttle { key: 1, ..throttle }));
    engine.publish(say(to(TOWN), "end"));
    for expected in ["typing\"", "another\"", "end\""] {
        let heard = bob.next().await.unwrap();
        assert!(heard.contains(expected), "{heard}");
    }
    assert_eq!(metric(&engine, "throttled_total"), 1.0);
}

pub async fn an_unused_protocol_is_never_encoded(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let clients =
        [Client::open(&engine, ANN, &[TOWN]).await.unwrap(), Client::open(&engine, BOB, &[TOWN]).await.unwrap()];
    let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let seen = Arc::clone(&counts);
    let frames = Frames::lazy(move |protocol| {
        seen[usize::from(protocol == Protocol::V4)].fetch_add(1, SeqCst);
        Encoded::same(frame("lazy"))
    });
    engine.publish(Broadcast::new(to(TOWN), Class::Durable, frames));
    for client in &clients {
        client.next().await.unwrap();
    }
    assert_eq!(counts[0].load(SeqCst), 0, "nobody here speaks v1");
    assert_eq!(counts[1].load(SeqCst), 1, "two clients, one encoding");
}

pub async fn refresh_reaches_the_observer(net: &dyn Net) {
    let (engine, recorder) = start(net, config());
    engine.refresh(Bytes::from_static(b"roles"));
    let what = recorder.wait(|news| if let News::Refresh(what) = news { Some(what.clone()) } else { None }).await;
    assert_eq!(what, Refresh::One(Bytes::from_static(b"roles")));
}

pub async fn an_idle_channel_is_retired_and_comes_back(net: &dyn Net) {
    let (engine, _) = start(net, rustchat_actors::EngineConfig { channel_idle: Duration::ZERO, ..config() });
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    ann.connection.leave(vec![TOWN]).await.unwrap();
    until(async || engine.stats().await.unwrap().channels == 0).await;
    ann.connection.join(vec![TOWN]).await.unwrap();
    engine.publish(say(to(TOWN), "again"));
    assert!(ann.next().await.unwrap().contains("again"));
    assert_eq!(metric(&engine, "restarts_total"), 0.0);
}

pub async fn shutdown_tells_sockets_to_come_back_and_waits_for_them(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    engine.publish(say(Audience::User(ANN), "last words"));
    let stopping = tokio::task::spawn_local({
        let engine = engine.clone();
        async move { engine.shutdown(Duration::from_secs(3_600)).await }
    });
    assert!(ann.next().await.unwrap().contains("last words"), "what was published is flushed");
    assert_eq!(ann.closed().await, Disconnect::ServerStopping);
    assert!(Disconnect::ServerStopping.reconnect());
    assert_eq!(engine.connect(connect(BOB)).await.err(), Some(ConnectError::Stopping));
    assert!(!stopping.is_finished(), "it waits for the socket");
    drop(ann);
    stopping.await.unwrap();
    until(async || !engine.healthy().await).await;
}

pub async fn shutdown_cuts_what_does_not_leave(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let (cut, was_cut) = tokio::sync::oneshot::channel();
    let cut = std::sync::Mutex::new(Some(cut));
    let on_evict: Box<dyn Fn() + Send + Sync> = Box::new(move || {
        cut.lock().unwrap().take().map(|cut| cut.send(()));
    });
    let stuck = engine.connect(Connect { on_evict: Some(on_evict), ..connect(ANN) }).await.unwrap();
    engine.shutdown(Duration::from_millis(1)).await;
    was_cut.await.unwrap();
    drop(stuck);
}

pub async fn disconnects_reach_their_target(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let login = Uuid::from_u128(7);
    let one = Client { connection: engine.connect(Connect { session: login, ..connect(ANN) }).await.unwrap() };
    one.connection.open(frame("hello"));
    let two = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let three = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let bob = Client::open(&engine, BOB, &[TOWN]).await.unwrap();
    engine.disconnect(Target::Session(login), Disconnect::SessionRevoked);
    assert_eq!(one.closed().await, Disconnect::SessionRevoked);
    engine.disconnect(Target::Connection(two.connection.id()), Disconnect::Resync);
    assert_eq!(two.closed().await, Disconnect::Resync);
    assert_eq!(three.connection.closed(), None);
    engine.disconnect(Target::User(ANN), Disconnect::Deactivated);
    assert_eq!(three.closed().await, Disconnect::Deactivated);
    assert_eq!(bob.connection.closed(), None);
    drop((one, two, three));
    until(async || engine.stats().await.unwrap().sessions == 1).await;
}

pub async fn an_unknown_actor_has_no_snapshot(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    assert_eq!(engine.snapshot(SnapshotOf::Topic(Topic::Team(ANN))).await, None);
    let channel = engine.snapshot(SnapshotOf::Topic(TOWN)).await.unwrap();
    assert_eq!(channel, Snapshot::Channel { topic: TOWN, sessions: 1 });
    let session = engine.snapshot(SnapshotOf::Connection(ann.connection.id())).await.unwrap();
    let json = serde_json::to_value(&session).unwrap();
    assert_eq!(json["actor"], "session");
    assert_eq!(json["outbox"]["next_seq"], 1);
    assert!(
        matches!(engine.snapshot(SnapshotOf::User(ANN)).await, Some(Snapshot::Presence { sessions, .. }) if sessions.len() == 1)
    );
}

pub async fn what_happened_first_is_heard_first(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    // Until all of them are there, so that none is given up.
    let hanging = engine.hang_channel(TOWN);
    for (place, text) in [(Some(7), "1"), (Some(9), "3"), (None, "4"), (Some(8), "2"), (Some(10), "5")] {
        let broadcast = say(to(TOWN), text);
        engine.publish(if let Some(place) = place { broadcast.at(place) } else { broadcast });
    }
    until(async || metric(&engine, "mailbox_handled_total{actor=\"hub\"}") >= 8.0).await;
    drop(hanging);
    for n in 1..=5 {
        assert_eq!(ann.next().await.unwrap(), format!("{{\"say\":\"{n}\",\"seq\":{n}}}"));
    }
    assert_eq!(metric(&engine, "given_up_total"), 0.0);
}

pub async fn a_lost_predecessor_holds_nothing_up_for_long(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    engine.publish(say(to(TOWN), "1").at(1));
    engine.publish(say(to(TOWN), "2").at(3));
    for n in 1..=2 {
        assert_eq!(ann.next().await.unwrap(), format!("{{\"say\":\"{n}\",\"seq\":{n}}}"));
    }
    engine.publish(say(to(TOWN), "3").at(2));
    assert_eq!(ann.next().await.unwrap(), "{\"say\":\"3\",\"seq\":3}", "late, and not lost");
}

pub async fn the_way_to_the_socket_is_measured(net: &dyn Net) {
    let (engine, _) = start(net, config());
    let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
    let before = metric(&engine, "socket_seconds_count");
    engine.publish(say(to(TOWN), "1"));
    ann.next().await.unwrap();
    assert_eq!(metric(&engine, "socket_seconds_count"), before + 1.0);
    assert!(ann.read().is_empty());
    assert_eq!(metric(&engine, "socket_seconds_count"), before + 1.0, "nothing was written");
}
