//! Instances that die, stop, and whose clients come back elsewhere.

use serde_json::{Value, json};

use crate::common::{Client, Heard, Socket, text};
use crate::crowd::Crowd;
use crate::people::Person;
use crate::stack::{Stack, eventually};

/// The order of one author's posts is looked at by every test. That of different authors may suffer where an instance hears
/// of a channel for the first time, and where a client changes its instance while the channel waits for a predecessor.
#[actix_web::test]
async fn while_nothing_breaks_all_hear_each_channel_in_the_order_in_which_it_was_stored() {
    let stack = Stack::of(2).await;
    let mut crowd = Crowd::gather(stack.addresses()).await;
    crowd.talk();
    crowd.hears(200).await;
    crowd.finish(&stack).await;
    let mut waits_in_vain = 0.0;
    for server in &stack.servers {
        waits_in_vain += server.metric("rustchat_engine_given_up_total").await;
    }
    // What takes longer than the channels' patience from one instance to another is heard late, and counted.
    let reordered = crowd.reordered();
    assert!(reordered.is_empty() || waits_in_vain > 0.0, "in a wrong order: {reordered:#?}");
}

#[actix_web::test]
async fn clients_of_a_killed_instance_go_on_elsewhere() {
    let stack = Stack::of(2).await;
    let mut crowd = Crowd::gather(stack.addresses()).await;
    crowd.talk();
    crowd.hears(100).await;
    let before = crowd.begun();
    stack.servers[1].kill();
    crowd.hears(100).await;
    // It may have died with something unsaid, so when its lease is over everybody fetches again.
    for (device, before) in crowd.devices.iter().zip(before) {
        device.until("it has begun anew", |device| device.begun.get() > before).await;
    }
    stack.servers[1].start().await;
    crowd.hears(50).await;
    crowd.finish(&stack).await;
}

#[actix_web::test]
async fn a_rolling_restart_loses_and_doubles_nothing() {
    let stack = Stack::of(3).await;
    let mut crowd = Crowd::gather(stack.addresses()).await;
    crowd.talk();
    crowd.hears(50).await;
    for server in &stack.servers {
        server.stop().await;
        crowd.hears(30).await;
        server.start().await;
        crowd.hears(30).await;
    }
    crowd.finish(&stack).await;
    assert!(crowd.resumed() > 0, "nobody kept a connection id: each began anew {:?} times", crowd.begun());
    println!("{} went on with their connection id, anew began {:?}", crowd.resumed(), crowd.begun());
}

#[actix_web::test]
async fn a_client_that_roams_hears_exactly_what_it_missed() {
    let stack = Stack::of(2).await;
    let mut crowd = Crowd::gather(stack.addresses()).await;
    crowd.talk();
    for round in 1..=4 {
        crowd.hears(30).await;
        crowd.devices.iter().for_each(|device| device.roam());
        for device in &crowd.devices {
            device.until("it is back", |device| device.resumed.get() + device.begun.get() > round).await;
        }
    }
    crowd.finish(&stack).await;
    let (resumed, begun) = (crowd.resumed(), crowd.begun());
    println!("{resumed} went on with their connection id, anew began {begun:?}");
    // A machine that pauses may make a claim come too late; then its client fetches anew, and is right all the same.
    assert!(resumed > crowd.devices.len(), "{resumed} went on with their connection id, anew began {begun:?}");
}

#[actix_web::test]
async fn who_is_connected_elsewhere_stays_online_when_an_instance_dies() {
    let stack = Stack::of(2).await;
    let addresses = stack.addresses().into();
    let watcher = Person::sign_up("watcher", &addresses, 0).await;
    let here_and_there = Person::sign_up("here_and_there", &addresses, 0).await;
    let there = Person::sign_up("there", &addresses, 0).await;
    let team = watcher.at(0).post("/api/v4/teams", &json!({ "name": "all", "display_name": "All", "type": "O" })).await;
    let team = text(&team.expect(201), "id").to_owned();
    for person in [&here_and_there, &there] {
        let body = json!({ "team_id": team, "user_id": person.id });
        watcher.at(0).post(&format!("/api/v4/teams/{team}/members"), &body).await.expect(201);
    }
    let mut here = open(&here_and_there.at(0)).await;
    let _there = [open(&here_and_there.at(1)).await, open(&there.at(1)).await];
    let ids = json!([here_and_there.id, there.id]);
    let look = async || statuses(&watcher.at(0), &ids).await;
    eventually("both are online", async || look().await == ["online", "online"]).await;
    stack.servers[1].kill();
    eventually("one of them is offline", async || {
        let seen = look().await;
        assert_eq!(seen[0], "online");
        seen[1] == "offline"
    })
    .await;
    // Told to fetch again, and never that one is offline: that would have come before.
    loop {
        match here.hear().await {
            Heard::Message(event) => assert_ne!(event["data"]["status"], "offline", "{event}"),
            Heard::Closed(code) => break assert_eq!(code, Some(4101)),
            Heard::Ping | Heard::Pong => {}
        }
    }
}

/// In the order of the ids.
async fn statuses(client: &Client, ids: &Value) -> Vec<String> {
    let found = client.post("/api/v4/users/status/ids", ids).await.expect(200);
    let of = |id: &Value| found.as_array().unwrap().iter().find(|status| status["user_id"] == *id).unwrap();
    ids.as_array().unwrap().iter().map(|id| text(of(id), "status").to_owned()).collect()
}

async fn open(client: &Client) -> Socket {
    let mut socket = client.socket("/api/v4/websocket").await;
    socket.event("hello").await;
    socket
}
