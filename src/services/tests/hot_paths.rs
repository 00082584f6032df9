//! The statements behind what happens all the time, as docs/architecture.md counts them.

use sqlx::Row;

use super::*;
use crate::model::{NewPost, PageFrom};
use crate::realtime::Stale;
use crate::services::members::{channel as members, team as team_members};
use crate::services::{posts, reactions, read_state, typing};

/// How often statements have run since the beginning, and how often one of them was planned anew for it.
async fn ran(world: &World) -> (i64, i64) {
    let counts = "SELECT sum(generic_plans)::bigint, sum(custom_plans)::bigint FROM pg_prepared_statements";
    let row = sqlx::raw_sql(counts).fetch_one(&world.core.db).await.unwrap();
    (row.get(0), row.get(1))
}

async fn reply(world: &World, caller: &Caller, root: &Post) {
    let new = NewPost {
        channel_id: root.channel_id,
        root_id: Some(root.id),
        message: "aye".to_owned(),
        props: Props::new(),
        pending_post_id: None,
        kind: String::new(),
        set_online: false,
    };
    posts::create(&world.core, caller, new).await.unwrap();
}

#[actix_web::test]
async fn take_no_more_statements_than_they_must() {
    let world = World::with_one_connection().await;
    let core = &world.core;
    let (eve, bob) = (world.person("eve").await, world.person("bob").await);
    let team = team(&world, &eve, "sea").await;
    team_members::add(core, &eve, team.id, &[id(&bob)]).await.unwrap();
    let room = channel(&world, &eve, &team, "room").await;
    members::add(core, &eve, room.id, &[id(&bob)]).await.unwrap();
    // An instance hears its own messages as well, and forgets twice.
    world.forgets(Stale::Place(id(&bob), room.id)).await;
    let root = say(&world, &eve, &room, "ahoy").await;
    let wanted =
        posts::ChannelPage { from: PageFrom::Latest { skip: 0 }, limit: 60, roots_only: true, with_threads: false };
    let page = async || posts::page(core, &bob, room.id, wanted).await.unwrap();
    posts::people(core, &page().await).await.unwrap();

    let cost = async |what: &str, statements: i64, start: (i64, i64)| {
        assert_eq!(ran(&world).await.0 - start.0, statements, "statements of {what}");
    };
    let start = ran(&world).await;
    say(&world, &eve, &room, "a post").await;
    cost("a post", 1, start).await;

    let start = ran(&world).await;
    reply(&world, &bob, &root).await;
    cost("a reply", 3, start).await;

    let start = ran(&world).await;
    let shown = page().await;
    assert!(shown.posts.iter().any(|post| post.thread.reply_count == 1), "with its thread");
    cost("a page", 1, start).await;

    for (what, statements) in [("whom a page shows for the first time", 1), ("whom a page shows", 0)] {
        let start = ran(&world).await;
        posts::people(core, &shown).await.unwrap();
        cost(what, statements, start).await;
    }

    let start = ran(&world).await;
    posts::page_around_unread(core, &bob, room.id).await.unwrap();
    cost("the page around the first unread post", 2, start).await;

    let start = ran(&world).await;
    reactions::add(core, &bob, root.id, "anchor").await.unwrap();
    cost("a reaction", 2, start).await;

    let start = ran(&world).await;
    typing::announce(core, &bob, room.id, None).await.unwrap();
    cost("typing", 0, start).await;

    let start = ran(&world).await;
    read_state::view(core, &bob, id(&bob), &[room.id], false).await.unwrap();
    cost("viewing a channel", 1, start).await;

    assert_eq!(ran(&world).await.1, 0, "no statement is planned anew each time");
}
