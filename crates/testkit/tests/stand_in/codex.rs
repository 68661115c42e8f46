//! The stand-in for `codex` takes a command line as the real one does.

use super::place::{ID, Place, words};

#[test]
fn an_option_is_known_only_where_the_real_one_knows_it() {
    let place = Place::of("codex");
    let lost = format!("no rollout found for thread id {ID}");
    let rows: [(&str, i32, &str); 8] = [
        ("exec --sandbox=read-only --json --model=m -- -", 0, ""),
        (
            "exec --sandbox=read-only resume --json --model=m -- ID -",
            1,
            &lost,
        ),
        (
            "exec resume --sandbox=read-only ID -",
            2,
            "unexpected argument '--sandbox'",
        ),
        (
            "exec resume --output-schema=/x ID -",
            2,
            "unexpected argument '--output-schema'",
        ),
        ("exec --sandbox=plan -", 2, "invalid value 'plan'"),
        ("exec --no-such -", 2, "unexpected argument '--no-such'"),
        ("exec --last -", 2, "unexpected argument '--last'"),
        (
            "exec resume -- --last -",
            1,
            "no rollout found for thread id --last",
        ),
    ];
    for (line, code, expected) in rows {
        let arguments: Vec<&str> = line
            .split(' ')
            .map(|word| if word == "ID" { ID } else { word })
            .collect();
        let output = place.run(&arguments);
        assert_eq!(output.status.code(), Some(code), "{line}: {output:?}");
        let said = words(&output);
        assert!(said.contains(expected), "{line}: {said}");
    }
}
