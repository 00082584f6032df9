//! Reactions.

use std::collections::BTreeMap;

use actix_web::web;
use serde::Deserialize;

use super::Answer;
use super::who::{Who, not_self};
use crate::api::auth::Auth;
use crate::model::{Post, PostId};
use crate::protocol::v4::{self, DONE, Done};
use crate::services::{Core, posts, reactions};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/reactions", web::post().to(add))
        .route("/posts/ids/reactions", web::post().to(of_posts))
        .route("/posts/{post_id}/reactions", web::get().to(of_post))
        .route("/users/{user_id}/posts/{post_id}/reactions/{emoji_name}", web::delete().to(remove));
}

async fn add(
    core: web::Data<Core>,
    Auth(caller): Auth,
    body: web::Json<v4::CreateReaction>,
) -> Answer<web::Json<v4::Reaction>> {
    if body.user_id != caller.user_id()? {
        return Err(not_self().into());
    }
    let change = reactions::add(&core, &caller, body.post_id, &body.emoji_name).await?;
    Ok(web::Json(v4::Reaction::new(change.reaction, change.channel_id)))
}

async fn of_post(
    core: web::Data<Core>,
    Auth(caller): Auth,
    id: web::Path<PostId>,
) -> Answer<web::Json<Vec<v4::Reaction>>> {
    Ok(web::Json(reactions_of(posts::get(&core, &caller, *id).await?)))
}

/// Reactions by post; posts that the caller may not see are left out.
async fn of_posts(
    core: web::Data<Core>,
    Auth(caller): Auth,
    ids: web::Json<Vec<PostId>>,
) -> Answer<web::Json<BTreeMap<PostId, Vec<v4::Reaction>>>> {
    let found = posts::by_ids(&core, &caller, &ids).await?;
    Ok(web::Json(found.into_iter().map(|post| (post.id, reactions_of(post))).collect()))
}

#[derive(Deserialize)]
struct ReactionPath {
    user_id: Who,
    post_id: PostId,
    emoji_name: String,
}

async fn remove(core: web::Data<Core>, Auth(caller): Auth, path: web::Path<ReactionPath>) -> Answer<web::Json<Done>> {
    path.user_id.is_caller(&caller)?;
    reactions::remove(&core, &caller, path.post_id, &path.emoji_name).await?;
    Ok(web::Json(DONE))
}

fn reactions_of(post: Post) -> Vec<v4::Reaction> {
    post.reactions.into_iter().map(|reaction| v4::Reaction::new(reaction, post.channel_id)).collect()
}
