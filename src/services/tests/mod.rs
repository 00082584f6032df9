//! Services with a real database and a real engine: what they answer, whom they refuse, who hears of it.

mod caches;
mod categories;
mod channels;
mod direct;
mod hot_paths;
mod read_state;
mod teams;

use super::{Caller, channels as channel_service, teams as team_service};
use crate::error::{Error, Kind, Result};
use crate::model::{Channel, ChannelKind, NewChannel, NewPost, NewTeam, Post, Props, Team, TeamKind, UserId};
use crate::testing::World;

fn id(caller: &Caller) -> UserId {
    caller.user_id().unwrap()
}

fn team_named(name: &str) -> NewTeam {
    NewTeam {
        name: name.to_owned(),
        display_name: format!("The {name}"),
        description: String::new(),
        kind: TeamKind::Open,
        allow_open_invite: true,
    }
}

fn channel_named(team: &Team, name: &str, kind: ChannelKind) -> NewChannel {
    NewChannel {
        team_id: team.id,
        kind,
        name: name.to_owned(),
        display_name: format!("The {name}"),
        header: String::new(),
        purpose: String::new(),
    }
}

async fn team(world: &World, caller: &Caller, name: &str) -> Team {
    team_service::create(&world.core, caller, team_named(name), None).await.unwrap().0
}

async fn channel(world: &World, caller: &Caller, team: &Team, name: &str) -> Channel {
    let new = channel_named(team, name, ChannelKind::Open);
    channel_service::create(&world.core, caller, new, None).await.unwrap().0
}

async fn private_channel(world: &World, caller: &Caller, team: &Team, name: &str) -> Channel {
    let new = channel_named(team, name, ChannelKind::Private);
    channel_service::create(&world.core, caller, new, None).await.unwrap().0
}

async fn say(world: &World, caller: &Caller, channel: &Channel, message: &str) -> Post {
    try_to_say(world, caller, channel, message).await.unwrap()
}

async fn try_to_say(world: &World, caller: &Caller, channel: &Channel, message: &str) -> Result<Post> {
    let new = NewPost {
        channel_id: channel.id,
        root_id: None,
        message: message.to_owned(),
        props: Props::new(),
        pending_post_id: None,
        kind: String::new(),
        set_online: false,
    };
    Ok(super::posts::create(&world.core, caller, new).await?.post)
}

/// Demands a refusal of this kind and code.
#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T>, kind: Kind, code: &str) {
    let Error { kind: found, code: found_code, .. } = result.unwrap_err();
    assert_eq!((found, found_code), (kind, code));
}
