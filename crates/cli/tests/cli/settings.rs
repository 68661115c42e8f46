//! `baton config` says what is in effect and where it comes from, and `baton
//! doctor` what of it cannot work.

use std::net::TcpListener;

use serde_json::Value;

use crate::support::{Answer, World};

fn setting(document: &Value, name: &str) -> (String, String) {
    let settings = document["settings"].as_array().unwrap();
    let found = settings
        .iter()
        .find(|setting| setting["name"] == name)
        .unwrap();
    let value = found["value"].as_str().unwrap_or("-");
    (
        value.to_owned(),
        found["source"].as_str().unwrap().to_owned(),
    )
}

#[test]
fn each_setting_says_where_it_comes_from() {
    let world = World::new();
    let shown = |arguments: &[&str]| {
        let arguments = [&["config", "-o", "json"], arguments].concat();
        world.baton(&arguments).exits(0).json()
    };
    let document = shown(&[]);
    let data = world.data().display().to_string();
    assert_eq!(
        setting(&document, "data_dir"),
        (data, "BATON_DATA_DIR".into())
    );
    assert_eq!(setting(&document, "listen").1, "BATON_LISTEN");
    assert_eq!(
        setting(&document, "output"),
        ("json".into(), "--output".into())
    );
    assert_eq!(setting(&document, "agents"), ("-".into(), "default".into()));
    assert_eq!(
        setting(&document, "limits.processes"),
        ("8".into(), "default".into())
    );
    assert!(!world.data().exists(), "looking made a directory");

    let file = world.file("baton.toml", "[limits]\nprocesses = 3\n");
    let document = shown(&["--data-dir", "/elsewhere"]);
    assert_eq!(
        setting(&document, "data_dir"),
        ("/elsewhere".into(), "--data-dir".into())
    );
    assert_eq!(setting(&document, "agents").1, "the current directory");
    let document = shown(&["--config", file.to_str().unwrap()]);
    assert_eq!(setting(&document, "agents").1, "--config");
    assert_eq!(setting(&document, "limits.processes").0, "3");
    let mut command = world.command(&["config", "-o", "json"]);
    command
        .env("BATON_SERVER", "https://a")
        .env("BATON_TOKEN", "secret");
    let document = Answer::of(&mut command).exits(0).json();
    assert_eq!(
        setting(&document, "server"),
        ("https://a".into(), "BATON_SERVER".into())
    );
    assert_eq!(
        setting(&document, "token"),
        ("(set)".into(), "BATON_TOKEN".into())
    );
}

#[test]
fn a_doctor_finds_what_keeps_agents_and_servers_from_working() {
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    let diagnose = || {
        let mut command = world.command(&["doctor", "-o", "json"]);
        Answer::of(command.env("BATON_LISTEN", &taken))
    };
    let said = |document: &Value, check: &str| -> String {
        let findings = document["findings"].as_array().unwrap().iter();
        let mut of_it = findings.filter(|finding| finding["check"] == check);
        let found = of_it
            .next()
            .unwrap_or_else(|| panic!("no {check} in {document:#}"));
        format!("{} {} {}", found["is_sound"], found["found"], found["mend"])
    };
    let document = diagnose().exits(1).json();
    let port = said(&document, "port");
    assert!(
        port.starts_with("false") && port.contains(&taken) && port.contains("--listen"),
        "{port}"
    );
    assert!(said(&document, "config").contains("there is no baton.toml here"));

    world.file(
        "baton.toml",
        "[agents.\"agent:x\"]\nadapter = \"command\"\ncommand = [\"no-such-program\"]\n",
    );
    let agent = said(&diagnose().exits(1).json(), "agent");
    assert!(
        agent.contains("agent:x") && agent.contains("no-such-program"),
        "{agent}"
    );
    world.file("baton.toml", "agents = 1\n");
    assert!(said(&diagnose().exits(1).json(), "config").starts_with("false"));
    drop(listener);
    world.file("baton.toml", "");
    assert_eq!(diagnose().exits(0).json()["is_sound"], true);
}

#[test]
fn a_doctor_says_which_agents_are_there_and_their_versions() {
    let world = World::new();
    let bin = world.root().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let program = bin.join("claude");
    std::fs::write(
        &program,
        "#!/bin/sh\n[ \"$*\" = --version ] && echo 9.8.7\n",
    )
    .unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, mode).unwrap();
    let answer = Answer::of(world.command(&["doctor"]).env("PATH", &bin)).exits(0);
    answer.stdout_says("claude 9.8.7");
    let answer = Answer::of(world.command(&["doctor"]).env("PATH", world.root())).exits(0);
    answer.stdout_says("none of claude");
}

#[test]
fn a_token_that_everybody_could_read_on_the_way_is_warned_of() {
    let world = World::new();
    let said = |url: &str| {
        let mut command = world.command(&["config", "--server", url]);
        Answer::of(command.env("BATON_TOKEN", "secret"))
            .exits(0)
            .stderr
    };
    let warning = said("http://baton.example.org");
    assert!(warning.contains("use https"), "{warning}");
    for safe in [
        "https://baton.example.org",
        "http://127.0.0.1:7878",
        "http://[::1]:1",
    ] {
        assert_eq!(said(safe), "", "{safe}");
    }
}
