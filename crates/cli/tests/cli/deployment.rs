//! The files in `deploy/`: written as those who read them want it, and with
//! options that this program has. Whether systemd or a builder of images takes
//! them is not tried here.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::World;

const UNIT: &str = include_str!("../../../../deploy/baton.service");
const DOCKERFILE: &str = include_str!("../../../../deploy/Dockerfile");

/// Sections, and the directives in them that this unit has a use for.
const SECTIONS: &[(&str, &str)] = &[
    ("Unit", "Description Documentation Wants After"),
    (
        "Service",
        "Type User Group EnvironmentFile Environment ExecStart WorkingDirectory KillMode KillSignal
         TimeoutStopSec Restart RestartSec RestartPreventExitStatus LimitNOFILE StateDirectory
         StateDirectoryMode UMask ProtectSystem ProtectHome PrivateTmp PrivateDevices ProtectClock
         ProtectControlGroups ProtectHostname ProtectKernelLogs ProtectKernelModules
         ProtectKernelTunables ProtectProc NoNewPrivileges CapabilityBoundingSet
         AmbientCapabilities LockPersonality RestrictAddressFamilies RestrictRealtime
         RestrictSUIDSGID RemoveIPC SystemCallArchitectures SystemCallFilter SystemCallErrorNumber",
    ),
    ("Install", "WantedBy"),
];

/// What keeps a service from doing harm, and must not get lost.
const HARDENING: &[(&str, &str)] = &[
    ("User", "baton"),
    ("NoNewPrivileges", "true"),
    ("ProtectSystem", "strict"),
    ("ProtectHome", "true"),
    ("PrivateDevices", "true"),
    ("CapabilityBoundingSet", ""),
    ("RestrictSUIDSGID", "true"),
    ("SystemCallFilter", "@system-service"),
    ("StateDirectoryMode", "0700"),
    ("UMask", "0077"),
    // Agents outlive their server.
    ("KillMode", "process"),
];

/// Every directive with its section.
fn directives(unit: &str) -> Vec<(&str, &str, &str)> {
    let mut section = "";
    let mut found = Vec::new();
    for line in unit.lines() {
        match line {
            "" => {}
            comment if comment.starts_with('#') => {}
            head if head.starts_with('[') => section = head.trim_matches(['[', ']']),
            directive => {
                let (name, value) = directive.split_once('=').expect(directive);
                found.push((section, name, value));
            }
        }
    }
    found
}

#[test]
fn the_unit_has_known_directives_and_is_hardened() {
    let found = directives(UNIT);
    for (section, name, _) in &found {
        let known = SECTIONS.iter().find(|(known, _)| known == section);
        let (_, names) = known.unwrap_or_else(|| panic!("no section {section}"));
        assert!(
            names.split_whitespace().any(|it| it == *name),
            "{name} in [{section}]"
        );
    }
    for (name, value) in HARDENING {
        let values: Vec<&str> = found
            .iter()
            .filter(|it| it.1 == *name)
            .map(|it| it.2)
            .collect();
        assert_eq!(values, [*value], "{name}");
    }
}

/// The options that a command says it has, with the variables that set them.
fn options(world: &World, command: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let help = world.baton(&[command, "--help"]).exits(0).stdout;
    let words = help.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    let mut options = BTreeSet::new();
    let mut variables = BTreeSet::new();
    for word in words {
        if word.starts_with("--") {
            options.insert(word.to_owned());
        } else if word.starts_with("BATON_") {
            variables.insert(word.to_owned());
        }
    }
    (options, variables)
}

/// Checks a command line that begins with the program.
#[track_caller]
fn check_command(world: &World, words: &[&str]) {
    let [program, command, rest @ ..] = words else {
        panic!("no command in {words:?}");
    };
    assert_eq!(*program, "/usr/local/bin/baton");
    let (options, _) = options(world, command);
    for option in rest.iter().filter(|word| word.starts_with("--")) {
        assert!(options.contains(*option), "baton {command} has no {option}");
    }
}

#[test]
fn the_service_starts_with_options_that_there_are() {
    let world = World::new();
    let found = directives(UNIT);
    let (_, _, start) = found.iter().find(|it| it.1 == "ExecStart").unwrap();
    let words: Vec<&str> = start.split(' ').collect();
    check_command(&world, &words);
    let answer = world.baton(&[&words[1..2], &["--help"]].concat());
    answer.exits(0);
    let stop = found.iter().find(|it| it.1 == "TimeoutStopSec").unwrap().2;
    assert!(
        stop.parse::<u32>().unwrap() > 10,
        "Baton may take ten seconds"
    );
}

/// The instructions of a Dockerfile, each on one line.
fn instructions(text: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let joined = lines.join("\n").replace("\\\n", " ");
    let lines = joined.lines().filter(|line| !line.trim().is_empty());
    let split = lines.map(|line| {
        let (name, rest) = line.split_once(' ').expect(line);
        (
            name.to_owned(),
            rest.split_whitespace().collect::<Vec<_>>().join(" "),
        )
    });
    split.collect()
}

#[test]
fn the_image_is_small_runs_as_nobody_and_has_options_that_there_are() {
    const KNOWN: &str =
        "FROM WORKDIR COPY RUN USER ENV VOLUME EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD";
    let world = World::new();
    let instructions = instructions(DOCKERFILE);
    let mut stages: Vec<String> = Vec::new();
    let mut last: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, rest) in &instructions {
        assert!(KNOWN.split(' ').any(|known| known == name), "{name}");
        let copied = rest
            .split(' ')
            .find_map(|word| word.strip_prefix("--from="));
        if let Some(stage) = copied {
            assert!(stages.iter().any(|it| it == stage), "no stage {stage}");
        }
        if name == "FROM" {
            assert!(
                rest.contains(':') && !rest.contains(":latest"),
                "{rest} is not pinned"
            );
            let stage = rest.split_once(" AS ").map_or("", |(_, stage)| stage);
            stages.push(stage.to_owned());
            last.clear();
        }
        last.insert(name, rest);
    }
    assert_eq!(last["FROM"], "gcr.io/distroless/cc-debian12:nonroot");
    assert_eq!(last["USER"], "nonroot:nonroot");
    assert!(
        !last.contains_key("RUN"),
        "there is no shell to run anything"
    );
    let list = |text: &str| -> Vec<String> { serde_json::from_str(text).unwrap() };
    let entry = list(last["ENTRYPOINT"]);
    let command = [entry, list(last["CMD"])].concat();
    let (_, check) = last["HEALTHCHECK"].split_once(" CMD ").unwrap();
    for words in [command, list(check)] {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        check_command(&world, &words);
    }
    let (_, variables) = options(&world, "serve");
    for pair in last["ENV"].split(' ') {
        let (name, _) = pair.split_once('=').unwrap();
        let is_known = variables.contains(name) || name == "BATON_LOG";
        assert!(is_known, "{name} sets nothing");
    }
}

#[test]
fn what_the_image_is_built_with_is_there() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");
    for (name, rest) in instructions(DOCKERFILE) {
        if name != "COPY" || rest.contains("--from=") {
            continue;
        }
        let words: Vec<&str> = rest.split(' ').collect();
        let (_, sources) = words.split_last().unwrap();
        for source in sources {
            let path = format!("{root}{source}");
            assert!(std::path::Path::new(&path).exists(), "{source}");
        }
    }
}
