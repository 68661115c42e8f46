//! A server with the door, a project, skills, and the stand-in.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::agents::world::StandIns;
use crate::api::client::{Answer, Server, read_answer};
use crate::support::{World, eventually};

/// A name that breaks whatever becomes part of a shell's text.
const ODD_NAME: &str = "it's a \"shop\" $HOME `x`";

pub(crate) struct Door {
    pub(crate) stand_ins: StandIns,
    pub(crate) server: Server,
    /// The directory of the project `shop`.
    pub(crate) shop: PathBuf,
}

impl Door {
    pub(crate) fn open() -> Self {
        Self::with_agent("agent:claude", "")
    }

    /// With more settings for the agent, whose adapter is always `claude`.
    pub(crate) fn with_agent(reference: &str, settings: &str) -> Self {
        Self::with_agents(&[(reference, "claude", "ok", settings)])
    }

    /// With these agents: each has its adapter, its mode and more settings.
    pub(crate) fn with_agents(agents: &[(&str, &str, &str, &str)]) -> Self {
        let stand_ins = StandIns::new();
        stand_ins.agents(agents);
        let world = &stand_ins.world;
        // Whose agents work in projects is the server's to say.
        fs::create_dir_all(world.data()).unwrap();
        let config = world.project().join("baton.toml");
        fs::rename(config, world.data().join("config.toml")).unwrap();
        let shop = world.root().join(ODD_NAME);
        fs::create_dir(&shop).unwrap();
        let commands = world.home().join(".claude/commands");
        fs::create_dir_all(commands).unwrap();
        let server = Server::start(world);
        let door = Self {
            stand_ins,
            server,
            shop,
        };
        door.register(&json!({ "shop": entry(&door.shop) }));
        door
    }

    /// The server is killed, and another one goes on.
    pub(crate) fn killed_and_restarted(self) -> Self {
        self.killed_and_restarted_after(|_world| {})
    }

    /// The same, and this happens while there is none.
    pub(crate) fn killed_and_restarted_after(self, between: impl Fn(&World)) -> Self {
        self.server.kill();
        between(&self.stand_ins.world);
        Self {
            server: Server::start(&self.stand_ins.world),
            stand_ins: self.stand_ins,
            shop: self.shop,
        }
    }

    pub(crate) fn world(&self) -> &World {
        &self.stand_ins.world
    }

    /// Writes the registry anew.
    pub(crate) fn register(&self, projects: &Value) {
        let registry = json!({ "projects": projects, "config": { "dev_folders": ["~/dev"] } });
        self.write_registry(&registry.to_string());
    }

    pub(crate) fn write_registry(&self, text: &str) {
        let directory = self.world().home().join(".specflow");
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join("registry.json"), text).unwrap();
    }

    /// Writes a skill that has the stand-in behave so.
    pub(crate) fn skill(&self, name: &str, mode: &str) {
        let mut text = format!("# {name}\n\n## Goal\n\nDoes {name}.\n");
        if !mode.is_empty() {
            writeln!(text, "\nstand-in: {mode}").unwrap();
        }
        let commands = self.world().home().join(".claude/commands");
        fs::write(commands.join(format!("{name}.md")), text).unwrap();
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, &body.to_string())
    }

    pub(crate) fn post_text(&self, path: &str, body: &str) -> Answer {
        let line = format!("POST /api/workflow/{path}");
        self.server.ask(&line, &[], Some(body))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.server
            .ask(&format!("GET /api/workflow/{path}"), &[], None)
    }

    pub(crate) fn cancel(&self, query: &str) -> Answer {
        let line = format!("POST /api/workflow/cancel?{query}");
        self.server.ask(&line, &[], None)
    }

    /// A request as it is, in which `HOST` stands for this server.
    pub(crate) fn raw(&self, request: &str) -> Answer {
        let mut stream = self.server.connect();
        let host = self.server.address.to_string();
        let request = request.replace("HOST", &host).replace('\n', "\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        read_answer(&mut BufReader::new(stream))
    }

    /// Starts a skill in the shop.
    pub(crate) fn start(&self, skill: &str) -> String {
        self.start_with(&json!({ "projectId": "shop", "skill": skill }))
    }

    pub(crate) fn start_with(&self, body: &Value) -> String {
        let answer = self.post("start", body);
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn status(&self, id: &str) -> Value {
        let answer = self.get(&format!("status?id={id}"));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Waits until the run waits, or has ended.
    pub(crate) fn until(&self, id: &str, event: &str) -> Value {
        let path = format!("/api/v1/workflow-executions/{id}/stream");
        self.server.follow(&path, &[], event);
        self.status(id)
    }

    pub(crate) fn until_waiting(&self, id: &str) -> Value {
        self.until(id, "stage_waiting_for_input")
    }

    pub(crate) fn until_ended(&self, id: &str) -> Value {
        self.until(id, "execution_completed")
    }

    /// Where the record of a run lies.
    pub(crate) fn file(&self, id: &str) -> PathBuf {
        self.records().join(format!("{id}.json"))
    }

    pub(crate) fn records(&self) -> PathBuf {
        self.world().home().join(".specflow/workflows")
    }

    /// The record of a run as it lies in its file.
    pub(crate) fn filed(&self, id: &str) -> Value {
        serde_json::from_slice(&fs::read(self.file(id)).unwrap()).unwrap()
    }

    /// Waits until the file of a run says so: it follows the run, a moment later.
    #[track_caller]
    pub(crate) fn until_filed(&self, id: &str, status: &str) {
        let what = format!("the file of the run says {status}");
        eventually(&what, || self.filed(id)["status"] == status);
    }

    /// Every id that is listed.
    pub(crate) fn listed(&self, query: &str) -> Vec<String> {
        let answer = self.get(&format!("list{query}"));
        assert_eq!(answer.status, 200, "{answer:?}");
        let executions = answer.json()["executions"].as_array().unwrap().clone();
        let ids = executions.iter().map(|one| one["id"].as_str().unwrap());
        ids.map(str::to_owned).collect()
    }
}

/// An entry of the registry.
pub(crate) fn entry(directory: &Path) -> Value {
    json!({
        "path": directory, "name": "Shop", "registered_at": "2026-01-18T10:00:00.000Z",
    })
}

/// An error is nothing but its text.
#[track_caller]
pub(crate) fn refused(answer: &Answer, status: u16, error: &str) {
    let expected = json!({ "error": error });
    assert_eq!((answer.status, answer.json()), (status, expected));
}

/// The answer holds a record at its top, and the same below `execution`.
#[track_caller]
pub(crate) fn record_of(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    let mut record = answer.json();
    let below = record.as_object_mut().unwrap().remove("execution");
    assert_eq!(below, Some(record.clone()));
    record
}

/// Waits until so many processes of agents are at work.
#[track_caller]
pub(crate) fn wait_for_agents(world: &World, n_processes: usize) {
    let what = format!("{n_processes} processes of agents are at work");
    eventually(&what, || world.agents_alive().len() >= n_processes);
}
