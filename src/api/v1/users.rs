//! People.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Answer;
use super::paging::{Paging, next_cursor};
use crate::api::auth::{Anyone, Auth};
use crate::model::{ChannelId, TeamId, UserFilter, UserId, UserOrder};
use crate::protocol::v1::{LookUpStatuses, LookUpUsers, Me, Problem, SignUp, Status, User, UserPage};
use crate::services::{Core, pictures, statuses, users};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/users", web::post().to(sign_up))
        .route("/users", web::get().to(list))
        .route("/users/lookup", web::post().to(look_up))
        .route("/users/statuses", web::post().to(statuses))
        .route("/users/{user_id}", web::get().to(get))
        .route("/users/{user_id}/picture", web::get().to(picture));
}

/// Sign up. The first user becomes system administrator; the client then logs in.
#[utoipa::path(post, path = "/users", tag = "users", request_body = SignUp, security(()),
    responses((status = 201, body = Me), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn sign_up(
    core: web::Data<Core>,
    Anyone(caller): Anyone,
    body: web::Json<SignUp>,
) -> Answer<HttpResponse> {
    let user = users::sign_up(&core, caller.as_ref(), body.into_inner().into()).await?;
    Ok(HttpResponse::Created().json(Me::from(&user)))
}

/// Which people to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct People {
    /// Members of this team.
    team: Option<TeamId>,
    /// Members of this channel.
    channel: Option<ChannelId>,
    /// How their username or one of their names begins.
    q: Option<String>,
}

/// Active people, ordered by username.
#[utoipa::path(get, path = "/users", tag = "users", params(People, Paging),
    responses((status = 200, body = UserPage), (status = 404, body = Problem)))]
pub(super) async fn list(
    core: web::Data<Core>,
    Auth(caller): Auth,
    people: web::Query<People>,
    paging: web::Query<Paging>,
) -> Answer<web::Json<UserPage>> {
    let People { team, channel, q } = people.into_inner();
    let filter = UserFilter {
        in_team: team,
        in_channel: channel,
        active: Some(true),
        prefix: q.map(|prefix| prefix.trim().to_lowercase()).filter(|prefix| !prefix.is_empty()),
        ..UserFilter::default()
    };
    let window = paging.window()?;
    let users = users::list(&core, &caller, filter, UserOrder::Username, &window).await?;
    let next_cursor = next_cursor(&users, &window, |user| (&user.username, user.id.0));
    Ok(web::Json(UserPage { users: users.iter().map(User::from).collect(), next_cursor }))
}

/// Read several people at once, by id or by name.
#[utoipa::path(post, path = "/users/lookup", tag = "users", request_body = LookUpUsers,
    responses((status = 200, body = UserPage), (status = 400, body = Problem)))]
pub(super) async fn look_up(
    core: web::Data<Core>,
    Auth(caller): Auth,
    body: web::Json<LookUpUsers>,
) -> Answer<web::Json<UserPage>> {
    let users = users::look_up(&core, &caller, &body.ids, &body.usernames, None).await?;
    Ok(web::Json(UserPage { users: users.iter().map(User::from).collect(), next_cursor: None }))
}

/// The presence of people.
#[utoipa::path(post, path = "/users/statuses", tag = "users", request_body = LookUpStatuses,
    responses((status = 200, body = [Status]), (status = 400, body = Problem)))]
pub(super) async fn statuses(
    core: web::Data<Core>,
    Auth(caller): Auth,
    body: web::Json<LookUpStatuses>,
) -> Answer<web::Json<Vec<Status>>> {
    let statuses = statuses::of(&core, &caller, &body.user_ids).await?;
    Ok(web::Json(statuses.into_iter().map(Into::into).collect()))
}

/// One person.
#[utoipa::path(get, path = "/users/{user_id}", tag = "users",
    params(("user_id" = UserId, Path, description = "Who")),
    responses((status = 200, body = User), (status = 404, body = Problem)))]
pub(super) async fn get(core: web::Data<Core>, Auth(caller): Auth, user: web::Path<UserId>) -> Answer<web::Json<User>> {
    Ok(web::Json(User::from(&users::get(&core, &caller, *user).await?)))
}

/// A person's picture. Put the profile's `picture_at` into the address, as in `?v=0`, so that it may be kept.
#[utoipa::path(get, path = "/users/{user_id}/picture", tag = "users",
    params(("user_id" = UserId, Path, description = "Whose")),
    responses((status = 200, content_type = "image/png"), (status = 304), (status = 404, body = Problem)))]
pub(super) async fn picture(
    core: web::Data<Core>,
    Auth(caller): Auth,
    user: web::Path<UserId>,
    request: HttpRequest,
) -> Answer<HttpResponse> {
    let picture = pictures::of(&core, &caller, *user).await?;
    Ok(crate::api::pictures::answer(&request, picture))
}
