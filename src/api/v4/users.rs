//! People.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::paging::Paging;
use super::who::Who;
use super::{Answer, etag};
use crate::api::auth::{Anyone, Auth};
use crate::api::client::client;
use crate::model::{self, Millis, UserId, UserOrder};
use crate::protocol::v4::{
    AutocompleteUsers, AutocompletedUsers, ChangePassword, DONE, Done, ListUsers, PatchUser, RedeemReset, SearchUsers,
    SendReset, SetActive, SetRoles, SignUp, User,
};
use crate::services::{Core, pictures, users};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/users", web::post().to(sign_up))
        .route("/users", web::get().to(list))
        .route("/users/autocomplete", web::get().to(autocomplete))
        .route("/users/search", web::post().to(search))
        .route("/users/ids", web::post().to(by_ids))
        .route("/users/usernames", web::post().to(by_usernames))
        .route("/users/username/{username}", web::get().to(by_username))
        .route("/users/email/{email}", web::get().to(by_email))
        .route("/users/password/reset/send", web::post().to(send_reset))
        .route("/users/password/reset", web::post().to(redeem_reset))
        .route("/users/{user_id}", web::get().to(get))
        .route("/users/{user_id}/image", web::get().to(picture))
        .route("/users/{user_id}/patch", web::put().to(patch))
        .route("/users/{user_id}/password", web::put().to(change_password))
        .route("/users/{user_id}/roles", web::put().to(set_roles))
        .route("/users/{user_id}/active", web::put().to(set_active))
        .route("/users/{user_id}", web::delete().to(deactivate));
}

#[derive(Deserialize)]
struct Invitation {
    /// A team's invite id.
    iid: Option<String>,
}

async fn sign_up(
    core: web::Data<Core>,
    Anyone(caller): Anyone,
    invitation: web::Query<Invitation>,
    body: web::Json<SignUp>,
) -> Answer<HttpResponse> {
    let new = body.into_inner().into_model(invitation.into_inner().iid);
    let user = users::sign_up(&core, caller.as_ref(), new).await?;
    Ok(HttpResponse::Created().json(User::from(&user)))
}

async fn get(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    request: HttpRequest,
) -> Answer<HttpResponse> {
    let user = users::get(&core, &caller, who.id(&caller)?).await?;
    etag::json(&request, &User::from(&user))
}

async fn picture(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    request: HttpRequest,
) -> Answer<HttpResponse> {
    let picture = pictures::of(&core, &caller, who.id(&caller)?).await?;
    Ok(crate::api::pictures::answer(&request, picture))
}

async fn by_username(
    core: web::Data<Core>,
    Auth(caller): Auth,
    username: web::Path<String>,
    request: HttpRequest,
) -> Answer<HttpResponse> {
    let user = users::by_username(&core, &caller, &username).await?;
    etag::json(&request, &User::from(&user))
}

async fn by_email(
    core: web::Data<Core>,
    Auth(caller): Auth,
    email: web::Path<String>,
    request: HttpRequest,
) -> Answer<HttpResponse> {
    let user = users::by_email(&core, &caller, &email).await?;
    etag::json(&request, &User::from(&user))
}

async fn list(
    core: web::Data<Core>,
    Auth(caller): Auth,
    paging: web::Query<Paging>,
    query: web::Query<ListUsers>,
    request: HttpRequest,
) -> Answer<HttpResponse> {
    let order = query.order()?;
    let filter = query.into_inner().try_into()?;
    let users = users::list(&core, &caller, filter, order, &paging.window()?).await?;
    etag::json(&request, &users.iter().map(User::from).collect::<Vec<_>>())
}

#[derive(Deserialize)]
struct Since {
    /// Only users who have changed after this moment.
    since: Option<Millis>,
}

async fn by_ids(
    core: web::Data<Core>,
    Auth(caller): Auth,
    query: web::Query<Since>,
    ids: web::Json<Vec<UserId>>,
) -> Answer<web::Json<Vec<User>>> {
    let users = users::look_up(&core, &caller, &ids, &[], query.since.filter(|since| *since > 0)).await?;
    Ok(web::Json(users.iter().map(User::from).collect()))
}

async fn by_usernames(
    core: web::Data<Core>,
    Auth(caller): Auth,
    usernames: web::Json<Vec<String>>,
) -> Answer<web::Json<Vec<User>>> {
    let users = users::look_up(&core, &caller, &[], &usernames, None).await?;
    Ok(web::Json(users.iter().map(User::from).collect()))
}

async fn patch(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    body: web::Json<PatchUser>,
) -> Answer<web::Json<User>> {
    let mut body = body.into_inner();
    let password = body.password.take();
    let user = users::patch(&core, &caller, who.id(&caller)?, body.into(), password.as_deref()).await?;
    Ok(web::Json(User::from(&user)))
}

async fn change_password(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    body: web::Json<ChangePassword>,
) -> Answer<web::Json<Done>> {
    let user = who.id(&caller)?;
    if user == caller.user_id()? {
        users::change_password(&core, &caller, &body.current_password, &body.new_password).await?;
    } else {
        users::reset_password(&core, &caller, user, &body.new_password).await?;
    }
    Ok(web::Json(DONE))
}

async fn send_reset(
    core: web::Data<Core>,
    request: HttpRequest,
    body: web::Json<SendReset>,
) -> Answer<web::Json<Done>> {
    let address = client(&core, &request, String::new()).address;
    users::send_reset(&core, &body.email, address).await?;
    Ok(web::Json(DONE))
}

async fn redeem_reset(
    core: web::Data<Core>,
    request: HttpRequest,
    body: web::Json<RedeemReset>,
) -> Answer<web::Json<Done>> {
    let address = client(&core, &request, String::new()).address;
    users::redeem_reset(&core, &body.token, &body.new_password, address).await?;
    Ok(web::Json(DONE))
}

/// Whoever is being typed: members of the channel, and those of the team who could be added to it.
async fn autocomplete(
    core: web::Data<Core>,
    Auth(caller): Auth,
    query: web::Query<AutocompleteUsers>,
) -> Answer<web::Json<AutocompletedUsers>> {
    let (inside, outside, window) = query.into_inner().filters()?;
    let shown = |users: Vec<model::User>| users.iter().map(User::from).collect();
    let users = users::list(&core, &caller, inside, UserOrder::Username, &window).await?;
    let out_of_channel = match outside {
        Some(filter) => users::list(&core, &caller, filter, UserOrder::Username, &window).await?,
        None => Vec::new(),
    };
    Ok(web::Json(AutocompletedUsers { users: shown(users), out_of_channel: shown(out_of_channel) }))
}

async fn search(
    core: web::Data<Core>,
    Auth(caller): Auth,
    body: web::Json<SearchUsers>,
) -> Answer<web::Json<Vec<User>>> {
    let (filter, window) = body.into_inner().filter()?;
    let users = users::list(&core, &caller, filter, UserOrder::Username, &window).await?;
    Ok(web::Json(users.iter().map(User::from).collect()))
}

async fn set_roles(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    body: web::Json<SetRoles>,
) -> Answer<web::Json<Done>> {
    let roles = body.roles.split_whitespace().map(str::to_owned).collect();
    users::set_roles(&core, &caller, who.id(&caller)?, roles).await?;
    Ok(web::Json(DONE))
}

async fn set_active(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    body: web::Json<SetActive>,
) -> Answer<web::Json<Done>> {
    users::set_active(&core, &caller, who.id(&caller)?, body.active).await?;
    Ok(web::Json(DONE))
}

async fn deactivate(core: web::Data<Core>, Auth(caller): Auth, who: web::Path<Who>) -> Answer<web::Json<Done>> {
    users::set_active(&core, &caller, who.id(&caller)?, false).await?;
    Ok(web::Json(DONE))
}
