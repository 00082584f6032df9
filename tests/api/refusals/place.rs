//! The people and the things that the table is about.

use rustchat::model::UserId;
use rustchat::storage;
use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, Person, TestServer, text};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    Nobody,
    Revoked,
    Deactivated,
    Stranger,
    Guest,
    Member,
    ChannelAdmin,
    TeamAdmin,
    SystemAdmin,
}

impl Actor {
    /// Those who are not, or no longer, logged in.
    pub const NOBODY: [Self; 3] = [Self::Nobody, Self::Revoked, Self::Deactivated];
    /// The columns of the table.
    pub const SIGNED_IN: [Self; 6] =
        [Self::Stranger, Self::Guest, Self::Member, Self::ChannelAdmin, Self::TeamAdmin, Self::SystemAdmin];
}

/// A server with everybody on it.
pub struct World {
    server: TestServer,
    people: Vec<(Actor, Person)>,
    /// In each team, but not in its channel.
    colleague: Person,
    /// In no team.
    outsider: Person,
    places: usize,
}

/// A team of the team admin with a private channel of the channel admin, where the member has posted.
pub struct Place {
    names: Vec<(&'static str, String)>,
}

impl World {
    pub async fn new() -> Self {
        let server = TestServer::start().await;
        let mut people = vec![(Actor::SystemAdmin, server.person("root").await)];
        for (actor, name) in [
            (Actor::TeamAdmin, "terry"),
            (Actor::ChannelAdmin, "chris"),
            (Actor::Member, "mary"),
            (Actor::Guest, "gina"),
            (Actor::Stranger, "stan"),
            (Actor::Revoked, "rex"),
            (Actor::Deactivated, "dora"),
        ] {
            people.push((actor, server.person(name).await));
        }
        let (colleague, outsider) = (server.person("colin").await, server.person("oscar").await);
        let world = Self { server, people, colleague, outsider, places: 0 };
        world.client(Actor::Revoked).delete("/api/v1/sessions/current").await.expect(204);
        world.make("UPDATE users SET deleted_at = 1 WHERE id = $1", Actor::Deactivated).await;
        world.make("UPDATE users SET roles = '{system_guest}' WHERE id = $1", Actor::Guest).await;
        world
    }

    /// Changes somebody in a way that no route has.
    async fn make(&self, sql: &'static str, actor: Actor) {
        let id: UserId = self.person(actor).id.parse().unwrap();
        sqlx::query(sql).bind(id).execute(&self.server.core.db).await.unwrap();
        self.server.core.caches.clear();
    }

    fn person(&self, actor: Actor) -> &Person {
        &self.people.iter().find(|(other, _)| *other == actor).unwrap().1
    }

    /// Nobody pretends to be the member.
    pub fn id(&self, actor: Actor) -> &str {
        &self.person(if actor == Actor::Nobody { Actor::Member } else { actor }).id
    }

    pub fn client(&self, actor: Actor) -> Client {
        if actor == Actor::Nobody { self.server.client() } else { self.person(actor).client.clone() }
    }

    /// After a row that ends sessions.
    pub async fn log_in_again(&mut self) {
        for (actor, person) in &mut self.people {
            if !Actor::NOBODY.contains(actor) {
                person.client = self.server.log_in(&person.username).await;
            }
        }
    }

    /// A new place, as the old one has been changed.
    pub async fn place(&mut self) -> Place {
        self.places += 1;
        let name = format!("place{}", self.places);
        let [terry, chris, mary, gina] =
            [Actor::TeamAdmin, Actor::ChannelAdmin, Actor::Member, Actor::Guest].map(|actor| self.person(actor));
        let team = terry.team(&name, &[chris, mary, gina, &self.colleague]).await;
        let channel = chris.channel(&team, "den", &[mary, gina, terry]).await;
        self.make("UPDATE team_members SET is_guest = true WHERE user_id = $1", Actor::Guest).await;
        self.make("UPDATE channel_members SET is_guest = true WHERE user_id = $1", Actor::Guest).await;
        let mary = self.person(Actor::Member);
        let post = mary.post(&channel, "the root").await;
        let reply = json!({ "message": "a reply", "root_id": post["id"] });
        let path = format!("/api/v1/channels/{}/posts", text(&channel, "id"));
        let reply = mary.client.post(&path, &reply).await.expect(201);
        let path = format!("/api/v1/posts/{}/reactions/smile", text(&post, "id"));
        mary.client.put(&path, &json!({})).await.expect(200);
        let id = |value: &Value| text(value, "id").to_owned();
        let names = vec![
            ("{team}", id(&team)),
            ("{team_name}", name),
            ("{invite}", team["invite_id"].as_str().unwrap_or_default().to_owned()),
            ("{channel}", id(&channel)),
            ("{post}", id(&post)),
            ("{reply}", id(&reply)),
            ("{member}", mary.id.clone()),
            ("{guest}", self.person(Actor::Guest).id.clone()),
            ("{admin}", self.person(Actor::SystemAdmin).id.clone()),
            ("{colleague}", self.colleague.id.clone()),
            ("{outsider}", self.outsider.id.clone()),
            ("{password}", PASSWORD.to_owned()),
        ];
        Place { names }
    }

    /// Adds what only a few rows need.
    pub async fn prepare(&mut self, place: &mut Place, path: &str, body: &str) {
        self.places += 1;
        place.set("{unique}", format!("unique{}", self.places));
        let needs = |name: &str| path.contains(name) || body.contains(name);
        if needs("{session}") {
            let again = self.server.log_in(&self.person(Actor::Member).username).await;
            let sessions = again.get("/api/v1/sessions").await.expect(200);
            let current = sessions.as_array().unwrap().iter().find(|session| session["current"] == true).unwrap();
            place.set("{session}", text(current, "id").to_owned());
        }
        if needs("{reset}") {
            let token = format!("reset{}", self.places);
            storage::password_resets::keep(&self.server.core.db, "mary@example.com", &token, i64::MAX).await.unwrap();
            place.set("{reset}", token);
        }
        if needs("{category}") {
            let member = self.person(Actor::Member);
            let path = format!("/api/v4/users/me/teams/{}/channels/categories", place.get("{team}").unwrap());
            let category = member.client.post(&path, &json!({ "display_name": "mine" })).await.expect(200);
            place.set("{category}", text(&category, "id").to_owned());
        }
        if needs("{archived}") && place.get("{archived}").is_none() {
            let team = json!({ "id": place.get("{team}").unwrap() });
            let archived =
                self.person(Actor::ChannelAdmin).channel(&team, "attic", &[self.person(Actor::Member)]).await;
            let path = format!("/api/v1/channels/{}", text(&archived, "id"));
            self.client(Actor::ChannelAdmin).delete(&path).await.expect(204);
            place.set("{archived}", text(&archived, "id").to_owned());
        }
        if needs("{archived_team}") && place.get("{archived_team}").is_none() {
            let team = self.person(Actor::TeamAdmin).team(&format!("attic{}", self.places), &[]).await;
            self.client(Actor::TeamAdmin).delete(&format!("/api/v1/teams/{}", text(&team, "id"))).await.expect(204);
            place.set("{archived_team}", text(&team, "id").to_owned());
        }
    }
}

impl Place {
    fn get(&self, name: &str) -> Option<&str> {
        self.names.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
    }

    fn set(&mut self, name: &'static str, value: String) {
        self.names.retain(|(other, _)| *other != name);
        self.names.push((name, value));
    }

    /// The text with ids for names.
    pub fn fill(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
    }
}
