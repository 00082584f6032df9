//! The categories of a user's sidebar: each of her channels is in exactly one of them, in each team.
//!
//! Three are always there; a channel that nobody moved is where its kind belongs. Native clients sort for themselves, so
//! only `/api/v4` has them.

use std::collections::{HashMap, HashSet};

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Caller, Core, access, favorites, validate};
use crate::error::{Error, Result};
use crate::events::{CategoryChange, CategoryEvent, ChannelEvent};
use crate::model::{Category, CategoryKind, ChannelId, ChannelKind, Permission, TeamId, UserId, encode_id, now};
use crate::storage;

const SORTINGS: [&str; 4] = ["", "manual", "recent", "alpha"];
/// Categories of one user in one team.
const MAX_CATEGORIES: usize = 200;

/// A user's categories in a team, in their order, with their channels. The built-in ones are made when they are first
/// asked for.
///
/// # Errors
/// 403, 404 for an unknown team.
pub async fn list(core: &Core, caller: &Caller, user: UserId, team: TeamId) -> Result<Vec<Category>> {
    check(core, caller, user, team).await?;
    let mut db = core.db.acquire().await?;
    load(&mut db, user, team).await
}

/// Makes a custom category, right after the favourites.
///
/// # Errors
/// 400 for a name or a sorting out of bounds or too many categories, 403, 404 for an unknown team.
pub async fn create(core: &Core, caller: &Caller, mut category: Category) -> Result<Category> {
    let (user, team) = (category.user_id, category.team_id);
    check(core, caller, user, team).await?;
    check_texts(&category)?;
    category.id = encode_id(Uuid::now_v7());
    let mut tx = core.db.begin().await?;
    let existing = load(&mut tx, user, team).await?;
    if existing.len() >= MAX_CATEGORIES {
        return Err(too_many());
    }
    let favorites_before = favorites_in(&existing);
    let mut order: Vec<String> = existing.into_iter().map(|category| category.id).collect();
    order.insert(order.len().min(1), category.id.clone());
    storage::categories::insert(&mut *tx, &category).await?;
    storage::categories::set_order(&mut *tx, user, team, &order).await?;
    write(&mut tx, &mut category).await?;
    let all = load(&mut tx, user, team).await?;
    let moved = favorites::sidebar_changed(&mut tx, user, team, &favorites_before, &favorites_in(&all)).await?;
    let made = find(all, &category.id)?;
    tx.commit().await?;
    publish(core, user, team, CategoryChange::Created { id: made.id.clone() });
    favorites::announce(core, user, moved).await?;
    Ok(made)
}

/// Changes settings and channels of categories. The built-in ones keep their names, and those that hold what nobody
/// moved take only channels of their own kind. Muting a category mutes its channels.
///
/// # Errors
/// 400 for a name or a sorting out of bounds or more categories than anybody has, 403, 404 for an unknown team or
/// category.
pub async fn update(
    core: &Core,
    caller: &Caller,
    user: UserId,
    team: TeamId,
    changes: Vec<Category>,
) -> Result<Vec<Category>> {
    check(core, caller, user, team).await?;
    if changes.len() > MAX_CATEGORIES {
        return Err(too_many());
    }
    let mut tx = core.db.begin().await?;
    let before = load(&mut tx, user, team).await?;
    let favorites_before = favorites_in(&before);
    let before: HashMap<String, Category> =
        before.into_iter().map(|category| (category.id.clone(), category)).collect();
    let (mut ids, mut muted) = (HashSet::new(), Vec::new());
    for mut change in changes {
        let old = before.get(&change.id).ok_or_else(not_found)?;
        change.kind = old.kind;
        if change.kind != CategoryKind::Custom {
            change.display_name.clone_from(&old.display_name);
        }
        check_texts(&change)?;
        storage::categories::update(&mut *tx, &change).await?;
        write(&mut tx, &mut change).await?;
        if change.muted != old.muted {
            muted.extend(storage::categories::mute(&mut *tx, user, &change.channel_ids, change.muted, now()).await?);
        }
        ids.insert(change.id);
    }
    let all = load(&mut tx, user, team).await?;
    let moved = favorites::sidebar_changed(&mut tx, user, team, &favorites_before, &favorites_in(&all)).await?;
    tx.commit().await?;
    for member in muted {
        core.realtime.publish(ChannelEvent::MemberUpdated { member: Box::new(member) });
    }
    // Channels may have come out of others than those that were named.
    let touched = |category: &Category| before.get(&category.id).is_none_or(|old| old != category);
    let categories: Vec<Category> =
        all.into_iter().filter(|category| ids.contains(&category.id) || touched(category)).collect();
    publish(core, user, team, CategoryChange::Updated { categories: categories.clone() });
    favorites::announce(core, user, moved).await?;
    Ok(categories.into_iter().filter(|category| ids.contains(&category.id)).collect())
}

/// Removes a custom category; its channels go back to where their kind belongs.
///
/// # Errors
/// 400 for a built-in one, 403, 404.
pub async fn delete(core: &Core, caller: &Caller, user: UserId, team: TeamId, id: &str) -> Result<()> {
    check(core, caller, user, team).await?;
    let mut tx = core.db.begin().await?;
    let category = find(load(&mut tx, user, team).await?, id)?;
    if category.kind != CategoryKind::Custom {
        return Err(Error::invalid("category.built_in", "id", "This category is always there."));
    }
    storage::categories::delete(&mut *tx, id).await?;
    tx.commit().await?;
    publish(core, user, team, CategoryChange::Deleted { id: id.to_owned() });
    Ok(())
}

/// Gives the categories another order.
///
/// # Errors
/// 400 unless exactly the existing ones are named, 403, 404 for an unknown team.
pub async fn reorder(core: &Core, caller: &Caller, user: UserId, team: TeamId, order: Vec<String>) -> Result<()> {
    check(core, caller, user, team).await?;
    let mut tx = core.db.begin().await?;
    let mut existing: Vec<String> = load(&mut tx, user, team).await?.into_iter().map(|category| category.id).collect();
    let mut wanted = order.clone();
    existing.sort_unstable();
    wanted.sort_unstable();
    if existing != wanted {
        return Err(Error::invalid("category.bad_order", "order", "Name each of your categories once."));
    }
    storage::categories::set_order(&mut *tx, user, team, &order).await?;
    tx.commit().await?;
    publish(core, user, team, CategoryChange::Reordered { order });
    Ok(())
}

/// One of the user's categories.
///
/// # Errors
/// 403, 404.
pub async fn get(core: &Core, caller: &Caller, user: UserId, team: TeamId, id: &str) -> Result<Category> {
    find(list(core, caller, user, team).await?, id)
}

/// Shows the user's devices the sidebars of these teams as they are now, because something else has changed them.
///
/// # Errors
/// What the database says.
pub(super) async fn changed_along(core: &Core, user: UserId, teams: &[TeamId]) -> Result<()> {
    for team in teams {
        let mut db = core.db.acquire().await?;
        let categories = load(&mut db, user, *team).await?;
        publish(core, user, *team, CategoryChange::Updated { categories });
    }
    Ok(())
}

async fn check(core: &Core, caller: &Caller, user: UserId, team: TeamId) -> Result<()> {
    access::self_or_admin(core, caller, user)?;
    access::team(core, caller, team, Permission::ViewTeam).await?;
    Ok(())
}

async fn load(db: &mut PgConnection, user: UserId, team: TeamId) -> Result<Vec<Category>> {
    let mut categories = storage::categories::of_user(&mut *db, user, team).await?;
    if categories.is_empty() {
        categories = built_in(user, team);
        for category in &categories {
            storage::categories::insert(&mut *db, category).await?;
        }
        favorites::fill(&mut *db, user).await?;
    }
    for placed in storage::categories::channels(db, user, team).await? {
        let home = home_of(placed.kind);
        let position = categories
            .iter()
            .position(|category| Some(&category.id) == placed.category_id.as_ref())
            .or_else(|| categories.iter().position(|category| category.kind == home));
        if let Some(category) = position.and_then(|position| categories.get_mut(position)) {
            category.channel_ids.push(placed.channel_id);
        }
    }
    Ok(categories)
}

/// Puts a category's channels into it: those that the user is in and that may be there.
async fn write(tx: &mut PgConnection, category: &mut Category) -> Result<()> {
    let kinds: HashMap<ChannelId, ChannelKind> =
        storage::categories::channels(&mut *tx, category.user_id, category.team_id)
            .await?
            .into_iter()
            .map(|placed| (placed.channel_id, placed.kind))
            .collect();
    let (kind, mut seen) = (category.kind, HashSet::new());
    let fits = |channel: ChannelKind| match kind {
        CategoryKind::Channels | CategoryKind::DirectMessages => home_of(channel) == kind,
        CategoryKind::Favorites | CategoryKind::Custom => true,
    };
    category.channel_ids.retain(|id| kinds.get(id).is_some_and(|kind| fits(*kind)) && seen.insert(*id));
    storage::categories::place(tx, category).await?;
    Ok(())
}

fn favorites_in(categories: &[Category]) -> Vec<ChannelId> {
    let favorites = categories.iter().filter(|category| category.kind == CategoryKind::Favorites);
    favorites.flat_map(|category| &category.channel_ids).copied().collect()
}

/// Where a channel is that nobody moved.
fn home_of(kind: ChannelKind) -> CategoryKind {
    if kind.is_personal() { CategoryKind::DirectMessages } else { CategoryKind::Channels }
}

fn built_in(user: UserId, team: TeamId) -> Vec<Category> {
    let category = |kind: CategoryKind, display_name: &str, sorting: &str, sort_order| Category {
        id: format!("{}_{user}_{team}", kind.as_str()),
        user_id: user,
        team_id: team,
        kind,
        display_name: display_name.to_owned(),
        sorting: sorting.to_owned(),
        sort_order,
        muted: false,
        collapsed: false,
        channel_ids: Vec::new(),
    };
    vec![
        category(CategoryKind::Favorites, "Favorites", "", 0),
        category(CategoryKind::Channels, "Channels", "", 10),
        category(CategoryKind::DirectMessages, "Direct Messages", "recent", 20),
    ]
}

fn check_texts(category: &Category) -> Result<()> {
    validate::length("category.bad_name", "display_name", &category.display_name, 1..=64)?;
    if SORTINGS.contains(&category.sorting.as_str()) {
        return Ok(());
    }
    Err(Error::invalid("category.bad_sorting", "sorting", "Sorting is empty, manual, recent or alpha."))
}

fn find(categories: Vec<Category>, id: &str) -> Result<Category> {
    categories.into_iter().find(|category| category.id == id).ok_or_else(not_found)
}

fn too_many() -> Error {
    Error::invalid("category.too_many", "id", format!("You may have {MAX_CATEGORIES} categories."))
}

fn not_found() -> Error {
    Error::not_found("category.not_found")
}

fn publish(core: &Core, user_id: UserId, team_id: TeamId, change: CategoryChange) {
    core.realtime.publish(CategoryEvent { user_id, team_id, change });
}
