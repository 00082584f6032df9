//! Which people a client asks for.

use serde::{Deserialize, Deserializer, Serialize, de};
use uuid::Uuid;

use super::User;
use crate::error::{Error, Result};
use crate::model::{IdError, Millis, UserFilter, UserOrder, Window, decode_id};

/// People that one search answers with, unless it asks for fewer.
const MOST_FOUND: i64 = 100;

/// `GET /users`: which users to list. Ids are texts here, as clients send empty ones for "any".
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListUsers {
    in_team: String,
    not_in_team: String,
    in_channel: String,
    not_in_channel: String,
    #[serde(deserialize_with = "flag")]
    without_team: bool,
    #[serde(deserialize_with = "flag")]
    active: bool,
    #[serde(deserialize_with = "flag")]
    inactive: bool,
    roles: String,
    role: String,
    sort: String,
    since: Option<Millis>,
}

impl ListUsers {
    /// In which order.
    ///
    /// # Errors
    /// 400 for an order this server does not know.
    pub fn order(&self) -> Result<UserOrder> {
        match self.sort.as_str() {
            // By presence or by role within a channel is for the client to refine.
            "" | "username" | "display_name" | "status" | "admin" => Ok(UserOrder::Username),
            "create_at" => Ok(UserOrder::Newest),
            "last_activity_at" => Ok(UserOrder::LastActive),
            _ => Err(Error::invalid("request.bad_query", "sort", "Users cannot be sorted like that.")),
        }
    }
}

impl TryFrom<ListUsers> for UserFilter {
    type Error = Error;

    fn try_from(list: ListUsers) -> Result<Self> {
        let roles = if list.roles.is_empty() { list.role } else { list.roles };
        Ok(Self {
            in_team: id(&list.in_team)?,
            not_in_team: id(&list.not_in_team)?,
            in_channel: id(&list.in_channel)?,
            not_in_channel: id(&list.not_in_channel)?,
            without_team: list.without_team,
            roles: (!roles.is_empty()).then(|| roles.split(',').map(|role| role.trim().to_owned()).collect()),
            active: match (list.active, list.inactive) {
                (true, true) => {
                    let detail = "Ask for active or for inactive users, not for both.";
                    return Err(Error::invalid("request.bad_query", "inactive", detail));
                }
                (true, false) => Some(true),
                (false, true) => Some(false),
                (false, false) => None,
            },
            since: list.since.filter(|since| *since > 0),
            ..Self::default()
        })
    }
}

/// `GET /users/autocomplete`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AutocompleteUsers {
    name: String,
    in_team: String,
    in_channel: String,
    limit: Option<i64>,
}

impl AutocompleteUsers {
    /// Whom to offer first (members of the channel, where there is one), whom beside them, and how many of each.
    ///
    /// # Errors
    /// 400 for malformed ids.
    pub fn filters(self) -> Result<(UserFilter, Option<UserFilter>, Window)> {
        let (team, channel) = (id(&self.in_team)?, id(&self.in_channel)?);
        let matching =
            UserFilter { in_team: team, active: Some(true), prefix: prefix(&self.name), ..UserFilter::default() };
        let outside = channel.filter(|_| team.is_some());
        let outside = outside.map(|channel| UserFilter { not_in_channel: Some(channel), ..matching.clone() });
        let inside = match channel {
            Some(channel) => UserFilter { in_channel: Some(channel), in_team: None, ..matching },
            None => matching,
        };
        Ok((inside, outside, window(self.limit)))
    }
}

/// The answer to [`AutocompleteUsers`].
#[derive(Debug, Serialize)]
pub struct AutocompletedUsers {
    /// Members of the channel, or of the team without one.
    pub users: Vec<User>,
    /// Members of the team who are not in the channel.
    pub out_of_channel: Vec<User>,
}

/// `POST /users/search`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SearchUsers {
    term: String,
    team_id: String,
    not_in_team_id: String,
    in_channel_id: String,
    not_in_channel_id: String,
    without_team: bool,
    allow_inactive: bool,
    role: String,
    limit: Option<i64>,
}

impl SearchUsers {
    /// Whom to look for, and how many.
    ///
    /// # Errors
    /// 400 for malformed ids.
    pub fn filter(self) -> Result<(UserFilter, Window)> {
        let filter = UserFilter {
            in_team: id(&self.team_id)?,
            not_in_team: id(&self.not_in_team_id)?,
            in_channel: id(&self.in_channel_id)?,
            not_in_channel: id(&self.not_in_channel_id)?,
            without_team: self.without_team,
            roles: (!self.role.is_empty()).then(|| vec![self.role]),
            active: (!self.allow_inactive).then_some(true),
            prefix: prefix(&self.term),
            ..UserFilter::default()
        };
        Ok((filter, window(self.limit)))
    }
}

/// What was typed, with or without the sign of a mention.
fn prefix(term: &str) -> Option<String> {
    let term = term.trim().trim_start_matches('@').to_lowercase();
    (!term.is_empty()).then_some(term)
}

fn window(limit: Option<i64>) -> Window {
    Window { after: None, offset: 0, limit: limit.unwrap_or(MOST_FOUND).clamp(1, MOST_FOUND) }
}

/// A text of a query; an id that nothing can exist under is nobody's.
fn id<T: From<Uuid>>(text: &str) -> Result<Option<T>> {
    match decode_id(text) {
        _ if text.is_empty() => Ok(None),
        Ok(id) => Ok(Some(id.into())),
        Err(IdError::Unknown) => Ok(Some(Uuid::nil().into())),
        Err(IdError::Malformed) => Err(Error::invalid("request.bad_query", "id", "An id in the query is malformed.")),
    }
}

/// Clients write flags as `true`, `1` or nothing.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<bool, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "true" | "1" => Ok(true),
        "" | "false" | "0" => Ok(false),
        _ => Err(de::Error::custom("a flag is true or false")),
    }
}
