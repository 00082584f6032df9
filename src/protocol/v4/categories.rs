//! The categories of a user's sidebar.

use serde::{Deserialize, Serialize};

use crate::model::{self, ChannelId, TeamId, UserId};

/// A category with its channels.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the protocol's own names; see `model::Category`")]
pub struct Category {
    pub id: String,
    pub user_id: UserId,
    pub team_id: TeamId,
    pub sort_order: i64,
    pub sorting: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub display_name: String,
    pub muted: bool,
    pub collapsed: bool,
    pub channel_ids: Vec<ChannelId>,
}

impl From<&model::Category> for Category {
    fn from(category: &model::Category) -> Self {
        Self {
            id: category.id.clone(),
            user_id: category.user_id,
            team_id: category.team_id,
            sort_order: category.sort_order,
            sorting: category.sorting.clone(),
            kind: category.kind.as_str(),
            display_name: category.display_name.clone(),
            muted: category.muted,
            collapsed: category.collapsed,
            channel_ids: category.channel_ids.clone(),
        }
    }
}

/// All categories of a user in a team.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the protocol's own names")]
pub struct Categories {
    pub categories: Vec<Category>,
    pub order: Vec<String>,
}

impl From<&[model::Category]> for Categories {
    fn from(categories: &[model::Category]) -> Self {
        Self {
            categories: categories.iter().map(Category::from).collect(),
            order: categories.iter().map(|category| category.id.clone()).collect(),
        }
    }
}

/// What a client sends to make or change a category. Its user and team stand in the path, and the kind of one that is
/// there stays.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the protocol's own names; see `model::Category`")]
pub struct WriteCategory {
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub sorting: String,
    #[serde(default)]
    pub muted: bool,
    #[serde(default)]
    pub collapsed: bool,
    #[serde(default)]
    pub channel_ids: Vec<ChannelId>,
}

impl WriteCategory {
    /// In the domain's words; the kind and the place are those of the stored category.
    #[must_use]
    pub fn into_model(self, user_id: UserId, team_id: TeamId) -> model::Category {
        model::Category {
            id: self.id,
            user_id,
            team_id,
            kind: model::CategoryKind::Custom,
            display_name: self.display_name,
            sorting: self.sorting,
            sort_order: 0,
            muted: self.muted,
            collapsed: self.collapsed,
            channel_ids: self.channel_ids,
        }
    }
}
