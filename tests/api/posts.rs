//! Posts as clients of both APIs see them.

use rustchat::config::Config;
use serde_json::{Value, json};

use crate::harness::{Person, Socket, TestServer, text};

/// Two people in a private channel, and one who is not.
struct Room {
    _server: TestServer,
    admin: Person,
    ann: Person,
    bob: Person,
    eve: Person,
    channel: Value,
    team: Value,
}

impl Room {
    async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    async fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        let server = TestServer::start_with(change).await;
        // The first account is the administrator's, who may do anything.
        let admin = server.person("admin").await;
        let (ann, bob, eve) = (server.person("ann").await, server.person("bob").await, server.person("eve").await);
        let team = ann.team("lab", &[&bob, &eve]).await;
        let channel = ann.channel(&team, "bench", &[&bob]).await;
        Self { _server: server, admin, ann, bob, eve, channel, team }
    }

    fn path(&self, rest: &str) -> String {
        format!("/channels/{}{rest}", text(&self.channel, "id"))
    }

    async fn say(&self, who: &Person, body: Value) -> Value {
        who.client.post(&format!("/api/v1{}", self.path("/posts")), &body).await.expect(201)
    }

    async fn reply(&self, who: &Person, root: &Value, message: &str) -> Value {
        self.say(who, json!({ "message": message, "root_id": root["id"] })).await
    }

    async fn list(&self, who: &Person, query: &str) -> Value {
        who.client.get(&format!("/api/v4{}?{query}", self.path("/posts"))).await.expect(200)
    }

    async fn membership(&self, who: &Person) -> Value {
        who.client.get(&format!("/api/v4{}/{}", self.path("/members"), who.id)).await.expect(200)
    }
}

fn id(value: &Value) -> &str {
    text(value, "id")
}

fn ids(posts: &Value) -> Vec<&str> {
    posts.as_array().unwrap().iter().map(id).collect()
}

/// A value that is JSON in a JSON text.
fn inner(data: &Value, key: &str) -> Value {
    serde_json::from_str(text(data, key)).unwrap()
}

#[actix_web::test]
async fn a_retry_returns_the_first_post_and_tells_and_counts_nothing() {
    let room = Room::open().await;
    let (path, body) = (format!("/api/v1{}", room.path("/posts")), json!({ "message": "@bob", "client_id": "key" }));
    let first = room.ann.client.post(&path, &body).await.expect(201);
    let counted = room.membership(&room.bob).await;
    let mut socket = room.bob.socket().await;
    assert_eq!(room.ann.client.post(&path, &body).await.expect(200)["id"], first["id"]);
    let body = json!({ "channel_id": room.channel["id"], "message": "@bob", "pending_post_id": "key" });
    assert_eq!(room.ann.client.post("/api/v4/posts", &body).await.expect(201)["id"], first["id"]);
    assert_eq!(room.membership(&room.bob).await, counted);
    let next = room.ann.post(&room.channel, "another").await;
    assert_eq!(socket.event("post.created").await["post"]["id"], next["id"], "and nothing before");
    let elsewhere = json!({ "message": "x", "root_id": first["id"], "client_id": "key" });
    let refused = room.ann.client.post(&path, &elsewhere).await.expect(409);
    assert_eq!(refused["code"], "post.client_id_taken");
}

#[actix_web::test]
async fn identical_requests_at_once_make_one_post() {
    let room = Room::open().await;
    let (path, body) = (format!("/api/v1{}", room.path("/posts")), json!({ "message": "hi", "client_id": "race" }));
    let clients = [room.ann.client.clone(), room.ann.client.clone(), room.ann.client.clone()];
    let answers = futures_util::future::join_all(clients.iter().map(|client| client.post(&path, &body))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 201]);
    let first = answers[0].json();
    assert!(answers.iter().all(|answer| answer.json()["id"] == first["id"]));
}

#[actix_web::test]
async fn whoever_is_mentioned_is_told_so_in_both_dialects() {
    let room = Room::open().await;
    let (mut native, mut foreign) = (room.bob.socket().await, room.bob.v4_socket().await);
    let mut own = room.ann.v4_socket().await;
    room.ann.post(&room.channel, "hello @bob, meet `@ann`").await;
    let created = native.event("post.created").await;
    assert_eq!(created["mentions_me"], true);
    assert_eq!(created["author"]["username"], "ann");
    assert_eq!(created["channel"]["root_count"], created["channel"]["message_count"]);
    let posted = foreign.event("posted").await;
    assert_eq!(inner(&posted, "mentions"), json!([room.bob.id]));
    assert_eq!((&posted["channel_type"], &posted["sender_name"]), (&json!("P"), &json!("@ann")));
    assert!(own.event("posted").await.get("mentions").is_none());
    room.ann.post(&room.channel, "nobody@bob.example").await;
    assert_eq!(native.event("post.created").await["mentions_me"], false);
}

#[actix_web::test]
async fn a_reply_moves_its_thread_for_all_who_follow_it() {
    let room = Room::open().await;
    let root = room.ann.post(&room.channel, "root").await;
    let mut socket = room.ann.v4_socket().await;
    let mut native = room.ann.socket().await;
    let reply = room.reply(&room.bob, &root, "reply").await;
    assert_eq!(native.event("post.created").await["thread"]["reply_count"], 1);
    let posted = socket.event("posted").await;
    assert_eq!(inner(&posted, "followers"), json!([room.ann.id]));
    let moved = socket.event("thread_updated").await;
    let thread = inner(&moved, "thread");
    assert_eq!((&thread["id"], &thread["unread_replies"]), (&root["id"], &json!(1)));
    assert_eq!(moved["previous_unread_replies"], 0);

    let threads = format!("/api/v4/users/me/teams/{}/threads", id(&room.team));
    let list = room.ann.client.get(&threads).await.expect(200);
    assert_eq!((&list["total"], &list["total_unread_threads"]), (&json!(1), &json!(1)));
    assert_eq!(list["threads"][0]["post"]["is_following"], true);
    assert_eq!(list["threads"][0]["participants"], json!([{ "id": room.bob.id }]));
    let read = format!("{threads}/{}/read/{}", id(&root), reply["created_at"]);
    assert_eq!(room.ann.client.put(&read, &Value::Null).await.expect(200)["unread_replies"], 0);
    let event = socket.event("thread_read_changed").await;
    assert_eq!((&event["previous_unread_replies"], &event["unread_replies"]), (&json!(1), &json!(0)));
    let unread = format!("{threads}/{}/set_unread/{}", id(&root), id(&reply));
    assert_eq!(room.ann.client.post(&unread, &Value::Null).await.expect(200)["unread_replies"], 1);
    room.ann.client.put(&format!("{threads}/read"), &Value::Null).await.expect(200);
    assert_eq!(room.ann.client.get(&format!("{threads}?totalsOnly=true")).await.expect(200)["threads"], Value::Null);

    room.ann.client.delete(&format!("{threads}/{}/following", id(&root))).await.expect(200);
    assert_eq!(socket.event("thread_follow_changed").await["state"], false);
    assert_eq!(room.ann.client.get(&threads).await.expect(200)["threads"], json!([]));
    room.bob.client.get(&format!("/api/v4/users/{}/teams/{}/threads", room.ann.id, id(&room.team))).await.expect(403);
}

#[actix_web::test]
async fn whoever_posts_is_not_away_unless_the_client_says_so() {
    let room = Room::open_with(|config| config.realtime.away_after_seconds = 1).await;
    let mut socket = room.ann.socket().await;
    let until =
        async |socket: &mut Socket, wanted: &str| while socket.event("status.changed").await["status"] != wanted {};
    until(&mut socket, "away").await;
    let body = json!({ "channel_id": room.channel["id"], "message": "by a program" });
    room.ann.client.post("/api/v4/posts?set_online=false", &body).await.expect(201);
    let status = room.ann.client.get("/api/v4/users/me/status").await.expect(200);
    assert_eq!(status["status"], "away");
    room.ann.client.post("/api/v4/posts", &body).await.expect(201);
    until(&mut socket, "online").await;
    until(&mut socket, "away").await;
    room.ann.post(&room.channel, "by hand").await;
    until(&mut socket, "online").await;
}

#[actix_web::test]
async fn viewing_a_channel_without_threads_apart_reads_its_threads_too() {
    let room = Room::open().await;
    let root = room.ann.post(&room.channel, "root").await;
    room.reply(&room.bob, &root, "reply").await;
    let totals = format!("/api/v4/users/me/teams/{}/threads?totalsOnly=true", id(&room.team));
    let unread = async || room.ann.client.get(&totals).await.expect(200)["total_unread_threads"].clone();
    let mut socket = room.ann.v4_socket().await;
    let view = "/api/v4/channels/members/me/view";
    let apart = json!({ "channel_id": room.channel["id"], "collapsed_threads_supported": true });
    room.ann.client.post(view, &apart).await.expect(200);
    assert_eq!(unread().await, 1);
    let together = json!({ "channel_id": room.channel["id"], "collapsed_threads_supported": false });
    room.ann.client.post(view, &together).await.expect(200);
    assert_eq!(unread().await, 0);
    let event = loop {
        let event = socket.next_event().await;
        if event["event"] == "thread_read_changed" {
            break event;
        }
    };
    assert_eq!(event["broadcast"]["channel_id"], room.channel["id"]);
    assert!(event["data"].get("thread_id").is_none(), "it is about all of them");
    let reply = room.reply(&room.bob, &root, "again").await;
    assert_eq!((unread().await, &reply["root_id"]), (json!(1), &root["id"]));
}

#[actix_web::test]
async fn an_administrator_moves_another_persons_place_and_not_her_own() {
    let room = Room::open().await;
    let root = room.ann.post(&room.channel, "root").await;
    let reply = room.reply(&room.bob, &root, "reply").await;
    let of = |user: &str| format!("/api/v4/users/{user}/teams/{}/threads", id(&room.team));
    let thread = format!("{}/{}", of(&room.ann.id), id(&root));
    let admin = &room.admin.client;
    assert_eq!(admin.get(&of(&room.ann.id)).await.expect(200)["total_unread_threads"], 1);
    let read = format!("{thread}/read/{}", reply["created_at"]);
    assert_eq!(admin.put(&read, &Value::Null).await.expect(200)["unread_replies"], 0);
    let seen = room.ann.client.get(&thread).await.expect(200);
    assert_eq!((&seen["unread_replies"], &seen["post"]["is_following"]), (&json!(0), &json!(true)));
    assert_eq!(admin.get(&thread).await.expect(200)["post"]["is_following"], true, "ann does");
    admin.delete(&format!("{thread}/following")).await.expect(200);
    assert_eq!(room.ann.client.get(&of("me")).await.expect(200)["total"], 0);
    let nobody = format!("{}/{}/following", of("yyyyyyyyyyyyyyyyyyyyyyyyyy"), id(&root));
    assert_eq!(admin.put(&nobody, &Value::Null).await.expect(404)["status_code"], 404);
}

#[actix_web::test]
async fn deleting_a_reply_takes_it_out_of_the_arithmetic() {
    let room = Room::open().await;
    let root = room.ann.post(&room.channel, "root").await;
    let first = room.reply(&room.bob, &root, "one").await;
    room.ann.client.post(&format!("/api/v1/posts/{}/thread/read", id(&root)), &Value::Null).await.expect(204);
    let second = room.reply(&room.bob, &root, "two").await;
    room.bob.client.delete(&format!("/api/v1/posts/{}", id(&first))).await.expect(204);
    let thread = format!("/api/v4/users/me/teams/{}/threads/{}", id(&room.team), id(&root));
    let seen = room.ann.client.get(&thread).await.expect(200);
    assert_eq!((&seen["reply_count"], &seen["unread_replies"]), (&json!(1), &json!(1)));
    let mut socket = room.ann.socket().await;
    room.bob.client.delete(&format!("/api/v1/posts/{}", id(&second))).await.expect(204);
    let deleted = socket.event("post.deleted").await;
    assert_eq!((&deleted["root_id"], &deleted["thread"]["reply_count"]), (&root["id"], &json!(0)));
    assert_eq!(deleted["thread"]["participants"], json!([]));
}

#[actix_web::test]
async fn a_page_names_its_neighbours_at_both_ends() {
    let room = Room::open().await;
    let mut said = Vec::new();
    for number in 0..5 {
        said.push(room.ann.post(&room.channel, &format!("{number}")).await);
        room.reply(&room.bob, &said[number], "reply").await;
    }
    let said: Vec<&str> = said.iter().map(id).collect();
    let path = format!("/api/v1{}", room.path("/posts"));
    let page = async |query: &str| room.ann.client.get(&format!("{path}?{query}")).await.expect(200);
    let newest = page("limit=2").await;
    assert_eq!(ids(&newest["posts"]), [said[4], said[3]]);
    assert_eq!((&newest["older"], &newest["newer"]), (&json!(said[3]), &Value::Null));
    let older = page(&format!("limit=2&before={}", said[3])).await;
    assert_eq!(ids(&older["posts"]), [said[2], said[1]]);
    let newer = page(&format!("limit=2&after={}", said[1])).await;
    assert_eq!(ids(&newer["posts"]), [said[3], said[2]]);
    assert_eq!(newer["newer"], said[3]);
    let around = page(&format!("limit=3&around={}", said[2])).await;
    assert_eq!(ids(&around["posts"]), [said[3], said[2], said[1]]);
    let all = page("").await;
    assert!(all["posts"].as_array().unwrap().len() >= 5 && all["newer"].is_null() && all["older"].is_null());
    assert!(all["users"].as_array().unwrap().iter().any(|user| user["id"] == room.bob.id.as_str()));

    let second = room.list(&room.ann, "page=1&per_page=2&collapsedThreads=true").await;
    assert_eq!(second["order"], json!([said[2], said[1]]));
    assert_eq!((&second["next_post_id"], &second["prev_post_id"]), (&json!(said[3]), &json!(said[0])));
    let mixed = room.list(&room.ann, "page=0&per_page=1&skipFetchThreads=true").await;
    assert_eq!(mixed["posts"].as_object().unwrap().len(), 2, "the reply and its root");
    for bad in ["limit=0", "limit=201", "limit=x", "before=short", "nonsense=1", "around=nowhere"] {
        room.ann.client.get(&format!("{path}?{bad}")).await.expect(400);
    }
    room.ann.client.get(&format!("/api/v4{}?page=-1", room.path("/posts"))).await.expect(400);
}

#[actix_web::test]
async fn a_channel_opens_at_the_first_unread_post() {
    let room = Room::open().await;
    room.bob.client.post(&format!("/api/v1{}", room.path("/view")), &Value::Null).await.expect(200);
    let unread = [room.ann.post(&room.channel, "1").await, room.ann.post(&room.channel, "2").await];
    let path = format!("/api/v4/users/me{}?limit_before=1&limit_after=1", room.path("/posts/unread"));
    let list = room.bob.client.get(&path).await.expect(200);
    assert_eq!(list["order"][0], unread[0]["id"]);
    assert_eq!(list["next_post_id"], unread[1]["id"]);
    room.bob.client.get(&path.replace("after=1", "after=0")).await.expect(400);
    let page = room.bob.client.get(&format!("/api/v1{}?around=unread", room.path("/posts"))).await.expect(200);
    assert_eq!(page["posts"][0]["id"], unread[1]["id"]);
    let again = room.bob.client.request(actix_web::http::Method::GET, &path);
    let tag = room.bob.client.get(&path).await.header("etag").to_owned();
    assert_eq!(again.insert_header(("if-none-match", tag)).send().await.unwrap().status().as_u16(), 304);
}

#[actix_web::test]
async fn what_changed_since_includes_what_was_deleted() {
    let room = Room::open().await;
    let [kept, gone] = [room.ann.post(&room.channel, "kept").await, room.ann.post(&room.channel, "gone").await];
    let since = gone["created_at"].as_i64().unwrap();
    room.ann.client.delete(&format!("/api/v4/posts/{}", id(&gone))).await.expect(200);
    let list = room.list(&room.bob, &format!("since={since}")).await;
    assert_eq!(list["order"], json!([gone["id"]]));
    let deleted = &list["posts"][id(&gone)];
    assert!(deleted["delete_at"].as_i64().unwrap() > since);
    assert_eq!(deleted["message"], "");
    assert_eq!(room.list(&room.bob, "").await["order"][0], kept["id"]);
    room.bob.client.get(&format!("/api/v4/posts/{}", id(&gone))).await.expect(404);
}

#[actix_web::test]
async fn an_author_edits_pins_and_deletes() {
    let room = Room::open().await;
    let post = room.ann.post(&room.channel, "draft").await;
    let mut socket = room.bob.socket().await;
    let path = format!("/api/v1/posts/{}", id(&post));
    let edited = room.ann.client.patch(&path, &json!({ "message": "done #tag" })).await.expect(200);
    assert!(edited["edited_at"].is_i64() && edited["updated_at"].as_i64() > post["updated_at"].as_i64());
    assert_eq!(socket.event("post.updated").await["post"]["message"], "done #tag");
    let pinned = room.bob.client.patch(&path, &json!({ "pinned": true })).await.expect(200);
    assert_eq!((&pinned["pinned"], &pinned["edited_at"]), (&json!(true), &edited["edited_at"]));
    let pins = room.bob.client.get(&format!("/api/v4{}", room.path("/pinned"))).await.expect(200);
    assert_eq!(pins["order"], json!([post["id"]]));
    for (body, status) in [
        (json!({ "message": "" }), 400),
        (json!({ "message": "x".repeat(16_384) }), 400),
        (json!({ "message": "a\u{0}b" }), 400),
        (json!({ "message": 7 }), 400),
    ] {
        room.ann.client.patch(&path, &body).await.expect(status);
    }
    room.bob.client.patch(&path, &json!({ "message": "mine now" })).await.expect(403);
    room.bob.client.delete(&path).await.expect(403);
    room.eve.client.patch(&path, &json!({ "message": "mine now" })).await.expect(404);
    let mut foreign = room.bob.v4_socket().await;
    room.ann.client.delete(&path).await.expect(204);
    assert_eq!(socket.event("post.deleted").await["post_id"], post["id"]);
    assert!(foreign.event("post_deleted").await.get("delete_by").is_none());
    room.ann.client.delete(&path).await.expect(404);
}

#[actix_web::test]
async fn editing_may_be_limited() {
    let room = Room::open_with(|config| config.posts.edit_limit_seconds = 0).await;
    let post = room.ann.post(&room.channel, "said").await;
    // Posts are stamped by the same clock, so the next millisecond is too late.
    while rustchat::model::now() <= post["created_at"].as_i64().unwrap() {
        std::hint::spin_loop();
    }
    let path = format!("/api/v4/posts/{}/patch", id(&post));
    let refused = room.ann.client.put(&path, &json!({ "message": "unsaid" })).await.expect(400);
    assert_eq!(refused["id"], "api.post.update_post.permissions_time_limit.app_error");
}

#[actix_web::test]
async fn a_reaction_is_one_however_often_it_is_sent() {
    let room = Room::open().await;
    let post = room.ann.post(&room.channel, "nice").await;
    let mut socket = room.ann.v4_socket().await;
    let path = format!("/api/v1/posts/{}/reactions/+1", id(&post));
    room.bob.client.put(&path, &Value::Null).await.expect(200);
    let added = socket.event("reaction_added").await;
    assert_eq!(inner(&added, "reaction")["emoji_name"], "+1");
    room.bob.client.put(&path, &Value::Null).await.expect(200);
    let shown = room.ann.client.get(&format!("/api/v1/posts/{}", id(&post))).await.expect(200);
    assert_eq!(shown["reactions"], json!([{ "emoji": "+1", "user_ids": [room.bob.id] }]));
    let foreign = room.ann.client.get(&format!("/api/v4/posts/{}", id(&post))).await.expect(200);
    assert_eq!(foreign["metadata"]["reactions"][0]["user_id"], room.bob.id.as_str());
    room.bob.client.delete(&path).await.expect(204);
    room.bob.client.delete(&path).await.expect(204);
    socket.event("reaction_removed").await;
    for number in 0..50 {
        room.bob.client.put(&path.replace("+1", &format!("e{number}")), &Value::Null).await.expect(200);
    }
    room.ann.client.put(&path.replace("+1", "e7"), &Value::Null).await.expect(200);
    let full = room.ann.client.put(&path, &Value::Null).await.expect(400);
    assert_eq!(full["code"], "reaction.too_many");
    room.ann.client.put(&path.replace("+1", "no%20blank"), &Value::Null).await.expect(400);
    room.eve.client.put(&path, &Value::Null).await.expect(404);
    let body = json!({ "user_id": room.ann.id, "post_id": post["id"], "emoji_name": "x" });
    room.bob.client.post("/api/v4/reactions", &body).await.expect(403);
}

#[actix_web::test]
async fn bad_posts_are_refused_and_leave_nothing() {
    let room = Room::open().await;
    let before = room.list(&room.ann, "").await;
    let root = room.ann.post(&room.channel, "root").await;
    let reply = room.reply(&room.ann, &root, "reply").await;
    let other = room.ann.channel(&room.team, "other", &[]).await;
    let unknown = "y".repeat(26);
    let path = format!("/api/v1{}", room.path("/posts"));
    for body in [
        json!({ "message": " \n" }),
        json!({ "message": "x".repeat(16_384) }),
        json!({ "message": "a\u{0}" }),
        json!({ "message": "x", "props": { "a": ["\u{0}"] } }),
        json!({ "message": "x", "client_id": "k".repeat(65) }),
        json!({ "message": "x", "client_id": "" }),
        json!({ "message": "x", "root_id": reply["id"] }),
        json!({ "message": "x", "root_id": unknown }),
        json!({ "message": "x", "root_id": "short" }),
        json!({ "message": "x", "kind": "system_join_channel" }),
        json!({ "message": ["x"] }),
        json!([]),
    ] {
        room.ann.client.post(&path, &body).await.expect(400);
    }
    for bytes in [&b"{"[..], b"\xff\xfe", b"{\"message\": \"\xff\"}"] {
        room.ann.client.send_bytes(actix_web::http::Method::POST, &path, bytes).await.expect(400);
    }
    let huge = json!({ "message": "x", "props": { "a": "x".repeat(400_000) } });
    room.ann.client.post(&path, &huge).await.expect(413);
    let elsewhere = format!("/api/v1/channels/{}/posts", id(&other));
    room.ann.client.post(&elsewhere, &json!({ "message": "x", "root_id": root["id"] })).await.expect(400);
    room.eve.client.post(&path, &json!({ "message": "x" })).await.expect(404);
    room.eve.client.get(&path).await.expect(404);
    let system = json!({ "channel_id": room.channel["id"], "message": "x", "type": "system_generic" });
    room.ann.client.post("/api/v4/posts", &system).await.expect(400);
    let files = json!({ "channel_id": room.channel["id"], "message": "x", "file_ids": [unknown] });
    room.ann.client.post("/api/v4/posts", &files).await.expect(501);
    room.ann.client.delete(&format!("/api/v1/channels/{}", id(&other))).await.expect(204);
    let archived = room.ann.client.post(&elsewhere, &json!({ "message": "x" })).await.expect(400);
    assert_eq!(archived["code"], "channel.archived");
    let after = room.list(&room.ann, "").await;
    let count = |list: &Value| list["order"].as_array().unwrap().len();
    assert_eq!(count(&after), count(&before) + 2);
}

#[actix_web::test]
async fn a_draft_follows_its_author_to_other_devices() {
    let room = Room::open().await;
    let mut socket = room.ann.v4_socket().await;
    let body = |message: &str| json!({ "channel_id": room.channel["id"], "message": message, "root_id": "" });
    let saved = room.ann.client.post("/api/v4/drafts", &body("half a")).await.expect(201);
    assert_eq!(inner(&socket.event("draft_created").await, "draft")["message"], "half a");
    let again = room.ann.client.post("/api/v4/drafts", &body("half a thought")).await.expect(201);
    assert_eq!(again["create_at"], saved["create_at"]);
    let list = format!("/api/v4/users/me/teams/{}/drafts", id(&room.team));
    assert_eq!(room.ann.client.get(&list).await.expect(200)[0]["message"], "half a thought");
    assert_eq!(room.bob.client.get(&list).await.expect(200), json!([]));
    room.eve.client.post("/api/v4/drafts", &body("peek")).await.expect(404);
    room.ann.client.delete(&format!("/api/v4/users/me{}", room.path("/drafts"))).await.expect(200);
    socket.event("draft_deleted").await;
    assert_eq!(room.ann.client.get(&list).await.expect(200), json!([]));
}
