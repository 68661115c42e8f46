//! The command lines. Never a shell; values of options stand behind `=`, so
//! that none is taken for another option or swallows what follows.

use super::config::OutputForm;
use super::settings::Permission;
use super::start::Start;
use super::table::Call;

pub(super) fn claude(call: &Call<'_>) -> Vec<String> {
    let settings = call.settings;
    let mut arguments = vec!["-p".to_owned()];
    match call.config.output {
        OutputForm::Stream => {
            arguments.push("--output-format=stream-json".to_owned());
            // Without it, events are refused.
            arguments.push("--verbose".to_owned());
        }
        OutputForm::Document => arguments.push("--output-format=json".to_owned()),
    }
    let mut option = |name: &str, value: Option<&str>| {
        arguments.extend(value.map(|value| format!("--{name}={value}")));
    };
    match call.start {
        Start::New { session } => option("session-id", session.as_deref()),
        Start::Resume { session, fork, .. } => {
            option("resume", Some(session));
            option("session-id", fork.as_deref());
        }
    }
    option("json-schema", call.schema);
    option("model", settings.model.as_deref());
    match &settings.permission {
        Permission::Own | Permission::Everything => {}
        Permission::Mode(mode) => option("permission-mode", Some(mode)),
    }
    let tools = settings.tools.as_ref().map(|tools| tools.join(","));
    option("tools", tools.as_deref());
    option("allowedTools", list(&settings.allowed_tools).as_deref());
    option(
        "disallowedTools",
        list(&settings.disallowed_tools).as_deref(),
    );
    let turns = settings.turns_max.map(|turns| turns.to_string());
    option("max-turns", turns.as_deref());
    let budget = settings.budget_usd.map(|budget| budget.to_string());
    option("max-budget-usd", budget.as_deref());
    if call.start.is_fork() {
        arguments.push("--fork-session".to_owned());
    }
    if settings.permission == Permission::Everything {
        arguments.push("--dangerously-skip-permissions".to_owned());
    }
    arguments.extend(call.config.args.iter().cloned());
    arguments
}

/// `codex exec … --json … -- -`, or `codex exec … resume --json … -- ID -`.
///
/// What `exec` alone knows stands before `resume`, which would refuse it; both
/// know the others.
pub(super) fn codex(call: &Call<'_>) -> Vec<String> {
    let settings = call.settings;
    let mut arguments = vec!["exec".to_owned()];
    let mut option = |name: &str, value: Option<&str>| {
        arguments.extend(value.map(|value| format!("--{name}={value}")));
    };
    let schema_file = call.schema_file.map(|path| path.to_string_lossy());
    option("output-schema", schema_file.as_deref());
    match &settings.permission {
        Permission::Own => {}
        Permission::Mode(mode) => option("sandbox", Some(mode)),
        Permission::Everything => option("sandbox", Some("danger-full-access")),
    }
    arguments.extend(call.config.args.iter().cloned());
    // A scratch directory is no repository, and a workflow may mean one that is
    // none. It stands here so that no list in the configured arguments takes
    // `resume` for one of its own.
    arguments.push("--skip-git-repo-check".to_owned());
    if call.start.is_resume() {
        arguments.push("resume".to_owned());
    }
    arguments.push("--json".to_owned());
    arguments.extend(
        settings
            .model
            .iter()
            .map(|model| format!("--model={model}")),
    );
    arguments.push("--".to_owned());
    if let Start::Resume { session, .. } = call.start {
        arguments.push(session.clone());
    }
    arguments.push("-".to_owned());
    arguments
}

pub(super) fn gemini(call: &Call<'_>) -> Vec<String> {
    let mut arguments = vec!["--output-format=json".to_owned()];
    let mut option = |name: &str, value: Option<&str>| {
        arguments.extend(value.map(|value| format!("--{name}={value}")));
    };
    option("model", call.settings.model.as_deref());
    match &call.settings.permission {
        Permission::Own => {}
        Permission::Mode(mode) => option("approval-mode", Some(mode)),
        Permission::Everything => option("approval-mode", Some("yolo")),
    }
    arguments.extend(call.config.args.iter().cloned());
    // What comes on standard input is put before it.
    arguments.push("--prompt=Do what is written above.".to_owned());
    arguments
}

pub(super) fn opencode(call: &Call<'_>) -> Vec<String> {
    let mut arguments = ["run", "--format=json"].map(str::to_owned).to_vec();
    let mut option = |name: &str, value: Option<&str>| {
        arguments.extend(value.map(|value| format!("--{name}={value}")));
    };
    if let Start::Resume { session, .. } = call.start {
        option("session", Some(session));
    }
    option("model", call.settings.model.as_deref());
    if call.settings.permission == Permission::Everything {
        arguments.push("--auto".to_owned());
    }
    arguments.extend(call.config.args.iter().cloned());
    arguments.push("--".to_owned());
    arguments.push(call.prompt.to_owned());
    arguments
}

pub(super) fn aider(call: &Call<'_>) -> Vec<String> {
    let mut arguments = vec![
        format!("--message-file={}", call.prompt_file.display()),
        "--yes-always".to_owned(),
        "--no-stream".to_owned(),
        "--no-pretty".to_owned(),
    ];
    let model = call.settings.model.as_ref();
    arguments.extend(model.map(|model| format!("--model={model}")));
    arguments.extend(call.config.args.iter().cloned());
    arguments
}

fn list(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(","))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::config::AssistantConfig;
    use super::super::settings::Settings;
    use super::*;

    fn line(adapter: &str, start: &Start, settings: &Settings) -> String {
        let mut config = AssistantConfig::usual(adapter).unwrap();
        config.args = vec!["--extra".to_owned()];
        let call = Call {
            config: &config,
            settings,
            start,
            schema: Some("{}"),
            schema_file: Some(Path::new("/a/schema.json")),
            prompt_file: Path::new("/a/stdin"),
            prompt: "do it",
        };
        (config.assistant().arguments)(&call).join(" ")
    }

    fn plain() -> Settings {
        Settings {
            model: Some("m".to_owned()),
            disallowed_tools: vec!["AskUserQuestion".to_owned()],
            ..Settings::default()
        }
    }

    fn resume(session: &str, fork: Option<&str>) -> Start {
        Start::Resume {
            session: session.to_owned(),
            is_interrupted: false,
            fork: fork.map(str::to_owned),
        }
    }

    fn full() -> Settings {
        Settings {
            permission: Permission::Everything,
            tools: Some(vec!["Read".to_owned(), "Bash".to_owned()]),
            allowed_tools: vec!["Read".to_owned(), "Bash(git log *)".to_owned()],
            turns_max: Some(3),
            budget_usd: Some(0.5),
            ..plain()
        }
    }

    #[test]
    fn claude_is_told_which_session_and_what_it_may_do() {
        let new = Start::New {
            session: Some("s-1".to_owned()),
        };
        let rows = [
            (
                &new,
                plain(),
                "-p --output-format=stream-json --verbose --session-id=s-1 --json-schema={} \
                 --model=m --disallowedTools=AskUserQuestion --extra",
            ),
            (
                &resume("-s", None),
                full(),
                "-p --output-format=stream-json --verbose --resume=-s --json-schema={} --model=m \
                 --tools=Read,Bash --allowedTools=Read,Bash(git log *) --disallowedTools=AskUserQuestion \
                 --max-turns=3 --max-budget-usd=0.5 --dangerously-skip-permissions --extra",
            ),
            (
                &resume("s-1", Some("s-2")),
                plain(),
                "-p --output-format=stream-json --verbose --resume=s-1 --session-id=s-2 \
                 --json-schema={} --model=m --disallowedTools=AskUserQuestion --fork-session \
                 --extra",
            ),
        ];
        for (start, settings, expected) in rows {
            assert_eq!(line("claude", start, &settings), expected, "{start:?}");
        }
    }

    #[test]
    fn every_program_gets_the_command_line_it_knows() {
        let new = Start::New { session: None };
        let rows = [
            (
                "codex",
                &new,
                plain(),
                "exec --output-schema=/a/schema.json --extra --skip-git-repo-check --json \
                 --model=m -- -",
            ),
            (
                "codex",
                &resume("s-1", None),
                full(),
                "exec --output-schema=/a/schema.json --sandbox=danger-full-access --extra \
                 --skip-git-repo-check resume --json --model=m -- s-1 -",
            ),
            (
                "gemini",
                &new,
                plain(),
                "--output-format=json --model=m --extra --prompt=Do what is written above.",
            ),
            (
                "opencode",
                &resume("s-1", None),
                plain(),
                "run --format=json --session=s-1 --model=m --extra -- do it",
            ),
            (
                "aider",
                &new,
                plain(),
                "--message-file=/a/stdin --yes-always --no-stream --no-pretty --model=m --extra",
            ),
        ];
        for (adapter, start, settings, expected) in rows {
            assert_eq!(line(adapter, start, &settings), expected, "{adapter}");
        }
    }
}
