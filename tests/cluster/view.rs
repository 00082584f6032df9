//! What one client believes, and whether what it was told makes sense.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;

use crate::common::text;
use crate::people::word_of;
use crate::stack::number;

/// With what a post was reacted to, and by whom.
type Reactions = BTreeSet<(String, String)>;

/// A post as every client must see it. Its `update_at` decides which of two versions is newer and is not compared: a
/// reaction moves it, and the event about the reaction does not say whereto.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub author: String,
    pub message: String,
    pub create_at: i64,
    pub edit_at: i64,
    pub reactions: Reactions,
}

/// What a user has not read in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    pub posts: usize,
    pub mentions: usize,
}

/// What can be fetched, and is kept up to date by events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    pub posts: BTreeMap<String, Post>,
    pub channels: BTreeMap<String, Unread>,
}

struct Cached {
    post: Post,
    channel: String,
    update_at: i64,
    deleted: bool,
    /// Written by somebody, not by the system.
    counts: bool,
}

pub struct View {
    me: String,
    mention: String,
    posts: HashMap<String, Cached>,
    /// By post, which may come later than the reaction while instances do not hear each other. Events about posts say
    /// nothing of reactions.
    reactions: HashMap<String, Reactions>,
    /// The channels that I am in, with the moment up to which I have read each.
    seen: HashMap<String, i64>,
    /// What the current connection has told: each post once.
    told: HashSet<String>,
    /// The last post that the current connection told of each channel, and of each author in it.
    last: HashMap<String, (i64, String)>,
    /// What must never happen.
    pub faults: Vec<String>,
    /// Posts that came after a later one of the same channel.
    pub reordered: Vec<String>,
}

impl View {
    pub fn new(me: &str, username: &str) -> Self {
        Self {
            me: me.to_owned(),
            mention: format!("@{username}"),
            posts: HashMap::new(),
            reactions: HashMap::new(),
            seen: HashMap::new(),
            told: HashSet::new(),
            last: HashMap::new(),
            faults: Vec::new(),
            reordered: Vec::new(),
        }
    }

    /// From here on another connection speaks. What it tells may have been told before.
    pub fn begin_anew(&mut self) {
        self.told.clear();
        self.last.clear();
    }

    /// Takes what a fetch has brought: all places, and what has changed in them since the last fetch.
    pub fn fetched(&mut self, members: &Value, lists: &[Value]) {
        let places = members.as_array().unwrap().iter();
        let before = std::mem::take(&mut self.seen);
        for place in places {
            let channel = text(place, "channel_id");
            let seen = number(place, "last_viewed_at").max(before.get(channel).copied().unwrap_or(0));
            self.seen.insert(channel.to_owned(), seen);
        }
        for list in lists {
            for (id, post) in list["posts"].as_object().unwrap() {
                self.take(post);
                self.reactions.insert(id.clone(), reactions(post));
            }
        }
    }

    /// Takes an event of the socket.
    pub fn event(&mut self, event: &Value) {
        let data = &event["data"];
        let inner = |key: &str| -> Value { serde_json::from_str(text(data, key)).unwrap() };
        let channel = text(&event["broadcast"], "channel_id");
        match text(event, "event") {
            "posted" => self.posted(&inner("post")),
            "post_edited" | "post_deleted" => self.take(&inner("post")),
            "reaction_added" => self.reaction(&inner("reaction"), true),
            "reaction_removed" => self.reaction(&inner("reaction"), false),
            "user_added" if data["user_id"] == self.me.as_str() => {
                self.seen.entry(channel.to_owned()).or_insert(0);
            }
            "user_removed" if data.get("channel_id").is_some() => {
                self.seen.remove(text(data, "channel_id"));
            }
            "multiple_channels_viewed" => {
                for (channel, at) in data["channel_times"].as_object().unwrap() {
                    self.saw(channel, at.as_i64().unwrap());
                }
            }
            _ => {}
        }
    }

    fn posted(&mut self, post: &Value) {
        let (id, channel, author) = (text(post, "id"), text(post, "channel_id"), text(post, "user_id"));
        if !self.told.insert(id.to_owned()) {
            self.faults.push(format!("told twice: {post}"));
        }
        let at = number(post, "create_at");
        let mut follows = |key: String| {
            let before = self.last.insert(key, (at, id.to_owned()));
            before.filter(|(before, _)| *before >= at).map(|(_, before)| format!("{before} was told before {post}"))
        };
        let of_author = follows(format!("{channel} {author}"));
        let of_anybody = follows(channel.to_owned());
        // What was fetched has its place already, wherever the event about it comes.
        if !self.posts.contains_key(id) {
            self.faults.extend(of_author);
            self.reordered.extend(of_anybody);
        }
        self.take(post);
    }

    /// A version of a post. The newest stays.
    fn take(&mut self, json: &Value) {
        let (id, update_at) = (text(json, "id").to_owned(), number(json, "update_at"));
        if self.posts.get(&id).is_some_and(|known| known.update_at > update_at) {
            return;
        }
        let post = read(json);
        let channel = text(json, "channel_id").to_owned();
        if post.author == self.me {
            self.saw(&channel, post.create_at);
        }
        let (deleted, counts) = (number(json, "delete_at") > 0, text(json, "type").is_empty());
        self.posts.insert(id, Cached { post, channel, update_at, deleted, counts });
    }

    fn reaction(&mut self, reaction: &Value, added: bool) {
        let known = self.reactions.entry(text(reaction, "post_id").to_owned()).or_default();
        if added {
            known.insert(one(reaction));
        } else {
            known.remove(&one(reaction));
        }
    }

    fn saw(&mut self, channel: &str, at: i64) {
        if let Some(seen) = self.seen.get_mut(channel) {
            *seen = at.max(*seen);
        }
    }

    /// Whether a post is known.
    pub fn knows(&self, id: &str) -> bool {
        self.posts.contains_key(id)
    }

    /// Somebody's post in one of my channels that is not deleted, to react to.
    pub fn any_post(&self) -> Option<String> {
        let mut living = self.posts.iter().filter(|(_, cached)| !cached.deleted && cached.counts);
        living.next().map(|(id, _)| id.clone())
    }

    /// All of it, in the shape of a refetch.
    pub fn belief(&self) -> Truth {
        let mine = |cached: &&Cached| self.seen.contains_key(&cached.channel);
        let living = self.posts.iter().filter(|(_, cached)| !cached.deleted && mine(cached));
        let posts = living.map(|(id, cached)| {
            let reactions = self.reactions.get(id).cloned().unwrap_or_default();
            (id.clone(), Post { reactions, ..cached.post.clone() })
        });
        let channels = self.seen.iter().map(|(channel, seen)| {
            let unread = self.posts.values().filter(|cached| {
                cached.channel == *channel
                    && cached.counts
                    && cached.post.create_at > *seen
                    && cached.post.author != self.me
            });
            let mentions = unread.clone().filter(|cached| word_of(&cached.post.message) == Some(&self.mention)).count();
            (channel.clone(), Unread { posts: unread.count(), mentions })
        });
        Truth { posts: posts.collect(), channels: channels.collect() }
    }
}

/// A post of the API.
pub fn read(json: &Value) -> Post {
    Post {
        author: text(json, "user_id").to_owned(),
        message: text(json, "message").to_owned(),
        create_at: number(json, "create_at"),
        edit_at: number(json, "edit_at"),
        reactions: reactions(json),
    }
}

fn reactions(post: &Value) -> Reactions {
    post["metadata"]["reactions"].as_array().into_iter().flatten().map(one).collect()
}

fn one(reaction: &Value) -> (String, String) {
    (text(reaction, "emoji_name").to_owned(), text(reaction, "user_id").to_owned())
}
