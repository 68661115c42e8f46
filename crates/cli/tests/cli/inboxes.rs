//! `baton inbox`: what waits for people, and what they do about it.

use crate::api::client::Server;
use crate::support::{ASKER, World};

const LETTER: &str = "\
workflow: { id: letter, name: Letter }
stages:
  - id: draft
    name: Draft
    roles: { primary: { artifact: \"agent:writer\" } }
    outputs: { text: { type: string } }
  - id: review
    name: Review
    type: gate
    depends_on: [draft]
    gate: { message: Send this letter? }
";

const NOTE: &str = "\
workflow: { id: note, name: Note }
stages:
  - id: write
    name: Write
    roles: { primary: { artifact: \"agent:asker\" } }
    outputs: { text: { type: string } }
";

/// A world whose server works on runs.
struct Office {
    world: World,
    server: Server,
}

impl Office {
    fn open() -> Self {
        let world = World::new();
        let writer = "case $(cat) in *'Half as long'*) echo short ;; *) echo long ;; esac";
        world.agents(&[("writer", writer), ("asker", ASKER)]);
        world.file("letter.yaml", LETTER);
        world.file("note.yaml", NOTE);
        let server = Server::start(&world);
        Self { world, server }
    }

    /// Starts a workflow and waits until it waits.
    fn start(&self, file: &str, until: &str) -> String {
        let config = self.world.project().join("baton.toml");
        let config = config.to_str().unwrap();
        let run = ["run", file, "--detach", "--config", config, "-o", "json"];
        let run = self.world.baton(&run).exits(0).json();
        let id = run["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/workflow-executions/{id}/stream");
        self.server.follow(&path, &[], until);
        id
    }

    fn letter(&self) -> String {
        self.start("letter.yaml", "stage_waiting_for_approval")
    }

    fn note(&self) -> String {
        self.start("note.yaml", "stage_waiting_for_input")
    }
}

fn inbox(world: &World) -> Vec<(String, String)> {
    let inbox = world.baton(&["inbox", "-o", "json"]).exits(0).json();
    let items = inbox["items"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    items
        .map(|item| (text(&item["execution_id"]), text(&item["kind"])))
        .collect()
}

#[test]
fn what_waits_is_listed_and_decided_by_what_it_is() {
    let office = Office::open();
    let world = &office.world;
    let (letter, note) = (office.letter(), office.note());
    let gate = (letter.clone(), "gate".to_owned());
    let question = (note.clone(), "question".to_owned());
    assert_eq!(inbox(world), [gate.clone(), question]);
    let table = world.baton(&["inbox"]).exits(0).stdout;
    for part in [
        "a decision",
        "Send this letter?",
        "an answer",
        "Which colour?",
    ] {
        assert!(table.contains(part), "{table}");
    }
    let answered = world.baton(&["inbox", "answer", "--answer", "Colour=blue"]);
    answered.exits(0);
    assert_eq!(inbox(world), [gate]);
    world.baton(&["inbox", "answer"]).exits(5);
    world.baton(&["inbox", "reject", &note]).exits(5);
    let approve = [
        "inbox",
        "approve",
        &letter[24..],
        "review",
        "--reason",
        "fine",
    ];
    world.baton(&approve).exits(0);
    assert_eq!(inbox(world), []);
    let table = world.baton(&["inbox"]).exits(0).stdout;
    assert_eq!(table.trim(), "Nothing waits for you");
    assert_eq!(world.show(&letter)["steps"][1]["gate"]["reason"], "fine");
}

#[test]
fn work_is_sent_back_with_what_should_be_different() {
    let office = Office::open();
    let world = &office.world;
    let letter = office.letter();
    world.baton(&["inbox", "send-back"]).exits(2);
    let back = ["inbox", "send-back", "--comment", "Half as long"];
    world.baton(&back).exits(0);
    let shown = loop {
        let shown = world.show(&letter);
        if shown["steps"][1]["iteration"] == 2 && shown["status"] == "waiting_for_approval" {
            break shown;
        }
    };
    assert_eq!(shown["steps"][0]["outputs"]["text"], "short");
    assert_eq!(shown["steps"][0]["feedback"]["text"], "Half as long");
    world
        .baton(&["inbox", "reject", "--reason", "enough"])
        .exits(0);
    assert_eq!(world.show(&letter)["status"], "failed");
}

#[test]
fn of_several_one_has_to_be_named() {
    let office = Office::open();
    let world = &office.world;
    let (letter, second) = (office.letter(), office.letter());
    let several = world.baton(&["inbox", "approve"]).exits(2);
    assert!(
        several.stderr.contains("several wait"),
        "{}",
        several.stderr
    );
    world.baton(&["inbox", "approve", &letter]).exits(0);
    world.baton(&["inbox", "approve"]).exits(0);
    assert_eq!(world.show(&second)["steps"][1]["status"], "completed");
}
