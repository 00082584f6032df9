//! A Redis that dies, hangs, forgets, or is slow.

use std::time::Duration;

use deadpool_redis::redis::cmd;
use rustchat_actors::bridge::RedisConfig;
use rustchat_actors::testing::{Client, say};
use rustchat_actors::{Disconnect, EngineConfig};

use super::{RedisNet, hear_all, metric, pair, say_all};
use crate::{ANN, BOB, CAT, Net, OTHER, TOWN, config, start, to, until, within};

#[actix_rt::test]
async fn a_redis_that_comes_back_empty_costs_nothing_that_it_had_not_got() {
    within(async {
        let net = RedisNet::fragile();
        let (one, two) = pair(&net);
        let ann = Client::open(&two, ANN, &[TOWN]).await.unwrap();
        say_all(&one, 1..=3);
        hear_all(&ann, 1..=3).await;
        net.server.kill();
        net.until_all_healthy(false).await;
        say_all(&one, 4..=6);
        two.publish(say(to(TOWN), "7"));
        assert!(ann.next().await.unwrap().contains("\"7\""), "life goes on here meanwhile");
        net.server.restart();
        hear_all(&ann, 4..=6).await;
        net.until_all_healthy(true).await;
        say_all(&one, 8..=9);
        hear_all(&ann, 8..=9).await;
        assert_eq!(ann.connection.closed(), None);
        assert!(metric(&one, "breaks_total") >= 1.0);
    })
    .await;
}

#[actix_rt::test]
async fn a_redis_that_hangs_delays_and_loses_nothing() {
    within(async {
        let net = RedisNet::fragile();
        let (one, two) = pair(&net);
        let ann = Client::open(&two, ANN, &[TOWN]).await.unwrap();
        net.server.pause();
        say_all(&one, 1..=20);
        net.until_all_healthy(false).await;
        say_all(&one, 21..=40);
        net.server.resume();
        hear_all(&ann, 1..=40).await;
        net.until_all_healthy(true).await;
        say_all(&one, 41..=41);
        hear_all(&ann, 41..=41).await;
    })
    .await;
}

#[actix_rt::test]
async fn cut_connections_lose_and_double_nothing() {
    within(async {
        let net = RedisNet::fragile();
        let (one, two) = pair(&net);
        let ann = Client::open(&two, ANN, &[TOWN]).await.unwrap();
        for round in 0..10 {
            say_all(&one, round * 50 + 1..=round * 50 + 25);
            for kind in ["normal", "pubsub"] {
                net.server.ask::<i64>(cmd("CLIENT").arg("KILL").arg("TYPE").arg(kind));
            }
            say_all(&one, round * 50 + 26..=round * 50 + 50);
            hear_all(&ann, round * 50 + 1..=round * 50 + 50).await;
        }
        assert_eq!(ann.connection.closed(), None);
    })
    .await;
}

/// Holds the reader up, so that Redis loses what it has not read yet.
#[actix_rt::test]
async fn what_was_trimmed_before_it_was_read_means_resync() {
    within(async {
        let net = RedisNet::fragile();
        let one = start(&net, config()).0;
        let two = start(&net, EngineConfig { hub_mailbox: 16, ..config() }).0;
        let ann = Client::open(&two, ANN, &[TOWN]).await.unwrap();
        let before = metric(&one, "sent_total");
        let hanging = two.hang_hub();
        for n in 1..=100 {
            one.publish(say(to(TOWN), &n.to_string()));
            until(async || metric(&one, "sent_total") >= before + f64::from(n)).await;
        }
        for stream in net.streams() {
            net.server.ask::<i64>(cmd("XTRIM").arg(stream).arg("MAXLEN").arg(0));
        }
        one.publish(say(to(TOWN), "end"));
        drop(hanging);
        assert_eq!(ann.closed().await, Disconnect::Resync);
        assert!(metric(&two, "gaps_total") >= 1.0);
        let ann = Client::open(&two, ANN, &[TOWN]).await.unwrap();
        one.publish(say(to(TOWN), "again"));
        assert!(ann.next().await.unwrap().contains("again"));
    })
    .await;
}

#[actix_rt::test]
async fn what_does_not_fit_means_resync_for_those_whom_it_concerned() {
    within(async {
        let net = RedisNet::fragile();
        let (one, _) = net.start_with(RedisConfig { backlog_messages: 50, ..net.config() });
        let two = start(&net, config()).0;
        let ann = Client::open(&two, ANN, &[TOWN]).await.unwrap();
        let bob = Client::open(&two, BOB, &[OTHER]).await.unwrap();
        net.server.pause();
        say_all(&one, 1..=300);
        until(async || metric(&one, "collapsed_total") > 0.0).await;
        net.server.resume();
        assert_eq!(ann.closed().await, Disconnect::Resync);
        one.publish(say(to(OTHER), "fine"));
        assert!(bob.next().await.unwrap().contains("fine"));
        assert_eq!(bob.connection.closed(), None, "it concerned nobody else");
    })
    .await;
}

#[actix_rt::test]
async fn a_redis_that_comes_late_makes_everybody_fetch_again_once() {
    within(async {
        let net = RedisNet::fragile();
        net.server.kill();
        let (one, bridge) = net.start_with(net.config());
        assert!(!bridge.joined(Duration::from_millis(50)).await);
        let ann = Client::open(&one, ANN, &[TOWN]).await.unwrap();
        one.publish(say(to(TOWN), "alone"));
        assert!(ann.next().await.unwrap().contains("alone"));
        net.server.restart();
        assert_eq!(ann.closed().await, Disconnect::Resync);
        let cat = Client::open(&one, CAT, &[TOWN]).await.unwrap();
        let two = start(&net, config()).0;
        until(async || bridge.peers() == 1).await;
        two.publish(say(to(TOWN), "joined"));
        assert!(cat.next().await.unwrap().contains("joined"));
        net.settle();
    })
    .await;
}

#[actix_rt::test]
async fn a_part_that_dies_begins_anew() {
    within(async {
        let net = RedisNet::default();
        let (one, two) = pair(&net);
        let ann = Client::open(&two, ANN, &[TOWN]).await.unwrap();
        let bridges = net.bridges.lock().clone();
        bridges[0].crash_writer();
        say_all(&one, 1..=10);
        assert_eq!(ann.closed().await, Disconnect::Resync, "the writer may have held something in its hands");
        let ann = Client::open(&two, ANN, &[TOWN]).await.unwrap();
        say_all(&one, 11..=20);
        hear_all(&ann, 11..=20).await;
        assert!(metric(&one, "restarts_total") >= 1.0);
    })
    .await;
}
