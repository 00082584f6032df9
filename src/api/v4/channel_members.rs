//! Who belongs to a channel.

use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use futures_util::stream;
use serde::Deserialize;

use super::Answer;
use super::paging::Paging;
use super::who::Who;
use crate::api::auth::Auth;
use crate::model::{ChannelId, Props, TeamId, UserId, role};
use crate::protocol::v4::{self, DONE, Done};
use crate::services::Core;
use crate::services::members::channel;

/// The page that means all of them at once.
const EVERYTHING: i64 = -1;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/channels/{channel_id}/members", web::post().to(add))
        .route("/channels/{channel_id}/members", web::get().to(list))
        .route("/channels/{channel_id}/members/ids", web::post().to(among))
        .route("/channels/{channel_id}/members/{user_id}", web::get().to(get))
        .route("/channels/{channel_id}/members/{user_id}", web::delete().to(remove))
        .route("/channels/{channel_id}/members/{user_id}/roles", web::put().to(set_roles))
        .route("/channels/{channel_id}/members/{user_id}/schemeRoles", web::put().to(set_scheme_roles))
        .route("/channels/{channel_id}/members/{user_id}/notify_props", web::put().to(notify))
        .route("/users/{user_id}/channel_members", web::get().to(of_user))
        .route("/users/{user_id}/teams/{team_id}/channels/members", web::get().to(of_user_in_team));
}

async fn add(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
    body: web::Json<v4::AddChannelMember>,
) -> Answer<HttpResponse> {
    let (_, members) = channel::add(&core, &caller, *id, &body.users()).await?;
    let viewer = caller.user_id()?;
    let shown: Vec<_> = members.iter().map(|member| v4::ChannelMember::seen_by(member, viewer)).collect();
    Ok(match (body.user_id, shown.as_slice()) {
        (Some(_), [member]) => HttpResponse::Created().json(member),
        _ => HttpResponse::Created().json(shown),
    })
}

async fn list(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
    paging: web::Query<Paging>,
) -> Answer<web::Json<Vec<v4::ChannelMember>>> {
    let members = channel::list(&core, &caller, *id, &paging.window()?).await?;
    let viewer = caller.user_id()?;
    Ok(web::Json(members.iter().map(|member| v4::ChannelMember::seen_by(member, viewer)).collect()))
}

async fn among(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<ChannelId>,
    users: web::Json<Vec<UserId>>,
) -> Answer<web::Json<Vec<v4::ChannelMember>>> {
    let members = channel::among(&core, &caller, *id, &users).await?;
    let viewer = caller.user_id()?;
    Ok(web::Json(members.iter().map(|member| v4::ChannelMember::seen_by(member, viewer)).collect()))
}

async fn get(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(ChannelId, Who)>,
) -> Answer<web::Json<v4::ChannelMember>> {
    let (id, who) = path.into_inner();
    let member = channel::get(&core, &caller, id, who.id(&caller)?).await?;
    Ok(web::Json(v4::ChannelMember::seen_by(&member, caller.user_id()?)))
}

async fn remove(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(ChannelId, Who)>,
) -> Answer<web::Json<Done>> {
    let (id, who) = path.into_inner();
    channel::remove(&core, &caller, id, who.id(&caller)?).await?;
    Ok(web::Json(DONE))
}

async fn set_scheme_roles(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(ChannelId, Who)>,
    body: web::Json<v4::SchemeRoles>,
) -> Answer<web::Json<Done>> {
    let (id, who) = path.into_inner();
    channel::set_admin(&core, &caller, id, who.id(&caller)?, body.scheme_admin).await?;
    Ok(web::Json(DONE))
}

async fn set_roles(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(ChannelId, Who)>,
    body: web::Json<v4::Roles>,
) -> Answer<web::Json<Done>> {
    let (id, who) = path.into_inner();
    let is_admin = body.is_admin([role::CHANNEL_USER, role::CHANNEL_ADMIN])?;
    channel::set_admin(&core, &caller, id, who.id(&caller)?, is_admin).await?;
    Ok(web::Json(DONE))
}

async fn notify(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(ChannelId, Who)>,
    changes: web::Json<Props>,
) -> Answer<web::Json<Done>> {
    let (id, who) = path.into_inner();
    channel::notify(&core, &caller, id, who.id(&caller)?, changes.into_inner()).await?;
    Ok(web::Json(DONE))
}

async fn of_user_in_team(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, TeamId)>,
) -> Answer<web::Json<Vec<v4::ChannelMember>>> {
    let (who, team) = path.into_inner();
    let members = channel::of_user(&core, &caller, who.id(&caller)?, Some(team), 0, None).await?;
    Ok(web::Json(members.iter().map(Into::into).collect()))
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    page: i64,
}

/// One page as a JSON array; page -1 is all of them, one a line.
async fn of_user(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    page: web::Query<Page>,
    paging: web::Query<Paging>,
) -> Answer<HttpResponse> {
    let user = who.id(&caller)?;
    let is_everything = page.page == EVERYTHING;
    let window = if is_everything { None } else { Some(paging.window()?) };
    let (offset, limit) = window.map_or((0, None), |window| (window.offset, Some(window.limit)));
    let members = channel::of_user_with_teams(&core, &caller, user, offset, limit).await?;
    let lines = members.into_iter().map(|(member, team)| v4::ChannelMemberWithTeam::new(&member, team.as_deref()));
    if !is_everything {
        return Ok(HttpResponse::Ok().json(lines.collect::<Vec<_>>()));
    }
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .streaming(stream::iter(lines.map(|member| line(&member)))))
}

fn line(member: &v4::ChannelMemberWithTeam) -> serde_json::Result<Bytes> {
    let mut line = serde_json::to_vec(member)?;
    line.push(b'\n');
    Ok(line.into())
}
