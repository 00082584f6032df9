//! A client's copy of what the server knows: begun with a snapshot, kept true by events alone.
//!
//! The rules stand in the descriptions of the events; the web client's stores follow the same ones.

use std::collections::{BTreeMap, BTreeSet};

use rustchat::model::{ChannelId, Millis, PostId, TeamId, UserId};
use rustchat::protocol::v1::{
    Bootstrap, Channel, Event, JoinedChannel, Me, Membership, Permissions, Post, PostCreated, PostDeleted,
    PreferenceItem, ReactionChange, ReactionGroup, ReadState, Status, Team, TeamMember, Thread, User,
};
use serde::Serialize;
use serde_json::Value;

/// What a client keeps.
#[derive(Debug, Clone, Serialize)]
pub struct Replica {
    me: Me,
    teams: BTreeMap<TeamId, Team>,
    team_members: BTreeMap<TeamId, TeamMember>,
    channels: BTreeMap<ChannelId, Channel>,
    memberships: BTreeMap<ChannelId, Membership>,
    preferences: BTreeMap<String, String>,
    permissions: Permissions,
    users: BTreeMap<UserId, User>,
    statuses: BTreeMap<UserId, Value>,
    posts: BTreeMap<PostId, Post>,
    /// Until when the membership knows of mentions.
    #[serde(skip)]
    counted_until: BTreeMap<ChannelId, Millis>,
    /// Channels whose posts were fetched; a channel that was just joined is not among them.
    #[serde(skip)]
    read: BTreeSet<ChannelId>,
    /// Permissions have to be asked for again.
    #[serde(skip)]
    wants_permissions: bool,
    /// All has to be asked for again.
    #[serde(skip)]
    wants_all: bool,
}

impl Replica {
    /// What a client has after its first requests, with all posts of some of its channels.
    pub fn new(bootstrap: Bootstrap, statuses: Vec<Status>, posts: BTreeMap<ChannelId, Vec<Post>>) -> Self {
        let of = |item: &PreferenceItem| (key(item), item.value.clone());
        let counted_until = bootstrap.channels.iter().map(|it| (it.id, it.last_post_at)).collect();
        let page = bootstrap.open.map(|open| open.page);
        let users = bootstrap.users.into_iter().chain(page.into_iter().flat_map(|page| page.users));
        Self {
            counted_until,
            me: bootstrap.me,
            teams: bootstrap.teams.into_iter().map(|it| (it.id, it)).collect(),
            team_members: bootstrap.team_members.into_iter().map(|it| (it.team_id, it)).collect(),
            read: posts.keys().copied().collect(),
            channels: bootstrap.channels.into_iter().map(|it| (it.id, it)).collect(),
            memberships: bootstrap.memberships.into_iter().map(|it| (it.channel_id, it)).collect(),
            preferences: bootstrap.preferences.iter().map(of).collect(),
            permissions: bootstrap.permissions,
            users: users.map(|it| (it.id, it)).collect(),
            statuses: statuses.into_iter().map(|it| (it.user_id, presence(&it))).collect(),
            posts: posts.into_values().flatten().map(|it| (it.id, it)).collect(),
            wants_permissions: false,
            wants_all: false,
        }
    }

    /// How reachable people are.
    pub fn statuses(&self) -> &BTreeMap<UserId, Value> {
        &self.statuses
    }

    /// Takes one event.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Hello(_) => self.wants_all = true,
            Event::PostCreated(created) => self.post_created(created),
            Event::PostUpdated(updated) => self.upsert_post(updated.post),
            Event::PostDeleted(deleted) => self.post_deleted(&deleted),
            Event::ReactionAdded(reaction) => self.change_reactions(&reaction, true),
            Event::ReactionRemoved(reaction) => self.change_reactions(&reaction, false),
            Event::ChannelJoined(joined) => self.joined(joined),
            Event::ChannelLeft(left) => self.forget_channel(left.channel_id),
            Event::ChannelUpdated(channel) => self.channel_updated(channel),
            Event::MembershipUpdated(membership) => self.membership_updated(membership),
            Event::ChannelsRead(read) => read.channels.iter().for_each(|state| self.read_until(state)),
            Event::TeamJoined(joined) => {
                self.wants_permissions = true;
                self.team_members.insert(joined.team.id, joined.member);
                self.teams.insert(joined.team.id, joined.team);
            }
            Event::TeamLeft(left) => self.forget_team(left.team_id),
            Event::TeamMemberUpdated(member) => {
                self.wants_permissions = true;
                self.team_members.insert(member.team_id, member);
            }
            Event::TeamUpdated(team) => self.team_updated(team),
            Event::UserUpdated(user) => self.met(user),
            Event::MeUpdated(me) => {
                self.wants_permissions |= self.me.roles != me.roles;
                self.met(me.user.clone());
                self.me = me;
            }
            Event::StatusChanged(status) => {
                self.statuses.insert(status.user_id, presence(&status));
            }
            Event::PreferencesChanged(changed) => {
                changed.removed.iter().for_each(|item| drop(self.preferences.remove(&key(item))));
                self.preferences.extend(changed.saved.iter().map(|item| (key(item), item.value.clone())));
            }
            Event::ChannelMemberAdded(_) | Event::ChannelMemberRemoved(_) | Event::Typing(_) => {}
        }
    }

    fn post_created(&mut self, created: PostCreated) {
        let PostCreated { post, thread, root_updated_at, channel: counters, mentions_me, author } = created;
        self.met(author);
        let id = post.channel_id;
        let (Some(channel), Some(place)) = (self.channels.get_mut(&id), self.memberships.get_mut(&id)) else { return };
        channel.message_count = channel.message_count.max(counters.message_count);
        channel.root_count = channel.root_count.max(counters.root_count);
        channel.last_post_at = channel.last_post_at.max(counters.last_post_at);
        let is_new = self.counted_until.get(&id).is_none_or(|until| counters.last_post_at > *until);
        if is_new && post.user_id == self.me.user.id && post.root_id.is_none() {
            self.counted_until.insert(id, counters.last_post_at);
            place.seen_messages = counters.message_count;
            place.seen_roots = counters.root_count;
            (place.mention_count, place.mention_count_root) = (0, 0);
            place.last_viewed_at = counters.last_post_at;
        } else if is_new && post.user_id == self.me.user.id {
            place.seen_messages += 1;
        } else if is_new && mentions_me {
            place.mention_count += 1;
            place.mention_count_root += i64::from(post.root_id.is_none());
        }
        self.set_thread(post.root_id, thread, root_updated_at);
        if self.read.contains(&id) {
            self.upsert_post(post);
        }
    }

    fn post_deleted(&mut self, deleted: &PostDeleted) {
        self.posts.retain(|id, post| *id != deleted.post_id && post.root_id != Some(deleted.post_id));
        self.set_thread(deleted.root_id, deleted.thread.clone(), deleted.root_updated_at);
    }

    fn set_thread(&mut self, root: Option<PostId>, thread: Option<Thread>, updated_at: Option<Millis>) {
        let root = root.and_then(|root| self.posts.get_mut(&root));
        if let Some((root, updated_at)) = root.zip(updated_at) {
            root.thread = thread;
            root.updated_at = updated_at;
        }
    }

    fn upsert_post(&mut self, post: Post) {
        let known = self.posts.get(&post.id);
        if self.read.contains(&post.channel_id) && known.is_none_or(|known| known.updated_at <= post.updated_at) {
            self.posts.insert(post.id, post);
        }
    }

    fn change_reactions(&mut self, change: &ReactionChange, added: bool) {
        let Some(post) = self.posts.get_mut(&change.post_id) else { return };
        post.updated_at = change.post_updated_at;
        let group = post.reactions.iter_mut().find(|group| group.emoji == change.emoji);
        match group {
            Some(group) if added => group.user_ids.push(change.user_id),
            None if added => {
                post.reactions.push(ReactionGroup { emoji: change.emoji.clone(), user_ids: vec![change.user_id] });
            }
            Some(group) => group.user_ids.retain(|user| *user != change.user_id),
            None => {}
        }
        post.reactions.retain(|group| !group.user_ids.is_empty());
    }

    fn joined(&mut self, JoinedChannel { channel, membership }: JoinedChannel) {
        self.know_roles(&membership);
        self.counted_until.insert(channel.id, channel.last_post_at);
        self.memberships.insert(channel.id, membership);
        self.channels.insert(channel.id, channel);
    }

    /// Everybody in a team hears of its open channels; the caller's own ones are those that she has a place in, also
    /// when they come back from the archive.
    fn channel_updated(&mut self, mut channel: Channel) {
        if !self.memberships.contains_key(&channel.id) {
            return;
        }
        if let Some(known) = self.channels.get(&channel.id) {
            channel.message_count = channel.message_count.max(known.message_count);
            channel.root_count = channel.root_count.max(known.root_count);
            channel.last_post_at = channel.last_post_at.max(known.last_post_at);
        }
        self.channels.insert(channel.id, channel);
    }

    /// How far the channel is read is not said here.
    fn membership_updated(&mut self, membership: Membership) {
        self.know_roles(&membership);
        if let Some(place) = self.memberships.get_mut(&membership.channel_id) {
            place.roles = membership.roles;
            place.muted = membership.muted;
            place.notify_props = membership.notify_props;
        }
    }

    fn read_until(&mut self, state: &ReadState) {
        let Some(place) = self.memberships.get_mut(&state.channel_id) else { return };
        place.seen_messages = state.seen_messages;
        place.seen_roots = state.seen_roots;
        place.mention_count = state.mention_count;
        place.mention_count_root = state.mention_count_root;
        place.last_viewed_at = state.last_viewed_at;
        let counted_until = self.counted_until.entry(state.channel_id).or_default();
        *counted_until = state.last_viewed_at.max(*counted_until);
    }

    /// Whoever is back from the archive brings its channels with it.
    fn team_updated(&mut self, team: Team) {
        let was_here = self.teams.get(&team.id).is_some_and(|known| known.archived_at.is_none());
        self.wants_all |= !was_here && team.archived_at.is_none();
        self.teams.insert(team.id, team);
    }

    fn forget_team(&mut self, id: TeamId) {
        let gone = |channel: &&Channel| channel.team_id == Some(id);
        let channels: Vec<_> = self.channels.values().filter(gone).map(|channel| channel.id).collect();
        for channel in &channels {
            self.forget_channel(*channel);
        }
        self.teams.remove(&id);
        self.team_members.remove(&id);
        self.permissions.teams.remove(&id.to_string());
    }

    fn forget_channel(&mut self, id: ChannelId) {
        self.channels.remove(&id);
        self.memberships.remove(&id);
        self.counted_until.remove(&id);
        self.read.remove(&id);
        self.posts.retain(|_, post| post.channel_id != id);
    }

    fn met(&mut self, user: User) {
        let known = self.users.get(&user.id);
        if known.is_none_or(|known| known.updated_at <= user.updated_at) {
            self.users.insert(user.id, user);
        }
    }

    fn know_roles(&mut self, membership: &Membership) {
        let known = |role: &String| self.permissions.channel_roles.contains_key(role);
        self.wants_permissions |= !membership.roles.iter().all(known);
    }

    /// Where this copy is not what was fetched just now, leaving out what a client asks for when it needs it.
    pub fn differences(&self, fetched: &Self) -> Vec<String> {
        if self.wants_all {
            return Vec::new();
        }
        let (mut ours, mut theirs) = (self.shown(), fetched.shown());
        if self.wants_permissions {
            ours.permissions = theirs.permissions.clone();
        }
        theirs.users.retain(|id, _| ours.users.contains_key(id));
        ours.users.retain(|id, _| theirs.users.contains_key(id));
        theirs.posts.retain(|_, post| self.read.contains(&post.channel_id));
        for team in ours.teams.values_mut().filter(|team| team.invite_id.is_none()) {
            team.invite_id = theirs.teams.get(&team.id).and_then(|team| team.invite_id.clone());
        }
        let mut found = Vec::new();
        let json = |replica: &Self| serde_json::to_value(replica).unwrap();
        compare("", &json(&ours), &json(&theirs), &mut found);
        found
    }

    /// What a client shows of it: nothing that is archived.
    fn shown(&self) -> Self {
        let mut shown = self.clone();
        shown.teams.retain(|_, team| team.archived_at.is_none());
        let teams: BTreeSet<TeamId> = shown.teams.keys().copied().collect();
        shown.team_members.retain(|id, _| teams.contains(id));
        shown.permissions.teams.retain(|id, _| teams.iter().any(|team| team.to_string() == *id));
        shown.channels.retain(|_, it| it.archived_at.is_none() && it.team_id.is_none_or(|team| teams.contains(&team)));
        let channels: BTreeSet<ChannelId> = shown.channels.keys().copied().collect();
        shown.memberships.retain(|id, _| channels.contains(id));
        let roles: BTreeSet<&String> = shown.memberships.values().flat_map(|place| &place.roles).collect();
        shown.permissions.channel_roles.retain(|role, _| roles.contains(role));
        shown.posts.retain(|_, post| channels.contains(&post.channel_id));
        shown
    }
}

fn key(item: &PreferenceItem) -> String {
    format!("{}/{}", item.category, item.name)
}

/// When somebody was last active is not told live.
fn presence(status: &Status) -> Value {
    serde_json::json!({ "status": status.status, "manual": status.manual })
}

fn compare(at: &str, ours: &Value, theirs: &Value, found: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
            for key in keys {
                let of = |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or_default();
                compare(&format!("{at}/{key}"), &of(ours), &of(theirs), found);
            }
        }
        _ if ours != theirs => found.push(format!("{at}: has {ours}, should have {theirs}")),
        _ => {}
    }
}
