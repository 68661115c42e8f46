//! The laws that `cargo xtask fuzz` looks for exceptions from: for every file
//! there is, and for the texts that were exceptions once.

use std::fs;
use std::panic::catch_unwind;

use super::fuzz::hold;
use super::fuzz::seeds::{OVERRIDES, Target};
use super::{cases, examples_directory, tests_directory};

/// Begins with what the search would begin with.
#[track_caller]
fn hold_for_every_file(target: Target) {
    let golden = cases(&tests_directory().join("golden"));
    let corpus = cases(&tests_directory().join("corpus"));
    let folders = golden.into_iter().chain(corpus);
    let folders = folders.chain([examples_directory()]);
    let mut n_seeds = 0;
    for path in folders.flat_map(|folder| cases(&folder)) {
        let name = path.to_string_lossy();
        if !name.ends_with(".yaml") || name.ends_with(".over.yaml") {
            continue;
        }
        let file = fs::read_to_string(&path).unwrap();
        let overrides = fs::read_to_string(path.with_extension("over.yaml")).ok();
        for seed in target.seeds(&file, overrides.as_deref()) {
            let held = catch_unwind(|| hold(target, &seed));
            assert!(held.is_ok(), "it does not hold for {seed}\nof {name}");
            n_seeds += 1;
        }
    }
    assert!(n_seeds > 0);
}

#[test]
fn every_file_is_a_definition_or_has_findings_at_their_places() {
    hold_for_every_file(Target::Definition);
}

#[test]
fn every_file_can_have_something_laid_over_it() {
    hold_for_every_file(Target::Overrides);
}

#[test]
fn every_expression_is_printed_and_computed_alike() {
    hold_for_every_file(Target::Expression);
}

#[test]
fn every_file_can_be_completed_anywhere() {
    hold_for_every_file(Target::Completion);
}

#[test]
fn every_list_of_edits_is_taken_or_refused_as_a_whole() {
    hold_for_every_file(Target::Edits);
}

#[test]
fn every_duration_is_the_sum_of_its_parts() {
    hold_for_every_file(Target::Duration);
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
