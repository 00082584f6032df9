//! What is remembered is never more than the database says: whoever loses a right has lost it with the answer to
//! whoever took it away.

use super::*;
use crate::model::{ChannelPatch, NewUser, Permission};
use crate::realtime::Stale;
use crate::services::members::{channel as members, team as team_members};
use crate::services::{access, posts, sessions, users};

/// Eve runs a team and a channel in it, Bob is in both. What they may do there is remembered.
struct Sea {
    world: World,
    eve: Caller,
    bob: Caller,
    team: Team,
    room: Channel,
}

impl Sea {
    async fn new() -> Self {
        let world = World::new().await;
        let (eve, bob) = (world.person("eve").await, world.person("bob").await);
        let team = team(&world, &eve, "sea").await;
        team_members::add(&world.core, &eve, team.id, &[id(&bob)]).await.unwrap();
        let room = channel(&world, &eve, &team, "room").await;
        members::add(&world.core, &eve, room.id, &[id(&bob)]).await.unwrap();
        // An instance hears its own messages as well, and forgets twice.
        world.forgets(Stale::Place(id(&bob), room.id)).await;
        let sea = Self { world, eve, bob, team, room };
        for caller in [&sea.eve, &sea.bob] {
            say(&sea.world, caller, &sea.room, "ahoy").await;
        }
        sea
    }

    async fn bob_says(&self) -> Result<Post> {
        try_to_say(&self.world, &self.bob, &self.room, "still here").await
    }

    /// Whether Bob holds a right in the channel, as the services see it.
    async fn bob_may(&self, permission: Permission) -> bool {
        access::standing(&self.world.core, &self.bob, self.room.id, permission).await.is_ok()
    }
}

#[actix_web::test]
async fn a_known_place_costs_no_query() {
    let sea = Sea::new().await;
    let misses = |cache: &str| {
        let usage = sea.world.core.caches.usage();
        usage.iter().find(|(name, _)| *name == cache).map(|(_, used)| (used.misses, used.hits)).unwrap()
    };
    let (places, channels) = (misses("places"), misses("channels"));
    sea.bob_says().await.unwrap();
    assert_eq!(misses("places"), (places.0, places.1 + 1));
    assert_eq!(misses("channels"), (channels.0, channels.1 + 1));
}

#[actix_web::test]
async fn whoever_was_removed_is_refused_at_once() {
    let sea = Sea::new().await;
    members::remove(&sea.world.core, &sea.eve, sea.room.id, id(&sea.bob)).await.unwrap();
    refused(sea.bob_says().await, Kind::Forbidden, "permission.missing");
    members::add(&sea.world.core, &sea.bob, sea.room.id, &[id(&sea.bob)]).await.unwrap();
    sea.bob_says().await.unwrap();
    team_members::remove(&sea.world.core, &sea.eve, sea.team.id, id(&sea.bob)).await.unwrap();
    refused(sea.bob_says().await, Kind::NotFound, "channel.not_found");
    team_members::add(&sea.world.core, &sea.eve, sea.team.id, &[id(&sea.bob)]).await.unwrap();
    members::add(&sea.world.core, &sea.eve, sea.room.id, &[id(&sea.bob)]).await.unwrap();
    sea.bob_says().await.unwrap();
}

#[actix_web::test]
async fn an_archived_channel_takes_nothing_from_then_on() {
    let sea = Sea::new().await;
    channel_service::archive(&sea.world.core, &sea.eve, sea.room.id).await.unwrap();
    refused(sea.bob_says().await, Kind::Invalid, "channel.archived");
    let admin = sea.world.admin("root").await;
    channel_service::restore(&sea.world.core, &admin, sea.room.id).await.unwrap();
    sea.bob_says().await.unwrap();
}

#[actix_web::test]
async fn roles_count_from_the_moment_they_are_given_or_taken() {
    let sea = Sea::new().await;
    let core = &sea.world.core;
    assert!(!sea.bob_may(Permission::ManageChannelRoles).await);
    members::set_admin(core, &sea.eve, sea.room.id, id(&sea.bob), true).await.unwrap();
    assert!(sea.bob_may(Permission::ManageChannelRoles).await);
    members::set_admin(core, &sea.eve, sea.room.id, id(&sea.bob), false).await.unwrap();
    assert!(!sea.bob_may(Permission::ManageChannelRoles).await);
    team_members::set_admin(core, &sea.eve, sea.team.id, id(&sea.bob), true).await.unwrap();
    assert!(sea.bob_may(Permission::ManageChannelRoles).await, "whoever runs the team runs its channels");
    team_members::set_admin(core, &sea.eve, sea.team.id, id(&sea.bob), false).await.unwrap();
    assert!(!sea.bob_may(Permission::ManageChannelRoles).await);
}

#[actix_web::test]
async fn a_channel_made_private_is_closed_to_those_who_only_read() {
    let sea = Sea::new().await;
    let core = &sea.world.core;
    let reader = sea.world.person("kim").await;
    team_members::add(core, &sea.eve, sea.team.id, &[id(&reader)]).await.unwrap();
    let reads = async || posts::pinned(core, &reader, sea.room.id).await;
    reads().await.unwrap();
    channel_service::convert(core, &sea.eve, sea.room.id, ChannelKind::Private).await.unwrap();
    refused(reads().await, Kind::NotFound, "channel.not_found");
}

#[actix_web::test]
async fn posts_show_the_names_and_counters_of_the_moment() {
    let sea = Sea::new().await;
    let patch = ChannelPatch { display_name: Some("Bridge".to_owned()), ..ChannelPatch::default() };
    channel_service::patch(&sea.world.core, &sea.eve, sea.room.id, patch).await.unwrap();
    let (old, native) = (sea.world.listen_v4(&sea.eve).await, sea.world.listen(&sea.eve).await);
    let said = sea.bob_says().await.unwrap();
    assert_eq!(old.hears("posted").await["channel_display_name"], "Bridge");
    let counters = &native.hears("post.created").await["channel"];
    let now = channel_service::get(&sea.world.core, &sea.eve, sea.room.id).await.unwrap();
    assert_eq!(counters["message_count"], now.message_count);
    assert_eq!(counters["root_count"], now.root_count);
    assert_eq!((&counters["last_post_at"], now.last_post_at), (&said.created_at.into(), said.created_at));
}

#[actix_web::test]
async fn profiles_follow_their_users() {
    let sea = Sea::new().await;
    let core = &sea.world.core;
    let page = posts::page_around_unread(core, &sea.eve, sea.room.id).await.unwrap();
    let name = async || {
        let people = posts::people(core, &page).await.unwrap();
        people.iter().find(|user| user.id == id(&sea.bob)).unwrap().nickname.clone()
    };
    assert_eq!(name().await, "");
    let patch = crate::model::UserPatch { nickname: Some("Captain".to_owned()), ..Default::default() };
    users::patch(core, &sea.bob, id(&sea.bob), patch, None).await.unwrap();
    assert_eq!(name().await, "Captain");
}

#[actix_web::test]
async fn what_one_instance_changes_the_others_forget() {
    let sea = Sea::new().await;
    let (place, channel) = (Stale::Place(id(&sea.bob), sea.room.id), Stale::Channel(sea.room.id));
    let elsewhere = sea.world.another_instance().await;
    let says = async || try_to_say(&elsewhere, &sea.bob, &sea.room, "from elsewhere").await;
    says().await.unwrap();
    members::remove(&sea.world.core, &sea.eve, sea.room.id, id(&sea.bob)).await.unwrap();
    elsewhere.forgets(place).await;
    refused(says().await, Kind::Forbidden, "permission.missing");
    members::add(&sea.world.core, &sea.eve, sea.room.id, &[id(&sea.bob)]).await.unwrap();
    says().await.unwrap();
    channel_service::archive(&sea.world.core, &sea.eve, sea.room.id).await.unwrap();
    elsewhere.forgets(channel).await;
    refused(says().await, Kind::Invalid, "channel.archived");
}

#[actix_web::test]
async fn the_database_refuses_what_a_stale_instance_would_let_through() {
    let sea = Sea::new().await;
    let archived = "UPDATE channels SET deleted_at = 1 WHERE id = $1";
    sqlx::query(archived).bind(sea.room.id).execute(&sea.world.core.db).await.unwrap();
    refused(sea.bob_says().await, Kind::Invalid, "channel.archived");
}

#[actix_web::test]
async fn an_instance_that_hears_nothing_asks_each_time() {
    let sea = Sea::new().await;
    let there = sea.world.another_instance().await;
    try_to_say(&there, &sea.bob, &sea.room, "from there").await.unwrap();
    there.cut_off().await;
    members::remove(&sea.world.core, &sea.eve, sea.room.id, id(&sea.bob)).await.unwrap();
    let refusal = try_to_say(&there, &sea.bob, &sea.room, "still there").await;
    refused(refusal, Kind::Forbidden, "permission.missing");
}

#[actix_web::test]
async fn an_instance_that_hears_nothing_honours_no_ended_session() {
    let world = World::new().await;
    let password = "correct horse";
    let new = NewUser {
        username: "ada".to_owned(),
        email: "ada@example.com".to_owned(),
        password: password.to_owned(),
        ..NewUser::default()
    };
    users::create(&world.core, new).await.unwrap();
    let client =
        sessions::Client { address: [127, 0, 0, 1].into(), user_agent: String::new(), device_id: String::new() };
    let token = sessions::log_in(&world.core, "ada", password, client).await.unwrap().token;
    let there = world.another_instance().await;
    let ada = Caller::User(sessions::authenticate(&there.core, &token).await.unwrap(), None);
    there.cut_off().await;
    sessions::log_out(&world.core, &ada).await.unwrap();
    refused(sessions::authenticate(&there.core, &token).await, Kind::Unauthenticated, "session.required");
}
