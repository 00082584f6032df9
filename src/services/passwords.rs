//! Passwords: which are acceptable, and hashing them off the reactor.
//!
//! bcrypt keeps a core busy for tens of milliseconds on purpose. So many hashes run at once as there are cores, and only
//! so many may wait: past that the server says it is busy instead of piling up work.

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::error::{Error, Result};

/// bcrypt looks at no more bytes than these.
pub const MAX_BYTES: usize = 72;
/// Hashes running or waiting: some seconds of work.
const QUEUE: usize = 128;

/// Hashes and checks passwords.
pub struct Passwords {
    cost: u32,
    /// Whom a login of nobody is checked against, so that it takes as long as one of somebody.
    decoy: String,
    queue: Semaphore,
    turns: Semaphore,
}

impl Passwords {
    /// With bcrypt's work factor `cost` (4 to 16).
    #[must_use]
    pub fn new(cost: u32) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // A well-formed hash that no password is known for.
        let decoy = format!("$2b${cost:02}$..CA.uOD/eaGAOmJB.yMBuoYRgZUyMLrJqmRLFFOCpxHQQJ6l8QBG");
        Self { cost, decoy, queue: Semaphore::new(QUEUE), turns: Semaphore::new(cores) }
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// 400 `password.too_long`, 503 where too many wait.
    pub async fn hash(&self, password: &str) -> Result<String> {
        check_longest(password)?;
        let (password, cost) = (password.to_owned(), self.cost);
        // `hash` would cut a longer password off; `non_truncating_hash` would refuse one of exactly 72 bytes.
        self.run(move || bcrypt::hash(password, cost)).await
    }

    /// Whether `password` is the one behind `hash`. Without a hash the answer is no, after the same time.
    ///
    /// # Errors
    /// 503 where too many wait.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        if password.len() > MAX_BYTES {
            return Ok(false);
        }
        let password = password.to_owned();
        let candidate = hash.unwrap_or(&self.decoy).to_owned();
        Ok(self.run(move || bcrypt::verify(password, &candidate)).await? && hash.is_some())
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> bcrypt::BcryptResult<T> + Send + 'static,
    ) -> Result<T> {
        let busy = || Error::unavailable("Too many people are logging in right now. Try again in a moment.");
        let _place = self.queue.try_acquire().map_err(|_| busy())?;
        let _turn = self.turns.acquire().await.map_err(Error::internal)?;
        spawn_blocking(work).await.map_err(Error::internal)?.map_err(Error::internal)
    }
}

/// Whether somebody may choose this password.
///
/// # Errors
/// 400 `password.too_short` below `shortest` characters, 400 `password.too_long` above 72 bytes.
pub fn check(password: &str, shortest: usize) -> Result<()> {
    if password.chars().count() < shortest {
        let detail = format!("A password needs at least {shortest} characters.");
        return Err(Error::invalid("password.too_short", "password", detail));
    }
    check_longest(password)
}

fn check_longest(password: &str) -> Result<()> {
    if password.len() > MAX_BYTES {
        let detail = format!("A password has at most {MAX_BYTES} bytes.");
        return Err(Error::invalid("password.too_long", "password", detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn knows_its_own_hash_to_the_last_byte() {
        let passwords = Passwords::new(4);
        let longest = "ü".repeat(36);
        let hash = passwords.hash(&longest).await.unwrap();
        assert!(passwords.verify(&longest, Some(&hash)).await.unwrap());
        assert!(!passwords.verify(&longest[..70], Some(&hash)).await.unwrap());
        assert!(!passwords.verify(&format!("{longest}x"), Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        let passwords = Passwords::new(4);
        assert!(!passwords.verify("correct horse", None).await.unwrap());
        assert_eq!(passwords.hash(&"x".repeat(73)).await.unwrap_err().code, "password.too_long");
    }

    #[test]
    fn counts_characters_below_and_bytes_above() {
        assert_eq!(check("üüüüüüü", 8).unwrap_err().code, "password.too_short");
        assert!(check("üüüüüüüü", 8).is_ok());
        assert_eq!(check(&"ü".repeat(37), 8).unwrap_err().code, "password.too_long");
    }
}
