//! What people say: posts, replies, and reading them back.

mod create;
mod pages;
mod system;

pub use create::{Sent, create};
pub use pages::{ChannelPage, MAX_PAGE, around_unread, changed_since, get, page, page_around_unread, people};
pub use system::{SystemPost, system_post};
