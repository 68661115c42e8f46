//! The laws that `cargo xtask fuzz` looks for exceptions from: for every file
//! there is, and for the texts that were exceptions once.

use std::fs;

use super::fuzz::hold;
use super::fuzz::seeds::{OVERRIDES, Target};
use super::{cases, examples_directory, tests_directory};

#[test]
fn laws_hold_for_every_file_there_is() {
    let golden = cases(&tests_directory().join("golden"));
    let corpus = cases(&tests_directory().join("corpus"));
    let folders = golden.into_iter().chain(corpus);
    let folders = folders.chain([examples_directory()]);
    let mut n_seeds = [0; Target::ALL.len()];
    for path in folders.flat_map(|folder| cases(&folder)) {
        let name = path.to_string_lossy();
        if !name.ends_with(".yaml") || name.ends_with(".over.yaml") {
            continue;
        }
        println!("{name}");
        let file = fs::read_to_string(&path).unwrap();
        let overrides = fs::read_to_string(path.with_extension("over.yaml")).ok();
        for (target, n_seeds) in Target::ALL.into_iter().zip(&mut n_seeds) {
            for seed in target.seeds(&file, overrides.as_deref()) {
                hold(target, &seed);
                *n_seeds += 1;
            }
        }
    }
    assert!(n_seeds.iter().all(|n_seeds| *n_seeds > 0), "{n_seeds:?}");
}

#[test]
fn every_target_is_found_by_its_name() {
    for target in Target::ALL {
        assert_eq!(Target::find(target.name()), Some(target));
    }
}

/// Found by `cargo xtask fuzz edits`: each level doubled the escapes of the
/// level below.
#[test]
fn keys_of_keys_of_keys_end_soon() {
    for piece in ["? ", " ?  ? "] {
        let text = piece.repeat(60);
        for target in [Target::Definition, Target::Edits] {
            hold(target, &text);
        }
    }
}

/// Found by `cargo xtask fuzz overrides`: the library tells the tag with its
/// escapes resolved, so it was not found in the text.
#[test]
fn a_tag_with_escapes_has_its_place() {
    for text in ["!%19", "a: !%41b [c]\n", "[!%C3%A9 ]"] {
        hold(Target::Definition, text);
        hold(
            Target::Overrides,
            &format!("workflow: {{}}{OVERRIDES}{text}"),
        );
    }
}
