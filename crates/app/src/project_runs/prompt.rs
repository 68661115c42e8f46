//! What the agent of a skill is told, and where skills lie.

use std::path::Path;

use super::Provider;
use crate::projects::read_page;

/// The skill that only looks whether an agent answers.
pub(super) const SELF_TEST: &str = "test";

/// Directories of skills, below the home of the user and below a project.
const PLACES: [&str; 2] = [".claude/commands", ".baton/commands"];

/// Where Codex keeps its skills, below the home of the user and below a
/// project: a directory each.
pub(super) const CODEX_SKILLS: &str = ".codex/skills";

/// The page in such a directory.
pub(super) const SKILL_PAGE: &str = "SKILL.md";

/// Longest name of a skill, in bytes.
const NAME_BYTES_MAX: usize = 128;

const RULES: &str = "\
This is a run without a terminal: nobody watches it, and nobody can type into it. \
The tool AskUserQuestion is switched off. When you cannot go on without a person, end your \
turn with the status needs_input and put what you need to know into `questions`: each has a \
`question`, a `header` of at most 12 characters, and, where there is a choice, `options` with \
a `label` and a `description` (and `multiSelect` where several may be chosen). You are called \
again in the same session with the answers. When the work is done, end with the status \
completed; when it cannot be done, with the status error and the reason in `message`. Name \
the files that you made or changed in `artifacts`.

What follows is the skill to carry out.

";

/// What the agent is told; none: there is no such skill.
pub(super) fn of_skill(
    asked: &str,
    provider: Provider,
    home: Option<&Path>,
    project: &Path,
) -> Option<String> {
    if asked == SELF_TEST {
        return Some("Say hello".to_owned());
    }
    let (name, context) = asked.split_once(char::is_whitespace).unwrap_or((asked, ""));
    let names = names(name);
    let of_codex = || names.iter().find_map(|name| skill(name, home, project));
    let own = match provider {
        Provider::Claude => None,
        Provider::Codex => of_codex(),
    };
    let text = own.or_else(|| names.iter().find_map(|name| page(name, home, project)))?;
    let context = context.trim();
    let added = if context.is_empty() {
        String::new()
    } else {
        format!("\n\nThe user added:\n\n{context}\n")
    };
    Some(format!("{RULES}{text}{added}"))
}

fn page(name: &str, home: Option<&Path>, project: &Path) -> Option<String> {
    let roots = home.into_iter().chain([project]);
    let mut files = roots.flat_map(|root| {
        let places = PLACES.iter().map(|place| root.join(place));
        places.map(|place| place.join(format!("{name}.md")))
    });
    files.find_map(|file| read_page(&file))
}

/// The page of a skill of Codex, which writes `flow-x` for `flow.x`.
fn skill(name: &str, home: Option<&Path>, project: &Path) -> Option<String> {
    let directory = match name.strip_prefix("flow.") {
        Some(step) => format!("flow-{step}"),
        None => name.to_owned(),
    };
    let mut roots = home.into_iter().chain([project]);
    roots.find_map(|root| read_page(&root.join(CODEX_SKILLS).join(&directory).join(SKILL_PAGE)))
}

/// What a skill that is asked for may be called: as it is written, without one
/// slash before it; and as later clients write it, `$flow-x` for `flow.x`. A
/// text that is no name leads nowhere.
fn names(asked: &str) -> Vec<String> {
    let plain = asked.strip_prefix('/').unwrap_or(asked);
    let bare = plain.strip_prefix('$').unwrap_or(plain).to_lowercase();
    let dotted = match bare.strip_prefix("flow-") {
        Some(rest) => format!("flow.{rest}"),
        None => bare,
    };
    let candidates = [plain.to_owned(), dotted];
    candidates
        .into_iter()
        .filter(|name| is_name(name))
        .collect()
}

/// Names become paths, so that they are nothing but names.
fn is_name(name: &str) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || "-_.:+".contains(letter);
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && !name.starts_with('.')
        && name.chars().all(is_letter)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_skill_is_found_under_the_names_clients_use() {
        let root = tempfile::tempdir().unwrap();
        let (home, project) = (root.path().join("home"), root.path().join("project"));
        let commands = home.join(".claude/commands");
        fs::create_dir_all(&commands).unwrap();
        fs::create_dir_all(project.join(".claude/commands")).unwrap();
        fs::write(commands.join("flow.merge.md"), "MERGE IT").unwrap();
        fs::write(commands.join("empty.md"), "").unwrap();
        fs::write(home.join("secret.md"), "SECRET").unwrap();
        fs::write(project.join(".claude/commands/own.md"), "OWN").unwrap();
        let of = |provider, asked: &str| of_skill(asked, provider, Some(&home), &project);
        let found = |asked: &str| of(Provider::Claude, asked);
        for asked in ["flow.merge", "/flow.merge", "$flow-merge", "Flow-Merge"] {
            assert!(found(asked).unwrap().ends_with("MERGE IT"), "{asked}");
        }
        assert!(found("/own").unwrap().contains("OWN"));
        let with_words = found("/flow.merge I checked it").unwrap();
        assert!(with_words.contains("MERGE IT\n\nThe user added:\n\nI checked it\n"));
        assert_eq!(found("test").unwrap(), "Say hello");
        for asked in [
            "/test",
            "empty",
            "nothing",
            "../../secret",
            "..",
            "/",
            "//flow.merge",
            "a/b",
            "flow.merge\0",
            "",
        ] {
            assert_eq!(found(asked), None, "{asked:?}");
        }
        let of_codex = home.join(".codex/skills/flow-merge");
        fs::create_dir_all(&of_codex).unwrap();
        fs::write(of_codex.join("SKILL.md"), "MERGE AS CODEX DOES").unwrap();
        for (provider, asked, expected) in [
            (Provider::Codex, "/flow.merge", "MERGE AS CODEX DOES"),
            (Provider::Codex, "$flow-merge", "MERGE AS CODEX DOES"),
            (Provider::Codex, "own", "OWN"),
            (Provider::Claude, "$flow-merge", "MERGE IT"),
        ] {
            let told = of(provider, asked).unwrap();
            assert!(told.ends_with(expected), "{provider:?} {asked}: {told}");
        }
        assert_eq!(of(Provider::Codex, "../flow-merge"), None);
    }
}
