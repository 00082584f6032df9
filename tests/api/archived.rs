//! An archived team can be read, and nothing in it changes.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::harness::{TestServer, text};

#[actix_web::test]
async fn an_archived_team_takes_nothing_new_on_either_api() {
    let server = TestServer::start().await;
    let (admin, ann, bob) = (server.person("admin").await, server.person("ann").await, server.person("bob").await);
    let team = ann.team("lab", &[&bob]).await;
    let channel = ann.channel(&team, "bench", &[]).await;
    let post = ann.post(&channel, "before").await;
    let [team_id, channel_id, post_id] = [&team, &channel, &post].map(|it| text(it, "id"));
    ann.client.delete(&format!("/api/v1/teams/{team_id}")).await.expect(204);

    let (v1, v4) = ("/api/v1", "/api/v4");
    for (method, path, body) in [
        (Method::POST, format!("{v1}/channels/{channel_id}/posts"), json!({ "message": "x" })),
        (Method::PATCH, format!("{v1}/posts/{post_id}"), json!({ "message": "x" })),
        (Method::DELETE, format!("{v1}/posts/{post_id}"), Value::Null),
        (Method::PUT, format!("{v1}/posts/{post_id}/reactions/smile"), json!({})),
        (Method::POST, format!("{v1}/teams/{team_id}/channels"), json!({ "name": "new", "display_name": "x" })),
        (Method::PATCH, format!("{v1}/channels/{channel_id}"), json!({ "header": "x" })),
        (Method::DELETE, format!("{v1}/channels/{channel_id}"), Value::Null),
        (Method::POST, format!("{v1}/channels/{channel_id}/members"), json!({ "user_id": bob.id })),
        (Method::POST, format!("{v1}/teams/{team_id}/members"), json!({ "user_id": admin.id })),
    ] {
        let answer = ann.client.send(method, &path, Some(&body).filter(|body| !body.is_null())).await;
        assert_eq!(answer.expect(400)["code"], "team.archived", "{path}");
    }
    for (path, body) in [
        (format!("{v4}/posts"), json!({ "channel_id": channel_id, "message": "x" })),
        (format!("{v4}/posts/{post_id}/pin"), Value::Null),
        (format!("{v4}/channels"), json!({ "team_id": team_id, "name": "new", "display_name": "x", "type": "O" })),
        (format!("{v4}/channels/{channel_id}/members"), json!({ "user_id": bob.id })),
        (format!("{v4}/teams/{team_id}/members"), json!({ "team_id": team_id, "user_id": admin.id })),
    ] {
        let answer = ann.client.send(Method::POST, &path, Some(&body).filter(|body| !body.is_null())).await;
        let said = answer.expect(400)["message"].clone();
        assert!(said.as_str().unwrap().contains("team is archived"), "{path}: {said}");
    }
    let posts = ann.client.get(&format!("{v1}/channels/{channel_id}/posts")).await.expect(200);
    assert_eq!(posts["posts"][0]["message"], "before", "it can still be read");

    ann.client.post(&format!("{v4}/teams/{team_id}/restore"), &Value::Null).await.expect(200);
    ann.post(&channel, "after").await;
}
