//! A Redis that dies, hangs, or cannot be reached.

use std::time::Duration;

use tokio::time::sleep;

use crate::crowd::Crowd;
use crate::proxy::Proxy;
use crate::stack::Stack;

#[actix_web::test]
async fn a_redis_that_comes_back_empty_costs_nobody_anything() {
    let stack = Stack::of(2).await;
    let mut crowd = Crowd::gather(stack.addresses()).await;
    crowd.talk();
    crowd.hears(60).await;
    stack.redis.kill();
    for server in &stack.servers {
        server.becomes("degraded").await;
    }
    crowd.hears(60).await;
    stack.redis.restart();
    for server in &stack.servers {
        server.becomes("ready").await;
    }
    crowd.hears(60).await;
    crowd.finish(&stack).await;
}

#[actix_web::test]
async fn while_redis_hangs_life_goes_on_and_afterwards_everything_catches_up() {
    let stack = Stack::of(2).await;
    let mut crowd = Crowd::gather(stack.addresses()).await;
    crowd.talk();
    crowd.hears(60).await;
    let begun = crowd.begun();
    stack.redis.pause();
    // The length of the pause is the point: longer than leases and patience.
    let pause = sleep(Duration::from_secs(10));
    for server in &stack.servers {
        server.becomes("degraded").await;
    }
    crowd.hears(60).await;
    pause.await;
    stack.redis.resume();
    for server in &stack.servers {
        server.becomes("ready").await;
    }
    crowd.hears(60).await;
    crowd.finish(&stack).await;
    println!("before the pause {begun:?} had begun anew, in the end {:?}", crowd.begun());
}

#[actix_web::test]
async fn an_instance_that_was_cut_off_catches_up() {
    let mut stack = Stack::empty().await;
    let proxy = Proxy::to(&stack.redis).await;
    stack.add(&[]).await;
    stack.add(&[("RUSTCHAT_REDIS_URL", &proxy.url())]).await;
    let mut crowd = Crowd::gather(stack.addresses()).await;
    crowd.talk();
    crowd.hears(60).await;
    proxy.cut();
    stack.servers[1].becomes("degraded").await;
    crowd.hears(120).await;
    assert_eq!(stack.servers[0].health().await.as_deref(), Some("ready"), "the other one still has its Redis");
    proxy.heal();
    stack.servers[1].becomes("ready").await;
    crowd.hears(60).await;
    crowd.finish(&stack).await;
}
