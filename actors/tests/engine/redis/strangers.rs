//! What is not ours: other installations, other servers, other formats.

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::time::Duration;

use deadpool_redis::redis::{Client as Redis, cmd};
use rustchat_actors::Disconnect;
use rustchat_actors::bridge::{Bridge, RedisBridge, RedisConfig};
use rustchat_actors::testing::{Client, RedisServer, say, whisper};

use super::{RedisNet, metric, pair};
use crate::{ANN, BOB, TOWN, config, start, to, until, within};

/// Time in which a Redis that worked would long have been joined.
const SHORT: Duration = Duration::from_millis(300);

/// As one step, since the writer may write meanwhile.
const APPEND: &str = "
    local id = ARGV[1]
    if id == 'NEXT' then
        local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1][1]
        id = string.format('%d-0', tonumber(string.match(last, '%d+')) + 1)
    end
    return redis.call('XADD', KEYS[1], id, ARGV[2], ARGV[3])";

/// Writes this under an id behind the end of the stream of `one` (NEXT: which its next entry would have), then sees that everyone
/// resyncs and that life goes on.
async fn garbage(field: &str, value: &[u8], id: &str) {
    let net = RedisNet::default();
    let one = start(&net, config()).0;
    let stream = net.streams().remove(0);
    let two = start(&net, config()).0;
    let ann = Client::open(&two, ANN, &[TOWN]).await.unwrap();
    one.publish(say(to(TOWN), "before"));
    assert!(ann.next().await.unwrap().contains("before"));
    until(async || metric(&one, "backlog") == 0.0).await;
    net.server.ask::<String>(cmd("EVAL").arg(APPEND).arg(1).arg(&stream).arg(id).arg(field).arg(value));
    assert_eq!(ann.closed().await, Disconnect::Resync);
    assert!(metric(&two, "unreadable_total") >= 1.0);
    // Where the numbers were spoilt, the first thing said finds out, and everyone fetches once more.
    loop {
        let ann = Client::open(&two, ANN, &[TOWN]).await.unwrap();
        one.publish(say(to(TOWN), "after"));
        if ann.next().await.is_ok_and(|heard| heard.contains("after")) {
            break;
        }
    }
}

#[actix_rt::test]
async fn garbage_in_a_stream_means_resync_and_life_goes_on() {
    within(async {
        garbage("e", b"", "NEXT").await;
        garbage("e", b"\x01garbage", "NEXT").await;
        garbage("e", b"\x09from a newer version of the format", "NEXT").await;
        garbage("e", &[&[1; 17][..], &[255; 4], b"cut off"].concat(), "NEXT").await;
        garbage("something", b"else", "NEXT").await;
        garbage("e", b"far behind the end", "*").await;
    })
    .await;
}

#[actix_rt::test]
async fn a_newer_message_format_means_resync() {
    within(async {
        let record = [&[20, 0, 0, 0, 0, 99][..], &[0; 18]].concat();
        garbage("e", &[&[1; 17][..], &record].concat(), "NEXT").await;
    })
    .await;
}

#[actix_rt::test]
async fn garbage_that_is_published_is_ignored() {
    within(async {
        let net = RedisNet::default();
        let (one, two) = pair(&net);
        let ann = Client::open(&two, ANN, &[TOWN]).await.unwrap();
        for payload in [&b""[..], b"short", &[7; 40]] {
            net.server.ask::<i64>(cmd("PUBLISH").arg(format!("{}:ephemeral", net.prefix)).arg(payload));
        }
        until(async || metric(&two, "unreadable_total") >= 2.0).await;
        one.publish(whisper(to(TOWN), "typing"));
        assert!(ann.next().await.unwrap().contains("typing"));
    })
    .await;
}

#[actix_rt::test]
async fn another_prefix_hears_nothing() {
    within(async {
        let (here, there) = (RedisNet::default(), RedisNet::default());
        let (one, two) = pair(&here);
        let stranger = start(&there, config()).0;
        let ann = Client::open(&two, ANN, &[TOWN]).await.unwrap();
        let bob = Client::open(&stranger, BOB, &[TOWN]).await.unwrap();
        one.publish(whisper(to(TOWN), "ours"));
        one.publish(say(to(TOWN), "ours"));
        ann.next().await.unwrap();
        ann.next().await.unwrap();
        stranger.publish(say(to(TOWN), "theirs"));
        assert_eq!(bob.next().await.unwrap(), "{\"say\":\"theirs\",\"seq\":1}");
    })
    .await;
}

#[actix_rt::test]
async fn another_installation_under_the_same_prefix_touches_nothing() {
    within(async {
        let net = RedisNet::default();
        let (one, two) = pair(&net);
        let config = RedisConfig { installation: "another".to_owned(), ..net.config() };
        let (stranger, bridge) = net.start_with(config);
        assert!(!bridge.joined(SHORT).await);
        assert_eq!((bridge.healthy(), bridge.peers()), (false, 0));
        let ann = Client::open(&two, ANN, &[TOWN]).await.unwrap();
        let bob = Client::open(&stranger, BOB, &[TOWN]).await.unwrap();
        stranger.publish(say(to(TOWN), "theirs"));
        one.publish(say(to(TOWN), "ours"));
        assert_eq!(ann.next().await.unwrap(), "{\"say\":\"ours\",\"seq\":1}");
        assert_eq!(bob.next().await.unwrap(), "{\"say\":\"theirs\",\"seq\":1}");
        assert_eq!(net.streams().len(), 2);
    })
    .await;
}

#[actix_rt::test]
async fn a_wrong_password_leaves_an_instance_alone_until_it_is_right() {
    within(async {
        let server = RedisServer::start(&["--requirepass", "right"]);
        let net = RedisNet::default();
        let config = RedisConfig { url: format!("{}?pass=wrong", server.url()), ..net.config() };
        let (engine, bridge) = net.start_with(config);
        assert!(!bridge.joined(SHORT).await);
        let ann = Client::open(&engine, ANN, &[TOWN]).await.unwrap();
        engine.publish(say(to(TOWN), "alone"));
        assert!(ann.next().await.unwrap().contains("alone"));
        let redis = Redis::open(format!("{}?pass=right", server.url())).unwrap();
        let mut connection = redis.get_connection().unwrap();
        cmd("CONFIG").arg(&["SET", "requirepass", "wrong"]).exec(&mut connection).unwrap();
        until(async || bridge.healthy()).await;
    })
    .await;
}

#[actix_rt::test]
async fn keys_that_something_else_uses_leave_an_instance_alone() {
    within(async {
        let net = RedisNet::default();
        net.server.ask::<()>(cmd("SET").arg(format!("{}:instances", net.prefix)).arg("a string"));
        let (_, bridge) = net.start_with(net.config());
        assert!(!bridge.joined(SHORT).await);
        net.server.ask::<i64>(cmd("DEL").arg(format!("{}:instances", net.prefix)));
        until(async || bridge.healthy()).await;
    })
    .await;
}

#[actix_rt::test]
async fn what_is_no_redis_leaves_an_instance_alone() {
    within(async {
        let directory = std::env::temp_dir().join(format!("rustchat-not-redis-{}", uuid::Uuid::new_v4().simple()));
        let listener = UnixListener::bind(&directory).unwrap();
        std::thread::spawn(move || {
            for mut socket in listener.incoming().flatten() {
                let _ = socket.read(&mut [0; 512]);
                let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            }
        });
        let net = RedisNet::default();
        let config = RedisConfig { url: format!("unix://{}", directory.display()), ..net.config() };
        let (engine, bridge) = net.start_with(config);
        assert!(!bridge.joined(SHORT).await);
        assert!(engine.healthy().await && !bridge.healthy());
        std::fs::remove_file(directory).unwrap();
        assert!(RedisBridge::new(RedisConfig { url: "http://localhost".to_owned(), ..net.config() }).is_err());
    })
    .await;
}
