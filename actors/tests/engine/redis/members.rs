//! Instances that leave, die, or only seem to.

use std::time::Duration;

use deadpool_redis::redis::cmd;
use rustchat_actors::bridge::{Bridge, RedisConfig};
use rustchat_actors::testing::{Client, say};
use rustchat_actors::{Disconnect, Engine, Status};

use super::{RedisNet, pair};
use crate::{ANN, BOB, CAT, Net, TOWN, config, start, to, until, within};

async fn until_seen(engine: &Engine, online: bool) {
    until(async || {
        let presences = engine.presences(vec![ANN]).await;
        presences.first().is_some_and(|(_, state)| state.status == Status::Online) == online
    })
    .await;
}

#[actix_rt::test]
async fn who_is_killed_is_found_dead_and_everybody_fetches_again() {
    within(async {
        let net = RedisNet { lease: Duration::from_millis(400), ..RedisNet::default() };
        let (one, two) = pair(&net);
        let _ann = Client::open(&one, ANN, &[]).await.unwrap();
        let bob = Client::open(&two, BOB, &[]).await.unwrap();
        until_seen(&two, true).await;
        net.bridges.lock()[0].kill();
        until_seen(&two, false).await;
        assert_eq!(bob.closed().await, Disconnect::Resync);
        assert_eq!(net.bridges.lock()[1].peers(), 0);
    })
    .await;
}

#[actix_rt::test]
async fn who_leaves_says_everything_first_and_disturbs_nobody() {
    within(async {
        let net = RedisNet::default();
        let (one, two) = pair(&net);
        let _ann = Client::open(&one, ANN, &[]).await.unwrap();
        let bob = Client::open(&two, BOB, &[TOWN]).await.unwrap();
        until_seen(&two, true).await;
        for n in 1..=100 {
            one.publish(say(to(TOWN), &n.to_string()));
        }
        one.shutdown(Duration::from_millis(1)).await;
        for n in 1..=100 {
            assert!(bob.next().await.unwrap().contains(&format!("\"{n}\"")));
        }
        until(async || net.bridges.lock()[1].peers() == 0).await;
        until_seen(&two, false).await;
        assert_eq!(bob.connection.closed(), None);
        assert_eq!(net.streams().len(), 1, "and leaves nothing behind");
        let alive: Vec<String> = net.server.ask(cmd("KEYS").arg(format!("{}:alive:*", net.prefix)));
        assert_eq!(alive.len(), 1);
    })
    .await;
}

#[actix_rt::test]
async fn who_was_cut_off_comes_back_with_all_it_had_to_say() {
    within(async {
        let net = RedisNet { lease: Duration::from_millis(400), ..RedisNet::fragile() };
        let user = |state: &str| {
            net.server.ask::<()>(cmd("ACL").arg(&["SETUSER", "one", state, ">pass", "~*", "&*", "+@all"]))
        };
        user("on");
        let url = format!("{}?user=one&pass=pass", net.server.url());
        let (one, first) = net.start_with(RedisConfig { url, ..net.config() });
        let two = start(&net, config()).0;
        let _ann = Client::open(&one, ANN, &[]).await.unwrap();
        let bob = Client::open(&two, BOB, &[]).await.unwrap();
        until_seen(&two, true).await;

        user("off");
        net.server.ask::<i64>(cmd("CLIENT").arg(&["KILL", "USER", "one"]));
        until(async || !first.healthy()).await;
        one.publish(say(to(TOWN), "meanwhile"));
        until_seen(&two, false).await;
        assert_eq!(bob.closed().await, Disconnect::Resync, "it was taken for dead");
        let cat = Client::open(&two, CAT, &[TOWN]).await.unwrap();

        user("on");
        assert!(cat.next().await.unwrap().contains("meanwhile"));
        until_seen(&two, true).await;
        one.publish(say(to(TOWN), "again"));
        assert!(cat.next().await.unwrap().contains("again"));
        net.settle();
    })
    .await;
}
