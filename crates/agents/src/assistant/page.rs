//! Pages of agents, skills and commands: Markdown with a head, as Claude Code
//! reads them, so that those that are there can be used as they are.
//!
//! A reference is compared with the names of what lies in a few directories;
//! it never becomes a path.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// More than this is no page anybody wrote.
const PAGE_BYTES_MAX: u64 = 1024 * 1024;

/// Where pages lie, besides the project.
#[derive(Clone, Debug, Default)]
pub struct Shelves {
    /// The user's own directory.
    pub home: Option<PathBuf>,
    /// The collection in the data directory.
    pub collection: Option<PathBuf>,
    /// Texts that ship with the program, by reference; they come last, and
    /// nobody works for an agent merely because one is here.
    pub shipped: &'static [(&'static str, &'static str)],
}

/// What a page says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// Where it lies; empty for one that ships with the program.
    pub(crate) path: PathBuf,
    pub(crate) head: Head,
    /// Its text without the head.
    pub(crate) body: String,
}

/// The settings at the beginning of a page. Others are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Head {
    pub(crate) model: Option<String>,
    #[serde(alias = "allowed-tools")]
    pub(crate) tools: Words,
    #[serde(rename = "disallowedTools")]
    pub(crate) disallowed_tools: Words,
    #[serde(rename = "permissionMode")]
    pub(crate) permission_mode: Option<String>,
    #[serde(rename = "maxTurns")]
    pub(crate) turns_max: Option<u32>,
}

/// A list, or one text with commas.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "WordsForm")]
pub(crate) struct Words(pub(crate) Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum WordsForm {
    Text(String),
    List(Vec<String>),
    Nothing(()),
}

impl From<WordsForm> for Words {
    fn from(form: WordsForm) -> Self {
        Self(match form {
            WordsForm::Text(text) => split_words(&text),
            WordsForm::List(list) => list,
            WordsForm::Nothing(()) => Vec::new(),
        })
    }
}

/// Cuts at commas outside of parentheses: `Read, Bash(git add, git log)`.
fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut depth = 0_u32;
    for character in text.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                words.push(std::mem::take(&mut word));
                continue;
            }
            _ => {}
        }
        word.push(character);
    }
    words.push(word);
    let trimmed = words.iter().map(|word| word.trim().to_owned());
    trimmed.filter(|word| !word.is_empty()).collect()
}

/// How a kind of page lies in a directory.
#[derive(Clone, Copy)]
enum Form {
    /// `NAME.md`.
    Page,
    /// `NAME/SKILL.md`.
    Skill,
}

/// A kind of reference, and what its pages lie in.
struct Kind {
    name: &'static str,
    /// Below the collection, `.baton` and `.claude`.
    directory: &'static str,
    form: Form,
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "agent",
        directory: "agents",
        form: Form::Page,
    },
    Kind {
        name: "skill",
        directory: "skills",
        form: Form::Skill,
    },
    Kind {
        name: "command",
        directory: "commands",
        form: Form::Page,
    },
];

impl Shelves {
    /// Where the page of a reference such as `agent:reviewer` lies, the
    /// project's before the user's before the collection's.
    pub fn locate(&self, project: Option<&Path>, reference: &str) -> Option<PathBuf> {
        let (kind, name) = reference.split_once(':')?;
        let kind = KINDS.iter().find(|known| known.name == kind)?;
        let of_project = project.map(|root| [root.join(".baton"), root.join(".claude")]);
        let of_home = self.home.as_ref().map(|root| root.join(".claude"));
        let places = of_project.into_iter().flatten().chain(of_home);
        let mut places = places.chain(self.collection.clone());
        places.find_map(|place| look(&place.join(kind.directory), name, kind.form))
    }

    /// The page of a reference; none when there is none.
    pub(crate) fn read(&self, project: Option<&Path>, reference: &str) -> io::Result<Option<Page>> {
        let Some(path) = self.locate(project, reference) else {
            let mut shipped = self.shipped.iter();
            let shipped = shipped.find(|(known, _)| *known == reference);
            return Ok(shipped.map(|(_, text)| page(PathBuf::new(), text)));
        };
        let text = read_page(&path)?;
        Ok(Some(page(path, &text)))
    }
}

fn page(path: PathBuf, text: &str) -> Page {
    let (head, body) = parse(text);
    Page {
        path,
        head,
        body: body.trim().to_owned(),
    }
}

fn look(place: &Path, name: &str, form: Form) -> Option<PathBuf> {
    let entries = fs::read_dir(place).ok()?.flatten();
    let mut paths = entries.map(|entry| entry.path());
    paths.find_map(|path| {
        let (file, found) = match form {
            Form::Page => {
                let is_page = path.extension()?.eq_ignore_ascii_case("md");
                (is_page.then(|| path.clone())?, path.file_stem()?)
            }
            Form::Skill => (path.join("SKILL.md"), path.file_name()?),
        };
        let is_meant = found.to_string_lossy().to_lowercase() == name.to_lowercase();
        (is_meant && file.is_file()).then_some(file)
    })
}

fn read_page(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let mut file = File::open(path)?.take(PAGE_BYTES_MAX + 1);
    file.read_to_string(&mut text)?;
    if text.len() as u64 > PAGE_BYTES_MAX {
        return Err(io::Error::other("it is longer than 1 MiB"));
    }
    Ok(text)
}

/// Parts a page into its head and the rest. A head that cannot be read says
/// nothing; it is no reason not to work.
fn parse(text: &str) -> (Head, &str) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(rest) = text
        .strip_prefix("---\n")
        .or_else(|| text.strip_prefix("---\r\n"))
    else {
        return (Head::default(), text);
    };
    let mut from = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            let (head, body) = rest.split_at(from);
            let head = serde_saphyr::from_str(head).unwrap_or_default();
            return (head, body.get(line.len()..).unwrap_or_default());
        }
        from += line.len();
    }
    (Head::default(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(root: &Path, file: &str, text: &str) {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn pages_are_found_by_their_names_nearest_first() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        put(&at("project"), ".claude/agents/Reviewer.md", "project");
        put(&at("home"), ".claude/agents/reviewer.md", "home");
        put(&at("home"), ".claude/agents/writer.md", "home");
        put(&at("home"), ".claude/commands/flow.design.md", "design");
        put(&at("project"), ".claude/skills/sum/SKILL.md", "sum");
        put(&at("collection"), "agents/shared.md", "shared");
        let shelves = Shelves {
            home: Some(at("home")),
            collection: Some(at("collection")),
            shipped: &[("agent:shipped", "---\nmodel: haiku\n---\nShips.")],
        };
        let project = at("project");
        let rows = [
            ("agent:reviewer", Some("project")),
            ("agent:WRITER", Some("home")),
            ("agent:shared", Some("shared")),
            ("agent:shipped", Some("Ships.")),
            ("skill:sum", Some("sum")),
            ("command:flow.design", Some("design")),
            ("agent:../agents/writer", None),
            ("agent:none", None),
            ("mcp:sum", None),
            ("reviewer", None),
        ];
        for (reference, expected) in rows {
            let page = shelves.read(Some(&project), reference).unwrap();
            let body = page.map(|page| page.body);
            assert_eq!(body.as_deref(), expected, "{reference}");
        }
    }

    #[test]
    fn a_head_is_read_and_what_is_not_known_is_passed_over() {
        let text = "---\nname: reviewer\ndescription: looks\ntools: Read, Bash(git add, git log)\n\
                    disallowedTools: [WebFetch]\nmodel: haiku\npermissionMode: plan\nmaxTurns: 7\n\
                    color: red\n---\n\nYou review.\n";
        let (head, body) = parse(text);
        assert_eq!(body.trim(), "You review.");
        assert_eq!(head.model.as_deref(), Some("haiku"));
        assert_eq!(head.tools.0, ["Read", "Bash(git add, git log)"]);
        assert_eq!(head.disallowed_tools.0, ["WebFetch"]);
        assert_eq!(head.permission_mode.as_deref(), Some("plan"));
        assert_eq!(head.turns_max, Some(7));
        for odd in ["no head", "---\nno end", "---\n[not: a map\n---\nbody"] {
            assert_eq!(parse(odd).0, Head::default(), "{odd}");
        }
    }
}
