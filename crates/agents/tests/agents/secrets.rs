//! Secrets reach the programs they are for, and nobody is told them.

use std::fs;

use baton_agents::{AgentRegistry, AttemptFinder, Config};
use baton_model::FailureLabel;

use crate::support::{Caller, World, completed, failed, key, request_for, settled};

const TOML: &str = r#"
[secrets.KEY]
file = "key"

[secrets.GONE]
env = "BATON_NO_SUCH_VARIABLE"

[agents.tells]
adapter = "command"
command = ["sh", "-c", 'echo "key: $KEY" >&2; printf %s "$KEY" | base64 >&2; echo "{\"text\": \"it is $KEY\"}"']
env = { KEY = "Bearer ${{ secrets.KEY }}" }

[agents.lacks]
adapter = "command"
command = ["true"]
env = { KEY = "${{ secrets.GONE }}" }
"#;

fn registry(world: &World) -> AgentRegistry {
    fs::write(world.root().join("key"), "s3cr3t-word\n").unwrap();
    let config = Config::parse(TOML, &world.root().join("baton.toml")).unwrap();
    AgentRegistry::new(config, &world.host())
}

#[tokio::test]
async fn a_secret_is_given_and_not_told() {
    let world = World::new();
    let agent = registry(&world).dispatcher("tells").unwrap();
    let request = || request_for(&[("text", "string")]);
    let caller = Caller::new();
    let report = agent.run(request(), caller.control()).await;
    assert_eq!(
        completed(report.clone()).outputs["text"],
        "it is Bearer [secret]"
    );
    let lines = caller.lines();
    assert_eq!(lines[0].1, "key: Bearer [secret]");
    // Encoded together with other words it is another text; that cannot be known.
    assert!(lines.iter().all(|(_, line)| !line.contains("s3cr3t")));
    // The next server does not know the settings, and tells as little.
    let found = AttemptFinder::new(world.host()).find(&key()).unwrap();
    let caller = Caller::new();
    let recovery = found.recover(request(), caller.control(), 0).await;
    assert_eq!(settled(recovery), report);
    assert_eq!(caller.lines(), lines);
}

/// Words are quoted from the end of what was written, or from its beginning,
/// and cut wherever that ends.
#[tokio::test]
async fn no_cut_leaves_a_part_of_a_secret() {
    const SECRET: &str = "s3cr3t-word-0123456789";
    let repeated = |text: &str, times: usize| format!("$(printf '{text}%.0s' $(seq {times}))");
    // The first is cut in its middle when all is read, the others when it is quoted.
    let rows = [
        format!(
            "printf '%s' \"{}\" >&2; exit 3",
            repeated("'\"$KEY\"'", 400)
        ),
        format!("printf '%s' \"$KEY{}\" >&2; exit 3", repeated("y", 2_040)),
        format!("printf '%s' \"$KEY{}\"; exit 3", repeated("y", 2_040)),
        format!("printf '%s' \"{}$KEY\"", repeated("z", 190)),
    ];
    for script in rows {
        let world = World::new();
        fs::write(world.root().join("key"), SECRET).unwrap();
        let program = serde_json::Value::from(script.as_str()).to_string();
        let text = format!(
            "[secrets.KEY]\nfile = \"key\"\n[agents.x]\nadapter = \"command\"\n\
             command = [\"sh\", \"-c\", {program}]\nenv = {{ KEY = \"${{{{ secrets.KEY }}}}\" }}"
        );
        let config = Config::parse(&text, &world.root().join("baton.toml")).unwrap();
        let agent = AgentRegistry::new(config, &world.host());
        let caller = Caller::new();
        let agent = agent.dispatcher("x").unwrap();
        let report = agent
            .run(request_for(&[("n", "integer")]), caller.control())
            .await;
        let failure = failed(report);
        let told = format!("{} {:?}", failure.message, caller.lines());
        for part in ["s3cr3t-w", "23456789", "ord-0123"] {
            assert!(!told.contains(part), "{script}: {told}");
        }
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_had_is_named() {
    let world = World::new();
    let agent = registry(&world).dispatcher("lacks").unwrap();
    let report = agent.run(request_for(&[]), Caller::new().control()).await;
    let failure = failed(report);
    assert_eq!(failure.label, FailureLabel::AUTH_FAILURE);
    let words = "the secret `GONE` cannot be had: BATON_NO_SUCH_VARIABLE is not set, or is no text";
    assert_eq!(failure.message, words);
}

#[test]
fn secrets_that_make_no_sense_are_told_with_their_place() {
    let rows = [
        (
            "[secrets.K]",
            "baton.toml:1:10: secret `K` needs either `env` or `file`",
        ),
        (
            "[secrets.K]\nenv = \"A\"\nfile = \"b\"",
            "baton.toml:1:10: secret `K` needs either `env` or `file`",
        ),
        (
            "[secrets.\"a b\"]\nenv = \"A\"",
            "baton.toml:1:10: a secret cannot be called `a b`; use letters, digits, `_` and `-`",
        ),
        (
            "[secrets.KEY]\nenv = \"A\"\n[agents.x]\nadapter = \"claude\"\nenv = { A = \"${{ secrets.KEV }}\" }",
            "baton.toml:5:7: there is no section [secrets.KEV]; did you mean `KEY`?",
        ),
    ];
    for (text, expected) in rows {
        let mistake = Config::parse(text, "baton.toml".as_ref()).unwrap_err();
        assert_eq!(mistake.to_string(), expected);
    }
}
