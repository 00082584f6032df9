//! The native API's shapes (`/api/v1`): snake_case JSON, ids of 26 characters, times in Unix milliseconds,
//! absent things are `null`.

mod bootstrap;
mod channels;
mod encode;
mod events;
mod posts;
mod problem;
mod teams;
mod users;

pub use bootstrap::*;
pub use channels::*;
pub use encode::encode;
pub use events::*;
pub use posts::*;
pub use problem::*;
pub use teams::*;
pub use users::*;
