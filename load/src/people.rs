//! The people who make the load: accounts, a team, a channel that all of them are in.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::Outcome;
use crate::http::{Http, Target};
use crate::websocket::Socket;

const PASSWORD: &str = "Correct-horse-7";

/// Somebody who is logged in.
pub struct Person {
    pub id: String,
    pub token: String,
}

/// Everybody, with the channel that they share.
pub struct Crowd {
    /// The first made the team and the channel.
    pub people: Vec<Person>,
    pub channel: String,
    pub team: String,
}

fn text(value: &Value, key: &str) -> Outcome<String> {
    Ok(value.get(key).and_then(Value::as_str).ok_or_else(|| format!("no {key} in {value}"))?.to_owned())
}

impl Crowd {
    pub async fn gather(target: &Target, members: usize) -> Outcome<Self> {
        eprintln!("signing {members} people up …");
        let mut http = target.connect().await?;
        let run = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        let owner = sign_up(&mut http, &format!("load{run}x0")).await?;
        let team =
            json!({ "name": format!("load{run}"), "display_name": "Load", "type": "O", "allow_open_invite": true });
        let (team, _) = http.json("POST", "/api/v4/teams", &owner.token, &team).await?;
        let (team, invite) = (text(&team, "id")?, text(&team, "invite_id")?);
        let mut crowd = Self { people: vec![owner], channel: String::new(), team };
        crowd.channel = crowd.new_channel(&mut http, "crowd").await?;
        for number in 1..members {
            let person = sign_up_by(&mut http, &format!("load{run}x{number}"), &invite).await?;
            crowd.join(&mut http, &person).await?;
            crowd.people.push(person);
        }
        Ok(crowd)
    }

    pub fn owner(&self) -> Outcome<&Person> {
        Ok(self.people.first().ok_or("nobody")?)
    }

    async fn new_channel(&self, http: &mut Http, name: &str) -> Outcome<String> {
        let channel = json!({ "team_id": self.team, "name": name, "display_name": name, "type": "O" });
        text(&http.json("POST", "/api/v4/channels", &self.owner()?.token, &channel).await?.0, "id")
    }

    /// More channels, with the owner alone in each.
    pub async fn channels(&self, target: &Target, count: usize) -> Outcome<Vec<String>> {
        let mut http = target.connect().await?;
        let mut channels = Vec::new();
        for number in 0..count {
            channels.push(self.new_channel(&mut http, &format!("quiet{number}")).await?);
        }
        Ok(channels)
    }

    async fn join(&self, http: &mut Http, person: &Person) -> Outcome<()> {
        let path = format!("/api/v4/channels/{}/members", self.channel);
        http.json("POST", &path, &person.token, &json!({ "user_id": person.id })).await?;
        Ok(())
    }

    /// A socket for everyone.
    pub async fn connect(&self, target: &Target) -> Outcome<Vec<Socket>> {
        let mut sockets = Vec::new();
        for person in &self.people {
            sockets.push(Socket::open(target, &person.token).await?);
        }
        Ok(sockets)
    }
}

async fn sign_up(http: &mut Http, name: &str) -> Outcome<Person> {
    create(http, name, "/api/v4/users").await
}

async fn sign_up_by(http: &mut Http, name: &str, invite: &str) -> Outcome<Person> {
    create(http, name, &format!("/api/v4/users?iid={invite}")).await
}

async fn create(http: &mut Http, name: &str, path: &str) -> Outcome<Person> {
    let user = json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD });
    let id = text(&http.json("POST", path, "", &user).await?.0, "id")?;
    let login = json!({ "login_id": name, "password": PASSWORD });
    let (_, token) = http.json("POST", "/api/v4/users/login", "", &login).await?;
    Ok(Person { id, token })
}
