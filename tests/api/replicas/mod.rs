//! What a client has once fetched, with the events that came since, is what it would fetch now.
//!
//! Several people are connected, each with a [`Replica`]. After every [operation](table) each of them must equal what a
//! new client is given. A route that changes something and is not in the table fails the test.

mod replica;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::future::{join, join_all};
use rustchat::events::{ChannelEvent, PostEvent};
use rustchat::model::{Channel, ChannelId, ChannelKind, PostId, TeamId, UserId};
use rustchat::protocol::v1::{Bootstrap, Post, PostPage, Status};
use rustchat::services::Core;
use rustchat::storage;
use serde_json::{Value, json};

use self::replica::Replica;
use self::table::{CONVERSATION, ELSEWHERE, OPERATIONS};
use crate::harness::{Heard, PASSWORD, Person, Socket, TestServer, text};
use crate::routes::{nameless, registered};

/// Every team has these, and nobody talks in them: their posts are not fetched each time.
const QUIET: [&str; 2] = ["town-square", "off-topic"];
const PEOPLE: [&str; 6] = ["root", "ann", "bob", "cat", "dan", "eve"];

/// A line of the table.
struct Row {
    who: &'static str,
    method: &'static str,
    path: &'static str,
    body: &'static str,
    makes: Option<&'static str>,
}

fn rows(table: &'static str) -> Vec<Row> {
    let row = |line: &'static str| {
        let (line, makes) = line.split_once(" => ").map_or((line, None), |(line, makes)| (line, Some(makes)));
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next().unwrap_or_default();
        Row { who: word(), method: word(), path: word(), body: word(), makes }
    };
    table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(row).collect()
}

/// The server and everybody on it.
struct World {
    server: TestServer,
    onlookers: Vec<Onlooker>,
    /// What the table's names stand for.
    names: BTreeMap<String, String>,
}

/// Somebody who is connected.
struct Onlooker {
    person: Person,
    socket: Socket,
    replica: Replica,
}

impl Onlooker {
    async fn new(person: Person, everybody: &[String]) -> Self {
        let mut socket = person.socket().await;
        socket.request("watch_presence", json!({ "user_ids": everybody })).await;
        let replica = fetch(&person, everybody).await;
        Self { person, socket, replica }
    }

    /// Takes the next event, unless it is one of these [marks](World::mark), which is then no longer waited for.
    async fn hear(&mut self, marks: &mut BTreeSet<String>) {
        match self.socket.hear().await {
            Heard::Message(frame) if frame.get("seq").is_some() => {
                let is_mark = ["root_id", "id", "channel_id"]
                    .iter()
                    .any(|key| frame["data"][key].as_str().is_some_and(|id| marks.remove(id)));
                if !is_mark {
                    self.replica.apply(read(frame));
                }
            }
            Heard::Closed(code) => panic!("{} was thrown out with {code:?}", self.person.username),
            _ => {}
        }
    }

    /// Takes everything up to the marks of this person and her teams and channels.
    async fn hear_all(&mut self, core: &Core, marks: &BTreeMap<String, String>) {
        let (teams, channels) =
            storage::members::subscriptions(&core.db, self.person.id.parse().unwrap(), None).await.unwrap().unwrap();
        let topics = teams.iter().map(ToString::to_string).chain(channels.iter().map(ToString::to_string));
        let topics = topics.chain([self.person.id.clone()]);
        let mut wanted: BTreeSet<String> = topics.map(|topic| marks[&topic].clone()).collect();
        while !wanted.is_empty() {
            self.hear(&mut wanted).await;
        }
    }

    /// Hears what there is to hear, and fetches everything again. Answers with what should have been the same.
    async fn differences(
        &mut self,
        core: &Core,
        marks: &BTreeMap<String, String>,
        everybody: &[String],
    ) -> Vec<String> {
        self.hear_all(core, marks).await;
        let fetched = fetch(&self.person, everybody).await;
        // Presence travels on its own, and arrives at last.
        while self.replica.statuses() != fetched.statuses() {
            self.hear(&mut BTreeSet::new()).await;
        }
        let differences = self.replica.differences(&fetched).into_iter();
        self.replica = fetched;
        differences.map(|difference| format!("    {}{difference}", self.person.username)).collect()
    }
}

/// What a client without memory asks for, and all posts of its channels.
async fn fetch(person: &Person, everybody: &[String]) -> Replica {
    let get = async |path: String| person.client.get(&path).await.expect(200);
    let bootstrap: Bootstrap = read(get("/api/v1/bootstrap".to_owned()).await);
    let statuses = person.client.post("/api/v1/users/statuses", &json!({ "user_ids": everybody })).await.expect(200);
    let mut posts: BTreeMap<ChannelId, Vec<Post>> = BTreeMap::new();
    for channel in bootstrap.channels.iter().filter(|channel| !QUIET.contains(&channel.name.as_str())) {
        let posts = posts.entry(channel.id).or_default();
        let page: PostPage = read(get(format!("/api/v1/channels/{}/posts?limit=200", channel.id)).await);
        for root in page.posts {
            if root.thread.as_ref().is_some_and(|thread| thread.reply_count > 0) {
                let thread: PostPage = read(get(format!("/api/v1/posts/{}/thread", root.id)).await);
                posts.extend(thread.posts);
            }
            posts.push(root);
        }
    }
    Replica::new(bootstrap, read::<Vec<Status>>(statuses), posts)
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

impl World {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let mut people = Vec::new();
        for name in PEOPLE {
            people.push(server.person(name).await);
        }
        let mut names: BTreeMap<String, String> =
            people.iter().map(|person| (person.username.clone(), person.id.clone())).collect();
        for (name, value) in [("password", PASSWORD), ("time", "1"), ("invite", "")] {
            names.insert(name.to_owned(), value.to_owned());
        }
        for word in ["smile", "tada", "town-square"] {
            names.insert(word.to_owned(), word.to_owned());
        }
        let everybody: Vec<String> = people.iter().map(|person| person.id.clone()).collect();
        let mut onlookers = Vec::new();
        for person in people {
            onlookers.push(Onlooker::new(person, &everybody).await);
        }
        Self { server, onlookers, names }
    }

    fn everybody(&self) -> Vec<String> {
        PEOPLE.iter().map(|name| self.names[*name].clone()).collect()
    }

    fn fill(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// Does what a line says.
    async fn act(&mut self, row: &Row) {
        if row.method == "RECONNECT" {
            return self.reconnect(row.who).await;
        }
        let client = match self.onlookers.iter().find(|onlooker| onlooker.person.username == row.who) {
            Some(onlooker) => onlooker.person.client.clone(),
            None => match self.names.get(row.who) {
                Some(_) => self.server.log_in(row.who).await,
                None => self.server.client(),
            },
        };
        let body = (!row.body.is_empty()).then(|| serde_json::from_str(&self.fill(row.body)).unwrap());
        let answer = client.send(row.method.parse().unwrap(), &self.fill(row.path), body.as_ref()).await;
        assert!(answer.status.is_success(), "{}: {}", answer.what, String::from_utf8_lossy(&answer.bytes));
        if let Some(name) = row.makes {
            self.names.insert(name.to_owned(), made(name, &answer.json()));
        }
    }

    /// Begins anew with what a new client is given.
    async fn reconnect(&mut self, who: &str) {
        let everybody = self.everybody();
        let at = self.onlookers.iter().position(|onlooker| onlooker.person.username == who);
        let person = match at {
            Some(at) => self.onlookers.remove(at).person,
            None => unreachable!("{who} is not connected"),
        };
        self.onlookers.push(Onlooker::new(person, &everybody).await);
    }

    /// Publishes something that changes nothing on each way that an event can take. Answers with what will come on the way
    /// of each channel, team and person, by its id: whoever has heard that has heard everything before.
    async fn mark(&self) -> BTreeMap<String, String> {
        let Core { db, realtime, .. } = &*self.server.core;
        let channels: Vec<ChannelId> = sqlx::query_scalar("SELECT id FROM channels").fetch_all(db).await.unwrap();
        let teams: Vec<TeamId> = sqlx::query_scalar("SELECT id FROM teams").fetch_all(db).await.unwrap();
        let mut marks = BTreeMap::new();
        for channel_id in channels {
            let mark = PostId::new();
            realtime.publish(PostEvent::Typing { channel_id, root_id: Some(mark), user_id: UserId::new() });
            marks.insert(channel_id.to_string(), mark.to_string());
        }
        for team_id in teams {
            let unknown = unknown_channel(team_id);
            marks.insert(team_id.to_string(), unknown.id.to_string());
            realtime.publish(ChannelEvent::Converted { channel: Box::new(unknown) });
        }
        for onlooker in &self.onlookers {
            let (user_id, unknown) = (onlooker.person.id.parse().unwrap(), ChannelId::new());
            marks.insert(onlooker.person.id.clone(), unknown.to_string());
            realtime.publish(ChannelEvent::Left { user_id, channel_id: unknown, by: user_id });
        }
        marks
    }

    /// Lets everybody hear what was published. Answers with what is not as it would be fetched.
    async fn differences(&mut self) -> Vec<String> {
        let (everybody, marks) = (self.everybody(), self.mark().await);
        let core = &self.server.core;
        let look = self.onlookers.iter_mut().map(|onlooker| onlooker.differences(core, &marks, &everybody));
        join_all(look).await.concat()
    }
}

/// A team's channel that nobody has a place in.
fn unknown_channel(team_id: TeamId) -> Channel {
    Channel {
        id: ChannelId::new(),
        team_id: Some(team_id),
        kind: ChannelKind::Open,
        name: String::new(),
        display_name: String::new(),
        header: String::new(),
        purpose: String::new(),
        creator_id: None,
        member_ids: Vec::new(),
        message_count: 0,
        root_count: 0,
        last_post_at: 0,
        last_root_post_at: 0,
        created_at: 0,
        updated_at: 0,
        deleted_at: None,
    }
}

/// What the table will call by this name: the id of the answer, also of a team or channel that comes with the caller's
/// place in it.
fn made(name: &str, answer: &Value) -> String {
    match name {
        "order" => answer.to_string(),
        "invite" => text(answer, "invite_id").to_owned(),
        _ => {
            let whole = ["team", "channel"].iter().map(|key| &answer[key]).find(|value| value.is_object());
            text(whole.unwrap_or(answer), "id").to_owned()
        }
    }
}

#[actix_web::test]
async fn what_was_fetched_and_the_events_since_are_what_would_be_fetched() {
    let mut world = World::new().await;
    let mut wrong = Vec::new();
    for row in rows(OPERATIONS) {
        world.act(&row).await;
        let differences = world.differences().await;
        if !differences.is_empty() {
            wrong.push(format!("{} {} {} {}", row.who, row.method, row.path, row.body));
            wrong.extend(differences);
        }
    }
    assert!(wrong.is_empty(), "clients are left with another state:\n{}", wrong.join("\n"));
}

#[actix_web::test]
async fn a_snapshot_taken_while_people_talk_counts_each_post_once() {
    let mut world = World::new().await;
    for row in rows(CONVERSATION) {
        world.act(&row).await;
    }
    let (everybody, core) = (world.everybody(), Arc::clone(&world.server.core));
    for round in 1..=20 {
        let ann = &world.onlookers[1].person;
        let room = json!({ "id": world.names["room"] });
        let talk = async {
            for message in ["@ann", "and @ann again"] {
                world.onlookers[2].person.post(&room, message).await;
            }
        };
        let (replica, ()) = join(fetch(ann, &everybody), talk).await;
        let marks = world.mark().await;
        let ann = &mut world.onlookers[1];
        ann.replica = replica;
        assert_eq!(ann.differences(&core, &marks, &everybody).await, [""; 0], "round {round}");
    }
}

#[actix_web::test]
async fn every_route_that_changes_something_is_in_the_table() {
    let route = |row: Row| format!("{} {}", row.method, nameless(row.path.split('?').next().unwrap_or_default()));
    let tried: BTreeSet<String> = rows(OPERATIONS).into_iter().map(route).collect();
    let elsewhere = ELSEWHERE.lines().filter(|line| !line.is_empty()).map(nameless);
    let known: BTreeSet<String> = tried.into_iter().chain(elsewhere).collect();
    let registered = registered().await.into_iter().filter(|route| !route.starts_with("GET "));
    let missing: Vec<String> = registered.filter(|route| !known.contains(route)).collect();
    assert!(missing.is_empty(), "say what these change:\n{missing:#?}");
}
