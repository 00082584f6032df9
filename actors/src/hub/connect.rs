//! How a session begins, or goes on.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use super::Hub;
use crate::connection::Origin;
use crate::mailbox::{Mailbox, launch};
use crate::outbox::Outbox;
use crate::presence::PresenceOrder;
use crate::session::{SESSION_MAILBOX, Session, SessionActor};
use crate::{Connect, ConnectError, Connection, ConnectionId, Disconnect, Resume};

impl Hub {
    /// Goes on with the session that the client claims, or begins a new one.
    pub(crate) fn connect(&mut self, mut connect: Connect) -> Result<Connection, ConnectError> {
        if self.stopping {
            return Err(ConnectError::Stopping);
        }
        // Only a session that is not here can be elsewhere; and without the bridge nobody can be asked.
        let elsewhere = connect.resume.filter(|claim| {
            self.registry.get(claim.connection).is_none() && self.peers.any() && self.runtime.bridge.healthy()
        });
        if let Some(connection) = self.resume(&mut connect) {
            return Ok(connection);
        }
        self.begin(connect, elsewhere).ok_or(ConnectError::Busy)
    }

    /// A session may be claimed by its own user, in the same login session and dialect, at a position that its ring still
    /// knows. Otherwise the client gets a new one; the old one, which nobody can come back to, ends.
    fn resume(&mut self, connect: &mut Connect) -> Option<Connection> {
        let claim = connect.resume?;
        let session = self.registry.get(claim.connection)?;
        let same = session.user == connect.user && session.login == connect.session;
        if !same || session.protocol != connect.protocol {
            return None;
        }
        let session = Arc::clone(session);
        match session.outbox.resume(claim.next_seq, connect.on_evict.take()) {
            Ok(attachment) => {
                session.privileged.store(connect.privileged, Relaxed);
                session.look();
                self.runtime.metrics.resumes.add(1);
                self.recount(session.user);
                Some(Connection::new(session, attachment, Origin::Resumed))
            }
            Err(on_evict) => {
                connect.on_evict = on_evict;
                if !session.outbox.attached() {
                    session.close(Disconnect::Resync);
                }
                None
            }
        }
    }

    /// Nobody connects whose stored presence finds no room: it would be forgotten, although it may have been chosen.
    fn begin(&mut self, connect: Connect, elsewhere: Option<Resume>) -> Option<Connection> {
        let (outbox, attachment) = Outbox::new(connect.on_evict, elsewhere.is_some());
        self.begun += 1;
        let session = Arc::new(Session {
            id: elsewhere.map_or_else(ConnectionId::random, |claim| claim.connection),
            number: self.begun,
            user: connect.user,
            login: connect.session,
            protocol: connect.protocol,
            name: connect.tag,
            privileged: AtomicBool::new(connect.privileged),
            outbox,
            actor: OnceLock::new(),
            runtime: Arc::clone(&self.runtime),
        });
        let (seat, arbiter) = self.crew.seat();
        let (mailbox, receiver) = Mailbox::new(SESSION_MAILBOX, Arc::clone(&self.runtime.metrics.sessions));
        session.actor.get_or_init(|| mailbox);
        let owned = Arc::clone(&session);
        launch(&arbiter, receiver, move || SessionActor::new(owned));
        self.registry.insert(Arc::clone(&session), seat);
        self.runtime.metrics.connects.add(1);
        let sockets = self.registry.sockets(session.user);
        let order = PresenceOrder::Sockets { user: session.user, sockets, saved: Some(connect.presence) };
        let origin = elsewhere.map_or(Origin::New, |claim| Origin::Elsewhere { next_seq: claim.next_seq });
        let connection = Connection::new(session, attachment, origin);
        self.presences.tell(order).then_some(connection)
    }
}
