//! Several engines on one bridge behave like one.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use futures_util::future::{BoxFuture, ready};
use rustchat_actors::bridge::{Bridge, Inbox, Message, PresenceNote};
use rustchat_actors::testing::{Client, NOBODY, News, Recorder, frame, say};
use rustchat_actors::{
    Broadcast, Class, Disconnect, Encoded, Engine, EngineConfig, Frame, Frames, PresenceCommand, PresenceState,
    Refresh, Status, Target, Variant, Who,
};
use uuid::Uuid;

use crate::{ANN, BOB, CAT, Net, TOWN, config, start, to, until, within};

pub async fn broadcasts_cross_with_everything_they_carry(net: &dyn Net) {
    let ((one, _), (two, _)) = (start(net, config()), start(net, config()));
    let ann = Client::open(&one, ANN, &[TOWN]).await.unwrap();
    let bob = Client::open(&two, BOB, &[TOWN]).await.unwrap();
    let cat = Client::open(&two, CAT, &[TOWN]).await.unwrap();
    let named = Frame::with_name(Bytes::from_static(b"{\"mentions\":[\""), Bytes::from_static(b"\"]"));
    let variants = vec![Variant { who: Who::Users(Arc::new([BOB].into())), frame: Some(named) }];
    let encoded = Encoded { base: Some(frame("base")), variants };
    let frames = Frames::lazy(move |_| encoded.clone());
    one.publish(Broadcast::new(to(TOWN), Class::Durable, frames).except_users(vec![CAT]));
    one.publish(say(to(TOWN), "end"));
    assert_eq!(ann.next().await.unwrap(), "{\"say\":\"base\",\"seq\":1}");
    assert_eq!(ann.next().await.unwrap(), "{\"say\":\"end\",\"seq\":2}", "once, not once more from the bridge");
    assert_eq!(bob.next().await.unwrap(), "{\"mentions\":[\"102\"],\"seq\":1}");
    assert_eq!(bob.next().await.unwrap(), "{\"say\":\"end\",\"seq\":2}");
    assert_eq!(cat.next().await.unwrap(), "{\"say\":\"end\",\"seq\":1}");
}

pub async fn control_crosses(net: &dyn Net) {
    let ((one, _), (two, recorder)) = (start(net, config()), start(net, config()));
    let ann = Client::open(&two, ANN, &[]).await.unwrap();
    one.join(ANN, vec![TOWN]);
    one.publish(say(to(TOWN), "joined"));
    one.leave(ANN, vec![TOWN]);
    one.publish(say(to(TOWN), "left"));
    assert_eq!(ann.next().await.unwrap(), "{\"say\":\"joined\",\"seq\":1}");
    one.disconnect(Target::User(ANN), Disconnect::SessionRevoked);
    assert_eq!(ann.next().await, Err(Disconnect::SessionRevoked));
    one.refresh(Bytes::from_static(b"roles"));
    let what = recorder.wait(|news| if let News::Refresh(what) = news { Some(what.clone()) } else { None }).await;
    assert_eq!(what, Refresh::One(Bytes::from_static(b"roles")));
}

pub async fn order_between_join_and_publish_holds_across(net: &dyn Net) {
    let ((one, _), (two, _)) = (start(net, config()), start(net, config()));
    let ann = Client::open(&two, ANN, &[]).await.unwrap();
    for n in 1..=50 {
        one.join(ANN, vec![TOWN]);
        one.publish(say(to(TOWN), &n.to_string()));
        one.leave(ANN, vec![TOWN]);
        one.publish(say(to(TOWN), "secret"));
    }
    for n in 1..=50 {
        assert_eq!(ann.next().await.unwrap(), format!("{{\"say\":\"{n}\",\"seq\":{n}}}"));
    }
}

pub async fn presence_is_seen_from_elsewhere(net: &dyn Net) {
    let ((one, first), (two, second)) = (start(net, config()), start(net, config()));
    let ann = Client::open(&one, ANN, &[]).await.unwrap();
    first.status(ANN, Status::Online).await;
    until(async || two.presences(vec![ANN]).await.first().is_some_and(|(_, state)| state.status == Status::Online))
        .await;
    two.set_presence(ANN, PresenceCommand::Manual { status: Status::Dnd, dnd_end_at: None });
    second.status(ANN, Status::Dnd).await;
    until(async || one.presences(vec![ANN]).await.first().is_some_and(|(_, state)| state.status == Status::Dnd)).await;
    assert!(first.news().is_empty(), "the instance where it was asked reports it, and only that one");
    drop(ann);
    until(async || two.presences(vec![ANN]).await.is_empty()).await;
}

pub async fn one_of_two_instances_leaving_changes_nothing(net: &dyn Net) {
    let ((one, first), (two, second)) = (start(net, config()), start(net, config()));
    let here = Client::open(&one, ANN, &[]).await.unwrap();
    first.status(ANN, Status::Online).await;
    until(async || !two.presences(vec![ANN]).await.is_empty()).await;
    let there = Client::open(&two, ANN, &[]).await.unwrap();
    until(async || one.stats().await.is_some() && two.stats().await.is_some_and(|stats| stats.attached == 1)).await;
    drop(here);
    until(async || one.stats().await.is_some_and(|stats| stats.attached == 0)).await;
    drop(there);
    assert_eq!(second.status(ANN, Status::Offline).await.before.status, Status::Online);
}

pub async fn two_instances_that_lose_a_user_together_report_it(net: &dyn Net) {
    let ((one, first), (two, second)) = (start(net, config()), start(net, config()));
    let here = Client::open(&one, ANN, &[]).await.unwrap();
    first.status(ANN, Status::Online).await;
    let there = Client::open(&two, ANN, &[]).await.unwrap();
    until(async || !one.presences(vec![ANN]).await.is_empty() && !two.presences(vec![ANN]).await.is_empty()).await;
    drop((here, there));
    tokio::select! {
        _ = first.status(ANN, Status::Offline) => {}
        _ = second.status(ANN, Status::Offline) => {}
    }
}

pub async fn a_gap_reaches_sessions_elsewhere(net: &dyn Net) {
    let (one, _) = start(net, EngineConfig { hub_mailbox: 8, ..config() });
    let (two, _) = start(net, config());
    let ann = Client::open(&two, ANN, &[TOWN]).await.unwrap();
    let bob = Client::open(&two, BOB, &[]).await.unwrap();
    let hanging = one.hang_hub();
    for n in 0..40 {
        one.publish(say(to(TOWN), &n.to_string()));
    }
    assert_eq!(ann.closed().await, Disconnect::Resync, "what could not even be sent is missed there too");
    assert_eq!(bob.connection.closed(), None);
    drop(hanging);
}

/// A bridge whose other end the test holds.
#[derive(Default)]
struct Held(OnceLock<Inbox>);

impl Bridge for Held {
    fn start(&self, inbox: Inbox) {
        self.0.get_or_init(|| inbox);
    }

    fn send(&self, _: Message) {}

    fn healthy(&self) -> bool {
        true
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }
}

#[actix_rt::test]
async fn whoever_is_not_said_again_is_not_there() {
    let (bridge, other) = (Arc::new(Held::default()), Uuid::from_u128(9));
    let engine = Engine::start(config(), Arc::new(Recorder::default()), Arc::clone(&bridge) as Arc<dyn Bridge>);
    let inbox = bridge.0.get().unwrap();
    let online = PresenceState { status: Status::Online, ..NOBODY };
    let note = |user| Message::Presence(PresenceNote { instance: other, user, state: Some(online) });
    inbox.deliver(note(ANN));
    inbox.deliver(note(BOB));
    within(until(async || engine.presences(vec![ANN, BOB]).await.len() == 2)).await;
    inbox.deliver(Message::PresenceAnew(other));
    inbox.deliver(note(BOB));
    within(until(async || engine.presences(vec![ANN, BOB]).await == [(BOB, online)])).await;
}
