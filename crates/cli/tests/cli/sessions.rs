//! A whole session, recorded: the same words and answers whether a command
//! does the work itself, asks another process on the socket of the data
//! directory, or asks a server over TCP. `cargo xtask docs` keeps it as
//! docs/cli/session.md.

mod scrub;

use std::fs;
use std::path::Path;
use std::process::Command;

use nix::sys::signal::Signal;

use crate::network::served;
use crate::support::{Answer, Live, REPOSITORY, World};
use scrub::Scrub;

const WORKFLOW: &str = r#"workflow: { id: article, name: Article, tags: [docs] }
config:
  parameters:
    topic: { type: string, required: true }
stages:
  - id: outline
    name: Make an outline
    roles: { primary: { artifact: "agent:planner" } }
    inputs: { topic: { type: string, source: "${{ parameters.topic }}" } }
    outputs: { headings: { type: "array<string>" } }
  - id: review
    name: Look at the outline
    type: gate
    depends_on: [outline]
    gate: { message: "Write about ${{ stages.outline.outputs.headings }}?" }
  - id: draft
    name: Write the draft
    depends_on: [review]
    roles: { primary: { artifact: "agent:writer" } }
    inputs: { headings: { type: "array<string>", source: "${{ stages.outline.outputs.headings }}" } }
    outputs: { text: { type: string } }
"#;

const AGENTS: &str = r#"[agents."agent:planner"]
adapter = "simulated"
outputs = { headings = ["Why cranes leave", "Where they rest"] }

[agents."agent:writer"]
adapter = "simulated"
outputs = { text = "In autumn, cranes gather by the thousand." }
"#;

const HEAD: &str = "# A session\n\n\
    `article.yaml` has two stages and a gate between them.\n\
    Two terminals are open: one follows the run, the other decides.\n\
    `cargo xtask docs` records this page; \
    ids, times and durations are replaced, so that two recordings are alike.\n\
    A test records it three times, without a server, with `baton serve` on the same \
    data directory, and with `--server`, and compares.\n";

/// How commands reach what they are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// By themselves.
    InProcess,
    /// Through the socket of a server.
    Socket,
    /// Through its port.
    Remote,
}

/// A session and what was said so far.
struct Recording {
    world: World,
    url: Option<String>,
    text: String,
}

impl Recording {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.world.command(words);
        if let Some(url) = &self.url {
            // The data directory is the server's alone.
            command
                .env("BATON_SERVER", url)
                .env("BATON_DATA_DIR", self.world.root().join("nothing"));
        }
        command
    }

    fn typed(&mut self, words: &[&str]) {
        let words = words.iter().map(|word| {
            if word.contains(' ') {
                format!("'{word}'")
            } else {
                (*word).to_owned()
            }
        });
        let line = words.collect::<Vec<_>>().join(" ");
        self.text += &format!("\n```console\n$ baton {line}\n");
    }

    /// A command and its answer.
    fn step(&mut self, words: &[&str]) {
        self.typed(words);
        let answer = Answer::of(&mut self.command(words)).exits(0);
        self.text += &format!("{}\n```\n", answer.stdout.trim_end());
    }

    fn say(&mut self, words: &str) {
        self.text += &format!("\n{words}\n");
    }

    /// Starts a run and waits until it waits; the end of its id.
    fn run_to_the_gate(&mut self, words: &[&str]) -> (Live, String) {
        let mut live = Live::of(&mut self.command(words));
        let id = live.run();
        live.until("waiting");
        (live, id[id.len() - 8..].to_owned())
    }

    /// What a followed run says when it has ended.
    fn end_of(&mut self, words: &[&str], live: Live, exit: i32) {
        self.typed(words);
        let answer = live.end().exits(exit);
        self.text += &format!("{}\n```\n", answer.stdout.trim_end());
    }
}

fn record(way: Way) -> String {
    let world = World::new();
    world.file("article.yaml", WORKFLOW);
    fs::create_dir(world.data()).unwrap();
    fs::write(world.data().join("config.toml"), AGENTS).unwrap();
    let serve = (way != Way::InProcess).then(|| served(&world, &[]));
    let url = serve
        .as_ref()
        .filter(|_| way == Way::Remote)
        .map(|(_, address)| format!("http://{address}"));
    let mut recording = Recording {
        world,
        url,
        text: String::new(),
    };
    play(&mut recording);
    if let Some((serve, _)) = serve {
        serve.signal(Signal::SIGTERM);
        serve.end().exits(0);
    }
    let nothing = recording.world.root().join("nothing");
    assert!(!nothing.exists(), "{way:?} made a data directory");
    Scrub::default().apply(&recording.text)
}

fn play(recording: &mut Recording) {
    recording.say("## Keep a workflow");
    recording.step(&["create", "article.yaml"]);
    recording.step(&["list"]);
    recording.step(&["show", "Article"]);
    recording.step(&["validate", "Article"]);
    recording.step(&["plan", "Article", "--param", "topic=cranes"]);

    let run = ["run", "Article", "--param", "topic=cranes"];
    let (live, id) = recording.run_to_the_gate(&run);
    recording.say(
        "## Run it\n\nThe first terminal runs `baton run Article --param topic=cranes`.\n\
         While the run waits at its gate, the other terminal looks at it.",
    );
    recording.step(&["runs"]);
    recording.step(&["show", &id]);
    recording.step(&["approve", &id, "--reason", "two headings are enough"]);
    recording.say("The run goes on, and ends in the first terminal.");
    recording.end_of(&run, live, 0);

    let (live, id) = recording.run_to_the_gate(&run);
    recording.say("## End one\n\nAnother run waits at the same gate, and is not wanted any more.");
    recording.step(&["cancel", &id, "--yes"]);
    recording.end_of(&run, live, 1);
    recording.step(&["runs"]);
    recording.step(&["list"]);
    recording.step(&["delete", "Article", "--yes"]);
}

#[test]
fn a_session_is_the_same_wherever_the_work_is_done() {
    let session = record(Way::InProcess);
    for way in [Way::Socket, Way::Remote] {
        assert_eq!(record(way), session, "{way:?}");
    }
    let page = format!("{HEAD}{session}");
    let file = Path::new(REPOSITORY).join("docs/cli/session.md");
    if std::env::var_os("BATON_RECORD").is_some() {
        fs::write(&file, &page).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap();
    assert_eq!(kept, page, "run `cargo xtask docs`");
}
