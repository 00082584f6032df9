//! The mark that every post carries, so that a byte scan tells which post an event or a page is about.

use std::fmt;

use memchr::memmem::{self, Finder};

const PREFIX: &[u8] = b"rcload-";
const RUN: usize = 8;
const CHANNEL: usize = 4;
const LANE: usize = 4;
const NUMBER: usize = 8;

/// Which post of which run: the `number`th that one sender's lane put into one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    pub run: u32,
    pub channel: u16,
    /// A path on which each post is acknowledged before the next is sent, so that their order is known.
    pub lane: u16,
    /// Counted from 0 in each lane.
    pub number: u32,
}

impl fmt::Display for Mark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { run, channel, lane, number } = self;
        write!(out, "rcload-{run:08x}-{channel:04x}-{lane:04x}-{number:08x}")
    }
}

impl Mark {
    /// The mark whose fields these bytes begin with.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (run, rest) = field(bytes, RUN)?;
        let (channel, rest) = field(rest.strip_prefix(b"-")?, CHANNEL)?;
        let (lane, rest) = field(rest.strip_prefix(b"-")?, LANE)?;
        let (number, _) = field(rest.strip_prefix(b"-")?, NUMBER)?;
        Some(Self { run, channel: u16::try_from(channel).ok()?, lane: u16::try_from(lane).ok()?, number })
    }
}

/// A number of so many hexadecimal digits, and what follows it.
fn field(bytes: &[u8], digits: usize) -> Option<(u32, &[u8])> {
    let (text, rest) = bytes.split_at_checked(digits)?;
    let mut value = 0;
    for digit in text {
        value = value << 4 | char::from(*digit).to_digit(16)?;
    }
    Some((value, rest))
}

/// Finds marks and moments in bytes that nobody parses.
pub struct Scanner {
    mark: Finder<'static>,
    created: Finder<'static>,
}

impl Scanner {
    pub fn new() -> Self {
        Self { mark: Finder::new(PREFIX), created: Finder::new(b"create_at") }
    }

    /// The first mark in these bytes.
    pub fn first(&self, bytes: &[u8]) -> Option<Mark> {
        let at = self.mark.find(bytes)?;
        Mark::parse(bytes.get(at + PREFIX.len()..)?)
    }

    /// Every mark in these bytes.
    pub fn all<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = Mark> + 'a {
        self.mark.find_iter(bytes).filter_map(|at| Mark::parse(bytes.get(at + PREFIX.len()..)?))
    }

    /// The first `create_at`, whether its quotes are escaped or not; 0 where there is none.
    pub fn created_at(&self, bytes: &[u8]) -> i64 {
        self.created.find(bytes).map_or(0, |at| number_after(bytes.get(at..).unwrap_or_default()))
    }
}

/// The first number in these bytes, not beyond the end of its JSON value.
fn number_after(bytes: &[u8]) -> i64 {
    let digits = bytes.iter().skip_while(|byte| !byte.is_ascii_digit() && !b",}".contains(byte));
    digits.take_while(|byte| byte.is_ascii_digit()).fold(0, |value, digit| value * 10 + i64::from(digit - b'0'))
}

/// The text of the first value of this key, given with its quotes and colon; for answers too rare to matter.
pub fn text_after<'a>(bytes: &'a [u8], key: &str) -> Option<&'a str> {
    let at = memmem::find(bytes, key.as_bytes())? + key.len();
    let rest = bytes.get(at..)?.trim_ascii_start().strip_prefix(b"\"")?;
    let end = memchr::memchr(b'"', rest)?;
    std::str::from_utf8(rest.get(..end)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: Mark = Mark { run: 0xfeed, channel: 3, lane: 0xffff, number: 70_000 };

    #[test]
    fn what_is_written_is_found() {
        let event = format!(r#"{{"event":"posted","data":{{"post":"{{\"message\":\"rcload-no {MARK} x\"}}"}}}}"#);
        let scanner = Scanner::new();
        assert_eq!(scanner.all(event.as_bytes()).collect::<Vec<_>>(), [MARK]);
        assert_eq!(scanner.first(format!("a {MARK}").as_bytes()), Some(MARK));
    }

    #[test]
    fn what_is_cut_off_or_foreign_is_none() {
        let scanner = Scanner::new();
        let text = MARK.to_string();
        assert_eq!(scanner.first(&text.as_bytes()[..text.len() - 1]), None);
        assert_eq!(scanner.first(b"rcload-0000feed-0003-xxxx-00000001"), None);
        assert_eq!(scanner.first(b"nothing"), None);
    }

    #[test]
    fn moments_are_found_escaped_and_plain() {
        let scanner = Scanner::new();
        assert_eq!(scanner.created_at(br#"{"post":"{\"id\":\"x\",\"create_at\":1700,\"a\":2}"#), 1700);
        assert_eq!(scanner.created_at(br#"{"create_at": 5,"x":9}"#), 5);
        assert_eq!(scanner.created_at(br#""create_at":null,"update_at":3"#), 0);
    }

    #[test]
    fn values_are_found_with_and_without_a_space() {
        assert_eq!(text_after(br#"{"connection_id": "abc","x":"y"}"#, r#""connection_id":"#), Some("abc"));
        assert_eq!(text_after(br#"{"connection_id":7}"#, r#""connection_id":"#), None);
    }
}
