//! What agents can be told to do: the Markdown pages that lie in a project and
//! with the user, each with a line that says what it is for.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::regular_file;

/// Longest page that is read. No agent takes more as one task.
const PAGE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Longest description, in letters.
const DESCRIPTION_LETTERS_MAX: usize = 120;

/// Directories below a project and below the home of the user.
const PLACES: [(SkillKind, &str); 6] = [
    (SkillKind::Command, ".baton/commands"),
    (SkillKind::Command, ".claude/commands"),
    (SkillKind::Skill, ".baton/skills"),
    (SkillKind::Skill, ".claude/skills"),
    (SkillKind::Agent, ".baton/agents"),
    (SkillKind::Agent, ".claude/agents"),
];

/// What a page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkillKind {
    /// A task that is called by its name.
    Command,
    /// Something an agent knows how to do.
    Skill,
    /// Who an agent is.
    Agent,
}

impl SkillKind {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Command, Self::Skill, Self::Agent];

    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Skill => "skill",
            Self::Agent => "agent",
        }
    }
}

/// A page that lies somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    /// What it is for.
    pub kind: SkillKind,
    /// What it is called by.
    pub name: String,
    /// What it says of itself.
    pub description: Option<String>,
    /// The page.
    pub file: PathBuf,
}

/// All pages of a project and of the user, by kind and name; where a name is
/// there twice, that of the project.
pub(super) fn all(project: &Path, home: Option<&Path>) -> Vec<Skill> {
    let mut known = BTreeSet::new();
    let mut skills = Vec::new();
    for root in [Some(project), home].into_iter().flatten() {
        for (kind, below) in PLACES {
            for (name, file) in pages(&root.join(below), kind) {
                if known.insert((kind, name.clone())) {
                    skills.push((kind, name, file));
                }
            }
        }
    }
    skills.sort();
    let described = skills.into_iter().map(|(kind, name, file)| Skill {
        kind,
        description: read_page(&file).and_then(|text| described(&text)),
        name,
        file,
    });
    described.collect()
}

/// The pages in a directory, by name; none when it cannot be read.
fn pages(directory: &Path, kind: SkillKind) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let pages = paths.filter_map(|path| {
        if kind == SkillKind::Skill {
            let name = path.file_name()?.to_str()?.to_owned();
            let page = path.join("SKILL.md");
            return page.is_file().then_some((name, page));
        }
        let name = path.file_stem()?.to_str()?.to_owned();
        let is_page = path.extension()? == "md" && path.is_file();
        is_page.then_some((name, path))
    });
    pages.collect()
}

/// The text of a page; none when it is empty, too long, no text or not there.
pub(crate) fn read_page(file: &Path) -> Option<String> {
    let mut text = String::new();
    let opened = regular_file::open(file).ok()?;
    let n_bytes = opened
        .take(PAGE_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .ok()?;
    let is_whole = n_bytes > 0 && n_bytes as u64 <= PAGE_BYTES_MAX;
    is_whole.then_some(text)
}

/// What a page says of itself: `description` in its head, else the first line
/// under a heading that speaks of its goal.
pub(crate) fn described(text: &str) -> Option<String> {
    let description = of_head(text).or_else(|| of_goal(text))?;
    Some(description.chars().take(DESCRIPTION_LETTERS_MAX).collect())
}

fn of_head(text: &str) -> Option<String> {
    let mut lines = text.lines();
    lines.next().filter(|line| line.trim_end() == "---")?;
    let head = lines.take_while(|line| line.trim_end() != "---");
    let value = head
        .filter_map(|line| line.strip_prefix("description:"))
        .map(unquoted)
        .next()?;
    (!value.is_empty()).then_some(value)
}

/// A value in a line of YAML, as far as people write such.
fn unquoted(value: &str) -> String {
    let value = value.trim();
    let inner = ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    inner.unwrap_or(value).to_owned()
}

fn of_goal(text: &str) -> Option<String> {
    let mut lines = text.lines();
    lines.find(|line| {
        let heading = line.trim_start_matches('#');
        heading.len() < line.len() && heading.trim().to_lowercase().starts_with("goal")
    })?;
    let mut below = lines.map(str::trim).filter(|line| !line.is_empty());
    let first = below.next()?;
    (!first.starts_with('#')).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_described_by_its_head_or_its_goal() {
        for (text, expected) in [
            (
                "---\nname: x\ndescription: Plans it\n---\n# Goal\nno",
                Some("Plans it"),
            ),
            (
                "---\ndescription: \"Says: this\"\n---\n",
                Some("Says: this"),
            ),
            ("# X\n\n## Goal\n\nBuild it.\nMore.", Some("Build it.")),
            ("## Goals\n## Next\nno", None),
            ("---\ndescription:\n---\ntext", None),
            ("description: not in a head", None),
            ("", None),
        ] {
            assert_eq!(described(text).as_deref(), expected, "{text:?}");
        }
        let long = format!("---\ndescription: {}\n---\n", "ä".repeat(200));
        assert_eq!(described(&long).unwrap().chars().count(), 120);
    }

    #[test]
    fn pages_of_a_project_come_before_those_of_its_user() {
        let root = tempfile::tempdir().unwrap();
        let (project, home) = (root.path().join("project"), root.path().join("home"));
        for (file, text) in [
            (project.join(".claude/commands/plan.md"), "## Goal\nown"),
            (home.join(".claude/commands/plan.md"), "## Goal\ntheirs"),
            (home.join(".claude/commands/flow.design.md"), "x"),
            (home.join(".claude/commands/note.txt"), "x"),
            (home.join(".claude/skills/sum/SKILL.md"), "x"),
            (project.join(".claude/agents/reviewer.md"), "x"),
        ] {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let skills = all(&project, Some(&home));
        let shown: Vec<_> = skills
            .iter()
            .map(|skill| (skill.kind, &*skill.name, skill.description.as_deref()))
            .collect();
        assert_eq!(
            shown,
            [
                (SkillKind::Command, "flow.design", None),
                (SkillKind::Command, "plan", Some("own")),
                (SkillKind::Skill, "sum", None),
                (SkillKind::Agent, "reviewer", None),
            ]
        );
    }
}
