//! What no client should send, and registries as people leave them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use serde_json::json;

use super::door::{Door, refused};

#[test]
fn one_bad_entry_hides_no_other_project() {
    let door = Door::open();
    door.skill("flow.ok", "");
    door.register(&json!({
        "bad": { "name": "no path" },
        "shop": { "path": door.shop, "name": "Shop" },
        "worse": null,
    }));
    let ended = door.until_ended(&door.start("flow.ok"));
    assert_eq!(ended["status"], "completed");
    let body = json!({ "projectId": "bad", "skill": "flow.ok" });
    refused(&door.post("start", &body), 404, "Project not found: bad");
    let listed = door.world().baton(&["project", "list"]).exits(0);
    assert!(listed.stdout.contains("Shop"), "{}", listed.stderr);
    for warning in ["bad is skipped", "worse is skipped"] {
        assert!(listed.stderr.contains(warning), "{}", listed.stderr);
    }
    door.write_registry("{\"projects\": ");
    let body = json!({ "projectId": "shop", "skill": "flow.ok" });
    refused(&door.post("start", &body), 404, "Project not found: shop");
}

#[test]
fn projects_registered_here_are_projects_of_the_door() {
    let door = Door::open();
    door.skill("flow.ok", "");
    let project = door.world().project();
    let added = ["project", "add", project.to_str().unwrap(), "-o", "json"];
    let added = door.world().baton(&added).exits(0).json();
    let id = added["id"].as_str().unwrap();
    let run = door.start_with(&json!({ "projectId": id, "skill": "flow.ok" }));
    assert_eq!(door.until_ended(&run)["status"], "completed");
    assert_eq!(
        door.stand_ins.starts()[0].directory,
        project.to_str().unwrap()
    );
}

#[test]
fn a_directory_whose_path_is_no_text_cannot_be_registered() {
    let door = Door::open();
    let odd = door
        .world()
        .root()
        .join(OsStr::from_bytes(b"not \xFF text"));
    std::fs::create_dir(&odd).unwrap();
    let mut add = door.world().command(&["project", "add"]);
    let answer = crate::support::Answer::of(add.arg(&odd));
    let answer = answer.exits(2);
    assert!(answer.stderr.contains("not UTF-8"), "{}", answer.stderr);
}

#[test]
fn pages_of_other_sites_start_nothing() {
    let door = Door::open();
    door.skill("flow.ok", "");
    let body = r#"{"projectId": "shop", "skill": "flow.ok"}"#;
    let request = |headers: &str| {
        let length = body.len();
        format!(
            "POST /api/workflow/start HTTP/1.1\nhost: HOST\nconnection: close\n{headers}\
             content-length: {length}\n\n{body}"
        )
    };
    for headers in [
        "origin: http://evil.example\n",
        "origin: http://evil.example\ncontent-type: application/json\n",
        "origin: null\n",
        "sec-fetch-site: cross-site\n",
    ] {
        let answer = door.raw(&request(headers));
        assert_eq!(answer.status, 403, "{headers}: {answer:?}");
        assert!(answer.json()["error"].is_string());
    }
    let rebound = request("").replace("host: HOST", "host: evil.example");
    assert_eq!(door.raw(&rebound).status, 403);
    let form = door.raw(&request("content-type: text/plain\n"));
    assert_eq!(form.status, 415, "{form:?}");
    assert_eq!(door.world().n_runs(), 0);
    let unsaid = door.raw(&request(""));
    assert_eq!(unsaid.status, 201, "{unsaid:?}");
}

#[test]
fn a_project_has_no_more_runs_than_it_may() {
    let door = Door::with_agent("agent:claude", "");
    door.skill("flow.ask", "questions");
    let config = door.world().data().join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{text}\n[limits]\nruns_per_project = 1\n")).unwrap();
    let door = door.killed_and_restarted();
    let first = door.start("flow.ask");
    door.until_waiting(&first);
    let body = json!({ "projectId": "shop", "skill": "flow.ask" });
    let second = door.post("start", &body);
    assert_eq!(second.status, 409, "{second:?}");
    let error = second.json()["error"].as_str().unwrap().to_owned();
    assert!(error.contains("runs_per_project"), "{error}");
    door.cancel(&format!("id={first}"));
    door.start("flow.ask");
}
