//! What is written from the definitions of the command line: the reference,
//! manual pages, completions.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::{REPOSITORY, World};

/// Written by another hand: what the commands say.
const SESSION: &str = "session.md";

fn files(directory: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    let files = entries.map(|entry| {
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read_to_string(entry.path()).unwrap())
    });
    files.filter(|(name, _)| name != SESSION).collect()
}

#[test]
fn the_reference_is_what_the_program_says() {
    let world = World::new();
    let written = world.root().join("reference");
    let arguments = ["man", "--markdown", written.to_str().unwrap()];
    world.baton(&arguments).exits(0);
    let kept = files(&Path::new(REPOSITORY).join("docs/cli"));
    let written = files(&written);
    let names = |all: &BTreeMap<String, String>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&kept), names(&written), "run `cargo xtask docs`");
    for (name, text) in written {
        assert_eq!(kept[&name], text, "docs/cli/{name}: run `cargo xtask docs`");
    }
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let world = World::new();
    let page = world.baton(&["man"]).exits(0).stdout;
    assert!(page.contains(".TH baton 1"), "{page}");
    let written = world.root().join("man");
    world.baton(&["man", written.to_str().unwrap()]).exits(0);
    let pages = files(&written);
    assert!(pages.contains_key("baton.1"), "{:?}", pages.keys());
    let run = &pages["baton-run.1"];
    for part in [".TH baton-run 1", "detach", "BATON_SERVER"] {
        assert!(run.contains(part), "no {part} in\n{run}");
    }
    let nowhere = world.file("file", "");
    world.baton(&["man", nowhere.to_str().unwrap()]).exits(74);
}

#[test]
fn shells_complete_commands() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = world.baton(&["completions", shell]).exits(0).stdout;
        for word in ["duplicate", "detach"] {
            assert!(script.contains(word), "no {word} for {shell}");
        }
    }
    world.baton(&["completions", "cmd"]).exits(2);
}
