//! What people do, and how often.

/// One thing that people do.
pub struct Action {
    pub name: &'static str,
    /// How often, relative to the others.
    pub weight: f64,
    pub steps: &'static [Step],
}

/// A part of an action.
pub enum Step {
    /// `METHOD path body`, below `/api/v4`. What stands in braces is filled in: `me`, `other` (somebody else), `team`,
    /// `channel` (where one is), `post` (the last own one there), `emoji`.
    Ask(&'static str),
    /// Goes to another of one's channels.
    Switch,
    /// Says something where one is; almost every fifth time as a reply.
    Post,
    /// Says something that is not checked, to be deleted with `post`.
    PostInPassing,
    /// Loses the websocket, which comes back.
    Reconnect,
}

use Step::{Ask, Post, PostInPassing, Reconnect, Switch};

/// Of a hundred posts so many are replies.
pub const REPLIES: u32 = 18;

const STATUSES: Step = Ask(r#"POST /users/status/ids ["{me}","{other}"]"#);
const VIEW: Step =
    Ask(r#"POST /channels/members/me/view {"channel_id":"{channel}","collapsed_threads_supported":true}"#);
const AROUND_UNREAD: Step = Ask(
    "GET /users/{me}/channels/{channel}/posts/unread?limit_after=30&limit_before=30&skipFetchThreads=false&collapsedThreads=true",
);
const CHANNEL_STATS: Step = Ask("GET /channels/{channel}/stats");

/// Frequencies of Mattermost's load-test tool (2026), the requests of its simulated users. Left out is what needs a
/// licence, files, or happens less than once in 30,000 actions.
pub const ACTIONS: &[Action] = &[
    Action {
        name: "switch channel",
        weight: 6.5219,
        steps: &[VIEW, Switch, AROUND_UNREAD, STATUSES, CHANNEL_STATS, VIEW],
    },
    Action {
        name: "scroll channel",
        weight: 1.9873,
        steps: &[Ask("GET /channels/{channel}/posts?before={post}&page=0&per_page=30&collapsedThreads=true")],
    },
    Action { name: "delete draft", weight: 1.41, steps: &[Ask("DELETE /users/{me}/channels/{channel}/drafts")] },
    Action {
        name: "create post",
        weight: 1.0,
        steps: &[Ask(r#"POST /users/{me}/typing {"channel_id":"{channel}"}"#), Post, VIEW],
    },
    Action { name: "unread check", weight: 1.0, steps: &[Ask("GET /users/{me}/channels/{channel}/unread")] },
    Action {
        name: "open direct channel",
        weight: 0.9843,
        steps: &[Ask(r#"POST /channels/direct ["{me}","{other}"]"#), STATUSES],
    },
    Action {
        name: "view global threads",
        weight: 0.6023,
        steps: &[Ask("GET /users/{me}/teams/{team}/threads?extended=true&per_page=25")],
    },
    Action {
        name: "upsert draft",
        weight: 0.504,
        steps: &[Ask(r#"POST /drafts {"channel_id":"{channel}","message":"half a sentence"}"#)],
    },
    Action {
        name: "update thread read",
        weight: 0.3236,
        steps: &[Ask("PUT /users/{me}/teams/{team}/threads/{post}/read/1")],
    },
    Action {
        name: "click permalink",
        weight: 0.3,
        steps: &[
            Ask("GET /posts/{post}"),
            Ask("GET /channels/{channel}/posts?before={post}&per_page=30"),
            Ask("GET /channels/{channel}/posts?after={post}&per_page=30"),
        ],
    },
    Action {
        name: "view thread",
        weight: 0.2841,
        steps: &[Ask("GET /posts/{post}/thread?perPage=60&direction=down&collapsedThreads=true")],
    },
    Action { name: "reconnect websocket", weight: 0.144, steps: &[Reconnect] },
    Action {
        name: "add reaction",
        weight: 0.1306,
        steps: &[Ask(r#"POST /reactions {"user_id":"{me}","post_id":"{post}","emoji_name":"{emoji}"}"#)],
    },
    Action {
        name: "edit post",
        weight: 0.04,
        steps: &[PostInPassing, Ask(r#"PUT /posts/{post}/patch {"message":"said better"}"#)],
    },
    Action { name: "get drafts", weight: 0.037, steps: &[Ask("GET /users/{me}/teams/{team}/drafts")] },
    Action {
        name: "search users",
        weight: 0.032,
        steps: &[Ask(r#"POST /users/search {"term":"load","team_id":"{team}","limit":25}"#)],
    },
    Action {
        name: "click user profile",
        weight: 0.03,
        steps: &[Ask("GET /users/{other}"), Ask("GET /users/{other}/status")],
    },
    Action {
        name: "search posts",
        weight: 0.0218,
        steps: &[Ask(r#"POST /teams/{team}/posts/search {"terms":"quick fox","is_or_search":false}"#)],
    },
    Action {
        name: "search posts in all teams",
        weight: 0.0109,
        steps: &[Ask(r#"POST /posts/search {"terms":"lazy dog","is_or_search":false}"#)],
    },
    Action {
        name: "search group channels",
        weight: 0.0204,
        steps: &[Ask(r#"POST /channels/group/search {"term":"load"}"#)],
    },
    Action {
        name: "search channels",
        weight: 0.015,
        steps: &[Ask(r#"POST /teams/{team}/channels/search {"term":"load"}"#)],
    },
    Action {
        name: "create direct channel",
        weight: 0.0055,
        steps: &[Ask(r#"POST /channels/direct ["{me}","{other}"]"#)],
    },
    Action {
        name: "unfollow thread",
        weight: 0.005,
        steps: &[Ask("DELETE /users/{me}/teams/{team}/threads/{post}/following")],
    },
    Action {
        name: "join channel",
        weight: 0.0049,
        steps: &[Ask(r#"POST /channels/{channel}/members {"user_id":"{me}"}"#)],
    },
    Action { name: "delete post", weight: 0.0049, steps: &[PostInPassing, Ask("DELETE /posts/{post}")] },
    Action {
        name: "update sidebar category",
        weight: 0.004,
        steps: &[Ask("GET /users/{me}/teams/{team}/channels/categories")],
    },
    Action {
        name: "update custom status",
        weight: 0.0028,
        steps: &[Ask(r#"PUT /users/{me}/status/custom {"emoji":"coffee","text":"a break"}"#)],
    },
    Action { name: "remove custom status", weight: 0.0026, steps: &[Ask("DELETE /users/{me}/status/custom")] },
    Action { name: "full reload", weight: 0.0008, steps: RELOAD },
];

/// What a client asks for when it starts.
const RELOAD: &[Step] = &[
    Ask("GET /users?page=0&per_page=100"),
    Ask("GET /users/me/preferences"),
    Ask("GET /config/client?format=old"),
    Ask("GET /users/me"),
    Ask(r#"POST /roles/names ["system_user","team_user","channel_user"]"#),
    Ask("GET /users/{me}/teams"),
    Ask("GET /users/{me}/teams/members"),
    Ask("GET /users/{me}/teams/{team}/channels"),
    Ask("GET /users/{me}/teams/{team}/channels/members"),
    Ask("GET /users/{me}/teams/unread"),
    Ask("GET /users/{me}/teams/{team}/threads?totalsOnly=true"),
    Ask("GET /users/{me}/teams/{team}/channels/categories"),
    STATUSES,
    CHANNEL_STATS,
];

/// An action by its place in the table's weights: `place` is from 0 up to, not including, 1.
pub fn pick(place: f64) -> Option<&'static Action> {
    let mut left = place * ACTIONS.iter().map(|action| action.weight).sum::<f64>();
    ACTIONS.iter().find(|action| {
        left -= action.weight;
        left < 0.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_picked_by_their_weight() {
        assert_eq!(pick(0.0).unwrap().name, "switch channel");
        assert_eq!(pick(0.999_999_9).unwrap().name, "full reload");
        let times = (0..1_000).filter(|place| pick(f64::from(*place) / 1_000.0).unwrap().name == "create post").count();
        let share = 1.0 / ACTIONS.iter().map(|action| action.weight).sum::<f64>();
        assert!((crate::stats::figure(times) / 1_000.0 - share).abs() < 0.002);
    }
}
