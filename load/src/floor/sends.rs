//! A bare loop that sends an event to each socket, read and checked by the very code that reads a server's.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::rc::Rc;
use std::sync::mpsc::{Receiver as Inbox, channel};
use std::thread;
use std::time::Instant;

use crate::Outcome;
use crate::api::Servers;
use crate::check::Receiver;
use crate::ledger::Ledger;
use crate::mark::Mark;
use crate::people::Person;
use crate::run::{Run, SETTLE};
use crate::sender::WORDS;
use crate::socket::{Hall, Socket};
use crate::stats::per_second;

/// Bytes of an event of a new post.
const EVENT: usize = 1_000;
/// Events that each socket gets.
const EVENTS: usize = 400;
/// Events that a write holds, as a server under pressure and one at rest send them.
const TOGETHER: [usize; 2] = [8, 1];

/// What comes out is the most that any server can reach on this machine with this generator.
pub async fn measure(run: &Run, members: usize) -> Outcome<()> {
    for together in TOGETHER {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let servers = Rc::new(Servers::new(&[listener.local_addr()?.to_string()])?);
        let hall = Rc::new(Hall::new(servers, Rc::clone(&run.violations), None));
        let ledger = Rc::new(Ledger::new(run.ledger.run()));
        let number = ledger.add_channel("").ok_or("no channel")?;
        let (go, wait) = channel();
        let sender = thread::spawn(move || send(&listener, members, together, &wait));
        let nobody = Rc::new(Person::nobody());
        let open = |member| {
            let receiver = Receiver::new(format!("floor {member}"), &[number], &ledger, &run.violations);
            Socket::open(&hall, &nobody, receiver)
        };
        let sockets: Vec<_> = (0..members).map(open).collect();
        if !hall.until_live(members, SETTLE).await {
            return Err("the floor's sockets did not open".into());
        }

        let lane = ledger.add_lane(number).ok_or("no lane")?;
        let begun = Instant::now();
        for _ in 0..EVENTS {
            let mark = ledger.send(number, lane, begun).ok_or("no lane")?;
            ledger.acknowledge(mark);
            go.send(mark)?;
        }
        drop(go);
        ledger.settle(SETTLE).await;
        let took = begun.elapsed();
        sockets.iter().for_each(|socket| socket.receiver.borrow_mut().finish());
        drop(sockets);
        sender.join().map_err(|_| "the sender failed")??;
        let name = format!("floor: bare sends to {members} sockets, {together} events a write");
        run.add(name, per_second(EVENTS * members, took), "/s");
    }
    Ok(())
}

/// Greets each socket, then sends every mark to all of them, some in one write. The sockets stay open until they are
/// dropped by whoever joins this thread: closing them would throw away what was not read yet.
fn send(
    listener: &TcpListener,
    members: usize,
    together: usize,
    marks: &Inbox<Mark>,
) -> std::io::Result<Vec<TcpStream>> {
    let mut sockets: Vec<_> = (0..members).map(|_| greet(listener)).collect::<Result<_, _>>()?;
    let marks: Vec<_> = marks.iter().collect();
    let mut number = 0;
    let mut chunk = Vec::new();
    for marks in marks.chunks(together) {
        chunk.clear();
        for mark in marks {
            number += 1;
            event(&mut chunk, *mark, number);
        }
        for socket in &mut sockets {
            socket.write_all(&chunk)?;
        }
    }
    Ok(sockets)
}

fn greet(listener: &TcpListener) -> std::io::Result<TcpStream> {
    let (mut socket, _) = listener.accept()?;
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        socket.read_exact(&mut byte)?;
        request.extend(byte);
    }
    let hello = br#"{"event":"hello","data":{"connection_id":"floor"},"broadcast":{},"seq":0}"#;
    let mut greeting = b"HTTP/1.1 101 Switching Protocols\r\n\r\n".to_vec();
    frame(&mut greeting, hello);
    socket.write_all(&greeting)?;
    Ok(socket)
}

/// An event as long as a server's.
fn event(out: &mut Vec<u8>, mark: Mark, number: usize) {
    let begin = r#"{"event":"posted","data":{"channel_type":"O","post":"{\"id\":\"\",\"create_at\":"#;
    let mut event = format!(r#"{begin}{number},\"message\":\"{mark} {WORDS}\"}}"}},"broadcast":{{"filler":""#);
    let end = format!(r#""}},"seq":{number}}}"#);
    let filler = EVENT.saturating_sub(event.len() + end.len());
    event.extend(std::iter::repeat_n('x', filler));
    event.push_str(&end);
    frame(out, event.as_bytes());
}

/// A server's frame of less than 64 KiB.
fn frame(out: &mut Vec<u8>, payload: &[u8]) {
    out.extend([0x81, 126]);
    out.extend(u16::try_from(payload.len()).unwrap_or_default().to_be_bytes());
    out.extend(payload);
}
