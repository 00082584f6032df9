//! The people who make the load: accounts, a team, channels.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::Outcome;
use crate::api::{Caller, Servers};
use crate::ledger::Ledger;

const PASSWORD: &str = "Correct-horse-7";
/// Sign-ups and joins at once.
const AT_ONCE: usize = 8;

/// Somebody who is logged in.
pub struct Person {
    pub id: String,
    pub token: String,
    name: String,
    password: String,
}

impl Person {
    /// Whoever needs no account.
    pub fn nobody() -> Self {
        let empty = String::new;
        Self { id: empty(), token: empty(), name: empty(), password: empty() }
    }
}

/// A channel with those who are in it, as places in the crowd.
pub struct Channel {
    /// Its number in the ledger.
    pub number: u16,
    pub id: String,
    pub members: Vec<usize>,
}

/// Everybody, in one team.
pub struct Crowd {
    servers: Rc<Servers>,
    /// The first made the team.
    pub people: Vec<Rc<Person>>,
    pub team: String,
    made: Cell<usize>,
}

fn text(value: &Value, key: &str) -> Outcome<String> {
    Ok(value.get(key).and_then(Value::as_str).ok_or_else(|| format!("no {key} in {value}"))?.to_owned())
}

impl Crowd {
    /// Signs so many people up. The first is the server's first user, or whoever may sign up on an open server, or
    /// `admin` (`NAME:PASSWORD`); the others come by invitation to the team, as a closed server demands.
    pub async fn gather(servers: &Rc<Servers>, admin: Option<&str>, size: usize) -> Outcome<Self> {
        eprintln!("signing {size} people up …");
        let run = format!("load{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis());
        let mut nobody = Caller::new(servers, "");
        let owner = match admin.and_then(|admin| admin.split_once(':')) {
            Some((name, password)) => log_in(&mut nobody, name, password).await?,
            None => sign_up(&mut nobody, &format!("{run}x0"), "").await?,
        };
        let team = json!({ "name": run, "display_name": "Load", "type": "O", "allow_open_invite": true });
        let team = Caller::new(servers, &owner.token).json("POST", "/api/v4/teams", &team).await?;
        let (team, invite) = (text(&team, "id")?, text(&team, "invite_id")?);
        let names: Vec<_> = (1..size).map(|number| format!("{run}x{number}")).collect();
        let others =
            at_once(names, async |name| sign_up(&mut Caller::new(servers, ""), &name, &format!("?iid={invite}")).await);
        let mut people = vec![Rc::new(owner)];
        people.extend(others.await?.into_iter().map(Rc::new));
        Ok(Self { servers: Rc::clone(servers), people, team, made: Cell::new(0) })
    }

    pub fn person(&self, place: usize) -> Outcome<&Rc<Person>> {
        Ok(self.people.get(place).ok_or("there are not so many people")?)
    }

    /// Ends everybody's session, with whatever the server keeps for it, and begins another.
    pub async fn log_in_anew(&mut self) -> Outcome<()> {
        let people = at_once(self.people.clone(), async |person| {
            Caller::new(&self.servers, &person.token).json("POST", "/api/v4/users/logout", &Value::Null).await?;
            log_in(&mut Caller::new(&self.servers, ""), &person.name, &person.password).await
        });
        self.people = people.await?.into_iter().map(Rc::new).collect();
        Ok(())
    }

    /// Makes a channel with these members; the first makes it, the others join by themselves.
    pub async fn channel(&self, ledger: &Ledger, members: impl IntoIterator<Item = usize>) -> Outcome<Channel> {
        let members: Vec<_> = members.into_iter().collect();
        let (owner, others) = members.split_first().ok_or("a channel has members")?;
        let name = format!("load{}", self.made.replace(self.made.get() + 1));
        let body = json!({ "team_id": self.team, "name": name, "display_name": name, "type": "O" });
        let mut caller = Caller::new(&self.servers, &self.person(*owner)?.token);
        let id = text(&caller.json("POST", "/api/v4/channels", &body).await?, "id")?;
        let path = format!("/api/v4/channels/{id}/members");
        at_once(others.to_vec(), async |place| {
            let person = self.person(place)?;
            let body = json!({ "user_id": person.id });
            Caller::new(&self.servers, &person.token).json("POST", &path, &body).await
        })
        .await?;
        let number = ledger.add_channel(&id).ok_or("too many channels")?;
        Ok(Channel { number, id, members })
    }
}

async fn sign_up(nobody: &mut Caller<'_>, name: &str, invite: &str) -> Outcome<Person> {
    let user = json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD });
    nobody.json("POST", &format!("/api/v4/users{invite}"), &user).await?;
    log_in(nobody, name, PASSWORD).await
}

async fn log_in(nobody: &mut Caller<'_>, name: &str, password: &str) -> Outcome<Person> {
    let login = json!({ "login_id": name, "password": password });
    let id = text(&nobody.json("POST", "/api/v4/users/login", &login).await?, "id")?;
    let token = nobody.token().ok_or("the login answered with no token")?.to_owned();
    Ok(Person { id, token, name: name.to_owned(), password: password.to_owned() })
}

/// Does the same to each of these, some at once; the results in their order.
pub async fn at_once<T, R>(items: Vec<T>, work: impl AsyncFn(T) -> Outcome<R>) -> Outcome<Vec<R>> {
    use futures_util::stream::{StreamExt, TryStreamExt, iter};
    iter(items).map(|item| work(item)).buffered(AT_ONCE).try_collect().await
}
