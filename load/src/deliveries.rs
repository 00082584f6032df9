//! Deliveries per second into one channel: from the first post to the last event at the last member.

use std::time::Instant;

use tokio::task::LocalSet;

use crate::Outcome;
use crate::http::Target;
use crate::people::Crowd;
use crate::posts;
use crate::report::{Report, count};
use crate::websocket::{POSTED, Socket};

/// Posts of one measurement.
const POSTS: usize = 200;
const BUFFER: usize = 64 * 1024;

pub async fn measure(target: &Target, crowd: &Crowd, mut sockets: Vec<Socket>, report: &mut Report) -> Outcome<()> {
    let members = sockets.len();
    for in_flight in [8, 1] {
        let tasks = LocalSet::new();
        let readers: Vec<_> = sockets
            .drain(..)
            .map(|mut socket| {
                tasks.spawn_local(async move {
                    // Small: a thousand of them share the machine with the server.
                    let mut buffer = vec![0; BUFFER / 8];
                    let result = socket.expect(POSTED, POSTS, &mut buffer).await;
                    result.map(|()| socket).map_err(|error| error.to_string())
                })
            })
            .collect();
        let channel = [crowd.channel.clone()];
        let begun = Instant::now();
        tasks.run_until(posts::send(target, crowd, &channel, POSTS, in_flight)).await?;
        tasks.await;
        let took = begun.elapsed();
        for reader in readers {
            sockets.push(reader.await??);
        }
        let name = format!("deliveries to {members} members, {in_flight} in flight");
        report.add(name, count(POSTS * members) / took.as_secs_f64(), "/s");
    }
    Ok(())
}
