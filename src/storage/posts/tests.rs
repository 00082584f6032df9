//! What a post moves, counted.

use serde_json::json;
use sqlx::PgPool;

use super::*;
use crate::model::{ChannelId, Mentions, PostId, Props, TeamId, UserId};
use crate::testing;

/// A channel with some members.
struct Room {
    db: PgPool,
    id: ChannelId,
    people: Vec<UserId>,
}

impl Room {
    async fn with_people(count: usize) -> Self {
        let db = testing::database().await;
        let (team, id) = (TeamId::new(), ChannelId::new());
        run(&db, &format!(
            "INSERT INTO teams (id, name, display_name, invite_id, created_at, updated_at) VALUES ('{}', 'team', 'T', 'i', 1, 1);
             INSERT INTO channels (id, team_id, kind, name, created_at, updated_at) VALUES ('{}', '{}', 'O', 'room', 1, 1)",
            team.0, id.0, team.0
        ))
        .await;
        let mut room = Self { db, id, people: Vec::new() };
        for number in 0..count {
            room.admit(&format!("user{number}"), &json!({})).await;
        }
        room
    }

    async fn admit(&mut self, username: &str, notify: &serde_json::Value) -> UserId {
        let id = UserId::new();
        run(&self.db, &format!(
            "INSERT INTO users (id, username, email, first_name, notify_props, last_password_update, created_at, updated_at)
             VALUES ('{0}', '{username}', '{username}@example.com', 'Kim{username}', '{notify}', 1, 1, 1);
             INSERT INTO channel_members (channel_id, user_id, created_at, updated_at) VALUES ('{1}', '{0}', 1, 1)",
            id.0, self.id.0
        ))
        .await;
        self.people.push(id);
        id
    }

    async fn say(&self, author: UserId, root: Option<PostId>, mentions: &Mentions) -> (PostId, Created) {
        let id = PostId::new();
        (id, insert(&self.db, &self.post(id, author, root, mentions, None)).await.unwrap().unwrap())
    }

    fn post<'a>(
        &self,
        id: PostId,
        author: UserId,
        root: Option<PostId>,
        mentions: &'a Mentions,
        pending: Option<&'a str>,
    ) -> Insert<'a> {
        static NO_PROPS: std::sync::LazyLock<Props> = std::sync::LazyLock::new(Props::new);
        Insert {
            id,
            channel: self.id,
            author,
            root,
            kind: "",
            message: "hello",
            hashtags: "",
            props: &NO_PROPS,
            pending,
            mentions,
            counts: true,
            now: 1_000,
        }
    }

    /// Unread messages, unread roots, mentions, mentions in roots.
    async fn unread(&self, user: UserId) -> (i64, i64, i64, i64) {
        sqlx::query_as(
            "SELECT c.message_count - m.seen_messages, c.root_count - m.seen_roots, m.mention_count, m.mention_count_root
             FROM channel_members m JOIN channels c ON c.id = m.channel_id WHERE m.user_id = $1",
        )
        .bind(user.0)
        .fetch_one(&self.db)
        .await
        .unwrap()
    }

    /// Whether the user follows the thread, its unread replies and mentions.
    async fn thread(&self, user: UserId, root: PostId) -> Option<(bool, i64, i64)> {
        sqlx::query_as(
            "SELECT f.following, t.reply_count - f.seen_replies, f.mention_count
             FROM thread_members f JOIN threads t USING (root_id) WHERE f.user_id = $1 AND f.root_id = $2",
        )
        .bind(user.0)
        .bind(root.0)
        .fetch_optional(&self.db)
        .await
        .unwrap()
    }
}

async fn run(db: &PgPool, sql: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(db).await.unwrap();
}

fn naming(names: &[&str]) -> Mentions {
    Mentions { names: names.iter().map(|name| (*name).to_owned()).collect(), ..Mentions::default() }
}

fn reaching(crowd: Vec<UserId>) -> Mentions {
    Mentions { crowd, ..Mentions::default() }
}

#[tokio::test]
async fn a_root_moves_the_channel_and_reads_it_for_its_author() {
    let room = Room::with_people(3).await;
    let [eve, bob, kim] = room.people[..] else { panic!() };
    let (_, first) = room.say(eve, None, &naming(&["user1", "stranger"])).await;
    assert_eq!((first.created_at, first.message_count, first.root_count), (1_000, 1, 1));
    assert_eq!((first.mentioned, first.thread), (vec![bob], None));
    assert_eq!(room.unread(eve).await, (0, 0, 0, 0));
    assert_eq!(room.unread(bob).await, (1, 1, 1, 1));
    assert_eq!(room.unread(kim).await, (1, 1, 0, 0));
    let (_, second) = room.say(bob, None, &Mentions::default()).await;
    assert_eq!(second.created_at, 1_001, "later than the first, whatever the clock says");
    assert_eq!(room.unread(bob).await, (0, 0, 0, 0), "who writes has read");
}

#[tokio::test]
async fn a_reply_moves_its_thread_but_reads_nothing() {
    let room = Room::with_people(4).await;
    let [eve, bob, kim, lee] = room.people[..] else { panic!() };
    let (root, _) = room.say(eve, None, &Mentions::default()).await;
    room.say(eve, None, &Mentions::default()).await;
    let (_, reply) = room.say(bob, Some(root), &naming(&["user2"])).await;
    let thread = reply.thread.unwrap();
    assert_eq!((thread.reply_count, thread.participants), (1, vec![bob]));
    assert_eq!((reply.message_count, reply.root_count), (3, 2));
    assert_eq!(room.unread(bob).await, (2, 2, 0, 0), "his own reply is not unread, the roots still are");
    assert_eq!(room.unread(kim).await, (3, 2, 1, 0), "a mention in a reply is none of the roots'");
    assert_eq!(room.thread(bob, root).await, Some((true, 0, 0)));
    assert_eq!(room.thread(eve, root).await, Some((true, 1, 0)), "who began the thread follows it");
    assert_eq!(room.thread(kim, root).await, Some((true, 1, 1)));
    assert_eq!(room.thread(lee, root).await, None);
    let (_, reply) = room.say(eve, Some(root), &Mentions::default()).await;
    assert_eq!(reply.thread.unwrap().participants, [bob, eve]);
    let (_, reply) = room.say(bob, Some(root), &Mentions::default()).await;
    assert_eq!(reply.thread.unwrap().participants, [eve, bob], "the latest last");
    assert_eq!(room.thread(eve, root).await, Some((true, 1, 0)));
}

#[tokio::test]
async fn whoever_left_a_thread_stays_away_until_mentioned_by_name() {
    let room = Room::with_people(2).await;
    let [eve, bob] = room.people[..] else { panic!() };
    let (root, _) = room.say(eve, None, &Mentions::default()).await;
    room.say(bob, Some(root), &Mentions::default()).await;
    run(&room.db, "UPDATE thread_members SET following = false").await;
    room.say(bob, Some(root), &reaching(vec![eve, bob])).await;
    assert_eq!(room.thread(eve, root).await, Some((false, 2, 1)));
    assert!(room.thread(bob, root).await.unwrap().0, "who replies follows again");
    room.say(bob, Some(root), &naming(&["user0"])).await;
    assert!(room.thread(eve, root).await.unwrap().0);
}

#[tokio::test]
async fn keywords_and_first_names_are_looked_up_by_the_words_of_a_message() {
    let mut room = Room::with_people(1).await;
    let eve = room.people[0];
    let keys = room.admit("keys", &json!({ "mention_keys": "Rust, c++" })).await;
    let first = room.admit("first", &json!({ "first_name": "true" })).await;
    room.admit("nobody", &json!({ "mention_keys": "", "first_name": "false" })).await;
    let words = |words: &[&str], exact: &[&str]| Mentions {
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        exact_words: exact.iter().map(|word| (*word).to_owned()).collect(),
        ..Mentions::default()
    };
    assert_eq!(room.say(eve, None, &words(&["c++"], &[])).await.1.mentioned, [keys]);
    assert_eq!(room.say(eve, None, &words(&["rust", "c++"], &[])).await.1.mentioned, [keys], "once a post");
    assert_eq!(room.say(eve, None, &words(&["kimfirst"], &["Kimfirst"])).await.1.mentioned, [first]);
    assert_eq!(room.say(eve, None, &words(&["kimfirst", ""], &["kimfirst"])).await.1.mentioned, []);
}

#[tokio::test]
async fn channel_mentions_reach_the_willing() {
    let mut room = Room::with_people(2).await;
    let [eve, bob] = room.people[..] else { panic!() };
    let deaf = room.admit("deaf", &json!({ "channel": "false" })).await;
    let muted = room.admit("muted", &json!({})).await;
    let keen = room.admit("keen", &json!({})).await;
    let set = |user: UserId, props| {
        format!("UPDATE channel_members SET notify_props = '{props}' WHERE user_id = '{}'", user.0)
    };
    run(&room.db, &set(muted, r#"{"mark_unread": "mention"}"#)).await;
    run(&room.db, &set(keen, r#"{"mark_unread": "mention", "ignore_channel_mentions": "off"}"#)).await;
    let mut crowd = willing(&room.db, room.id, 10).await.unwrap();
    crowd.sort();
    assert_eq!(crowd, [eve, bob, keen]);
    assert!(!crowd.contains(&deaf));
    let mut all = room.say(eve, None, &reaching(crowd)).await.1.mentioned;
    all.sort();
    assert_eq!(all, [bob, keen], "but not the author");
    assert_eq!(room.say(eve, None, &reaching(vec![UserId::new()])).await.1.mentioned, []);
    let everyone = Mentions { everyone: true, ..Mentions::default() };
    assert_eq!(room.say(eve, None, &everyone).await.1.mentioned.len(), 4);
    assert_eq!(room.say(eve, None, &naming(&["muted"])).await.1.mentioned, [muted], "a name is a name");
}

#[tokio::test]
async fn a_reply_to_no_live_root_of_the_channel_writes_nothing() {
    let room = Room::with_people(1).await;
    let eve = room.people[0];
    let (root, _) = room.say(eve, None, &Mentions::default()).await;
    let (reply, _) = room.say(eve, Some(root), &Mentions::default()).await;
    let nobody = Mentions::default();
    for bad in [reply, PostId::new()] {
        let post = room.post(PostId::new(), eve, Some(bad), &nobody, None);
        assert_eq!(insert(&room.db, &post).await.unwrap(), None);
    }
    run(&room.db, &format!("UPDATE posts SET deleted_at = 5 WHERE id = '{}'", root.0)).await;
    let post = room.post(PostId::new(), eve, Some(root), &nobody, None);
    assert_eq!(insert(&room.db, &post).await.unwrap(), None);
    run(&room.db, "UPDATE channels SET deleted_at = 5").await;
    let post = room.post(PostId::new(), eve, None, &nobody, None);
    assert_eq!(insert(&room.db, &post).await.unwrap(), None);
    let count: (i64, i64) = sqlx::query_as("SELECT message_count, (SELECT count(*) FROM posts) FROM channels")
        .fetch_one(&room.db)
        .await
        .unwrap();
    assert_eq!(count, (2, 2));
}

#[tokio::test]
async fn of_two_identical_requests_at_once_one_writes() {
    let room = Room::with_people(2).await;
    let [eve, bob] = room.people[..] else { panic!() };
    let mentions = naming(&["user1"]);
    for round in 0..10 {
        let key = format!("key {round}");
        let posts = [0, 1].map(|_| room.post(PostId::new(), eve, None, &mentions, Some(&key)));
        let (one, other) = tokio::join!(insert(&room.db, &posts[0]), insert(&room.db, &posts[1]));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let error = one.err().or(other.err()).unwrap();
        assert!(crate::error::violates(&error, "posts_pending_key"));
    }
    assert_eq!(room.unread(bob).await, (10, 10, 10, 10));
}

#[tokio::test]
async fn posts_at_once_are_counted_and_ordered() {
    let room = Room::with_people(3).await;
    let [eve, bob, kim] = room.people[..] else { panic!() };
    let (root, _) = room.say(eve, None, &Mentions::default()).await;
    let mentions = naming(&["user2"]);
    for _ in 0..10 {
        tokio::join!(
            room.say(eve, None, &mentions),
            room.say(bob, Some(root), &mentions),
            room.say(eve, Some(root), &mentions),
            room.say(bob, None, &mentions)
        );
    }
    assert_eq!(room.unread(kim).await, (41, 21, 40, 20));
    assert_eq!(room.thread(kim, root).await, Some((true, 20, 20)));
    let moments: (i64, i64) = sqlx::query_as("SELECT count(DISTINCT created_at), max(created_at) FROM posts")
        .fetch_one(&room.db)
        .await
        .unwrap();
    assert_eq!(moments, (41, 1_040));
}
