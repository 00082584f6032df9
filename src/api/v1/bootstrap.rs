//! The first answer a client needs.

use std::collections::BTreeSet;

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Answer;
use crate::api::auth::Auth;
use crate::model;
use crate::protocol::v1::{Bootstrap, Permissions, Problem};
use crate::services::Core;
use crate::services::bootstrap::{self, Wish};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/bootstrap", web::get().to(load));
}

/// What the client wants to show first, as it stands in its address bar.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WishParams {
    /// A team's name or id.
    team: Option<String>,
    /// A channel's name or id.
    channel: Option<String>,
}

/// All a client needs for its first paint.
#[utoipa::path(get, path = "/bootstrap", tag = "bootstrap", params(WishParams),
    responses((status = 200, body = Bootstrap), (status = 401, body = Problem)))]
pub(super) async fn load(
    core: web::Data<Core>,
    Auth(caller): Auth,
    wish: web::Query<WishParams>,
) -> Answer<web::Json<Bootstrap>> {
    let WishParams { team, channel } = wish.into_inner();
    let loaded = bootstrap::load(&core, &caller, &Wish { team, channel }).await?;
    let server = super::server::describe(&core).await?;
    let permissions = permissions(&core, &loaded);
    Ok(web::Json(Bootstrap::new(server, permissions, loaded)))
}

/// What the caller's roles grant, for the client to decide what to show.
fn permissions(core: &Core, loaded: &model::Bootstrap) -> Permissions {
    let granted = |roles: &[&str]| core.roles.union(roles.iter().copied()).into_iter().collect::<Vec<_>>();
    let system: Vec<&str> = loaded.me.roles.iter().map(String::as_str).collect();
    let places: BTreeSet<&str> =
        loaded.memberships.iter().flat_map(crate::model::ChannelMember::roles).copied().collect();
    Permissions {
        system: granted(&system),
        teams: loaded.teams.iter().map(|(team, member)| (team.id.to_string(), granted(member.roles()))).collect(),
        channel_roles: places.into_iter().map(|role| (role.to_owned(), granted(&[role]))).collect(),
    }
}
