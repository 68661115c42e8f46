//! Secrets that workflows and `baton.toml` name: programs are given them, and
//! nobody is told.

use std::fs;
use std::path::Path;

use crate::support::World;

const SECRET: &str = "s3cr3t-word-0123456789";

/// Tells what it was given wherever it can, if that was the secret.
const TELLER: &str = r#"
cat >/dev/null
echo "$TOKEN; $WORDS" >&2
[ "$TOKEN" = "Bearer s3cr3t-word-0123456789" ] || exit 3
echo "it is $TOKEN; $WORDS"
"#;

fn workflow(token: &str, instructions: &str) -> String {
    format!(
        "workflow: {{ id: tell, name: Tell, version: \"1.0.0\" }}\n\
         config:\n  parameters: {{ words: {{ type: string, default: none }} }}\n  env:\n    \
         TOKEN: \"{token}\"\n    WORDS: \"${{{{ parameters.words }}}}\"\n\
         stages:\n  - id: tell\n    name: Tell\n    \
         roles: {{ primary: {{ artifact: \"agent:teller\", instructions: \"{instructions}\" }} }}\n    \
         outputs: {{ text: {{ type: string }} }}\n"
    )
}

/// A world in which `more` is said of secrets and agents.
fn world(more: &str) -> World {
    let world = World::new();
    world.agents(&[("teller", TELLER)]);
    let config = world.project().join("baton.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{more}\n{text}")).unwrap();
    world.file("w.yaml", workflow("Bearer ${{ secrets.KEY }}", "Tell."));
    world
}

/// Files below a directory that hold a text.
fn files_with(directory: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if let Ok(bytes) = fs::read(&path) {
            let mut windows = bytes.windows(text.len());
            if windows.any(|window| window == text.as_bytes()) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

#[test]
fn a_secret_of_a_workflow_reaches_its_programs_and_nothing_else() {
    let world = world("[secrets.KEY]\nfile = \"key\"\n");
    world.file("key", format!("{SECRET}\n"));
    // What a parameter says is a text, whatever it looks like.
    let words = "words=${{ secrets.KEY }}";
    let run = world.baton(&["run", "w.yaml", "--param", words, "-o", "json"]);
    let run = run.exits(0).json();
    let id = run["id"].as_str().unwrap();
    let shown = world.show(id);
    let told = "it is Bearer [secret]; ${{ secrets.KEY }}";
    assert_eq!(shown["steps"][0]["outputs"]["text"], told);
    for arguments in [
        &["show", id, "-o", "json"][..],
        &["events", id],
        &["logs", id],
        &["plan", "w.yaml", "-o", "json"],
    ] {
        let answer = world.baton(arguments).exits(0);
        let told = format!("{}{}", answer.stdout, answer.stderr);
        assert!(!told.contains("s3cr3t"), "{arguments:?}: {told}");
    }
    assert!(
        world
            .baton(&["logs", id])
            .exits(0)
            .stdout
            .contains("Bearer [secret]")
    );
    assert_eq!(files_with(&world.data(), SECRET), [""; 0]);
    assert!(!files_with(&world.data(), "secrets.KEY").is_empty());
}

#[test]
fn a_secret_that_cannot_be_had_is_told_before_anything_runs() {
    let of_agent = "[agents.\"agent:tell*\"]\nadapter = \"claude\"\n\
                    env = { X = \"${{ secrets.KEY }}\" }\n";
    let rows = [
        (
            String::new(),
            "the secret `KEY` cannot be had: baton.toml does not name it",
            "(`config.env.TOKEN` names it)",
        ),
        (
            "[secrets.KEY]\nenv = \"BATON_NO_SUCH_VARIABLE\"\n".to_owned(),
            "BATON_NO_SUCH_VARIABLE is not set",
            "(`config.env.TOKEN` names it)",
        ),
        (
            "[secrets.KEY]\nfile = \"key\"\n".to_owned(),
            "the secret `KEY` cannot be had: cannot read ",
            "(`config.env.TOKEN` names it)",
        ),
    ];
    for (more, why, place) in rows {
        let world = world(&more);
        let refused = world.baton(&["run", "w.yaml"]).exits(1);
        for part in [why, place] {
            assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
        }
        let runs = world.baton(&["runs", "-o", "json"]).exits(0).json();
        assert_eq!(runs["items"].as_array().unwrap().len(), 0);
    }
    let world = World::new();
    let secrets = "[secrets.KEY]\nenv = \"BATON_NO_SUCH_VARIABLE\"\n";
    world.file("baton.toml", format!("{secrets}{of_agent}"));
    world.file("w.yaml", workflow("none", "Tell."));
    let refused = world.baton(&["run", "w.yaml"]).exits(1).stderr;
    for part in [
        "`KEY` cannot be had",
        "`env.X` of `agent:teller` in ",
        "baton.toml",
    ] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
}

#[test]
fn a_secret_is_named_in_variables_only_and_read_by_no_expression() {
    let world = World::new();
    let rows = [
        ("${{ secrets.KEY }}", "Tell.", None),
        ("a ${{ secrets.KEY }} ${{ secrets.OTHER }}", "Tell.", None),
        ("${{ toJSON(secrets.KEY) }}", "Tell.", Some("SWDL-E0302")),
        ("${{ secrets.KEY || 'x' }}", "Tell.", Some("SWDL-E0302")),
        ("none", "Tell ${{ secrets.KEY }}.", Some("SWDL-E0302")),
        (
            "${{ secrets.KEY }}",
            "Tell ${{ env.TOKEN }}.",
            Some("SWDL-E0308"),
        ),
        ("none", "Tell ${{ env.TOKEN }}.", None),
    ];
    for (token, instructions, code) in rows {
        world.file("w.yaml", workflow(token, instructions));
        let checked = world.baton(&["validate", "w.yaml"]);
        let told = format!("{}{}", checked.stdout, checked.stderr);
        let is_refused = checked.code != Some(0);
        assert_eq!(is_refused, code.is_some(), "{token} {instructions}: {told}");
        let code = code.unwrap_or_default();
        assert!(told.contains(code), "{token} {instructions}: {told}");
    }
}
