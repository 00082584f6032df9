//! What the server says in a channel when people come and go and when the channel changes: the kinds of system post
//! with their parameters, which clients put into words of their own language.

use serde_json::json;

use super::posts::SystemPost;
use crate::model::{Channel, ChannelKind, Props, User};

/// `user` came into the channel by herself, or the team where it is the team's first channel.
pub(super) fn joined(channel: &Channel, user: &User) -> SystemPost {
    let (kind, place) =
        if channel.is_default() { ("system_join_team", "team") } else { ("system_join_channel", "channel") };
    by_name(kind, format!("{} joined the {place}.", user.username), user)
}

/// `user` was brought into the channel, or the team where it is the team's first channel, which mentions her.
pub(super) fn added(channel: &Channel, by: &User, user: &User) -> SystemPost {
    let (kind, place) =
        if channel.is_default() { ("system_add_to_team", "team") } else { ("system_add_to_channel", "channel") };
    SystemPost {
        kind,
        message: format!("{} added {} to the {place}.", by.username, user.username),
        props: props(json!({
            "userId": by.id, "username": by.username, "addedUserId": user.id, "addedUsername": user.username,
        })),
        mentions: Some(user.id).filter(|_| !channel.is_default()),
    }
}

/// `user` left the channel, or the team where it is the team's first channel.
pub(super) fn left(channel: &Channel, user: &User) -> SystemPost {
    let (kind, place) =
        if channel.is_default() { ("system_leave_team", "team") } else { ("system_leave_channel", "channel") };
    by_name(kind, format!("{} left the {place}.", user.username), user)
}

/// `user` was taken out of the channel, or the team where it is the team's first channel.
pub(super) fn removed(channel: &Channel, user: &User) -> SystemPost {
    let (kind, place) = if channel.is_default() {
        ("system_remove_from_team", "team")
    } else {
        ("system_remove_from_channel", "channel")
    };
    SystemPost {
        kind,
        message: format!("{} was removed from the {place}.", user.username),
        props: props(json!({ "removedUserId": user.id, "removedUsername": user.username })),
        mentions: None,
    }
}

/// What changed in the channel, one post for each text.
pub(super) fn changed(by: &User, before: &Channel, after: &Channel) -> Vec<SystemPost> {
    let texts = [
        ("system_displayname_change", "display name", "displayname", &before.display_name, &after.display_name),
        ("system_header_change", "header", "header", &before.header, &after.header),
        ("system_purpose_change", "purpose", "purpose", &before.purpose, &after.purpose),
    ];
    let changed = texts.into_iter().filter(|(.., old, new)| old != new);
    changed
        .map(|(kind, what, key, old, new)| SystemPost {
            kind,
            message: format!("{} changed the channel's {what} from \"{old}\" to \"{new}\".", by.username),
            props: props(json!({ "username": by.username, format!("old_{key}"): old, format!("new_{key}"): new })),
            mentions: None,
        })
        .collect()
}

/// The channel became open or private.
pub(super) fn converted(by: &User, channel: &Channel) -> SystemPost {
    let kind = if channel.kind == ChannelKind::Open { "open" } else { "private" };
    by_name("system_change_chan_privacy", format!("{} made the channel {kind}.", by.username), by)
}

/// The channel is about to be archived.
pub(super) fn archived(by: &User) -> SystemPost {
    by_name("system_channel_deleted", format!("{} archived the channel.", by.username), by)
}

/// The channel is back from the archive.
pub(super) fn restored(by: &User) -> SystemPost {
    by_name("system_channel_restored", format!("{} brought the channel back from the archive.", by.username), by)
}

fn by_name(kind: &'static str, message: String, user: &User) -> SystemPost {
    SystemPost { kind, message, props: props(json!({ "username": user.username })), mentions: None }
}

fn props(value: serde_json::Value) -> Props {
    match value {
        serde_json::Value::Object(props) => props,
        _ => Props::new(),
    }
}
