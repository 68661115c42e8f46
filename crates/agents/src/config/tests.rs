//! Files that are taken, references that resolve, and mistakes with their place.

use serde_json::json;

use super::*;

const EXAMPLE: &str = r#"
default_adapter = "simulated"

[agents."agent:researcher-v1"]
adapter = "command"
command = ["python3", "agent.py"]
env = { LANG = "C" }

[agents."agent:slow*"]
adapter = "simulated"
delay = "2s"
fail = ["crash", "bad_output"]
outputs = { verdict = "ok", score = 3, tags = ["a"] }
questions = [{ question = "Which colour?", header = "Colour", options = [{ label = "red", description = "" }, { label = "blue" }], multi_select = true }]
edits = [{ type = "delete", stage_id = "late" }]

[agents."agent:*"]
adapter = "command"
command = ["./any.sh"]

[notify."slack:#releases"]
url = "https://hooks.example/T0/B0"

[notify.intranet]
url = "http://10.0.0.7:8080/notices"
allow_private = true

[limits]
processes = 2
runs_per_project = 3
"#;

fn parse(text: &str) -> Config {
    Config::parse(text, Path::new("/project/baton.toml")).unwrap()
}

#[test]
fn a_whole_file_is_read() {
    let config = parse(EXAMPLE);
    assert_eq!(config.limits.processes.get(), 2);
    assert_eq!(config.limits.runs_per_project.unwrap().get(), 3);
    let resolved = config.agents.resolve("agent:researcher-v1").unwrap();
    let AdapterConfig::Command(command) = resolved.adapter else {
        panic!("{resolved:?}");
    };
    assert_eq!(command.argv, ["python3", "agent.py"]);
    assert_eq!(command.env["LANG"], "C");
    assert_eq!(command.directory, Path::new("/project"));
    let AdapterConfig::Simulated(slow) = config.agents.resolve("agent:slow").unwrap().adapter
    else {
        panic!("not simulated");
    };
    assert_eq!(slow.delay.as_secs(), 2);
    assert_eq!(slow.fail.len(), 2);
    assert_eq!(
        serde_json::Value::Object(slow.outputs.clone()),
        json!({"verdict": "ok", "score": 3, "tags": ["a"]})
    );
    assert_eq!(slow.edits, [json!({"type": "delete", "stage_id": "late"})]);
    let [question] = slow.questions.as_slice() else {
        panic!("{:?}", slow.questions);
    };
    assert_eq!(question.header.as_deref(), Some("Colour"));
    assert_eq!(question.options[1].label, "blue");
    assert!(question.multi_select);
    let targets: Vec<_> = config.notify.names().collect();
    assert_eq!(targets, ["intranet", "slack:#releases"]);
    assert!(config.notify.contains("intranet"));
    assert!(!format!("{config:?}").contains("T0/B0"));
    assert_eq!(parse("").limits.processes.get(), 8);
}

#[test]
fn a_server_is_told_who_may_come_in() {
    let config = parse(
        r#"
        [server]
        auth = "always"
        hosts = ["Baton.example.org", "::1", "192.0.2.1"]
        origins = ["https://ci.example.org", "http://[::1]:3000", "HTTP://localhost:3000"]
        rate_limit = "600/m"
        tls = { cert = "tls/cert.pem", key = "/etc/baton/key.pem" }
        "#,
    );
    let server = config.server;
    assert_eq!(server.auth, Auth::Always);
    assert_eq!(server.hosts, ["baton.example.org", "::1", "192.0.2.1"]);
    assert_eq!(
        server.origins,
        [
            "https://ci.example.org",
            "http://[::1]:3000",
            "http://localhost:3000"
        ]
    );
    let limit = server.rate_limit.unwrap();
    assert_eq!((limit.requests.get(), limit.per.as_secs()), (600, 60));
    let tls = server.tls.unwrap();
    assert_eq!(tls.cert, Path::new("/project/tls/cert.pem"));
    assert_eq!(tls.key, Path::new("/etc/baton/key.pem"));
    assert_eq!(parse("").server, ServerSettings::default());
}

#[test]
fn the_most_specific_entry_wins() {
    let config = parse(
        r#"
        default_adapter = "simulated"
        [agents."agent:*"]
        adapter = "command"
        command = ["any"]
        [agents."agent:re*"]
        adapter = "command"
        command = ["re"]
        [agents."agent:rev*er"]
        adapter = "command"
        command = ["rev"]
        [agents."agent:reviewer"]
        adapter = "command"
        command = ["exact"]
        "#,
    );
    for (reference, program) in [
        ("agent:reviewer", Some("exact")),
        ("agent:revise", Some("re")),
        ("agent:reverser", Some("rev")),
        ("agent:rest", Some("re")),
        ("agent:other/x", Some("any")),
        ("skill:other", None),
    ] {
        let found = match config.agents.resolve(reference).unwrap().adapter {
            AdapterConfig::Command(command) => Some(command.argv[0].as_str()),
            AdapterConfig::Simulated(_) | AdapterConfig::Hub(_) | AdapterConfig::Assistant(_) => {
                None
            }
        };
        assert_eq!(found, program, "{reference}");
    }
}

#[test]
fn an_unresolved_agent_says_where_was_looked_and_how_to_mend_it() {
    let config = parse("[agents.\"agent:reviewer\"]\nadapter = \"simulated\"\n");
    let error = config.agents.resolve("agent:reviewr").unwrap_err();
    assert_eq!(
        error.to_string(),
        "no agent is configured for `agent:reviewr` (looked at: /project/baton.toml, \
         [agents.\"agent:reviewer\"], default_adapter, which is not set)"
    );
    assert!(error.help.starts_with("did you mean `agent:reviewer`?"));
    let empty = Config::default();
    let error = empty.agents.resolve("agent:\"x\"\n").unwrap_err();
    assert_eq!(error.looked_at, ["no baton.toml was found"]);
    // What the help proposes must work when it is pasted.
    let block: Vec<_> = error
        .help
        .lines()
        .skip_while(|line| !line.starts_with('['))
        .take_while(|line| !line.is_empty())
        .collect();
    let block = block.join("\n");
    assert!(parse(&block).agents.resolve("agent:\"x\"\n").is_ok());
}

#[track_caller]
fn check_mistake(text: &str, expected: &str) {
    let error = Config::parse(text, Path::new("baton.toml")).unwrap_err();
    assert_eq!(error.to_string(), expected, "{text}");
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (text, expected) in [
        (
            "default_adapter = \"clippy\"",
            "baton.toml:1:19: adapter `clippy` is not available in this release; \
             it has `aider`, `claude`, `codex`, `command`, `gemini`, `hub`, `opencode`, `simulated`",
        ),
        (
            "[agents.x]\nadapter = \"comand\"",
            "baton.toml:2:11: adapter `comand` is not available in this release; \
             it has `aider`, `claude`, `codex`, `command`, `gemini`, `hub`, `opencode`, `simulated`; did you mean `command`?",
        ),
        (
            "[agents.x]\nadapter = \"command\"",
            "baton.toml:2:11: adapter `command` needs a setting `command`; \
             such as command = [\"./agent.sh\"]",
        ),
        (
            "[agents.x]\nadapter = \"command\"\ncommand = []",
            "baton.toml:3:11: the command is empty; such as command = [\"./agent.sh\"]",
        ),
        (
            "[agents.x]\nadapter = \"simulated\"\nquestions = [{ question = \" \" }]",
            "baton.toml:3:13: `questions` has a mistake in question 1: its `question` is empty",
        ),
        (
            "[agents.x]\nadapter = \"simulated\"\nedits = [{ a = nan }]",
            "baton.toml:3:9: part of an edit is a number that JSON does not have",
        ),
        (
            "[agents.x]\nadapter = \"command\"\ncommand = [\"x\"]\nedits = []",
            "baton.toml:4:9: adapter `command` has no setting `edits`",
        ),
        (
            "[agents.x]\nadapter = \"simulated\"\ndelay = \"soon\"",
            "baton.toml:3:9: `soon` is no duration; such as \"500ms\", \"2s\" or \"1m\"",
        ),
        (
            "[agents.x]\nadapter = \"simulated\"\nfail = [\"Crash!\"]",
            "baton.toml:3:9: `Crash!` is no failure label; did you mean `crash`?",
        ),
        (
            "[agents.x]\nadapter = \"simulated\"\nenv = {}",
            "baton.toml:3:7: adapter `simulated` has no setting `env`",
        ),
        (
            "[agents.\"agent:[\"]\nadapter = \"simulated\"",
            "baton.toml:1:9: `agent:[` is no pattern: unclosed character class; missing ']'",
        ),
        (
            "default_adapter = \"command\"",
            "baton.toml:1:19: adapter `command` needs settings of its own; \
             give them in a section [agents.\"agent:*\"]",
        ),
        (
            "[limits]\nruns_per_project = 0",
            "baton.toml:2:20: `runs_per_project` must be from 1 to 4294967295",
        ),
        (
            "[limits]\nprocesses = 0",
            "baton.toml:2:13: `processes` must be from 1 to 10000",
        ),
    ] {
        check_mistake(text, expected);
    }
}

#[test]
fn unknown_keys_are_refused_with_a_suggestion() {
    let error = Config::parse("# ü\n[limit]\nprocesses = 3", Path::new("baton.toml")).unwrap_err();
    let ConfigError::Invalid(mistake) = error else {
        panic!("{error}");
    };
    assert_eq!((mistake.position.line, mistake.position.column), (2, 2));
    assert_eq!(mistake.help.as_deref(), Some("did you mean `limits`?"));
}

#[test]
fn a_misspelt_key_of_a_notice_or_a_question_is_refused_with_a_suggestion() {
    for (text, suggestion) in [
        (
            "[notify.x]\nurl = \"https://a.example\"\nallow_privat = true",
            "allow_private",
        ),
        (
            "[agents.x]\nadapter = \"simulated\"\nquestions = [{ question = \"a\", optoins = [] }]",
            "options",
        ),
    ] {
        let error = Config::parse(text, Path::new("baton.toml")).unwrap_err();
        let expected = format!("did you mean `{suggestion}`?");
        assert!(error.to_string().ends_with(&expected), "{error}");
    }
}

#[test]
fn urls_of_notices_are_checked_and_not_repeated() {
    for (text, expected) in [
        (
            "[notify.x]\nurl = \"http://hooks.example/T0/secret\"",
            "baton.toml:2:7: `url` cannot be used: it is not encrypted; \
             take https, or add allow_private = true within your own network",
        ),
        (
            "[notify.x]\nurl = \"https://169.254.169.254/\"",
            "baton.toml:2:7: `url` cannot be used: its address is not public; \
             if that is meant, add allow_private = true beside it",
        ),
        (
            "[notify.x]\nurl = \"hooks.example/T0/secret\"",
            "baton.toml:2:7: `url` cannot be used: it cannot be read: \
             relative URL without a base; such as url = \"https://hooks.example.com/…\"",
        ),
    ] {
        check_mistake(text, expected);
    }
}

#[test]
fn what_simulated_agents_bring_back_is_bounded_in_depth() {
    let lists = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let file = |setting: &str| format!("[agents.x]\nadapter = \"simulated\"\n{setting}");
    let outputs = |depth| file(&format!("outputs = {{ a = {} }}", lists(depth)));
    let edits = |depth| file(&format!("edits = [{{ a = {} }}]", lists(depth)));
    parse(&outputs(64));
    parse(&edits(63));
    check_mistake(
        &outputs(65),
        "baton.toml:3:11: an output is nested 65 deep, and 64 is the most",
    );
    check_mistake(
        &edits(64),
        "baton.toml:3:9: an edit is nested 65 deep, and 64 is the most",
    );
}

#[test]
fn mistakes_about_the_server_are_told_with_their_place() {
    for (text, expected) in [
        (
            "[server]\nauth = \"off\"",
            "baton.toml:2:8: `auth` must be \"auto\" or \"always\"",
        ),
        (
            "[server]\nhosts = [\"a\", \"https://b\"]",
            "baton.toml:2:15: `https://b` is no name of a host; \
             such as \"baton.example.org\", without a scheme and without a port",
        ),
        (
            "[server]\norigins = [\"*\"]",
            "baton.toml:2:12: `*` is no origin of a page; \
             such as \"https://ci.example.org\", without a path; there is no word for all",
        ),
        (
            "[server]\nrate_limit = \"0/s\"",
            "baton.toml:2:14: `0/s` is no rate; such as \"100/s\", \"600/m\" or \"5000/h\"",
        ),
    ] {
        check_mistake(text, expected);
    }
    for wrong in [
        "hosts = [\"a:80\"]",
        "hosts = [\"\"]",
        "hosts = [\"a..b\"]",
        "hosts = [\"a/b\"]",
        "origins = [\"https://a/\"]",
        "origins = [\"https://\"]",
        "origins = [\"https://a:x\"]",
        "origins = [\"null\"]",
        "origins = [\"ftp://a\"]",
        "rate_limit = \"5\"",
        "rate_limit = \"5/d\"",
        "tls = { cert = \"a\" }",
        "port = 80",
    ] {
        let text = format!("[server]\n{wrong}");
        assert!(
            Config::parse(&text, Path::new("baton.toml")).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn a_hub_is_named_by_an_address_that_may_be_gone_to() {
    let good = [
        "url = \"http://127.0.0.1:8000\"",
        "url = \"https://hub.example/base\"\nname = \"baron the second\"",
        "url = \"http://hub.internal\"\nallow_private = true\ntimeout = \"10m\"",
    ];
    for settings in good {
        let text = format!("[agents.x]\nadapter = \"hub\"\n{settings}");
        let config = parse(&text);
        assert_eq!(config.agents.resolve("x").unwrap().adapter.name(), "hub");
    }
    let bad = [
        ("", "2:11: adapter `hub` needs a setting `url`"),
        (
            "url = \"hub.example\"",
            "3:7: `url` cannot be used: it cannot be read",
        ),
        (
            "url = \"ftp://hub.example\"",
            "3:7: `url` cannot be used: it is neither https nor http",
        ),
        (
            "url = \"http://hub.example\"",
            "3:7: `url` cannot be used: it is not encrypted",
        ),
        (
            "url = \"https://10.0.0.1\"",
            "3:7: `url` cannot be used: its address is not public",
        ),
        (
            "url = \"https://h.example\"\nname = \"..\"",
            "4:8: `..` is no name of an agent",
        ),
        (
            "url = \"https://h.example\"\nname = \"a/b\"",
            "4:8: `a/b` is no name of an agent",
        ),
        (
            "url = \"https://h.example\"\ntimeout = \"0s\"",
            "4:11: `timeout` must be more than",
        ),
        (
            "url = \"https://h.example\"\ntimeout = \"25h\"",
            "4:11: `timeout` must be more than",
        ),
        (
            "url = \"https://h.example\"\ntimeout = \"soon\"",
            "4:11: `soon` is no duration",
        ),
        (
            "url = \"https://h.example\"\ndelay = \"1s\"",
            "adapter `hub` has no setting `delay`",
        ),
    ];
    for (settings, expected) in bad {
        let text = format!("[agents.x]\nadapter = \"hub\"\n{settings}");
        let error = Config::parse(&text, Path::new("baton.toml")).unwrap_err();
        assert!(error.to_string().contains(expected), "{settings}: {error}");
    }
}

#[test]
fn what_an_agent_may_do_is_not_said_with_its_arguments() {
    for (adapter, setting, word) in [
        (
            "claude",
            "args = [\"--dangerously-skip-permissions\"]",
            "--dangerously-skip-permissions",
        ),
        (
            "claude",
            "command = [\"claude\", \"--permission-mode=auto\"]",
            "--permission-mode=auto",
        ),
        ("codex", "args = [\"-s\", \"x\"]", "-s"),
        (
            "codex",
            "args = [\"-c\", \"sandbox_mode=x\"]",
            "sandbox_mode=x",
        ),
        ("gemini", "args = [\"--yolo\"]", "--yolo"),
        ("opencode", "args = [\"--auto\"]", "--auto"),
    ] {
        let text = format!("[agents.x]\nadapter = \"{adapter}\"\n{setting}");
        let error = Config::parse(&text, Path::new("baton.toml")).unwrap_err();
        let error = error.to_string();
        assert!(error.starts_with("baton.toml:3:"), "{error}");
        assert!(error.contains(&format!("`{word}` decides")), "{error}");
        assert!(error.contains("permission_mode"), "{error}");
    }
    // What stands before a program may have an option of the same name.
    parse("[agents.x]\nadapter = \"gemini\"\ncommand = [\"npx\", \"-y\", \"gemini\"]");
}
