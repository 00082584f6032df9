//! Posts per second through REST.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;

use crate::Outcome;
use crate::http::Target;
use crate::people::Crowd;
use crate::report::Report;

/// Channels that the posts go to, in turn: one channel's posts wait for each other.
const CHANNELS: usize = 16;

pub async fn measure(
    target: &Target,
    crowd: &Crowd,
    posts: usize,
    in_flight: usize,
    report: &mut Report,
) -> Outcome<()> {
    let channels = crowd.channels(target, CHANNELS).await?;
    // Once before it counts.
    send(target, crowd, &channels, posts / 4, in_flight).await?;
    let (took, each) = send(target, crowd, &channels, posts, in_flight).await?;
    report.add_rate(&format!("posts through REST, {in_flight} in flight"), took, each);
    Ok(())
}

/// Posts to the channels in turn; how long it took and how long each took.
pub async fn send(
    target: &Target,
    crowd: &Crowd,
    channels: &[String],
    posts: usize,
    in_flight: usize,
) -> Outcome<(Duration, Vec<Duration>)> {
    let next = Rc::new(Cell::new(0));
    let token = crowd.owner()?.token.clone();
    let bodies: Rc<[String]> = channels.iter().map(|channel| body(channel)).collect();
    let tasks = LocalSet::new();
    let mut workers = Vec::new();
    for _ in 0..in_flight {
        let (next, token, bodies) = (Rc::clone(&next), token.clone(), Rc::clone(&bodies));
        let mut http = target.connect().await?;
        workers.push(tasks.spawn_local(async move {
            let mut each = Vec::new();
            while next.get() < posts {
                let number = next.replace(next.get() + 1);
                let body = bodies.get(number % bodies.len()).ok_or("no channel")?;
                let begun = Instant::now();
                let answer =
                    http.send("POST", "/api/v4/posts", &token, body).await.map_err(|error| error.to_string())?;
                if answer.status != 201 {
                    return Err(format!("a post answered {}", answer.status));
                }
                each.push(begun.elapsed());
            }
            Ok::<_, String>(each)
        }));
    }
    let begun = Instant::now();
    tasks.await;
    let took = begun.elapsed();
    let mut each = Vec::new();
    for worker in workers {
        each.extend(worker.await??);
    }
    Ok((took, each))
}

fn body(channel: &str) -> String {
    let words = "the quick brown fox jumps over the lazy dog ".repeat(3);
    format!(r#"{{"channel_id":"{channel}","message":"{words}"}}"#)
}
