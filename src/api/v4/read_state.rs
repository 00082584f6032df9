//! How far users have read.

use actix_web::web;

use super::Answer;
use super::who::Who;
use crate::api::auth::Auth;
use crate::model::{ChannelId, PostId};
use crate::protocol::v4::{ChannelUnread, ChannelUnreadAt, ViewChannel, ViewedChannels};
use crate::services::{Core, read_state};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/channels/members/{user_id}/view", web::post().to(view))
        .route("/channels/members/{user_id}/mark_read", web::post().to(mark_read))
        .route("/users/{user_id}/channels/{channel_id}/unread", web::get().to(unread))
        .route("/users/{user_id}/posts/{post_id}/set_unread", web::post().to(set_unread));
}

async fn view(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    body: web::Json<ViewChannel>,
) -> Answer<web::Json<ViewedChannels>> {
    let channels: Vec<ChannelId> = body.channel_id.into_iter().chain(body.prev_channel_id).collect();
    let threads_too = !body.collapsed_threads_supported;
    let places = read_state::view(&core, &caller, who.id(&caller)?, &channels, threads_too).await?;
    Ok(web::Json(ViewedChannels::new(&places)))
}

async fn mark_read(
    core: web::Data<Core>,
    Auth(caller): Auth,
    who: web::Path<Who>,
    channels: web::Json<Vec<ChannelId>>,
) -> Answer<web::Json<ViewedChannels>> {
    let places = read_state::view(&core, &caller, who.id(&caller)?, &channels, false).await?;
    Ok(web::Json(ViewedChannels::new(&places)))
}

async fn unread(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, ChannelId)>,
) -> Answer<web::Json<ChannelUnread>> {
    let (who, id) = path.into_inner();
    let (channel, member) = read_state::unread(&core, &caller, who.id(&caller)?, id).await?;
    Ok(web::Json(ChannelUnread::new(&channel, &member)))
}

async fn set_unread(
    core: web::Data<Core>,
    Auth(caller): Auth,
    path: web::Path<(Who, PostId)>,
) -> Answer<web::Json<ChannelUnreadAt>> {
    let (who, post) = path.into_inner();
    let (channel, member) = read_state::mark_unread(&core, &caller, who.id(&caller)?, None, post).await?;
    Ok(web::Json(ChannelUnreadAt::new(&member, channel.team_id)))
}
