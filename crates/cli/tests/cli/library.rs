//! Stored workflows: kept, found, changed, taken elsewhere, run.

use serde_json::{Value, json};

use crate::support::{Answer, World, workflow};

const TWO: &[(&str, &[&str], &str)] = &[("a", &[], ""), ("b", &["a"], "")];

/// A world with a workflow file and agents for its stages.
fn world() -> World {
    let world = World::new();
    world.file("w.yaml", workflow(TWO));
    world.agents(&[("a", "echo a"), ("b", "echo b")]);
    world
}

fn json(world: &World, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["-o", "json"]].concat();
    world.baton(&arguments).exits(0).json()
}

#[test]
fn what_is_created_is_listed_shown_checked_planned_and_run_by_its_name() {
    let world = world();
    world.baton(&["list"]).exits(0).stdout_says("No workflows");
    assert_eq!(json(&world, &["list"])["items"], json!([]));
    let created = json(
        &world,
        &[
            "create",
            "w.yaml",
            "--tag",
            "x",
            "--tag",
            "y",
            "--project",
            "p",
        ],
    );
    assert_eq!(created["tags"], json!(["x", "y"]));
    assert_eq!(created["project_id"], "p");
    let id = created["id"].as_str().unwrap();
    let end = &id[id.len() - 8..];
    for word in ["Test", "test", id, end] {
        let shown = json(&world, &["workflow", "show", word]);
        assert_eq!(shown["id"], id, "{word}");
        world
            .baton(&["validate", word])
            .exits(0)
            .stdout_says("Valid workflow, 2 stages");
        world
            .baton(&["plan", word])
            .exits(0)
            .stdout_says("Execution Plan");
    }
    let run = json(&world, &["run", "Test"]);
    assert_eq!(run["workflow_id"], id);
    assert_eq!(run["status"], "completed");
    let listed = json(&world, &["list"]);
    assert_eq!(listed["items"][0]["last_execution"]["id"], run["id"]);
    for words in [["list"].as_slice(), &["show", "Test"]] {
        world.baton(words).exits(0).stdout_says("✓ completed");
    }
    let shown = world.baton(&["show", "Test"]).exits(0);
    shown.stdout_says("Last Execution");
    shown.stdout_says("30m");
}

#[test]
fn a_word_that_is_a_file_here_means_the_file() {
    let world = world();
    world.baton(&["create", "w.yaml"]).exits(0);
    world.file("Test", "workflow: { id: other, name: Other }\nstages: []\n");
    world.baton(&["plan", "Test"]).exits(0).stdout_says("Other");
    world
        .baton(&["validate", "./Test"])
        .exits(0)
        .stdout_says("./Test");
    for command in ["run", "plan", "validate", "show", "export", "delete"] {
        let answer = world.baton(&[command, "nowhere"]);
        answer.exits(4).says(&["error[not_found]", "`nowhere`"]);
    }
}

#[test]
fn a_text_with_mistakes_is_stored_as_a_draft_or_not_at_all() {
    let world = world();
    world.file(
        "bad.yaml",
        "workflow: { id: bad, name: Bad }\nstages: [{ id: a }]\n",
    );
    let refused = world.baton(&["create", "bad.yaml"]).exits(1);
    refused.says(&["bad.yaml:2:", "validation failed", "--draft"]);
    let stored = world.baton(&["create", "bad.yaml", "--draft"]).exits(0);
    stored.stdout_says("draft, invalid");
    world
        .baton(&["run", "Bad"])
        .exits(1)
        .says(&["error[invalid_definition]"]);
    world
        .baton(&["validate", "Bad"])
        .exits(1)
        .says(&["--> Bad:2:"]);
    let published = world.baton(&["update", "Bad", "--status", "published"]);
    assert_ne!(published.code, Some(0));
    world.file("bad.yaml", "workflow: { id: bad, name: Bad }\nstages: []\n");
    let updated = json(
        &world,
        &[
            "update", "Bad", "bad.yaml", "--status", "active", "--tag", "t",
        ],
    );
    assert_eq!(
        (&updated["status"], &updated["tags"]),
        (&json!("published"), &json!(["t"]))
    );
    let updated = json(&world, &["update", "Bad", "--no-tags"]);
    assert_eq!(updated["tags"], json!([]));
    world.baton(&["update", "Bad"]).exits(2);
}

#[test]
fn a_name_is_given_once_and_may_be_another_than_the_files() {
    let world = world();
    world.baton(&["create", "w.yaml"]).exits(0);
    world
        .baton(&["create", "w.yaml"])
        .exits(5)
        .says(&["error[name_taken]"]);
    let created = json(
        &world,
        &["create", "w.yaml", "--name", "It's \"another\": one"],
    );
    assert_eq!(created["name"], "It's \"another\": one");
    let text = created["definition"].as_str().unwrap();
    assert!(
        text.contains("name: \"It's \\\"another\\\": one\""),
        "{text}"
    );
    let copy = json(&world, &["duplicate", "Test"]);
    assert_eq!(copy["name"], "Test (copy)");
    let copy = json(&world, &["duplicate", "Test", "--name", "Third"]);
    assert_eq!(copy["name"], "Third");
    let names = |arguments: &[&str]| -> Vec<String> {
        let page = json(&world, &[&["list"], arguments].concat());
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&["--search", "copy"]), ["Test (copy)"]);
    assert_eq!(
        names(&["--sort", "name", "--limit", "2"]),
        ["It's \"another\": one", "Test"]
    );
    assert_eq!(
        names(&["--sort", "created", "--reverse", "--limit", "1"]),
        ["Test"]
    );
    let first = json(&world, &["list", "--sort", "name", "--limit", "3"]);
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(
        names(&["--sort", "name", "--limit", "3", "--cursor", cursor]),
        ["Third"]
    );
    let table = world.baton(&["list", "--limit", "1"]).exits(0);
    table.stdout_says("1 of 4 workflows");
    table.stdout_says("--cursor");
}

#[test]
fn what_is_deleted_is_asked_for_and_leaves_its_runs() {
    let world = world();
    world.baton(&["create", "w.yaml"]).exits(0);
    world
        .baton(&["duplicate", "Test", "--name", "Other"])
        .exits(0);
    world.baton(&["run", "Test"]).exits(0);
    world.baton(&["delete", "Test"]).exits(2).says(&["--yes"]);
    world
        .baton(&["delete", "Test", "nowhere", "--yes"])
        .exits(4);
    assert_eq!(json(&world, &["list"])["total_count"], 2);
    let deleted = json(&world, &["delete", "Test", "Other", "Test", "--yes"]);
    assert_eq!(deleted["deleted"].as_array().unwrap().len(), 2);
    assert_eq!(json(&world, &["list"])["total_count"], 0);
    let runs = json(&world, &["runs"]);
    assert_eq!(runs["items"][0]["workflow_id"], Value::Null);
}

#[test]
fn a_library_is_taken_elsewhere_as_it_is() {
    let world = world();
    world
        .baton(&["create", "w.yaml", "--tag", "x", "--project", "p"])
        .exits(0);
    world
        .baton(&["duplicate", "Test", "--name", "Other: two"])
        .exits(0);
    world
        .baton(&["update", "Test", "--status", "archived"])
        .exits(0);
    world.file(
        "bad.yaml",
        "workflow: { id: bad, name: Bad }\nstages: [{ id: a }]\n",
    );
    world.baton(&["create", "bad.yaml", "--draft"]).exits(0);
    for form in ["json", "yaml"] {
        let library = world
            .baton(&["export", "--all", "-o", form])
            .exits(0)
            .stdout;
        let elsewhere = World::new();
        elsewhere.file("library", &library);
        elsewhere.baton(&["import", "library"]).exits(0);
        let again = elsewhere
            .baton(&["export", "--all", "-o", form])
            .exits(0)
            .stdout;
        // A copy is called in its text as it is called in the library.
        let named = library.replacen("name: Test", "name: \"Other: two\"", 2);
        let known = |text: &str| -> Vec<Value> {
            let document: Value = serde_saphyr::from_str(text).unwrap();
            let workflows = document["workflows"].as_array().unwrap().iter();
            workflows
                .map(|one| json!([one["name"], one["status"], one["tags"], one["project_id"]]))
                .collect()
        };
        assert_eq!(known(&again), known(&library), "{named}");
        elsewhere
            .baton(&["import", "library"])
            .exits(5)
            .says(&["--replace"]);
        elsewhere
            .baton(&["import", "library", "--replace"])
            .exits(2)
            .says(&["--yes"]);
        elsewhere
            .baton(&["import", "library", "--replace", "--yes"])
            .exits(0);
        assert_eq!(json(&elsewhere, &["list"])["total_count"], 3);
    }
}

#[test]
fn one_workflow_and_one_run_are_exported_whole() {
    let world = world();
    world.baton(&["create", "w.yaml"]).exits(0);
    let run = json(&world, &["run", "Test"]);
    let text = world.baton(&["export", "Test"]).exits(0).stdout;
    assert_eq!(text, workflow(TWO));
    let definition = json(&world, &["export", "Test"]);
    assert_eq!(definition["stages"][1]["id"], "b");
    let run = run["id"].as_str().unwrap();
    let whole = json(&world, &["export", run]);
    assert_eq!(whole["execution"]["id"], run);
    assert_eq!(whole["execution"]["steps"].as_array().unwrap().len(), 2);
    let events = whole["events"].as_array().unwrap();
    assert_eq!(events.last().unwrap()["seq"], events.len());
    let yaml = world.baton(&["export", run]).exits(0).yaml();
    assert_eq!(yaml["execution"]["status"], "completed");
}

#[test]
fn files_are_stored_anew_where_something_has_changed() {
    let world = world();
    let outcomes = |arguments: &[&str]| -> Vec<String> {
        let all = json(&world, &[&["sync"], arguments].concat());
        let items = all["items"].as_array().unwrap().iter();
        items
            .map(|item| item["outcome"].as_str().unwrap().to_owned())
            .collect()
    };
    std::fs::create_dir(world.project().join("flows")).unwrap();
    world.file(
        "flows/two.yaml",
        "workflow: { id: two, name: Two }\nstages: []\n",
    );
    world.file("flows/none.yaml", "a: 1\n");
    assert_eq!(outcomes(&["w.yaml", "flows"]), ["created", "created"]);
    assert_eq!(outcomes(&["."]), ["unchanged", "unchanged"]);
    world.file(
        "flows/two.yaml",
        "workflow: { id: two, name: Second }\nstages: []\n",
    );
    assert_eq!(outcomes(&["flows"]), ["updated"]);
    assert_eq!(json(&world, &["show", "Second"])["revision"], 2);
    world.file(
        "flows/two.yaml",
        "workflow: { id: two, name: Second }\nstages: 1\n",
    );
    let failed = world.baton(&["sync", ".", "-o", "json"]).exits(1);
    assert_eq!(failed.json()["items"][0]["outcome"], "failed");
    assert_eq!(failed.json()["items"][1]["outcome"], "unchanged");
}

#[test]
fn a_run_is_left_to_whoever_serves() {
    let world = world();
    world.baton(&["create", "w.yaml"]).exits(0);
    let refused = world.baton(&["run", "Test", "--detach"]).exits(5);
    refused.says(&["baton serve"]);
    assert_eq!(world.n_runs(), 0);
    let mut serve = world.start(&["serve"]);
    serve.until("took up");
    let started = json(&world, &["run", "Test", "--detach"]);
    let run = started["id"].as_str().unwrap();
    world
        .baton(&["resume", run])
        .exits(0)
        .stdout_says("✓ completed");
    serve.signal(nix::sys::signal::Signal::SIGTERM);
    serve.end().exits(0);
}

#[test]
fn what_is_switched_off_is_no_failure() {
    let world = world();
    let off = |arguments: &[&str]| {
        let mut command = world.command(arguments);
        Answer::of(command.env("WORKFLOW_ENGINE_ENABLED", "false")).exits(0)
    };
    for arguments in [
        ["list"].as_slice(),
        &["workflow", "run", "w.yaml"],
        &["runs"],
    ] {
        off(arguments).stdout_says("coming soon");
    }
    assert_eq!(
        off(&["runs", "-o", "json"]).json()["workflow_engine_enabled"],
        false
    );
    assert!(!world.data().exists());
    off(&["explain", "SWDL-E0301"]).stdout_says("SWDL-E0301");
}
