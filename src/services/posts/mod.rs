//! What people say: posts, replies, and reading them back.

mod change;
mod create;
mod pages;
mod system;

pub use change::{delete, patch};
pub use create::{Sent, create};
pub(super) use create::{valid_props, valid_text};
pub use pages::{
    ChannelPage, MAX_PAGE, around_unread, by_ids, changed_since, get, page, page_around_unread, people, pinned,
};
pub use system::{SystemPost, system_post};
