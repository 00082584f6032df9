//! All that a client needs for its first paint, read together.
//!
//! Owns: which team and channel to open. What each part holds is its own service's business.

use std::collections::BTreeSet;

use super::{Caller, Core, posts, preferences, statuses, teams, users};
use crate::error::Result;
use crate::model::{
    Bootstrap, Channel, ChannelId, ChannelMember, OpenChannel, TOWN_SQUARE, Team, TeamId, TeamMember, UserId,
};
use crate::storage;

/// Members of direct and group channels whose profiles come along; of more, the client asks when it shows them.
const PEOPLE: usize = 500;

/// What a client wants to show first: names or ids, as they stand in its address bar.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// A team.
    pub team: Option<String>,
    /// One of its channels, or a direct or group channel.
    pub channel: Option<String>,
}

/// Reads it. A wish that cannot be granted is no error: the caller's first channel is opened instead.
///
/// # Errors
/// 401 if the account is gone, or what the database says.
pub async fn load(core: &Core, caller: &Caller, wish: &Wish) -> Result<Bootstrap> {
    let user = caller.user_id()?;
    let (me, teams, (channels, memberships), preferences) = tokio::try_join!(
        async { storage::users::get(&core.db, user).await?.ok_or_else(crate::error::Error::unauthenticated) },
        teams::of_user(core, caller, user),
        places(core, user),
        preferences::list(core, caller, user, None),
    )?;
    let open = match choose(wish, &teams, &channels, &memberships) {
        Some((team, channel)) => Some(open(core, caller, team, channel).await?),
        None => None,
    };
    let peers = peers(user, &channels);
    let mut users = users::profiles(core, &peers).await?;
    if let Some(open) = &open {
        let known: BTreeSet<UserId> = peers.iter().copied().collect();
        users.extend(open.people.iter().filter(|person| !known.contains(&person.id)).cloned());
    }
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let statuses = statuses::of(core, caller, &ids).await?;
    Ok(Bootstrap { me, teams, channels, memberships, preferences, users, statuses, open })
}

/// The user's channels and her places in them as of one moment, from which clients count on: a post between two looks
/// would be counted twice, or not at all.
async fn places(core: &Core, user: UserId) -> Result<(Vec<Channel>, Vec<ChannelMember>)> {
    let mut moment = core.db.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let channels = storage::channels::of_user(&mut *moment, user, None, None).await?;
    let places = storage::members::channels_of(&mut *moment, user, None, 0, None).await?;
    moment.commit().await?;
    Ok((channels, places))
}

async fn open(core: &Core, caller: &Caller, team: Option<TeamId>, channel: ChannelId) -> Result<OpenChannel> {
    let page = posts::page_around_unread(core, caller, channel).await?;
    let people = posts::people(core, &page).await?;
    Ok(OpenChannel { team, channel, page, people })
}

/// What to open: the wished channel of the wished team, else that team's town square, else the channel seen last.
fn choose(
    wish: &Wish,
    teams: &[(Team, TeamMember)],
    channels: &[Channel],
    memberships: &[ChannelMember],
) -> Option<(Option<TeamId>, ChannelId)> {
    let named =
        |text: &Option<String>, name: &str, id: String| text.as_deref().is_some_and(|it| it == name || it == id);
    let seen_at = |channel: &Channel| {
        memberships.iter().find(|it| it.channel_id == channel.id).map_or(0, |member| member.last_viewed_at)
    };
    let seen_last = || channels.iter().filter(|it| it.team_id.is_some()).max_by_key(|channel| seen_at(channel));
    let wished = teams.iter().find(|(team, _)| named(&wish.team, &team.name, team.id.to_string()));
    let team = match wished {
        Some((team, _)) => Some(team.id),
        None => seen_last().and_then(|channel| channel.team_id).or_else(|| teams.first().map(|(team, _)| team.id)),
    };
    let in_team = || channels.iter().filter(|channel| channel.team_id.is_none() || channel.team_id == team);
    let channel = in_team()
        .find(|channel| named(&wish.channel, &channel.name, channel.id.to_string()))
        .or_else(|| if wished.is_some() { None } else { seen_last() })
        .or_else(|| in_team().find(|channel| channel.name == TOWN_SQUARE))
        .or_else(|| in_team().next())?;
    Some((channel.team_id.or(team), channel.id))
}

/// The caller and the members of her direct and group channels, those of the latest channels first where there are
/// more than [`PEOPLE`].
fn peers(user: UserId, channels: &[Channel]) -> Vec<UserId> {
    let mut personal: Vec<&Channel> = channels.iter().filter(|channel| channel.kind.is_personal()).collect();
    personal.sort_by_key(|channel| std::cmp::Reverse(channel.last_post_at));
    let mut seen = BTreeSet::from([user]);
    let others = personal.iter().flat_map(|channel| channel.member_ids.iter().copied());
    let others: Vec<UserId> = others.filter(|peer| seen.insert(*peer)).collect();
    std::iter::once(user).chain(others).take(PEOPLE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChannelKind;

    fn channel(team: Option<TeamId>, name: &str, members: &[UserId]) -> Channel {
        Channel {
            id: ChannelId::new(),
            team_id: team,
            kind: if team.is_some() { ChannelKind::Open } else { ChannelKind::Group },
            name: name.to_owned(),
            display_name: String::new(),
            header: String::new(),
            purpose: String::new(),
            creator_id: None,
            member_ids: members.to_vec(),
            message_count: 0,
            root_count: 0,
            last_post_at: 0,
            last_root_post_at: 0,
            created_at: 0,
            updated_at: 0,
            deleted_at: None,
        }
    }

    fn team(name: &str) -> (Team, TeamMember) {
        let id = TeamId::new();
        let team = Team {
            id,
            name: name.to_owned(),
            display_name: name.to_owned(),
            description: String::new(),
            email: String::new(),
            kind: crate::model::TeamKind::Open,
            company_name: String::new(),
            allowed_domains: String::new(),
            allow_open_invite: false,
            invite_id: String::new(),
            created_at: 0,
            updated_at: 0,
            deleted_at: None,
        };
        let user_id = UserId::new();
        (team, TeamMember { team_id: id, user_id, is_admin: false, is_guest: false, created_at: 0, deleted_at: None })
    }

    fn wish(team: &str, channel: &str) -> Wish {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Wish { team: given(team), channel: given(channel) }
    }

    #[test]
    fn opens_what_the_address_names_and_else_something_sensible() {
        let teams = [team("looms"), team("engines")];
        let engines = teams[1].0.id;
        let channels = [
            channel(Some(teams[0].0.id), TOWN_SQUARE, &[]),
            channel(Some(engines), TOWN_SQUARE, &[]),
            channel(Some(engines), "analytical", &[]),
            channel(None, "group", &[]),
        ];
        let opens = |wish: Wish| choose(&wish, &teams, &channels, &[]);
        assert_eq!(opens(wish("engines", "analytical")), Some((Some(engines), channels[2].id)));
        assert_eq!(opens(wish("engines", "")), Some((Some(engines), channels[1].id)), "the town square of that team");
        assert_eq!(opens(wish("engines", "gone")), Some((Some(engines), channels[1].id)));
        assert_eq!(opens(wish("engines", "group")), Some((Some(engines), channels[3].id)), "shown in that team");
        assert!(opens(wish("", "")).is_some());
        assert_eq!(choose(&Wish::default(), &[], &[], &[]), None);
    }

    #[test]
    fn people_are_named_once_and_the_caller_first() {
        let (me, other) = (UserId::new(), UserId::new());
        let channels = [channel(None, "a", &[me, other]), channel(None, "b", &[other, me])];
        assert_eq!(peers(me, &channels), [me, other]);
    }
}
