//! Plain types and ids that every layer shares.
//!
//! Owns: what a user, a team, a channel, a post *is*. It does no I/O, knows no SQL, no HTTP and no wire shape.

mod bootstrap;
mod category;
mod channel;
mod ids;
mod permission;
mod post;
mod preference;
mod session;
mod status;
mod team;
mod time;
mod user;
mod window;

pub use bootstrap::*;
pub use category::*;
pub use channel::*;
pub use ids::*;
pub use permission::*;
pub use post::*;
pub use preference::*;
pub use session::*;
pub use status::*;
pub use team::*;
pub use time::*;
pub use user::*;
pub use window::*;
