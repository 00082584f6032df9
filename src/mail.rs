//! Mail: a bounded queue and whoever empties it.
//!
//! Owns SMTP, retries, and the log as the way for mail of an installation without SMTP. It must not know who is written
//! to, and why.

use std::fmt;
use std::time::Duration;

use lettre::address::AddressError;
use lettre::message::Mailbox;
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::sync::{Mutex, mpsc};
use tokio::time::{sleep, timeout};

use crate::config;

/// Letters that may wait: about 1 KB each. Only a mail server that is down for long lets so many gather.
const QUEUE: usize = 1_000;
/// Pauses before a letter is tried again: some greylisting servers want a minute.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(15), Duration::from_secs(60)];
/// How long the mail server may take for each of its answers.
const PATIENCE: Duration = Duration::from_secs(20);

/// A mail of plain text.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Whom it is for: an address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// Where letters are left, and who sends them.
pub struct Mail {
    queue: mpsc::Sender<Letter>,
    postman: Mutex<Postman>,
}

struct Postman {
    queue: mpsc::Receiver<Letter>,
    /// Taken from the queue and not yet sent: kept here, so that whoever stops the postman does not lose it.
    letter: Option<Letter>,
    from: Mailbox,
    way: Way,
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// Who runs no mail server reads here what would have been sent.
    Log,
}

/// Why the settings cannot be used. No message repeats the URL, as it could hold a password.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// `mail.smtp_url`
    #[error("mail.smtp_url is no address of a mail server")]
    Url(#[from] smtp::Error),
    /// `mail.from`
    #[error("mail.from is no sender: {0}")]
    From(#[from] AddressError),
}

/// Why a letter was not sent.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("it cannot be written: {0}")]
    Letter(#[from] lettre::error::Error),
    #[error("its address is none: {0}")]
    Address(#[from] AddressError),
    #[error("{0}")]
    Smtp(#[from] smtp::Error),
}

impl Mail {
    /// The way that the settings name. Nothing is sent before [`run`](Self::run).
    ///
    /// # Errors
    /// A URL or an address that is none, which checked settings do not have.
    pub fn new(config: &config::Mail) -> Result<Self, Unusable> {
        let way = match config.smtp_url.get() {
            Some(url) => {
                Way::Smtp(AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?.timeout(Some(PATIENCE)).build())
            }
            None => Way::Log,
        };
        let (sender, receiver) = mpsc::channel(QUEUE);
        let postman = Postman { queue: receiver, letter: None, from: config.from.parse()?, way };
        Ok(Self { queue: sender, postman: Mutex::new(postman) })
    }

    /// Leaves a letter. Never waits: one for which there is no room is lost, and the log says so.
    pub fn send(&self, letter: Letter) {
        if let Err(error) = self.queue.try_send(letter) {
            log::error!("a mail was not sent: {error}");
        }
    }

    /// Sends what is left, for as long as it is polled.
    pub async fn run(&self) {
        let mut postman = self.postman.lock().await;
        while postman.next().await {
            postman.deliver(&PAUSES).await;
        }
    }

    /// Sends what is still here, each letter once; for a stop.
    pub async fn finish(&self, limit: Duration) {
        let last_round = async {
            let mut postman = self.postman.lock().await;
            while postman.letter.is_some() || !postman.queue.is_empty() {
                postman.next().await;
                postman.deliver(&[]).await;
            }
        };
        if timeout(limit, last_round).await.is_err() {
            log::warn!("mail is left unsent");
        }
    }
}

impl Postman {
    /// Waits for a letter.
    async fn next(&mut self) -> bool {
        if self.letter.is_none() {
            self.letter = self.queue.recv().await;
        }
        self.letter.is_some()
    }

    /// Sends the letter in hand, after each of these pauses again if the server refuses it for the moment.
    async fn deliver(&mut self, pauses: &[Duration]) {
        let Some(letter) = &self.letter else { return };
        let mut pauses = pauses.iter();
        while let Err(error) = self.way.take(&self.from, letter).await {
            let is_final = !matches!(&error, Failure::Smtp(error) if !error.is_permanent());
            match pauses.next() {
                Some(pause) if !is_final => {
                    log::warn!("a mail is tried again in {} s: {error}", pause.as_secs());
                    sleep(*pause).await;
                }
                _ => {
                    log::error!("a mail to {} was not sent: {error}", letter.to);
                    break;
                }
            }
        }
        self.letter = None;
    }
}

impl Way {
    async fn take(&self, from: &Mailbox, letter: &Letter) -> Result<(), Failure> {
        match self {
            Self::Log => log::info!("mail, as no mail server is set:\n{letter}"),
            Self::Smtp(transport) => {
                let message = Message::builder()
                    .from(from.clone())
                    .to(Mailbox::new(None, letter.to.parse()?))
                    .subject(&letter.subject)
                    .body(letter.text.clone())?;
                transport.send(message).await?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "To: {}\nSubject: {}\n\n{}", self.to, self.subject, self.text)
    }
}

/// Letters hold what opens accounts.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").field("to", &self.to).field("subject", &self.subject).finish_non_exhaustive()
    }
}
