//! What agents are told, and what they may do.

use std::fs;

use baton_agents::{AssistantConfig, AssistantDispatcher, Shelves};
use baton_model::plan::Speech;
use serde_json::Value;

use super::world::{StandIns, host_with, request, run};
use crate::support::completed;

fn argument<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    let prefix = format!("--{name}=");
    arguments
        .iter()
        .find_map(|argument| argument.strip_prefix(&prefix))
}

#[tokio::test]
async fn the_contract_goes_with_the_start_and_the_answer_becomes_the_outputs() {
    let stand_ins = StandIns::new();
    let mut request = request();
    request.model = Some("opus".to_owned());
    request.tools = vec!["mcp:tracker".to_owned()];
    let settings = "max_turns = 9\nmax_budget_usd = 1.5\nallowed_tools = [\"Read\"]";
    let ended = run(&stand_ins.agent("claude", "ok", settings), request).await;
    let lines = format!("{:?}", ended.lines);
    let outputs = completed(ended.report).outputs;
    assert_eq!(outputs["text"], "text of the stand-in");
    assert!(lines.contains("the workflow names the server"), "{lines}");
    let [start] = stand_ins.starts().try_into().unwrap();
    let schema = argument(&start.arguments, "json-schema").unwrap();
    let schema: Value = serde_json::from_str(schema).unwrap();
    assert_eq!(schema["properties"]["outputs"]["required"][0], "text");
    let rows = [
        ("output-format", "stream-json"),
        ("model", "opus"),
        ("allowedTools", "Read"),
        ("disallowedTools", "AskUserQuestion"),
        ("max-turns", "9"),
        ("max-budget-usd", "1.5"),
    ];
    for (name, expected) in rows {
        assert_eq!(argument(&start.arguments, name), Some(expected), "{name}");
    }
    // What it is told is nobody else's to read.
    assert!(
        !start
            .arguments
            .iter()
            .any(|argument| argument.contains("Do it."))
    );
    assert!(start.prompt.starts_with("Do it.\n"));
}

#[tokio::test]
async fn a_page_of_the_project_makes_the_agent() {
    let stand_ins = StandIns::new();
    // A name that no shell could be given.
    let project = stand_ins.world.root().join("it's \"$HOME\" `x`");
    let pages = project.join(".claude/agents");
    fs::create_dir_all(&pages).unwrap();
    let page = "---\nname: painter\nmodel: haiku\ntools: Read, Edit\n---\nYou paint doors.\n";
    fs::write(pages.join("painter.md"), page).unwrap();
    let mut config = AssistantConfig::usual("claude").unwrap();
    config.env = stand_ins.env("ok");
    let host = host_with(&stand_ins.world, Shelves::default());
    let mut request = request();
    request.artifact = "agent:painter".to_owned();
    request.directory = Some(project.clone());
    let ended = run(&AssistantDispatcher::new(config, host), request).await;
    completed(ended.report);
    let [start] = stand_ins.starts().try_into().unwrap();
    assert!(start.prompt.starts_with("You paint doors.\n\nDo it.\n"));
    assert_eq!(argument(&start.arguments, "model"), Some("haiku"));
    assert_eq!(argument(&start.arguments, "tools"), Some("Read,Edit"));
    assert_eq!(argument(&start.arguments, "allowedTools"), None);
    assert_eq!(start.directory, project.to_str().unwrap());
}

#[tokio::test]
async fn a_page_that_asks_for_less_gets_less() {
    let rows = [
        ("acceptEdits", "plan", "plan"),
        ("plan", "acceptEdits", "plan"),
        ("bypassPermissions", "plan", "plan"),
        ("bypassPermissions", "acceptEdits", "acceptEdits"),
    ];
    for (given, asked, expected) in rows {
        let stand_ins = StandIns::new();
        let project = stand_ins.world.root().join("project");
        let pages = project.join(".claude/agents");
        fs::create_dir_all(&pages).unwrap();
        let page = format!("---\npermissionMode: {asked}\n---\nYou paint doors.\n");
        fs::write(pages.join("painter.md"), page).unwrap();
        let mut request = request();
        request.artifact = "agent:painter".to_owned();
        request.directory = Some(project);
        request.is_in_project = true;
        let settings = format!("permission_mode = \"{given}\"");
        let ended = run(&stand_ins.agent("claude", "ok", &settings), request).await;
        completed(ended.report);
        let [start] = stand_ins.starts().try_into().unwrap();
        let mode = argument(&start.arguments, "permission-mode");
        assert_eq!(mode, Some(expected), "{given} {asked}");
        let skips = "--dangerously-skip-permissions".to_owned();
        assert!(!start.arguments.contains(&skips), "{given} {asked}");
    }
}

#[tokio::test]
async fn a_skill_speaks_for_itself() {
    let stand_ins = StandIns::new();
    let mut request = request();
    request.speech = Speech::Skill;
    request.is_in_project = true;
    let ended = run(&stand_ins.claude("ok"), request).await;
    assert!(ended.has_line("registered project"), "{:?}", ended.lines);
    let outputs = completed(ended.report).outputs;
    assert_eq!(outputs["output"]["status"], "completed");
    assert_eq!(outputs["result"], "All done.");
    let [start] = stand_ins.starts().try_into().unwrap();
    assert_eq!(start.prompt, "Do it.");
    let skips = "--dangerously-skip-permissions".to_owned();
    assert!(start.arguments.contains(&skips));
}

#[tokio::test]
async fn a_program_that_knows_no_events_is_understood() {
    let stand_ins = StandIns::new();
    let agent = stand_ins.agent("claude", "ok", "output = \"json\"");
    let ended = run(&agent, request()).await;
    assert_eq!(
        completed(ended.report).outputs["text"],
        "text of the stand-in"
    );
    assert!(ended.spent.is_some());
}

#[tokio::test]
async fn events_become_log_lines_as_they_come() {
    let stand_ins = StandIns::new();
    let ended = run(&stand_ins.claude("retries"), request()).await;
    for part in [
        "session ",
        "waits: overloaded (HTTP 529), try 1 of 10",
        "cost told: $0.0125",
    ] {
        assert!(
            ended.has_line(part),
            "{part} is missing in {:#?}",
            ended.lines
        );
    }
    let rows = [
        ("warns", "an MCP server did not start"),
        ("ok", "[Bash] ls -la"),
    ];
    for (attempt, (mode, part)) in (3..).zip(rows) {
        let mut request = request();
        request.key.attempt = attempt;
        let ended = run(&stand_ins.claude(mode), request).await;
        assert!(
            ended.has_line(part),
            "{part} is missing in {:#?}",
            ended.lines
        );
    }
}
