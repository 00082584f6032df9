use super::*;
use crate::model::{Category, CategoryKind, Preference};
use crate::services::{categories, direct, members, preferences};

struct Sidebar {
    world: World,
    eve: Caller,
    team: Team,
}

impl Sidebar {
    async fn new() -> Self {
        let world = World::new().await;
        let eve = world.person("eve").await;
        let team = team(&world, &eve, "sea").await;
        Self { world, eve, team }
    }

    async fn list(&self) -> Vec<Category> {
        categories::list(&self.world.core, &self.eve, id(&self.eve), self.team.id).await.unwrap()
    }

    async fn update(&self, changes: Vec<Category>) -> Result<Vec<Category>> {
        categories::update(&self.world.core, &self.eve, id(&self.eve), self.team.id, changes).await
    }

    fn custom(&self, name: &str) -> Category {
        Category {
            id: String::new(),
            user_id: id(&self.eve),
            team_id: self.team.id,
            kind: CategoryKind::Custom,
            display_name: name.to_owned(),
            sorting: String::new(),
            sort_order: 0,
            muted: false,
            collapsed: false,
            channel_ids: Vec::new(),
        }
    }
}

#[actix_web::test]
async fn every_channel_is_in_the_category_of_its_kind_at_first() {
    let it = Sidebar::new().await;
    let bob = it.world.person("bob").await;
    let (direct, _) = direct::open(&it.world.core, &it.eve, &[id(&bob)]).await.unwrap();
    let categories = it.list().await;
    let kinds: Vec<_> = categories.iter().map(|category| category.kind).collect();
    assert_eq!(kinds, [CategoryKind::Favorites, CategoryKind::Channels, CategoryKind::DirectMessages]);
    assert_eq!(categories[0].id, format!("favorites_{}_{}", id(&it.eve), it.team.id));
    assert_eq!(categories[1].channel_ids.len(), 2);
    assert_eq!(categories[2].channel_ids, [direct.id]);
    assert_eq!(it.list().await, categories, "asking again changes nothing");
    let stranger = categories::list(&it.world.core, &bob, id(&it.eve), it.team.id).await;
    refused(stranger, Kind::Forbidden, "permission.missing");
}

#[actix_web::test]
async fn a_channel_moves_and_comes_back_when_its_category_goes() {
    let it = Sidebar::new().await;
    let core = &it.world.core;
    let before = it.list().await;
    let town = before[1].channel_ids[0];
    let at_eve = it.world.listen_v4(&it.eve).await;
    let made =
        categories::create(core, &it.eve, Category { channel_ids: vec![town], ..it.custom("Mine") }).await.unwrap();
    assert_eq!(at_eve.hears("sidebar_category_created").await["category_id"], made.id);
    let names: Vec<_> = it.list().await.into_iter().map(|category| category.display_name).collect();
    assert_eq!(names, ["Favorites", "Mine", "Channels", "Direct Messages"]);
    assert_eq!(it.list().await[2].channel_ids, before[1].channel_ids[1..]);

    let order: Vec<_> = it.list().await.into_iter().rev().map(|category| category.id).collect();
    categories::reorder(core, &it.eve, id(&it.eve), it.team.id, order.clone()).await.unwrap();
    assert_eq!(at_eve.hears("sidebar_category_order_updated").await["order"], serde_json::json!(order));
    let incomplete = categories::reorder(core, &it.eve, id(&it.eve), it.team.id, order[1..].to_vec()).await;
    refused(incomplete, Kind::Invalid, "category.bad_order");

    categories::delete(core, &it.eve, id(&it.eve), it.team.id, &made.id).await.unwrap();
    at_eve.hears("sidebar_category_deleted").await;
    assert_eq!(it.list().await.iter().map(|category| category.channel_ids.len()).sum::<usize>(), 2);
    let built_in = categories::delete(core, &it.eve, id(&it.eve), it.team.id, &before[0].id).await;
    refused(built_in, Kind::Invalid, "category.built_in");
    let gone = categories::get(core, &it.eve, id(&it.eve), it.team.id, &made.id).await;
    refused(gone, Kind::NotFound, "category.not_found");
}

#[actix_web::test]
async fn muting_a_category_mutes_its_channels() {
    let it = Sidebar::new().await;
    let channels = it.list().await.swap_remove(1);
    let at_eve = it.world.listen_v4(&it.eve).await;
    let muted = it.update(vec![Category { muted: true, ..channels.clone() }]).await.unwrap();
    assert!(muted[0].muted);
    for _ in 0..2 {
        at_eve.hears("channel_member_updated").await;
    }
    let updated = at_eve.hears("sidebar_category_updated").await;
    assert!(updated["updatedCategories"].as_str().unwrap().contains(&channels.id), "a JSON text");
    let place = members::channel::get(&it.world.core, &it.eve, channels.channel_ids[0], id(&it.eve)).await.unwrap();
    assert!(place.is_muted());
}

#[actix_web::test]
async fn the_built_in_ones_keep_their_names_and_take_their_own_kind() {
    let it = Sidebar::new().await;
    let bob = it.world.person("bob").await;
    let (direct, _) = direct::open(&it.world.core, &it.eve, &[id(&bob)]).await.unwrap();
    let foreign = private_channel(&it.world, &bob, &team(&it.world, &bob, "sky").await, "room").await;
    let categories = it.list().await;
    let mut channels = categories[1].clone();
    channels.display_name = "Else".to_owned();
    channels.channel_ids.extend([direct.id, foreign.id]);
    let changed = it.update(vec![channels]).await.unwrap();
    assert_eq!(changed[0].display_name, "Channels");
    assert_eq!(changed[0].channel_ids, categories[1].channel_ids);
    assert_eq!(it.list().await[2].channel_ids, [direct.id]);
    let bad = Category { sorting: "random".to_owned(), ..categories[0].clone() };
    refused(it.update(vec![bad]).await, Kind::Invalid, "category.bad_sorting");
    let unknown = Category { id: "nonsense".to_owned(), ..it.custom("x") };
    refused(it.update(vec![unknown]).await, Kind::NotFound, "category.not_found");
}

fn favorite(caller: &Caller, channel: &Channel, value: &str) -> Vec<Preference> {
    vec![Preference {
        user_id: id(caller),
        category: "favorite_channel".to_owned(),
        name: channel.id.to_string(),
        value: value.to_owned(),
    }]
}

#[actix_web::test]
async fn a_preference_moves_its_channel_into_the_favourites_and_out_again() {
    let it = Sidebar::new().await;
    let core = &it.world.core;
    let room = private_channel(&it.world, &it.eve, &it.team, "room").await;
    preferences::save(core, &it.eve, id(&it.eve), favorite(&it.eve, &room, "true")).await.unwrap();
    assert_eq!(it.list().await[0].channel_ids, [room.id], "a new sidebar has what was a favourite before");

    let at_eve = it.world.listen_v4(&it.eve).await;
    for (value, count) in [("false", 0), ("true", 1)] {
        preferences::save(core, &it.eve, id(&it.eve), favorite(&it.eve, &room, value)).await.unwrap();
        at_eve.hears("preferences_changed").await;
        at_eve.hears("sidebar_category_updated").await;
        assert_eq!(it.list().await[0].channel_ids.len(), count);
    }
    preferences::delete(core, &it.eve, id(&it.eve), favorite(&it.eve, &room, "")).await.unwrap();
    at_eve.hears("preferences_deleted").await;
    at_eve.hears("sidebar_category_updated").await;
    assert!(it.list().await[0].channel_ids.is_empty());

    let bob = it.world.person("bob").await;
    let foreign = private_channel(&it.world, &bob, &team(&it.world, &bob, "sky").await, "den").await;
    preferences::save(core, &it.eve, id(&it.eve), favorite(&it.eve, &foreign, "true")).await.unwrap();
    assert!(it.list().await[0].channel_ids.is_empty(), "she is not in it");
}

#[actix_web::test]
async fn a_favourite_of_the_sidebar_becomes_a_preference_and_a_direct_one_a_favourite_in_every_team() {
    let it = Sidebar::new().await;
    let core = &it.world.core;
    let bob = it.world.person("bob").await;
    let (direct, _) = direct::open(core, &it.eve, &[id(&bob)]).await.unwrap();
    let other = team(&it.world, &it.eve, "sky").await;
    let elsewhere = async || categories::list(core, &it.eve, id(&it.eve), other.id).await.unwrap();
    assert!(elsewhere().await[0].channel_ids.is_empty());
    let saved = async || preferences::list(core, &it.eve, id(&it.eve), Some("favorite_channel")).await.unwrap();

    let mut favorites = it.list().await.swap_remove(0);
    favorites.channel_ids = vec![direct.id];
    let at_eve = it.world.listen_v4(&it.eve).await;
    it.update(vec![favorites]).await.unwrap();
    at_eve.hears("sidebar_category_updated").await;
    let changed = at_eve.hears("preferences_changed").await;
    let along = at_eve.hears("sidebar_category_updated").await;
    assert!(along["updatedCategories"].as_str().unwrap().contains(&elsewhere().await[0].id));
    assert!(changed["preferences"].as_str().unwrap().contains(&direct.id.to_string()));
    assert_eq!(saved().await, favorite(&it.eve, &direct, "true"));
    assert_eq!(elsewhere().await[0].channel_ids, [direct.id]);

    let mine = Category { channel_ids: vec![direct.id], ..it.custom("Mine") };
    categories::create(core, &it.eve, mine).await.unwrap();
    at_eve.hears("sidebar_category_created").await;
    at_eve.hears("preferences_deleted").await;
    at_eve.hears("sidebar_category_updated").await;
    assert!(saved().await.is_empty());
    assert!(elsewhere().await[0].channel_ids.is_empty());
    assert_eq!(elsewhere().await[2].channel_ids, [direct.id], "there nobody moved it");
}
