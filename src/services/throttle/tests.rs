use super::*;
use crate::config::Config;
use crate::testing::RedisServer;

fn throttles(redis: Option<&RedisServer>) -> Throttles {
    let mut config = Config::defaults().unwrap();
    let rates = config::Throttle {
        login_account_burst: 3,
        login_account_per_minute: 1,
        login_address_burst: 2,
        login_address_per_minute: 1,
    };
    if let Some(redis) = redis {
        config.redis.url = redis.url().into();
    }
    Throttles::new(&rates, &config.redis).unwrap()
}

#[tokio::test]
async fn one_network_of_ipv6_is_one_address() {
    let throttles = throttles(None);
    for host in ["2001:db8::1", "2001:db8::2"] {
        throttles.address(host.parse().unwrap()).await.unwrap();
    }
    assert!(throttles.address("2001:db8::3".parse().unwrap()).await.is_err());
    throttles.address("2001:db8:0:1::3".parse().unwrap()).await.unwrap();
    for host in ["192.0.2.1", "::ffff:192.0.2.1"] {
        throttles.address(host.parse().unwrap()).await.unwrap();
    }
    assert!(throttles.address("192.0.2.1".parse().unwrap()).await.is_err());
}

#[tokio::test]
async fn two_instances_count_together() {
    let redis = RedisServer::start(&[]);
    let (here, there) = (throttles(Some(&redis)), throttles(Some(&redis)));
    for throttles in [&here, &there, &here] {
        throttles.account("ada").await.unwrap();
    }
    let refused = there.account("ada").await.unwrap_err();
    assert_eq!(refused.code, "login.throttled");
    assert!(refused.retry_after.is_some_and(|seconds| (1..=60).contains(&seconds)), "{:?}", refused.retry_after);
    there.account("grace").await.unwrap();
    there.address("192.0.2.1".parse().unwrap()).await.unwrap();
}

#[tokio::test]
async fn without_redis_each_instance_counts_for_itself() {
    let redis = RedisServer::start(&[]);
    let (here, there) = (throttles(Some(&redis)), throttles(Some(&redis)));
    here.account("ada").await.unwrap();
    redis.kill();
    for throttles in [&here, &there] {
        for _ in 0..3 {
            throttles.account("ada").await.unwrap();
        }
        assert!(throttles.account("ada").await.is_err());
    }
    redis.restart();
    here.account("ada").await.unwrap();
}

#[tokio::test]
async fn a_redis_that_hangs_holds_nobody_up_for_long() {
    let redis = RedisServer::start(&[]);
    let throttles = throttles(Some(&redis));
    throttles.account("ada").await.unwrap();
    redis.pause();
    throttles.account("ada").await.unwrap();
    redis.resume();
    for _ in 0..2 {
        throttles.account("ada").await.unwrap();
    }
    assert!(throttles.account("ada").await.is_err(), "what was counted in Redis before still counts");
}
