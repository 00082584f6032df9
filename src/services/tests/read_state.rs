use super::*;
use crate::model::{ChannelId, ChannelMember};
use crate::services::{direct, members, read_state};

struct Room {
    world: World,
    eve: Caller,
    bob: Caller,
    room: Channel,
}

impl Room {
    /// Eve and Bob are in a channel.
    async fn new() -> Self {
        let world = World::new().await;
        let (eve, bob) = (world.person("eve").await, world.person("bob").await);
        let team = team(&world, &eve, "sea").await;
        members::team::add(&world.core, &eve, team.id, &[id(&bob)]).await.unwrap();
        let room = channel(&world, &eve, &team, "room").await;
        members::channel::add(&world.core, &bob, room.id, &[id(&bob)]).await.unwrap();
        Self { world, eve, bob, room }
    }

    async fn unread(&self, channel: ChannelId) -> (i64, i64) {
        let (channel, place) = read_state::unread(&self.world.core, &self.bob, id(&self.bob), channel).await.unwrap();
        (channel.message_count - place.seen_messages, place.mention_count)
    }

    async fn view(&self, channels: &[ChannelId]) -> Result<Vec<ChannelMember>> {
        read_state::view(&self.world.core, &self.bob, id(&self.bob), channels, false).await
    }
}

#[actix_web::test]
async fn viewing_leaves_nothing_unread_and_tells_the_other_devices_once() {
    let it = Room::new().await;
    say(&it.world, &it.eve, &it.room, "hello @bob").await;
    let last = say(&it.world, &it.eve, &it.room, "and again").await;
    assert_eq!(it.unread(it.room.id).await, (2, 1));
    let at_bob = it.world.listen_v4(&it.bob).await;
    let places = it.view(&[it.room.id]).await.unwrap();
    assert_eq!(places[0].last_viewed_at, last.created_at, "up to the last post, not up to now");
    assert_eq!(it.unread(it.room.id).await, (0, 0));
    let times = at_bob.hears("multiple_channels_viewed").await;
    assert_eq!(times["channel_times"][it.room.id.to_string()], last.created_at);

    assert_eq!(it.view(&[it.room.id]).await.unwrap(), places, "nothing was unread");
    say(&it.world, &it.eve, &it.room, "later").await;
    at_bob.hears("posted").await;
}

#[actix_web::test]
async fn one_request_views_two_channels_and_only_ones_own() {
    let it = Room::new().await;
    let (direct, _) = direct::open(&it.world.core, &it.eve, &[id(&it.bob)]).await.unwrap();
    say(&it.world, &it.eve, &direct, "psst").await;
    say(&it.world, &it.eve, &it.room, "hello").await;
    assert_eq!(it.unread(direct.id).await, (1, 1), "each post of a direct channel is a mention");
    assert_eq!(it.view(&[it.room.id, direct.id]).await.unwrap().len(), 2);
    assert_eq!((it.unread(direct.id).await, it.unread(it.room.id).await), ((0, 0), (0, 0)));

    let kim = it.world.person("kim").await;
    let foreign = read_state::view(&it.world.core, &kim, id(&kim), &[direct.id], false).await;
    refused(foreign, Kind::NotFound, "channel.not_found");
    let for_another = read_state::view(&it.world.core, &kim, id(&it.bob), &[it.room.id], false).await;
    refused(for_another, Kind::Forbidden, "permission.missing");
    assert_eq!(it.view(&[]).await.unwrap(), []);
    let many: Vec<_> = (0..201).map(|_| ChannelId::new()).collect();
    refused(it.view(&many).await, Kind::Invalid, "channel.too_many");
}

#[actix_web::test]
async fn ones_own_post_is_not_unread() {
    let it = Room::new().await;
    say(&it.world, &it.bob, &it.room, "me").await;
    assert_eq!(it.unread(it.room.id).await, (0, 0));
}

#[actix_web::test]
async fn marking_a_post_unread_counts_again_from_there() {
    let it = Room::new().await;
    say(&it.world, &it.eve, &it.room, "old @bob").await;
    let from = say(&it.world, &it.eve, &it.room, "new @bob").await;
    say(&it.world, &it.eve, &it.room, "newer `@bob`").await;
    say(&it.world, &it.eve, &it.room, "@all").await;
    it.view(&[it.room.id]).await.unwrap();
    let at_bob = it.world.listen_v4(&it.bob).await;
    let core = &it.world.core;
    let (_, place) = read_state::mark_unread(core, &it.bob, id(&it.bob), None, from.id).await.unwrap();
    assert_eq!((place.mention_count, place.mention_count_root), (2, 2), "code mentions nobody");
    assert_eq!(place.last_viewed_at, from.created_at - 1);
    assert_eq!(it.unread(it.room.id).await, (3, 2));
    let told = at_bob.next().await;
    assert_eq!((&told["event"], &told["data"]["post_id"]), (&"post_unread".into(), &from.id.to_string().into()));
    assert_eq!(told["broadcast"]["channel_id"], it.room.id.to_string());

    let (elsewhere, _) = direct::open(core, &it.bob, &[id(&it.eve)]).await.unwrap();
    let wrong = read_state::mark_unread(core, &it.bob, id(&it.bob), Some(elsewhere.id), from.id).await;
    refused(wrong, Kind::NotFound, "post.not_found");
    let kim = it.world.person("kim").await;
    refused(read_state::mark_unread(core, &kim, id(&kim), None, from.id).await, Kind::NotFound, "post.not_found");
}

#[actix_web::test]
async fn a_mention_that_comes_while_viewing_is_not_lost() {
    let it = Room::new().await;
    for round in 1..=20 {
        let channels = [it.room.id];
        let ((), viewed) =
            tokio::join!(async { drop(say(&it.world, &it.eve, &it.room, "look @bob").await) }, it.view(&channels));
        viewed.unwrap();
        let (unread, mentions) = it.unread(it.room.id).await;
        assert_eq!(unread, mentions, "round {round}: each unread post mentions Bob");
        it.view(&channels).await.unwrap();
        assert_eq!(it.unread(it.room.id).await, (0, 0));
    }
}
