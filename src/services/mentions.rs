//! Whom a message mentions, as far as its text says. Who of them is in the channel, and which words somebody wants to
//! hear of, is for the database to say (`storage::posts::insert`).

use std::collections::BTreeSet;

use super::access::{self, Standing};
use super::{Caller, Core};
use crate::error::Result;
use crate::model::{Availability, ChannelId, Mentions, Permission, User, UserId};
use crate::storage;

/// Where more people would hear of `@channel`, nobody does (contract of `/api/v4`: `MaxNotificationsPerChannel`).
const MOST_CROWD: i64 = 1_000;

/// Whom a message mentions in this channel. Asks the database only for `@channel`, `@all` and `@here`.
///
/// # Errors
/// What the database says.
pub(super) async fn resolve(core: &Core, caller: &Caller, access: &Standing, message: &str) -> Result<Mentions> {
    let Parsed { names, words, exact_words, channel_wide } = parse(message);
    let everyone = access.channel.kind.is_personal();
    let crowd = match channel_wide {
        Some(wide) if !everyone && access::grants(core, caller, access, Permission::UseChannelMentions) => {
            crowd(core, access.channel.id, wide).await?
        }
        _ => Vec::new(),
    };
    Ok(Mentions {
        names: names.into_iter().collect(),
        words: words.into_iter().collect(),
        exact_words: exact_words.into_iter().collect(),
        people: Vec::new(),
        crowd,
        everyone,
    })
}

async fn crowd(core: &Core, channel: ChannelId, wide: ChannelWide) -> Result<Vec<UserId>> {
    let mut crowd = storage::posts::willing(&core.db, channel, MOST_CROWD + 1).await?;
    if i64::try_from(crowd.len()).is_ok_and(|count| count > MOST_CROWD) {
        return Ok(Vec::new());
    }
    if wide == ChannelWide::Here {
        let statuses = core.realtime.statuses(&crowd).await;
        let online = statuses.into_iter().filter(|status| status.availability == Availability::Online);
        crowd = online.map(|status| status.user_id).collect();
    }
    Ok(crowd)
}

/// Whether a message mentions this user; `@channel`, `@all` and `@here` do where `hears_all`. The database decides the
/// same for a new post; this is for counting again.
pub(super) fn reaches(message: &str, user: &User, hears_all: bool) -> bool {
    let Parsed { names, words, exact_words, channel_wide } = parse(message);
    let setting = |key: &str| user.notify_props.get(key).and_then(|value| value.as_str()).unwrap_or_default();
    names.contains(&user.username)
        || setting("mention_keys").split(',').any(|key| words.contains(&key.trim().to_lowercase()))
        || (setting("first_name") == "true" && exact_words.contains(&user.first_name))
        || (hears_all && channel_wide.is_some())
}

/// `@channel` and `@all` reach more than `@here`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ChannelWide {
    Here,
    Everyone,
}

/// What a message says outside of its code.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parsed {
    /// What may be a username, in lower case. A name may end in a dot, and so may a sentence: `@eve.` is both.
    names: BTreeSet<String>,
    /// Words in lower case.
    words: BTreeSet<String>,
    /// Words as they were written.
    exact_words: BTreeSet<String>,
    channel_wide: Option<ChannelWide>,
}

fn parse(message: &str) -> Parsed {
    let mut parsed = Parsed::default();
    for chunk in without_code(message).split_whitespace() {
        parsed.read_names(chunk);
        parsed.read_words(chunk);
    }
    parsed
}

impl Parsed {
    /// `(@eve)` and `@eve/@bob` name people, `mail@example.com` does not.
    fn read_names(&mut self, chunk: &str) {
        let mut before = None;
        for (position, letter) in chunk.char_indices() {
            if letter == '@' && !before.is_some_and(is_name_letter) {
                let rest = chunk.get(position + 1..).unwrap_or_default();
                self.read_name(rest.split(|letter| !is_name_letter(letter)).next().unwrap_or_default());
            }
            before = Some(letter);
        }
    }

    fn read_name(&mut self, text: &str) {
        let name = text.to_ascii_lowercase();
        match name.trim_end_matches(['.', '-', '_']) {
            "channel" | "all" => self.channel_wide = Some(ChannelWide::Everyone),
            "here" => self.channel_wide = self.channel_wide.max(Some(ChannelWide::Here)),
            "" => {}
            trimmed => {
                let endings = (trimmed.len()..=name.len()).filter_map(|end| name.get(..end));
                self.names.extend(endings.map(str::to_owned));
            }
        }
    }

    /// A keyword may be a word, a word with its punctuation (`c++`) or a part of a compound (`foo-bar`).
    fn read_words(&mut self, chunk: &str) {
        let trimmed = chunk.trim_matches(|letter: char| !letter.is_alphanumeric());
        let parts = chunk.split(|letter: char| !letter.is_alphanumeric());
        for word in parts.chain([chunk, trimmed]).filter(|word| !word.is_empty()) {
            self.words.insert(word.to_lowercase());
            self.exact_words.insert(word.to_owned());
        }
    }
}

fn is_name_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_')
}

/// The message without what Markdown shows as code: spans between equal runs of backticks, and fenced blocks, also one
/// that is never closed.
fn without_code(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find('`') {
        let (before, ticks) = rest.split_at(start);
        let run = ticks.len() - ticks.trim_start_matches('`').len();
        let (fence, inside) = ticks.split_at(run);
        text.push_str(before);
        let opens_line = text.trim_end_matches(' ').is_empty() || text.trim_end_matches(' ').ends_with('\n');
        match end_of_code(inside, run) {
            Some(end) => rest = inside.get(end..).unwrap_or_default(),
            None if run >= 3 && opens_line => return text,
            None => {
                text.push_str(fence);
                rest = inside;
            }
        }
        // What stood on both sides of code are two words.
        text.push(' ');
    }
    text.push_str(rest);
    text
}

/// Where the code that a run of `run` backticks opened is over: after the next run of the same length.
fn end_of_code(inside: &str, run: usize) -> Option<usize> {
    let mut position = 0;
    while let Some(found) = inside.get(position..)?.find('`') {
        let start = position + found;
        let ticks = inside.get(start..)?;
        let length = ticks.len() - ticks.trim_start_matches('`').len();
        position = start + length;
        if length == run {
            return Some(position);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(message: &str) -> Vec<String> {
        parse(message).names.into_iter().collect()
    }

    #[test]
    fn finds_names_between_punctuation() {
        assert_eq!(names("hi @Eve, (@bob) **@mallory-x**: @a/@b"), ["a", "b", "bob", "eve", "mallory-x"]);
        assert_eq!(names("thanks @eve."), ["eve", "eve."]);
        assert_eq!(names("mail bob@example.com @"), Vec::<String>::new());
    }

    #[test]
    fn code_mentions_nobody() {
        assert_eq!(names("`@eve` and ``a ` @bob`` then @carol"), ["carol"]);
        assert_eq!(names("see\n```rust\n@eve\n```\n@bob"), ["bob"]);
        assert_eq!(names("```\n@eve never closed"), Vec::<String>::new());
        assert_eq!(names("a lonely ` tick @eve"), ["eve"]);
    }

    #[test]
    fn the_wider_of_two_channel_mentions_wins() {
        assert_eq!(parse("@here").channel_wide, Some(ChannelWide::Here));
        assert_eq!(parse("@All! and @here").channel_wide, Some(ChannelWide::Everyone));
        assert_eq!(parse("@channel, @here").channel_wide, Some(ChannelWide::Everyone));
        assert_eq!(parse("@channels `@here` me@here").channel_wide, None);
    }

    #[test]
    fn keywords_may_hold_punctuation() {
        let words = parse("I like C++, foo-bar and ÜBER.").words;
        for word in ["c++,", "c", "foo-bar", "foo", "bar", "über"] {
            assert!(words.contains(word), "{word} in {words:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "[`@a.\\- \n~é💬]{0,60}") {
            let _ = parse(&text);
        }

        #[test]
        fn a_name_between_blanks_is_always_found(before in "[a-z ,.!]{0,20}", name in "[a-z0-9._-]{0,19}[a-z0-9]") {
            prop_assume!(!["all", "channel", "here"].contains(&name.as_str()));
            let message = format!("{before} @{name} ...");
            prop_assert!(names(&message).contains(&name));
        }

        #[test]
        fn what_is_found_stands_in_the_message(text: String) {
            for name in names(&text) {
                let mention = format!("@{name}");
                prop_assert!(text.to_ascii_lowercase().contains(&mention));
            }
        }
    }
}
