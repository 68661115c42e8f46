//! Every operation of the document, asked of a server in a process of its own.
//! What is asked and answered here are the examples of the document.

use std::fs;

use serde_json::{Value, json};

use super::client::Server;
use super::tour::Tour;
use crate::support::{ASKER, World};

const NOTES: &str = "\
workflow:
  id: release-notes
  name: Release notes
  version: 1.2.0
  description: Writes the notes of a release and has them approved
  tags: [docs, release]
config:
  parameters:
    product: { type: string, required: true, description: What is released }
stages:
  - id: draft
    name: Draft
    roles: { primary: { artifact: \"agent:writer\" } }
    inputs: { product: { type: string, source: \"${{ parameters.product }}\" } }
    outputs: { text: { type: string } }
  - id: review
    name: Review
    type: gate
    depends_on: [draft]
    gate: { message: Publish these notes? }
  - id: publish
    name: Publish
    depends_on: [review]
    roles: { primary: { artifact: \"agent:publisher\" } }
    inputs: { text: { type: string, source: \"${{ stages.draft.outputs.text }}\" } }
    outputs: { url: { type: string } }
";

const LETTER: &str = "\
workflow: { id: letter, name: Letter }
stages:
  - id: write
    name: Write
    roles: { primary: { artifact: \"agent:asker\" } }
    outputs: { text: { type: string } }
";

/// Asks for a colour, and then says that it is done.
const SKILLED: &str = r#"
case $(cat) in
*'"turn":1'*) echo '{"$baton": {"status": "needs_input", "session_id": "s-1", "questions": [{"question": "Which colour?", "header": "Colour", "options": [{"label": "red", "description": "Loud"}, {"label": "blue", "description": "Calm"}]}]}}' ;;
*) echo '{"output": {"status": "completed", "message": "Designed."}}' ;;
esac
"#;

fn furnished() -> World {
    let world = World::new();
    world.agents(&[
        (
            "writer",
            "echo 'reading the changes' >&2\ncat >/dev/null\necho 'Faster and smaller.'",
        ),
        ("publisher", "cat >/dev/null\necho 'notes/1.2.0'"),
        ("asker", ASKER),
        ("claude", SKILLED),
    ]);
    // Whose agents work in projects is the server's to say.
    fs::create_dir_all(world.data()).unwrap();
    let config = fs::read_to_string(world.project().join("baton.toml")).unwrap();
    let here = format!("\"{}/", world.project().display());
    fs::write(
        world.data().join("config.toml"),
        config.replace("\"./", &here),
    )
    .unwrap();
    let agents = world.project().join(".claude/agents");
    fs::create_dir_all(&agents).unwrap();
    fs::write(agents.join("writer.md"), "Writes.\n").unwrap();
    world
}

/// The directories that belong to every run here.
struct Stage<'s> {
    tour: Tour<'s>,
    directory: String,
    config: String,
}

impl Stage<'_> {
    fn around(&self, mut body: Value) -> Value {
        body["directory"] = json!(self.directory);
        body["config"] = json!(self.config);
        body
    }

    fn parameters(&self) -> Value {
        self.around(json!({ "parameters": { "product": "Baton" } }))
    }

    /// A run of the stored workflow that waits at its gate.
    fn waiting(&self) -> String {
        let mut start = self.parameters();
        start["workflow_id"] = json!("Release notes");
        let run = id(&self.tour.call("startExecution").body(start).gives(201));
        self.follow(&run, "stage_waiting_for_approval");
        run
    }

    /// Reads the stream of a run until an event; the id of that.
    fn follow(&self, run: &str, until: &str) -> String {
        let stream = self.tour.call("streamExecution").at("execution_id", run);
        last_id(&stream.until(until))
    }
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap().to_owned()
}

fn last_id(stream: &str) -> String {
    let mut ids = stream
        .lines()
        .rev()
        .filter_map(|line| line.strip_prefix("id: "));
    ids.next().unwrap().to_owned()
}

#[test]
fn every_operation_answers_as_the_document_says() {
    let world = furnished();
    let server = Server::start(&world);
    let directory = world.project().display().to_string();
    let stage = Stage {
        tour: Tour::new(&server, world.root()),
        config: format!("{directory}/baton.toml"),
        directory,
    };
    surroundings(&stage);
    projects(&stage);
    skills(&stage, &world);
    texts(&stage);
    let workflow = library(&stage);
    let run = one_run(&stage, &workflow);
    steering(&stage, &run);
    questions(&stage);
    decisions(&stage);
    many(&stage, &workflow);
    tokens(&stage.tour);
    stage.tour.finish();
    server.stop();
}

fn surroundings(stage: &Stage<'_>) {
    let Stage {
        tour,
        directory,
        config,
    } = stage;
    tour.call("getOpenapi")
        .showing(&["openapi", "info"])
        .gives(200);
    let schema = tour.call("getLanguageSchema");
    schema
        .showing(&["$schema", "title", "type", "required"])
        .gives(200);
    tour.call("getFeatureFlags").gives(200);
    // How long it is up changes from one look to the next.
    let health = tour.call("getHealth").showing(&["status", "version"]);
    health.gives(200);
    tour.call("getReadiness").gives(200);
    let settings = tour.call("getSettings").gives(200);
    assert_eq!(settings["auth"], "auto");
    let artifacts = tour.call("listArtifacts").query("type", "agent");
    let artifacts = artifacts.query("directory", directory.as_str()).gives(200);
    assert_eq!(artifacts["items"][0]["reference"], "agent:writer");
    let agents = tour
        .call("listAgents")
        .query("directory", directory.as_str());
    let agents = agents.query("config", config.as_str()).gives(200);
    let known: Vec<&Value> = agents["items"].as_array().unwrap().iter().collect();
    let references: Vec<&Value> = known.iter().map(|agent| &agent["reference"]).collect();
    // One of them has a page, too.
    let expected = ["asker", "claude", "publisher", "writer"].map(|name| format!("agent:{name}"));
    assert_eq!(references, expected.each_ref());
    let works = |agent: &&&Value| agent["resolved"] == true && agent["adapter"] == "command";
    assert_eq!(known.iter().filter(works).count(), 4);
    let found = tour.call("listAgents").query("search", "PUBLISH");
    let found = found.query("config", config.as_str()).gives(200);
    assert_eq!(found["total_count"], 1);
}

/// Registers the directory of the runs, looks at it, and takes it out.
fn projects(stage: &Stage<'_>) {
    let tour = &stage.tour;
    let new = json!({ "path": stage.directory, "name": "notes" });
    let project = id(&tour.call("addProject").body(new.clone()).gives(201));
    assert_eq!(id(&tour.call("addProject").body(new).gives(200)), project);
    let listed = tour.call("listProjects").gives(200);
    assert_eq!(listed["items"][0]["id"], project.as_str());
    let at = |operation| tour.call(operation).at("project_id", &project);
    assert_eq!(at("getProject").gives(200)["name"], "notes");
    let skills = at("listProjectSkills").gives(200);
    assert_eq!(skills["items"][0]["reference"], "agent:writer");
    at("removeProject").gives(204);
    at("getProject").gives(404);
}

/// Runs of skills, as clients of `SpecFlow` know them.
fn skills(stage: &Stage<'_>, world: &World) {
    let tour = &stage.tour;
    let registry = json!({ "projects": { "shop": {
        "path": stage.directory, "name": "Shop", "registered_at": "2026-01-05T09:00:00.000Z",
    } } });
    let commands = world.home().join(".claude/commands");
    fs::create_dir_all(&commands).unwrap();
    fs::write(commands.join("flow.design.md"), "## Goal\nDesign it.\n").unwrap();
    fs::create_dir_all(world.home().join(".specflow")).unwrap();
    let file = world.home().join(".specflow/registry.json");
    fs::write(file, registry.to_string()).unwrap();
    let listed = tour.call("specflowSkills").gives(200);
    assert_eq!(listed["skills"][0]["command"], "/flow.design");
    let start = json!({ "projectId": "shop", "skill": "/flow.design" });
    let waiting = || {
        let run = id(&tour.call("specflowStart").body(start.clone()).gives(201));
        stage.follow(&run, "stage_waiting_for_input");
        run
    };
    let run = waiting();
    let unknown = json!({ "projectId": "nowhere", "skill": "/flow.design" });
    tour.call("specflowStart").body(unknown).gives(404);
    let status = tour.call("specflowStatus").query("id", &*run).gives(200);
    assert_eq!(status["status"], status["execution"]["status"]);
    let listed = tour
        .call("specflowList")
        .query("projectId", "shop")
        .gives(200);
    assert_eq!(listed["executions"][0]["id"], run.as_str());
    let health = tour.call("specflowHealth").query("id", &*run).gives(200);
    assert_eq!(health["workflowStatus"], "waiting_for_input");
    let shown = ["id", "projectId", "skill", "status", "output", "answers"];
    let answer = json!({ "id": run, "answers": { "Colour": "blue" } });
    let answered = tour
        .call("specflowAnswer")
        .showing(&shown)
        .body(answer.clone());
    assert_eq!(answered.gives(200)["answers"]["Colour"], "blue");
    stage.follow(&run, "execution_completed");
    tour.call("specflowAnswer").body(answer).gives(400);
    let cancelled = tour
        .call("specflowCancel")
        .query("id", waiting())
        .gives(200);
    assert_eq!(cancelled["status"], "cancelled");
    let kill = json!({ "id": waiting(), "force": true });
    tour.call("specflowKill").body(kill).gives(200);
}

fn texts(stage: &Stage<'_>) {
    let tour = &stage.tour;
    let unsound = NOTES.replace("depends_on: [draft]", "depends_on: [draught]");
    let text = |text: &str| {
        let mut body = stage.parameters();
        body["yaml_content"] = json!(text);
        body
    };
    let validated = tour.call("validateText").body(text(&unsound)).gives(200);
    assert_eq!(validated["is_valid"], false);
    tour.call("validateText").body(text(NOTES)).gives(200);
    tour.call("planText").body(text(NOTES)).gives(200);
    tour.call("planText").body(text(&unsound)).gives(400);
    let half = json!({ "yaml_content": "workflow: { id: a, name: A }\nst", "position": { "line": 2, "column": 3 } });
    let completed = tour.call("completeText").body(half).gives(200);
    assert_eq!(completed["items"][0]["label"], "stages");
}

/// Stores workflows; the one that is run later.
fn library(stage: &Stage<'_>) -> String {
    let tour = &stage.tour;
    let new = json!({ "yaml_content": NOTES });
    let create = || {
        tour.call("createWorkflow")
            .header("Idempotency-Key", "notes-1")
            .body(new.clone())
    };
    let workflow = id(&create().gives(201));
    assert_eq!(id(&create().gives(200)), workflow);
    tour.call("createWorkflow").body(new.clone()).gives(409);
    let at = |operation| tour.call(operation).at("workflow_id", &workflow);
    at("patchWorkflow")
        .body(json!({ "status": "published", "tags": ["docs"], "revision": 1 }))
        .gives(200);
    at("patchWorkflow")
        .body(json!({ "tags": [], "revision": 1 }))
        .gives(409);
    at("replaceWorkflow")
        .body(json!({ "yaml_content": NOTES, "revision": 2 }))
        .gives(200);
    let shown = at("getWorkflow").query("resolve_roles", true).gives(200);
    assert_eq!(shown["definition"], NOTES);
    let listed = tour
        .call("listWorkflows")
        .query("status", "published")
        .query("limit", 10);
    assert_eq!(listed.gives(200)["total_count"], 1);
    at("validateWorkflow").body(stage.parameters()).gives(200);
    at("planWorkflow").body(stage.parameters()).gives(200);
    let copy = at("duplicateWorkflow")
        .body(json!({ "new_name": "Release letter" }))
        .gives(201);
    tour.call("deleteWorkflow")
        .at("workflow_id", &id(&copy))
        .gives(204);
    workflow
}

/// Runs the workflow up to its gate, and looks at the run from all sides.
fn one_run(stage: &Stage<'_>, workflow: &str) -> String {
    let tour = &stage.tour;
    let start = tour.call("runWorkflow").at("workflow_id", workflow);
    let start = start.header("Idempotency-Key", "release-1.2.0");
    let run = id(&start.body(stage.parameters()).gives(201));
    stage.follow(&run, "stage_waiting_for_approval");
    let same = tour
        .call("streamWorkflowExecution")
        .at("workflow_id", workflow);
    same.at("execution_id", &run)
        .until("stage_waiting_for_approval");
    let at = |operation| tour.call(operation).at("execution_id", &run);
    at("streamExecutionEvents").query("after", 1).until("event");
    let all = tour.call("streamEvents").query("after", 0);
    all.until("stage_waiting_for_approval");
    tour.call("streamEvents")
        .query("after", 1_000_000)
        .gives(400);
    let inbox = tour.call("listInbox").gives(200);
    assert_eq!(inbox["items"][0]["kind"], "gate");
    let shown = at("getExecution").gives(200);
    assert_eq!(shown["status"], "waiting_for_approval");
    assert_eq!(inbox["items"][0]["parameters"], shown["parameters"]);
    assert_eq!(shown["steps"][0]["outputs"]["text"], "Faster and smaller.");
    let step = at("getStep").at("stage_id", "draft").gives(200);
    assert_eq!(step["attempts"][0]["outcome"], "completed");
    at("getStep").at("stage_id", "nowhere").gives(404);
    assert!(
        at("listExecutionEvents")
            .query("after", 0)
            .query("limit", 2)
            .gives(200)["items"][1]
            .is_object()
    );
    let lines = at("listExecutionLogs")
        .query("stage", "draft")
        .query("limit", 100)
        .gives(200);
    assert_eq!(lines["items"][0]["message"], "reading the changes");
    let all = tour
        .call("listExecutions")
        .query("status", "running,waiting_for_approval");
    assert_eq!(all.query("limit", 10).gives(200)["total_count"], 1);
    for operation in ["listExecutionsByWorkflow", "listWorkflowExecutions"] {
        let list = tour
            .call(operation)
            .at("workflow_id", workflow)
            .query("limit", 10);
        assert_eq!(list.gives(200)["items"][0]["id"], run.as_str());
    }
    run
}

/// Pauses, changes, repeats.
fn steering(stage: &Stage<'_>, run: &str) {
    let tour = &stage.tour;
    let at = |operation| tour.call(operation).at("execution_id", run);
    let paused = at("pauseExecution")
        .body(json!({ "reason": "Lunch" }))
        .gives(200);
    assert_eq!(paused["status"], "paused");
    at("resumeExecution").gives(200);
    at("takeUpExecution").gives(200);
    let seen = stage.follow(run, "execution_resumed");
    let reopen = at("reopenStep").at("stage_id", "draft");
    reopen
        .body(json!({ "feedback": "Half as long" }))
        .gives(200);
    let again = at("streamExecution").header("Last-Event-ID", &seen);
    let again = again.until("stage_waiting_for_approval");
    assert!(again.contains("event: stage_reopened"), "{again}");
    let announce = json!({
        "id": "announce", "name": "Announce", "depends_on": ["publish"],
        "roles": { "primary": { "artifact": "agent:publisher" } },
        "outputs": { "url": { "type": "string" } },
    });
    let edits =
        json!({ "edits": [{ "type": "insert", "stage": announce }], "reason": "Tell people" });
    at("editExecution").body(edits).gives(200);
    let now = at("getStep").at("stage_id", "announce").gives(200);
    let definition = now["definition"].as_str().unwrap();
    assert!(
        definition.starts_with("id: announce\nname: Announce\n"),
        "{definition}"
    );
    let typo = json!({ "text": "- type: delete\n  stage_id: anounce\n" });
    let found = at("validateEdits").body(typo).gives(200);
    assert_eq!(found["errors"][0]["code"], "SWDL-E0407", "{found}");
    assert_eq!(found["errors"][0]["span"]["start"]["line"], 2, "{found}");
    let gate = "{ id: review, name: Look at it, type: gate, depends_on: [draft] }";
    let started = json!({ "text": format!("- type: update\n  stage: {gate}\n") });
    let found = at("validateEdits").body(started).gives(200);
    assert_eq!(found["errors"][0]["code"], "illegal_state", "{found}");
    let lawful = json!({ "text": "- type: delete\n  stage_id: announce\n" });
    let found = at("validateEdits").body(lawful).gives(200);
    assert_eq!(found["is_valid"], true, "{found}");
    let approve = at("approveGate").at("stage_id", "review");
    approve
        .body(json!({ "reason": "Reads well", "iteration": 2 }))
        .gives(200);
    stage.follow(run, "execution_completed");
    let repeated = at("rerunExecution").header("Idempotency-Key", "again-1");
    let second = id(&repeated.body(json!({ "from": "publish" })).gives(201));
    stage.follow(&second, "execution_completed");
}

fn questions(stage: &Stage<'_>) {
    let tour = &stage.tour;
    let start = stage.around(json!({ "definition": LETTER }));
    let run = id(&tour.call("startExecution").body(start).gives(201));
    stage.follow(&run, "stage_waiting_for_input");
    let answer = || {
        tour.call("answerStep")
            .at("execution_id", &run)
            .at("stage_id", "write")
    };
    answer()
        .body(json!({ "answers": { "Color": "blue" } }))
        .gives(400);
    let step = answer()
        .body(json!({ "answers": { "Colour": "blue" } }))
        .gives(200);
    assert_eq!(step["question"]["answers"]["Colour"], "blue");
    stage.follow(&run, "execution_completed");
}

fn decisions(stage: &Stage<'_>) {
    let tour = &stage.tour;
    for (operation, reason) in [
        ("rejectGate", "Not yet"),
        ("rejectOnlyGate", "Not yet"),
        ("approveOnlyGate", "Reads well"),
    ] {
        let run = stage.waiting();
        let mut call = tour.call(operation).at("execution_id", &run);
        if operation == "rejectGate" {
            call = call.at("stage_id", "review");
        }
        call.body(json!({ "reason": reason })).gives(200);
        stage.follow(&run, "execution_completed");
        tour.call("pauseExecution")
            .at("execution_id", &run)
            .gives(409);
    }
}

/// The same for several at once, and how things end.
fn many(stage: &Stage<'_>, workflow: &str) {
    let tour = &stage.tour;
    let runs = json!({ "execution_ids": [stage.waiting(), stage.waiting()] });
    for operation in ["pauseExecutions", "resumeExecutions", "cancelExecutions"] {
        let outcome = tour.call(operation).body(runs.clone()).gives(200);
        assert_eq!(outcome["succeeded"], 2, "{outcome:#}");
    }
    let last = stage.waiting();
    let cancel = tour.call("cancelExecution").at("execution_id", &last);
    cancel
        .body(json!({ "reason": "Not needed any more" }))
        .gives(200);
    stage.follow(&last, "execution_completed");
    let outcome = tour
        .call("deleteWorkflows")
        .body(json!({ "ids": [workflow] }));
    assert_eq!(outcome.gives(200)["succeeded"], 1);
}

fn tokens(tour: &Tour<'_>) {
    let new = json!({ "name": "ci", "scope": "run", "expires_at": "2099-01-01T00:00:00Z" });
    let created = tour.call("createToken").body(new.clone()).gives(201);
    tour.call("createToken").body(new).gives(409);
    let listed = tour.call("listTokens").gives(200);
    assert!(
        !listed
            .to_string()
            .contains(created["token"].as_str().unwrap())
    );
    tour.call("revokeToken").at("name", "ci").gives(204);
}
