//! A dozen people who talk in a few channels, and who can be asked whether everything that was said has reached everybody.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::rt;
use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::common::text;
use crate::device::Device;
use crate::people::Person;
use crate::stack::{PATIENCE, Server, Stack, number};
use crate::view::{Post, Truth, Unread, read};

const PEOPLE: usize = 12;
const CHANNELS: usize = 3;
/// Between two posts of one person: the load is bounded, not the speed.
const PACE: Duration = Duration::from_millis(250);
/// Posts of a page.
const PAGE: usize = 200;

/// Everybody, and what was acknowledged to them.
pub struct Crowd {
    pub devices: Vec<Rc<Device>>,
    pub team: String,
    pub channels: Vec<String>,
    shared: Rc<Shared>,
    authors: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    acknowledged: RefCell<BTreeSet<String>>,
    more: Notify,
    done: Cell<bool>,
}

impl Crowd {
    /// People who are in the same channels, each connected to one server and writing to another or the same, in turns.
    pub async fn gather(addresses: Vec<String>) -> Self {
        let addresses: Rc<[String]> = addresses.into();
        let mut people = Vec::new();
        for n in 0..PEOPLE {
            let person = Person::sign_up(&format!("person{n}"), &addresses, n / addresses.len()).await;
            people.push(Rc::new(person));
        }
        let (team, channels) = settle(&people).await;
        let devices = people.iter().enumerate().map(|(n, person)| Device::start(person, &team, n).0).collect();
        let crowd = Self { devices, team, channels, shared: Rc::default(), authors: Vec::new() };
        for device in &crowd.devices {
            device.until("it is connected", |device| device.begun.get() > 0).await;
        }
        for channel in &crowd.channels {
            crowd.begins(channel).await;
        }
        crowd
    }

    /// Says the first thing in a channel, after which every instance knows where its order stands.
    async fn begins(&self, channel: &str) {
        let id = self.says(channel, &format!("first in {channel}"), "0 nobody").await;
        for device in &self.devices {
            device.until("it hears the first post", |device| device.view.borrow().knows(&id)).await;
        }
    }

    /// One of them says something.
    pub async fn says(&self, channel: &str, pending: &str, message: &str) -> String {
        let person = &self.devices[1].person;
        let id = person.say(channel, &format!("{}:{pending}", person.id), message).await;
        self.shared.acknowledged.borrow_mut().insert(id.clone());
        id
    }

    /// Begins to talk.
    pub fn talk(&mut self) {
        for (n, device) in self.devices.iter().enumerate() {
            let (device, shared) = (Rc::clone(device), Rc::clone(&self.shared));
            let (channels, friend) = (self.channels.clone(), self.devices[(n + 1) % PEOPLE].person.username.clone());
            self.authors.push(rt::spawn(async move { Author { device, shared, channels, friend }.talk().await }));
        }
    }

    /// Waits until so many more posts are acknowledged.
    pub async fn hears(&self, more: usize) {
        let goal = self.shared.acknowledged.borrow().len() + more;
        let wait = async {
            loop {
                let changed = self.shared.more.notified();
                if self.shared.acknowledged.borrow().len() >= goal {
                    return;
                }
                changed.await;
            }
        };
        timeout(PATIENCE, wait).await.expect("people must be able to talk");
    }

    /// How often anybody went on with a connection id.
    pub fn resumed(&self) -> usize {
        self.devices.iter().map(|device| device.resumed.get()).sum()
    }

    /// How often each has begun anew.
    pub fn begun(&self) -> Vec<usize> {
        self.devices.iter().map(|device| device.begun.get()).collect()
    }

    /// Posts that anybody heard after a later one of the same channel.
    pub fn reordered(&self) -> Vec<String> {
        self.devices.iter().flat_map(|device| device.view.borrow().reordered.clone()).collect()
    }

    /// Falls silent, and makes sure that every acknowledged post is stored once, and that what everybody knows is what each
    /// of these servers says.
    pub async fn finish(&mut self, stack: &Stack) {
        self.shared.done.set(true);
        for author in self.authors.drain(..) {
            author.await.unwrap();
        }
        self.is_stored(&stack.db).await;
        let servers: Vec<_> = stack.servers.iter().enumerate().collect();
        for (n, server) in servers {
            let posts = self.posts_at(server).await;
            assert!(self.shared.acknowledged.borrow().iter().all(|id| posts.contains_key(id) || self.deleted(id)));
            join_all(self.devices.iter().map(|device| self.knows_all(device, n, server, &posts))).await;
        }
        for device in &self.devices {
            let faults = &device.view.borrow().faults;
            assert!(faults.is_empty(), "{} heard what must not be: {faults:#?}", device.person.username);
        }
    }

    async fn is_stored(&self, db: &PgPool) {
        let sql = "SELECT count(*), count(DISTINCT (user_id, pending_post_id)) FROM posts WHERE kind = ''";
        let (all, different): (i64, i64) = sqlx::query_as(sql).fetch_one(db).await.unwrap();
        let acknowledged = i64::try_from(self.shared.acknowledged.borrow().len()).unwrap();
        assert_eq!((all, different), (acknowledged, acknowledged), "each post is stored once");
    }

    fn deleted(&self, id: &str) -> bool {
        self.devices.iter().all(|device| device.view.borrow().knows(id))
    }

    /// Waits until this device believes what this server says. What is lost never comes, so it would wait in vain.
    async fn knows_all(&self, device: &Device, n: usize, server: &Server, posts: &BTreeMap<String, Post>) {
        let path = format!("/api/v4/users/me/teams/{}/channels/members", self.team);
        let members = device.person.at_address(server.address).get(&path).await.expect(200);
        let mut channels = BTreeMap::new();
        for place in members.as_array().unwrap() {
            let channel = text(place, "channel_id");
            let path = format!("/api/v4/users/me/channels/{channel}/unread");
            let unread = device.person.at_address(server.address).get(&path).await.expect(200);
            let posts = usize::try_from(number(&unread, "msg_count")).unwrap();
            let mentions = usize::try_from(number(&unread, "mention_count")).unwrap();
            channels.insert(channel.to_owned(), Unread { posts, mentions });
        }
        let truth = Truth { posts: posts.clone(), channels };
        let what = format!("what it knows is what server {n} says");
        let believes = device.until(&what, |device| device.view.borrow().belief() == truth);
        if timeout(PATIENCE / 3, believes).await.is_err() {
            panic!("{}: {}", device.person.username, difference(&device.view.borrow().belief(), &truth));
        }
    }

    /// Everything that a server shows in the channels, page by page.
    async fn posts_at(&self, server: &Server) -> BTreeMap<String, Post> {
        let reader = self.devices[0].person.at_address(server.address);
        let mut posts = BTreeMap::new();
        let members = reader.get(&format!("/api/v4/users/me/teams/{}/channels/members", self.team)).await.expect(200);
        for place in members.as_array().unwrap() {
            for page in 0.. {
                let path = format!("/api/v4/channels/{}/posts?page={page}&per_page={PAGE}", text(place, "channel_id"));
                let list = reader.get(&path).await.expect(200)["posts"].take();
                let list = list.as_object().unwrap();
                posts.extend(list.iter().map(|(id, post)| (id.clone(), read(post))));
                if list.len() < PAGE {
                    break;
                }
            }
        }
        posts
    }
}

/// A team with its channels and everybody in them.
async fn settle(people: &[Rc<Person>]) -> (String, Vec<String>) {
    let founder = people[0].at(0);
    let body = json!({ "name": "crowd", "display_name": "Crowd", "type": "O" });
    let team = text(&founder.post("/api/v4/teams", &body).await.expect(201), "id").to_owned();
    for person in &people[1..] {
        let path = format!("/api/v4/teams/{team}/members");
        founder.post(&path, &json!({ "team_id": team, "user_id": person.id })).await.expect(201);
    }
    let mut channels = Vec::new();
    for n in 0..CHANNELS {
        let name = format!("place{n}");
        let body = json!({ "team_id": team, "name": name, "display_name": name, "type": "O" });
        let channel = text(&founder.post("/api/v4/channels", &body).await.expect(201), "id").to_owned();
        for person in &people[1..] {
            let path = format!("/api/v4/channels/{channel}/members");
            founder.post(&path, &json!({ "user_id": person.id })).await.expect(201);
        }
        channels.push(channel);
    }
    for person in people {
        see_everything(person, &team).await;
    }
    (team, channels)
}

/// Being added mentions whoever is, in a post of the system that counts for nothing else: everybody begins with nothing
/// unread instead.
async fn see_everything(person: &Person, team: &str) {
    let places = person.get(&format!("/api/v4/users/me/teams/{team}/channels/members")).await;
    for place in places.as_array().unwrap() {
        let body = json!({ "channel_id": place["channel_id"] });
        person.at(0).post("/api/v4/channels/members/me/view", &body).await.expect(200);
    }
}

/// Somebody who talks.
struct Author {
    device: Rc<Device>,
    shared: Rc<Shared>,
    channels: Vec<String>,
    friend: String,
}

impl Author {
    async fn talk(self) {
        for n in 0.. {
            if self.shared.done.get() {
                return;
            }
            let channel = &self.channels[n % self.channels.len()];
            // Only what mentions nobody is deleted: a count of mentions outlives the post.
            let word = if n % 4 == 1 { format!("@{}", self.friend) } else { "nobody".to_owned() };
            let pending = format!("{}:{n}", self.device.person.id);
            let id = self.device.person.say(channel, &pending, &format!("{n} {word}")).await;
            self.shared.acknowledged.borrow_mut().insert(id.clone());
            self.shared.more.notify_waiters();
            self.act(n, channel, &id, &word).await;
            sleep(PACE).await;
        }
    }

    /// What people do beside posting.
    async fn act(&self, n: usize, channel: &str, id: &str, word: &str) {
        let person = &self.device.person;
        match n % 6 {
            0 => person.attempt(Method::POST, "/api/v4/users/me/typing", &json!({ "channel_id": channel })).await,
            1 => {
                let body = json!({ "id": id, "message": format!("{n} {word} again") });
                person.attempt(Method::PUT, &format!("/api/v4/posts/{id}/patch"), &body).await;
            }
            2 => {
                person
                    .attempt(Method::POST, "/api/v4/channels/members/me/view", &json!({ "channel_id": channel }))
                    .await
            }
            3 => {
                let Some(post) = self.device.view.borrow().any_post() else { return };
                let body = json!({ "user_id": person.id, "post_id": post, "emoji_name": "tada" });
                person.attempt(Method::POST, "/api/v4/reactions", &body).await;
            }
            4 if word == "nobody" => {
                person.attempt(Method::DELETE, &format!("/api/v4/posts/{id}"), &Value::Null).await;
            }
            _ => {}
        }
    }
}

/// Where two truths differ, for whoever has to find out why.
fn difference(believed: &Truth, said: &Truth) -> String {
    let lost: Vec<_> = said.posts.iter().filter(|(id, post)| believed.posts.get(*id) != Some(post)).collect();
    let stale: Vec<_> = believed.posts.iter().filter(|(id, post)| said.posts.get(*id) != Some(post)).collect();
    format!(
        "not known: {lost:#?}\nwrongly believed: {stale:#?}\nplaces: {:#?}\nshould be: {:#?}",
        believed.channels, said.channels
    )
}
