//! Floors: the least work that has to be done, measured in the same run on the same machine.

use std::cell::Cell;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::rc::Rc;
use std::thread;
use std::time::Instant;

use rustchat::model::{ChannelId, Mentions, PostId, Props, UserId, now};
use rustchat::storage::posts::{Insert, insert};
use sqlx::postgres::PgPoolOptions;
use sqlx::{Row, query};
use tokio::task::LocalSet;

use crate::Outcome;
use crate::report::{Report, count};
use crate::websocket::{Frames, POSTED};

/// Bytes of an event of a new post.
const EVENT: usize = 1_000;
const ROUNDS: usize = 200;

/// The very statement that stores a post, in a loop over as many connections as there were requests in flight.
pub async fn statements(url: &str, posts: usize, in_flight: usize, report: &mut Report) -> Outcome<()> {
    let connections = u32::try_from(in_flight)?;
    let db = PgPoolOptions::new().max_connections(connections).min_connections(connections).connect(url).await?;
    let rows = query("SELECT id, creator_id FROM channels WHERE name LIKE 'quiet%'").fetch_all(&db).await?;
    let channels: Rc<[(ChannelId, UserId)]> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let next = Rc::new(Cell::new(0));
    let tasks = LocalSet::new();
    let mut workers = Vec::new();
    for _ in 0..in_flight {
        let (db, next, channels) = (db.clone(), Rc::clone(&next), Rc::clone(&channels));
        workers.push(tasks.spawn_local(async move {
            let mut each = Vec::new();
            while next.get() < posts {
                let number = next.replace(next.get() + 1);
                let (channel, author) = *channels.get(number % channels.len()).ok_or("no channel")?;
                let begun = Instant::now();
                one(&db, channel, author).await.map_err(|error| error.to_string())?;
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
    report.add_rate(&format!("floor: the same statement, {in_flight} connections"), took, each);
    Ok(())
}

async fn one(db: &sqlx::PgPool, channel: ChannelId, author: UserId) -> sqlx::Result<()> {
    let (mentions, props) = (Mentions::default(), Props::new());
    let message = "the quick brown fox jumps over the lazy dog ".repeat(3);
    let post = Insert {
        id: PostId::new(),
        channel,
        author,
        root: None,
        kind: "",
        message: &message,
        hashtags: "",
        props: &props,
        pending: None,
        mentions: &mentions,
        counts: true,
        now: now(),
    };
    insert(db, &post).await.map(|_| ())
}

/// A bare loop that sends an event to each socket, read like the real ones: one event per write, and eight.
pub async fn sends(members: usize, report: &mut Report) -> Outcome<()> {
    for together in [8, 1] {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let sender = thread::spawn(move || send(&listener, members, together));
        let mut streams = Vec::new();
        for _ in 0..members {
            streams.push(tokio::net::TcpStream::connect(address).await?);
        }
        let begun = Instant::now();
        let tasks = LocalSet::new();
        let readers: Vec<_> = streams.into_iter().map(|stream| tasks.spawn_local(read(stream))).collect();
        tasks.await;
        for reader in readers {
            reader.await??;
        }
        let took = begun.elapsed();
        sender.join().map_err(|_| "the sender failed")??;
        let name = format!("floor: bare sends to {members} sockets, {together} events a write");
        report.add(name, count(ROUNDS * members) / took.as_secs_f64(), "/s");
    }
    Ok(())
}

fn send(listener: &TcpListener, members: usize, together: usize) -> std::io::Result<()> {
    let mut sockets: Vec<TcpStream> =
        (0..members).map(|_| listener.accept().map(|(socket, _)| socket)).collect::<Result<_, _>>()?;
    let mut event = vec![0x81, 126];
    event.extend_from_slice(&u16::try_from(EVENT).unwrap_or_default().to_be_bytes());
    event.extend_from_slice(POSTED);
    event.resize(4 + EVENT, b' ');
    let chunk = event.repeat(together);
    for _ in 0..ROUNDS / together {
        for socket in &mut sockets {
            socket.write_all(&chunk)?;
        }
    }
    Ok(())
}

async fn read(mut stream: tokio::net::TcpStream) -> Result<(), String> {
    use tokio::io::AsyncReadExt;
    let mut frames = Frames { rest: Vec::new() };
    let mut buffer = vec![0; 8 * 1024];
    let mut seen = 0;
    while seen < ROUNDS {
        let read = stream.read(&mut buffer).await.map_err(|error| error.to_string())?;
        if read == 0 {
            return Err("the sender ended early".to_owned());
        }
        frames.rest.extend_from_slice(buffer.get(..read).unwrap_or_default());
        seen += frames.count(POSTED).map_err(|error| error.to_string())?;
    }
    Ok(())
}
