use super::*;
use crate::events::Event;
use crate::model::{SortKey, TeamPatch, Window};
use crate::protocol::Text;
use crate::services::members::team as members;
use crate::storage;

fn first(limit: i64) -> Window {
    Window { after: None, offset: 0, limit }
}

#[actix_web::test]
async fn whoever_makes_a_team_runs_it_and_is_in_its_two_channels() {
    let world = World::new().await;
    let eve = world.person("eve").await;
    let heard = world.listen(&eve).await;
    let (team, member) = team_service::create(&world.core, &eve, team_named("sea"), None).await.unwrap();
    assert!(member.is_admin);
    assert_eq!(team.invite_id.len(), 26);
    assert_eq!(team.email, "eve@example.com");
    let channels = channel_service::of_user(&world.core, &eve, id(&eve), Some(team.id), None).await.unwrap();
    let names: Vec<_> = channels.iter().map(|channel| channel.name.as_str()).collect();
    assert_eq!(names, ["off-topic", "town-square"]);

    let joined = heard.hears("team.joined").await;
    assert_eq!(joined["team"]["invite_id"], team.invite_id.as_str(), "members may invite");
    assert_eq!(joined["member"]["roles"], serde_json::json!(["team_user", "team_admin"]));
    for _ in 0..2 {
        let told = heard.hears("channel.joined").await;
        let place = channels.iter().find(|channel| told["channel"]["id"] == channel.id.to_string());
        assert!(place.is_some(), "{told}");
    }
}

#[actix_web::test]
async fn a_key_makes_one_team_however_often_it_is_sent() {
    let world = World::new().await;
    let eve = world.person("eve").await;
    let once = team_service::create(&world.core, &eve, team_named("sea"), Some("k")).await.unwrap();
    let again = team_service::create(&world.core, &eve, team_named("sea"), Some("k")).await.unwrap();
    assert_eq!(once, again);
    let new = channel_named(&once.0, "room", ChannelKind::Open);
    let reused = channel_service::create(&world.core, &eve, new, Some("k")).await;
    refused(reused, Kind::Conflict, "idempotency.key_reused");
    let long = "k".repeat(129);
    let too_long = team_service::create(&world.core, &eve, team_named("sky"), Some(&long)).await;
    refused(too_long, Kind::Invalid, "idempotency.bad_key");
}

#[actix_web::test]
async fn a_failed_create_does_not_use_up_its_key() {
    let world = World::new().await;
    let eve = world.person("eve").await;
    team(&world, &eve, "sea").await;
    let taken = team_service::create(&world.core, &eve, team_named("sea"), Some("k")).await;
    refused(taken, Kind::Conflict, "team.name_taken");
    assert!(team_service::create(&world.core, &eve, team_named("sky"), Some("k")).await.is_ok());
}

#[actix_web::test]
async fn refuses_names_and_texts_out_of_bounds() {
    let world = World::new().await;
    let eve = world.person("eve").await;
    for name in ["", "a", "-ab", "ab-", "Ab", "a b", "ü2", "api", &"a".repeat(65)] {
        let made = team_service::create(&world.core, &eve, team_named(name), None).await;
        refused(made, Kind::Invalid, "team.bad_name");
    }
    for display_name in ["", "  ", &"ü".repeat(65)] {
        let new = NewTeam { display_name: display_name.to_owned(), ..team_named("sea") };
        let made = team_service::create(&world.core, &eve, new, None).await;
        refused(made, Kind::Invalid, "team.bad_display_name");
    }
    let guest = world.guest("gil").await;
    let made = team_service::create(&world.core, &guest, team_named("sea"), None).await;
    refused(made, Kind::Forbidden, "permission.missing");
}

#[actix_web::test]
async fn a_closed_team_does_not_exist_for_strangers() {
    let world = World::new().await;
    let (eve, bob) = (world.person("eve").await, world.person("bob").await);
    let new = NewTeam { kind: TeamKind::InviteOnly, allow_open_invite: false, ..team_named("sea") };
    let (team, _) = team_service::create(&world.core, &eve, new, None).await.unwrap();
    refused(team_service::get(&world.core, &bob, team.id).await, Kind::NotFound, "team.not_found");
    refused(team_service::by_name(&world.core, &bob, "sea").await, Kind::NotFound, "team.not_found");
    refused(members::add(&world.core, &bob, team.id, &[id(&bob)]).await, Kind::NotFound, "team.not_found");
    refused(members::list(&world.core, &bob, team.id, &first(9)).await, Kind::NotFound, "team.not_found");
    refused(members::remove(&world.core, &bob, team.id, id(&eve)).await, Kind::NotFound, "team.not_found");
    refused(team_service::archive(&world.core, &bob, team.id).await, Kind::NotFound, "team.not_found");
    assert_eq!(team_service::list(&world.core, &bob, &first(9)).await.unwrap(), []);
    assert_eq!(team_service::count(&world.core, &bob).await.unwrap(), 0);

    let (joined, member) = members::join_by_invite(&world.core, &bob, &team.invite_id).await.unwrap();
    assert_eq!((joined.id, member.is_admin), (team.id, false));
    refused(members::join_by_invite(&world.core, &bob, "nonsense").await, Kind::NotFound, "team.bad_invite");
}

#[actix_web::test]
async fn an_open_team_may_be_found_and_joined_but_its_invitation_is_for_members() {
    let world = World::new().await;
    let (eve, bob) = (world.person("eve").await, world.person("bob").await);
    let team = team(&world, &eve, "sea").await;
    let found = team_service::list(&world.core, &bob, &first(9)).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].invite_id.as_str(), found[0].email.as_str()), ("", ""));
    refused(members::list(&world.core, &bob, team.id, &first(9)).await, Kind::Forbidden, "permission.missing");

    let (at_eve, at_bob) = (world.listen(&eve).await, world.listen_v4(&bob).await);
    members::add(&world.core, &bob, team.id, &[id(&bob)]).await.unwrap();
    assert_eq!(at_bob.hears("added_to_team").await["user_id"], id(&bob).to_string());
    assert_eq!(at_bob.hears("user_added").await["team_id"], team.id.to_string());
    assert_eq!(at_eve.hears("channel.member_added").await["user_id"], id(&bob).to_string());
    let known = team_service::get(&world.core, &bob, team.id).await.unwrap();
    assert_eq!(known.invite_id, team.invite_id);
    let again = members::add(&world.core, &bob, team.id, &[id(&bob)]).await.unwrap();
    assert_eq!(again.len(), 1, "joining twice is no fault");
}

#[actix_web::test]
async fn whoever_leaves_a_team_leaves_its_channels_and_hears_no_more() {
    let world = World::new().await;
    let (eve, bob) = (world.person("eve").await, world.person("bob").await);
    let team = team(&world, &eve, "sea").await;
    let room = channel(&world, &eve, &team, "room").await;
    members::add(&world.core, &eve, team.id, &[id(&bob)]).await.unwrap();
    crate::services::members::channel::add(&world.core, &bob, room.id, &[id(&bob)]).await.unwrap();
    let at_bob = world.listen(&bob).await;
    refused(members::remove(&world.core, &bob, team.id, id(&eve)).await, Kind::Forbidden, "permission.missing");

    members::remove(&world.core, &bob, team.id, id(&bob)).await.unwrap();
    say(&world, &eve, &room, "bob must not hear this").await;
    assert_eq!(at_bob.hears("team.left").await["team_id"], team.id.to_string());
    let (teams, channels) = storage::members::subscriptions(&world.core.db, id(&bob), None).await.unwrap().unwrap();
    assert_eq!((teams.len(), channels.len()), (0, 0));
    refused(channel_service::get(&world.core, &bob, room.id).await, Kind::NotFound, "channel.not_found");
    let (next, _) = team_service::create(&world.core, &bob, team_named("sky"), None).await.unwrap();
    assert_eq!(at_bob.hears("team.joined").await["team"]["id"], next.id.to_string(), "nothing came in between");

    let back = members::join_by_invite(&world.core, &bob, &team.invite_id).await.unwrap();
    assert_eq!(back.1.deleted_at, None);
}

#[actix_web::test]
async fn a_full_team_takes_nobody_more_also_of_two_at_once() {
    let world = World::with(|config| config.teams.max_users = 2).await;
    let (eve, bob, kim) = (world.person("eve").await, world.person("bob").await, world.person("kim").await);
    let team = team(&world, &eve, "sea").await;
    let (bobs, kims) = (id(&bob), id(&kim));
    let (one, other) = tokio::join!(
        members::add(&world.core, &bob, team.id, std::slice::from_ref(&bobs)),
        members::add(&world.core, &kim, team.id, std::slice::from_ref(&kims))
    );
    assert_ne!(one.is_ok(), other.is_ok());
    refused(if one.is_ok() { other } else { one }, Kind::Invalid, "team.full");
    assert_eq!(members::list(&world.core, &eve, team.id, &first(9)).await.unwrap().len(), 2);
}

#[actix_web::test]
async fn an_archived_team_is_closed_until_it_comes_back() {
    let world = World::new().await;
    let (eve, bob) = (world.person("eve").await, world.person("bob").await);
    let team = team(&world, &eve, "sea").await;
    let at_eve = world.listen_v4(&eve).await;
    team_service::archive(&world.core, &eve, team.id).await.unwrap();
    let told = at_eve.hears("delete_team").await;
    assert!(told["team"].as_str().unwrap().contains(&team.id.to_string()), "the team is a JSON text");
    refused(members::add(&world.core, &bob, team.id, &[id(&bob)]).await, Kind::Invalid, "team.archived");
    let new = channel_named(&team, "room", ChannelKind::Open);
    refused(channel_service::create(&world.core, &eve, new, None).await, Kind::Invalid, "team.archived");
    assert_eq!(team_service::of_user(&world.core, &eve, id(&eve)).await.unwrap(), []);
    assert_eq!(channel_service::of_user(&world.core, &eve, id(&eve), None, None).await.unwrap(), []);

    let fresh = world.listen_v4(&eve).await;
    team_service::restore(&world.core, &eve, team.id).await.unwrap();
    fresh.hears("restore_team").await;
    at_eve.hears("restore_team").await;
    assert!(members::add(&world.core, &bob, team.id, &[id(&bob)]).await.is_ok());
}

#[actix_web::test]
async fn only_who_runs_a_team_changes_it() {
    let world = World::new().await;
    let (eve, bob) = (world.person("eve").await, world.person("bob").await);
    let team = team(&world, &eve, "sea").await;
    members::add(&world.core, &eve, team.id, &[id(&bob)]).await.unwrap();
    let patch = TeamPatch { display_name: Some("Lake".to_owned()), ..TeamPatch::default() };
    let by_bob = team_service::patch(&world.core, &bob, team.id, patch.clone()).await;
    refused(by_bob, Kind::Forbidden, "permission.missing");
    let at_bob = world.listen(&bob).await;
    let lake = team_service::patch(&world.core, &eve, team.id, patch).await.unwrap();
    let told = at_bob.hears("team.updated").await;
    assert_eq!((told["display_name"].as_str(), told["invite_id"].as_str()), (Some("Lake"), None));
    assert_eq!(lake.description, team.description, "what is not given stays");

    let promoted = members::set_admin(&world.core, &eve, team.id, id(&bob), true).await.unwrap();
    assert!(promoted.is_admin);
    assert_eq!(at_bob.hears("team.member_updated").await["roles"][1], "team_admin");
    let renewed = team_service::renew_invite(&world.core, &bob, team.id).await.unwrap();
    assert_ne!(renewed.invite_id, team.invite_id);
    let old = members::join_by_invite(&world.core, &world.person("kim").await, &team.invite_id).await;
    refused(old, Kind::NotFound, "team.bad_invite");
}

#[actix_web::test]
async fn a_page_goes_on_where_the_last_one_ended() {
    let world = World::new().await;
    let eve = world.person("eve").await;
    for name in ["bay", "Cape", "atoll"] {
        let new = NewTeam { display_name: name.to_owned(), ..team_named(&name.to_lowercase()) };
        team_service::create(&world.core, &eve, new, None).await.unwrap();
    }
    let page = team_service::list(&world.core, &eve, &first(2)).await.unwrap();
    let names: Vec<_> = page.iter().map(|team| team.display_name.as_str()).collect();
    assert_eq!(names, ["atoll", "bay"], "whatever the case of the letters");
    let after = Some(SortKey { text: page[1].display_name.clone(), id: page[1].id.0 });
    let rest = team_service::list(&world.core, &eve, &Window { after, offset: 0, limit: 2 }).await.unwrap();
    assert_eq!(rest.iter().map(|team| team.display_name.as_str()).collect::<Vec<_>>(), ["Cape"]);
    let by_number = team_service::list(&world.core, &eve, &Window { after: None, offset: 2, limit: 2 }).await.unwrap();
    assert_eq!(by_number, rest);
}

#[actix_web::test]
async fn unread_posts_of_a_team_are_counted_without_muted_channels() {
    let world = World::new().await;
    let (eve, bob) = (world.person("eve").await, world.person("bob").await);
    let team = team(&world, &eve, "sea").await;
    let room = channel(&world, &eve, &team, "room").await;
    members::add(&world.core, &bob, team.id, &[id(&bob)]).await.unwrap();
    crate::services::members::channel::add(&world.core, &bob, room.id, &[id(&bob)]).await.unwrap();
    say(&world, &eve, &room, "hello @bob").await;
    let unread = team_service::unreads(&world.core, &bob, id(&bob), None, false).await.unwrap();
    assert_eq!((unread[0].message_count, unread[0].mention_count), (1, 1));
    let mute = Props::from_iter([("mark_unread".to_owned(), "mention".into())]);
    crate::services::members::channel::notify(&world.core, &bob, room.id, id(&bob), mute).await.unwrap();
    let unread = team_service::unreads(&world.core, &bob, id(&bob), None, false).await.unwrap();
    assert_eq!((unread[0].message_count, unread[0].mention_count), (0, 1));
    let except = team_service::unreads(&world.core, &bob, id(&bob), Some(team.id), false).await.unwrap();
    assert_eq!(except, []);
    let of_another = team_service::unreads(&world.core, &eve, id(&bob), None, false).await;
    refused(of_another, Kind::Forbidden, "permission.missing");
}

#[actix_web::test]
async fn whom_the_server_adds_has_joined_by_herself() {
    let world = World::new().await;
    let (eve, bob) = (world.person("eve").await, world.person("bob").await);
    let team = team(&world, &eve, "sea").await;
    let at_eve = world.listen(&eve).await;
    members::add(&world.core, &Caller::System, team.id, &[id(&bob)]).await.unwrap();
    at_eve.hears("channel.member_added").await;
    let posts = sqlx::query_scalar::<_, String>("SELECT kind FROM posts WHERE user_id = $1 ORDER BY kind")
        .bind(id(&bob))
        .fetch_all(&world.core.db)
        .await
        .unwrap();
    assert_eq!(posts, ["system_join_channel", "system_join_team"]);
}

#[actix_web::test]
async fn nobody_is_added_who_does_not_exist() {
    let world = World::new().await;
    let (eve, bob) = (world.person("eve").await, world.person("bob").await);
    let team = team(&world, &eve, "sea").await;
    let unknown = members::add(&world.core, &eve, team.id, &[id(&bob), UserId::new()]).await;
    refused(unknown, Kind::NotFound, "user.not_found");
    let among = members::among(&world.core, &eve, team.id, &[id(&bob)]).await.unwrap();
    assert_eq!(among, [], "all or nobody");
    let nobody = members::add(&world.core, &eve, team.id, &[]).await;
    refused(nobody, Kind::Invalid, "members.bad_count");
    assert!(storage::members::of_team(&world.core.db, team.id, id(&bob)).await.unwrap().is_none());
}

#[test]
fn the_others_do_not_read_who_left_in_the_leavers_words() {
    let (user_id, team_id) = (UserId::new(), crate::model::TeamId::new());
    let event = Event::from(crate::events::TeamEvent::MemberRemoved { user_id, team_id });
    let Some(Text::Plain(text)) = crate::protocol::v4::encode(&event).base else { panic!("everyone hears it") };
    let frame: serde_json::Value = serde_json::from_str(&format!("{text}}}")).unwrap();
    assert_eq!(frame["event"], "leave_team");
    assert_eq!(frame["broadcast"]["omit_users"][user_id.to_string()], true);
    assert_eq!(frame["broadcast"]["team_id"], team_id.to_string());
}
