//! Lists: the envelope, its cursors, filters, and what is no query.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Value, json};

use super::server::Server;

fn names(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["name"].as_str().unwrap()).collect()
}

async fn page(server: &Server, query: &str) -> Value {
    server.get(&format!("/workflows?{query}")).await.with(200)
}

fn cursor<'p>(page: &'p Value, which: &str) -> Option<&'p str> {
    page[which].as_str()
}

#[tokio::test]
async fn pages_lead_on_and_back() {
    let server = Server::start();
    for name in ["Bee", "ant", "Cow", "dog", "Elk"] {
        server.stored(name).await;
    }
    let empty = page(&server, "search=nothing").await;
    let envelope = json!({
        "items": [], "next_cursor": null, "prev_cursor": null, "has_more": false, "total_count": 0,
    });
    assert_eq!(empty, envelope);
    for (sort, expected) in [
        ("", ["Elk", "dog", "Cow", "ant", "Bee"]),
        (
            "sort_by=name&sort_order=asc&",
            ["ant", "Bee", "Cow", "dog", "Elk"],
        ),
        (
            "sort_by=updated_at&sort_order=asc&",
            ["Bee", "ant", "Cow", "dog", "Elk"],
        ),
    ] {
        let query = format!("{sort}limit=2");
        let first = page(&server, &query).await;
        assert_eq!(names(&first), expected[..2]);
        assert_eq!(
            (&first["has_more"], &first["total_count"]),
            (&json!(true), &json!(5))
        );
        assert_eq!(first["prev_cursor"], Value::Null);
        let next = cursor(&first, "next_cursor").unwrap();
        let second = page(&server, &format!("{query}&cursor={next}")).await;
        assert_eq!(names(&second), expected[2..4]);
        let next = cursor(&second, "next_cursor").unwrap();
        let third = page(&server, &format!("{query}&cursor={next}")).await;
        assert_eq!(names(&third), expected[4..]);
        assert_eq!(
            (&third["has_more"], &third["next_cursor"]),
            (&json!(false), &Value::Null)
        );
        let back = cursor(&third, "prev_cursor").unwrap();
        let again = page(&server, &format!("{query}&cursor={back}")).await;
        assert_eq!(again, second);
        let back = cursor(&again, "prev_cursor").unwrap();
        assert_eq!(
            page(&server, &format!("{query}&cursor={back}")).await,
            first
        );
    }
}

#[tokio::test]
async fn a_cursor_is_an_id_and_a_sort_value() {
    let server = Server::start();
    for name in ["Bee", "Ant"] {
        server.stored(name).await;
    }
    let first = page(&server, "limit=1&sort_by=name&sort_order=asc").await;
    let cursor = cursor(&first, "next_cursor").unwrap();
    let text = String::from_utf8(URL_SAFE.decode(cursor).unwrap()).unwrap();
    let (id, value) = text.split_once(':').unwrap();
    assert_eq!(first["items"][0]["id"], id);
    assert_eq!(value, "ant");
}

#[tokio::test]
async fn filters_are_joined() {
    let server = Server::start();
    for (name, status, tags, project) in [
        ("Bee", "draft", json!(["a", "b"]), "p"),
        ("Ant", "published", json!(["a"]), "p"),
        ("Cow", "archived", json!(["b"]), "q"),
    ] {
        let mut body = super::server::workflow(name);
        body["project_id"] = json!(project);
        let created = server.post("/workflows", &body).await.with(201);
        assert_eq!(created["project_id"], project);
        let path = format!("/workflows/{}", created["id"].as_str().unwrap());
        let patch = json!({ "status": status, "tags": tags });
        server.patch(&path, &patch).await.with(200);
    }
    for (query, expected) in [
        ("status=draft", &["Bee"][..]),
        ("status=draft,active", &["Ant", "Bee"]),
        ("status=", &["Cow", "Ant", "Bee"]),
        ("tags=a", &["Ant", "Bee"]),
        ("tags=a,b", &["Bee"]),
        ("project_id=q", &["Cow"]),
        ("project_id=p&status=published&tags=a&search=an", &["Ant"]),
        ("search=OW", &["Cow"]),
        ("search=for+tests", &["Cow", "Ant", "Bee"]),
        ("search=%25", &[]),
    ] {
        let found = page(&server, query).await;
        assert_eq!(names(&found), expected, "{query}");
        assert_eq!(found["total_count"], expected.len(), "{query}");
        assert!(
            found["items"]
                .as_array()
                .unwrap()
                .iter()
                .all(|item| { item.get("definition").is_none() && item.get("stages").is_none() })
        );
    }
}

#[tokio::test]
async fn what_is_no_query_is_refused() {
    let server = Server::start();
    for name in ["Bee", "Ant", "Cow"] {
        server.stored(name).await;
    }
    let by_name = page(&server, "limit=1&sort_by=name").await;
    let by_name = cursor(&by_name, "next_cursor").unwrap();
    let tampered = format!("{}x", &by_name[..by_name.len() - 1]);
    let no_id = URL_SAFE.encode("x:17");
    for query in [
        "limit=0".to_owned(),
        "limit=201".to_owned(),
        "limit=-1".to_owned(),
        "limit=many".to_owned(),
        "status=done".to_owned(),
        "sort_by=size".to_owned(),
        "sort_order=up".to_owned(),
        "sort_bye=name".to_owned(),
    ] {
        let answer = server.get(&format!("/workflows?{query}")).await;
        answer.problem(422, "malformed");
    }
    for cursor in ["", "nonsense", &no_id, by_name, &tampered[3..]] {
        let answer = server.get(&format!("/workflows?cursor={cursor}")).await;
        answer.problem(400, "invalid_cursor");
    }
    for limit in [1, 200] {
        page(&server, &format!("limit={limit}")).await;
    }
}
