//! Events about the categories of a user's sidebar.

use serde_json::json;

use super::{Broadcast, Envelope, text};
use crate::events::{CategoryChange, CategoryEvent};
use crate::protocol::Encoded;
use crate::protocol::v4::Category;

pub(super) fn encode(event: &CategoryEvent) -> Encoded {
    let (name, data) = match &event.change {
        CategoryChange::Created { id } => ("sidebar_category_created", json!({ "category_id": id })),
        CategoryChange::Deleted { id } => ("sidebar_category_deleted", json!({ "category_id": id })),
        CategoryChange::Updated { categories } => {
            let categories: Vec<_> = categories.iter().map(Category::from).collect();
            ("sidebar_category_updated", json!({ "updatedCategories": text(&categories) }))
        }
        CategoryChange::Reordered { order } => ("sidebar_category_order_updated", json!({ "order": order })),
    };
    let broadcast = Broadcast::user(event.user_id).about_team(Some(event.team_id));
    Encoded::same(&Envelope { event: name, data, broadcast })
}
