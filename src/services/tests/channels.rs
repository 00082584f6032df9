use super::*;
use crate::model::{ChannelPatch, Window};
use crate::services::members::{channel as members, team as team_members};

struct Sea {
    world: World,
    eve: Caller,
    bob: Caller,
    team: Team,
}

impl Sea {
    /// Eve runs the team, Bob is in it.
    async fn new() -> Self {
        let world = World::new().await;
        let (eve, bob) = (world.person("eve").await, world.person("bob").await);
        let team = team(&world, &eve, "sea").await;
        team_members::add(&world.core, &eve, team.id, &[id(&bob)]).await.unwrap();
        Self { world, eve, bob, team }
    }

    /// The kinds of the channel's posts, oldest first.
    async fn said(&self, channel: &Channel) -> Vec<String> {
        sqlx::query_scalar("SELECT kind FROM posts WHERE channel_id = $1 ORDER BY created_at")
            .bind(channel.id)
            .fetch_all(&self.world.core.db)
            .await
            .unwrap()
    }
}

const ALL: &Window = &Window { after: None, offset: 0, limit: 200 };

#[actix_web::test]
async fn whoever_makes_a_channel_runs_it_and_others_join() {
    let sea = Sea::new().await;
    let (at_eve, at_bob) = (sea.world.listen_v4(&sea.eve).await, sea.world.listen(&sea.bob).await);
    let new = channel_named(&sea.team, "room", ChannelKind::Open);
    let (room, place) = channel_service::create(&sea.world.core, &sea.eve, new, None).await.unwrap();
    assert!(place.is_admin);
    assert_eq!(at_eve.hears("channel_created").await["team_id"], sea.team.id.to_string());
    assert_eq!(at_eve.hears("posted").await["channel_name"], "room");

    let (_, joined) = members::add(&sea.world.core, &sea.bob, room.id, &[id(&sea.bob)]).await.unwrap();
    assert!(!joined[0].is_admin);
    let told = at_bob.hears("channel.joined").await;
    assert_eq!(told["channel"]["id"], room.id.to_string());
    assert!(told["membership"]["last_viewed_at"].as_i64().unwrap() < joined[0].last_viewed_at, "the place of before");
    let said = at_bob.hears("post.created").await;
    assert_eq!(said["channel"]["last_post_at"], joined[0].last_viewed_at, "with this, as a refetch would say");
    let others = at_eve.next().await;
    assert_eq!(others["event"], "user_added");
    assert_eq!(others["broadcast"]["omit_users"][id(&sea.bob).to_string()], true);
    assert_eq!(sea.said(&room).await, ["system_join_channel", "system_join_channel"]);
    let room = channel_service::get(&sea.world.core, &sea.bob, room.id).await.unwrap();
    assert_eq!((room.message_count, room.root_count), (0, 0), "coming and going does not count");
}

#[actix_web::test]
async fn a_private_channel_is_there_for_its_members_alone() {
    let sea = Sea::new().await;
    let core = &sea.world.core;
    let secret = private_channel(&sea.world, &sea.eve, &sea.team, "secret").await;
    refused(channel_service::get(core, &sea.bob, secret.id).await, Kind::NotFound, "channel.not_found");
    let by_name = channel_service::by_name(core, &sea.bob, sea.team.id, "secret", true).await;
    refused(by_name, Kind::NotFound, "channel.not_found");
    refused(members::list(core, &sea.bob, secret.id, ALL).await, Kind::NotFound, "channel.not_found");
    let joining = members::add(core, &sea.bob, secret.id, &[id(&sea.bob)]).await;
    refused(joining, Kind::NotFound, "channel.not_found");
    let listed = channel_service::browse(core, &sea.bob, sea.team.id, "", false, ALL).await.unwrap();
    assert!(listed.iter().all(|channel| channel.name != "secret"));

    let at_bob = sea.world.listen(&sea.bob).await;
    members::add(core, &sea.eve, secret.id, &[id(&sea.bob)]).await.unwrap();
    at_bob.hears("channel.joined").await;
    assert_eq!(at_bob.hears("post.created").await["mentions_me"], true, "whoever is added is told");
    let place = members::get(core, &sea.bob, secret.id, id(&sea.bob)).await.unwrap();
    assert_eq!(place.mention_count, 1);
}

#[actix_web::test]
async fn only_members_of_the_team_can_be_added_and_all_or_nobody() {
    let sea = Sea::new().await;
    let core = &sea.world.core;
    let kim = sea.world.person("kim").await;
    let room = channel(&sea.world, &sea.eve, &sea.team, "room").await;
    let both = members::add(core, &sea.eve, room.id, &[id(&sea.bob), id(&kim)]).await;
    refused(both, Kind::Invalid, "channel_member.not_in_team");
    assert_eq!(members::list(core, &sea.eve, room.id, ALL).await.unwrap().len(), 1);
    refused(members::add(core, &kim, room.id, &[id(&kim)]).await, Kind::NotFound, "channel.not_found");
}

#[actix_web::test]
async fn whoever_is_removed_hears_so_and_then_no_more() {
    let sea = Sea::new().await;
    let core = &sea.world.core;
    let room = channel(&sea.world, &sea.eve, &sea.team, "room").await;
    members::add(core, &sea.eve, room.id, &[id(&sea.bob)]).await.unwrap();
    let (at_eve, at_bob) = (sea.world.listen_v4(&sea.eve).await, sea.world.listen_v4(&sea.bob).await);
    members::remove(core, &sea.eve, room.id, id(&sea.bob)).await.unwrap();
    say(&sea.world, &sea.eve, &room, "bob must not hear this").await;
    let to_bob = at_bob.hears("user_removed").await;
    assert_eq!(to_bob["channel_id"], room.id.to_string(), "whoever is gone reads where");
    let to_eve = at_eve.hears("user_removed").await;
    assert_eq!(to_eve["user_id"], id(&sea.bob).to_string(), "the others read who");
    assert_eq!(to_eve["remover_id"], id(&sea.eve).to_string());
    let town = channel_service::by_name(core, &sea.bob, sea.team.id, "town-square", false).await.unwrap();
    say(&sea.world, &sea.eve, &town, "everyone hears this").await;
    assert_eq!(at_bob.hears("posted").await["channel_name"], "town-square", "nothing came in between");
    let gone = members::remove(core, &sea.eve, room.id, id(&sea.bob)).await;
    refused(gone, Kind::NotFound, "channel_member.not_found");
}

#[actix_web::test]
async fn nobody_leaves_the_channel_that_everyone_is_in() {
    let sea = Sea::new().await;
    let core = &sea.world.core;
    let town = channel_service::by_name(core, &sea.eve, sea.team.id, "town-square", false).await.unwrap();
    refused(members::remove(core, &sea.bob, town.id, id(&sea.bob)).await, Kind::Invalid, "channel.default");
    refused(members::remove(core, &sea.eve, town.id, id(&sea.bob)).await, Kind::Invalid, "channel.default");
    refused(channel_service::archive(core, &sea.eve, town.id).await, Kind::Invalid, "channel.default");
    let to_private = channel_service::convert(core, &sea.eve, town.id, ChannelKind::Private).await;
    refused(to_private, Kind::Invalid, "channel.default");
    let rename = ChannelPatch { name: Some("hall".to_owned()), ..ChannelPatch::default() };
    refused(channel_service::patch(core, &sea.eve, town.id, rename).await, Kind::Invalid, "channel.default");
}

#[actix_web::test]
async fn changes_are_told_and_said() {
    let sea = Sea::new().await;
    let core = &sea.world.core;
    let room = channel(&sea.world, &sea.eve, &sea.team, "room").await;
    let at_eve = sea.world.listen(&sea.eve).await;
    let patch = ChannelPatch {
        display_name: Some("Hall".to_owned()),
        header: Some("All are welcome".to_owned()),
        ..ChannelPatch::default()
    };
    let by_bob = channel_service::patch(core, &sea.bob, room.id, patch.clone()).await;
    refused(by_bob, Kind::Forbidden, "permission.missing");
    let hall = channel_service::patch(core, &sea.eve, room.id, patch).await.unwrap();
    assert_eq!((hall.display_name.as_str(), hall.name.as_str()), ("Hall", "room"));
    assert_eq!(at_eve.hears("channel.updated").await["header"], "All are welcome");
    let said = sea.said(&room).await;
    assert_eq!(said[1..], ["system_displayname_change", "system_header_change"]);

    channel(&sea.world, &sea.eve, &sea.team, "other").await;
    let taken = ChannelPatch { name: Some("other".to_owned()), ..ChannelPatch::default() };
    refused(channel_service::patch(core, &sea.eve, room.id, taken).await, Kind::Conflict, "channel.name_taken");
    let long = ChannelPatch { header: Some("h".repeat(1_025)), ..ChannelPatch::default() };
    refused(channel_service::patch(core, &sea.eve, room.id, long).await, Kind::Invalid, "channel.bad_header");
}

#[actix_web::test]
async fn an_archived_channel_may_be_read_but_not_entered_until_it_is_back() {
    let sea = Sea::new().await;
    let core = &sea.world.core;
    let room = channel(&sea.world, &sea.eve, &sea.team, "room").await;
    let at_bob = sea.world.listen_v4(&sea.bob).await;
    refused(channel_service::archive(core, &sea.bob, room.id).await, Kind::Forbidden, "permission.missing");
    let archived = channel_service::archive(core, &sea.eve, room.id).await.unwrap();
    let told = at_bob.hears("channel_deleted").await;
    assert_eq!(told["delete_at"], archived.deleted_at.unwrap(), "an open channel is on everybody's list");
    assert_eq!(channel_service::get(core, &sea.bob, room.id).await.unwrap().id, room.id);
    refused(members::add(core, &sea.bob, room.id, &[id(&sea.bob)]).await, Kind::Invalid, "channel.archived");
    let mine = |since| channel_service::of_user(core, &sea.eve, id(&sea.eve), Some(sea.team.id), since);
    assert_eq!(mine(None).await.unwrap().len(), 2);
    assert_eq!(mine(Some(0)).await.unwrap().len(), 3);
    let gone = channel_service::browse(core, &sea.bob, sea.team.id, "", true, ALL).await.unwrap();
    assert_eq!(gone.iter().map(|channel| channel.id).collect::<Vec<_>>(), [room.id]);
    let again = channel_named(&sea.team, "room", ChannelKind::Open);
    refused(channel_service::create(core, &sea.eve, again, None).await, Kind::Conflict, "channel.name_taken");

    channel_service::restore(core, &sea.eve, room.id).await.unwrap();
    at_bob.hears("channel_restored").await;
    assert!(members::add(core, &sea.bob, room.id, &[id(&sea.bob)]).await.is_ok());
    let said = sea.said(&room).await;
    assert_eq!(said[1..3], ["system_channel_deleted", "system_channel_restored"]);
}

#[actix_web::test]
async fn a_channel_becomes_private_by_who_runs_the_team() {
    let sea = Sea::new().await;
    let core = &sea.world.core;
    let room = channel(&sea.world, &sea.eve, &sea.team, "room").await;
    let by_bob = channel_service::convert(core, &sea.bob, room.id, ChannelKind::Private).await;
    refused(by_bob, Kind::Forbidden, "permission.missing");
    let at_bob = sea.world.listen_v4(&sea.bob).await;
    channel_service::convert(core, &sea.eve, room.id, ChannelKind::Private).await.unwrap();
    assert_eq!(at_bob.hears("channel_converted").await["channel_id"], room.id.to_string());
    refused(channel_service::get(core, &sea.bob, room.id).await, Kind::NotFound, "channel.not_found");
}

#[actix_web::test]
async fn refuses_names_and_texts_out_of_bounds() {
    let sea = Sea::new().await;
    for name in ["", "A", "a b", "ü", &"a".repeat(65)] {
        let new = channel_named(&sea.team, name, ChannelKind::Open);
        let made = channel_service::create(&sea.world.core, &sea.eve, new, None).await;
        refused(made, Kind::Invalid, "channel.bad_name");
    }
    let purpose = "p".repeat(251);
    let new = NewChannel { purpose, ..channel_named(&sea.team, "room", ChannelKind::Open) };
    refused(channel_service::create(&sea.world.core, &sea.eve, new, None).await, Kind::Invalid, "channel.bad_purpose");
    let kim = sea.world.person("kim").await;
    let new = channel_named(&sea.team, "room", ChannelKind::Open);
    refused(channel_service::create(&sea.world.core, &kim, new, None).await, Kind::Forbidden, "permission.missing");
}

#[actix_web::test]
async fn notification_settings_are_laid_over_each_other() {
    let sea = Sea::new().await;
    let core = &sea.world.core;
    let room = channel(&sea.world, &sea.eve, &sea.team, "room").await;
    let set = |key: &str, value: serde_json::Value| Props::from_iter([(key.to_owned(), value)]);
    let notify = |changes| members::notify(core, &sea.eve, room.id, id(&sea.eve), changes);
    notify(set("desktop", "none".into())).await.unwrap();
    let place = notify(set("mark_unread", "mention".into())).await.unwrap();
    assert!(place.is_muted());
    assert_eq!(place.notify_props["desktop"], "none");
    let unknown = notify(set("nonsense", "x".into())).await.unwrap();
    assert!(!unknown.notify_props.contains_key("nonsense"));
    refused(notify(set("desktop", 7.into())).await, Kind::Invalid, "channel_member.bad_notify_props");
    let of_another = members::notify(core, &sea.bob, room.id, id(&sea.eve), Props::new()).await;
    refused(of_another, Kind::Forbidden, "permission.missing");
}

#[actix_web::test]
async fn finds_channels_by_how_their_names_begin() {
    let sea = Sea::new().await;
    for name in ["alpha", "alps", "beta"] {
        channel(&sea.world, &sea.eve, &sea.team, name).await;
    }
    let browse = |prefix| channel_service::browse(&sea.world.core, &sea.bob, sea.team.id, prefix, false, ALL);
    let names = |channels: Vec<Channel>| channels.into_iter().map(|channel| channel.name).collect::<Vec<_>>();
    assert_eq!(names(browse("al").await.unwrap()), ["alpha", "alps"]);
    assert_eq!(names(browse("THE B").await.unwrap()), ["beta"]);
    assert_eq!(names(browse("%").await.unwrap()), Vec::<String>::new());

    private_channel(&sea.world, &sea.eve, &sea.team, "secret-alp").await;
    let search = |caller, term| channel_service::search(&sea.world.core, caller, sea.team.id, term);
    assert_eq!(names(search(&sea.bob, "LP").await.unwrap()), ["alpha", "alps"]);
    assert_eq!(names(search(&sea.eve, "alp").await.unwrap()), ["alpha", "alps", "secret-alp"]);
}
