use futures_util::future::join_all;

use super::*;
use crate::services::direct;

#[actix_web::test]
async fn two_people_have_one_channel_whoever_opens_it() {
    let world = World::new().await;
    let (eve, bob) = (world.person("eve").await, world.person("bob").await);
    let at_bob = world.listen_v4(&bob).await;
    let (channel, member) = direct::open(&world.core, &eve, &[id(&bob)]).await.unwrap();
    assert_eq!((channel.kind, channel.team_id), (ChannelKind::Direct, None));
    assert_eq!(member.user_id, id(&eve));
    let mut ids = [id(&eve).to_string(), id(&bob).to_string()];
    ids.sort();
    assert_eq!(channel.name, ids.join("__"));
    let told = at_bob.next().await;
    assert_eq!(told["event"], "direct_added");
    assert_eq!(told["broadcast"]["channel_id"], channel.id.to_string(), "clients fetch the channel by it");
    assert_eq!(told["data"]["teammate_id"], id(&bob).to_string());

    let (same, _) = direct::open_pair(&world.core, &bob, &[id(&bob), id(&eve)]).await.unwrap();
    assert_eq!(same.id, channel.id);
    say(&world, &eve, &channel, "hi").await;
    assert_eq!(at_bob.next().await["event"], "posted", "the connection listens to the new channel");
}

#[actix_web::test]
async fn of_many_who_open_it_at_once_all_get_the_same_channel() {
    let world = World::new().await;
    let (eve, bob, kim) = (world.person("eve").await, world.person("bob").await, world.person("kim").await);
    let people = [id(&eve), id(&bob), id(&kim)];
    for users in [&people[..2], &people[..]] {
        let callers = [&eve, &bob].into_iter().cycle().take(10);
        let opened = join_all(callers.map(|caller| direct::open(&world.core, caller, users))).await;
        let first = opened[0].as_ref().unwrap().0.id;
        for result in opened {
            let (channel, _) = result.unwrap();
            assert_eq!((channel.id, channel.member_ids.len()), (first, users.len()));
        }
    }
    let mine = channel_service::of_user(&world.core, &eve, id(&eve), None, None).await.unwrap();
    assert_eq!(mine.len(), 2);
}

#[actix_web::test]
async fn one_may_talk_to_herself() {
    let world = World::new().await;
    let eve = world.person("eve").await;
    let (channel, _) = direct::open_pair(&world.core, &eve, &[id(&eve), id(&eve)]).await.unwrap();
    assert_eq!(channel.name, format!("{0}__{0}", id(&eve)));
    assert_eq!(channel.member_ids, [id(&eve)]);
    let (same, _) = direct::open(&world.core, &eve, &[]).await.unwrap();
    assert_eq!(same.id, channel.id);
}

#[actix_web::test]
async fn a_group_has_three_to_eight_people_and_their_names() {
    let world = World::new().await;
    let eve = world.person("eve").await;
    let mut others = Vec::new();
    for number in 0..8 {
        others.push(id(&world.person(&format!("user{number}")).await));
    }
    let (group, _) = direct::open_group(&world.core, &eve, &others[..2]).await.unwrap();
    assert_eq!((group.kind, group.display_name.as_str()), (ChannelKind::Group, "eve, user0, user1"));
    assert_eq!(group.name.len(), 40, "SHA-1 in hexadecimal");
    let people = direct::people(&world.core, &eve, &[group.id]).await.unwrap();
    assert_eq!(people.len(), 1);
    assert_eq!(people[0].1.iter().map(|user| user.username.as_str()).collect::<Vec<_>>(), ["user0", "user1"]);
    let stranger = world.person("stranger").await;
    assert_eq!(direct::people(&world.core, &stranger, &[group.id]).await.unwrap(), []);
    refused(channel_service::get(&world.core, &stranger, group.id).await, Kind::NotFound, "channel.not_found");

    assert!(direct::open_group(&world.core, &eve, &others[..7]).await.is_ok());
    refused(direct::open_group(&world.core, &eve, &others).await, Kind::Invalid, "channel.bad_members");
    refused(direct::open_group(&world.core, &eve, &others[..1]).await, Kind::Invalid, "channel.bad_members");
    refused(direct::open_pair(&world.core, &eve, &others[..2]).await, Kind::Invalid, "channel.bad_members");
    refused(direct::open(&world.core, &eve, &[UserId::new()]).await, Kind::NotFound, "user.not_found");
}
