//! Drafts.

use serde::{Deserialize, Serialize};

use super::ids;
use crate::model::{self, ChannelId, Millis, PostId, Props, UserId};

/// What somebody has begun to write.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub struct Draft {
    pub create_at: Millis,
    pub update_at: Millis,
    pub delete_at: Millis,
    pub user_id: UserId,
    pub channel_id: ChannelId,
    /// "" for a channel's own draft.
    pub root_id: String,
    pub message: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub props: Props,
}

impl From<model::Draft> for Draft {
    fn from(draft: model::Draft) -> Self {
        Self {
            create_at: draft.created_at,
            update_at: draft.updated_at,
            delete_at: 0,
            user_id: draft.user_id,
            channel_id: draft.channel_id,
            root_id: draft.root_id.map(|id| id.to_string()).unwrap_or_default(),
            message: draft.message,
            kind: "",
            props: draft.props,
        }
    }
}

/// `POST /drafts`.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub struct SaveDraft {
    pub channel_id: ChannelId,
    #[serde(default, deserialize_with = "ids::or_empty")]
    pub root_id: Option<PostId>,
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub props: Option<Props>,
    #[serde(default)]
    pub file_ids: Option<Vec<String>>,
}

/// `POST /users/{id}/typing`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[allow(missing_docs, reason = "the names are the contract's")]
pub struct Typing {
    pub channel_id: ChannelId,
    #[serde(default, deserialize_with = "ids::or_empty")]
    pub parent_id: Option<PostId>,
}
