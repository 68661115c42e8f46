//! Artifacts that workflows refer to, and where they lie (BLUEPRINT §6):
//! `baton.toml` maps them, or they are files of the project, of the user or of
//! the collection.
//!
//! Only names are compared, with what is there; no name becomes a path.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use baton_lang::Definition;
use baton_model::{Diagnostic, Severity, Value};

use crate::regular_file;

/// More than this is no list of servers anybody wrote.
const SERVERS_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Whatever maps references to agents, such as a `baton.toml`.
pub trait AgentMap: Sync {
    /// What it is called where places are listed.
    fn name(&self) -> String;

    /// Whether it says who works for a reference.
    fn maps(&self, reference: &str) -> bool;
}

/// The directories in which artifacts may lie.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    /// Of the project.
    pub project: Option<PathBuf>,
    /// Of the user.
    pub home: Option<PathBuf>,
    /// Of the data directory.
    pub data: Option<PathBuf>,
}

/// The names of all artifacts in the directories, by place.
#[derive(Debug, Default)]
pub struct Shelves(Vec<Shelf>);

#[derive(Debug)]
struct Shelf {
    /// Of references, such as `agent`.
    kind: &'static str,
    /// What it is called where places are listed.
    name: String,
    /// In lower case.
    artifacts: BTreeSet<String>,
}

/// How a kind of artifact lies on a shelf.
#[derive(Clone, Copy)]
enum Form {
    /// `NAME.md`.
    Page,
    /// `NAME/SKILL.md`.
    Skill,
    /// A key of `mcpServers` in this very file.
    Servers,
    /// `NAME`, `NAME.md`, `NAME.json`: whatever is called so.
    Any,
}

/// Kind, path below the directory, form.
type Place = (&'static str, &'static str, Form);

const OF_PROJECT: [Place; 8] = [
    ("agent", ".baton/agents", Form::Page),
    ("agent", ".claude/agents", Form::Page),
    ("skill", ".baton/skills", Form::Skill),
    ("skill", ".claude/skills", Form::Skill),
    ("command", ".baton/commands", Form::Page),
    ("command", ".claude/commands", Form::Page),
    ("mcp", ".mcp.json", Form::Servers),
    ("ctx", ".baton/context", Form::Page),
];

const OF_HOME: [Place; 4] = [
    ("agent", ".claude/agents", Form::Page),
    ("skill", ".claude/skills", Form::Skill),
    ("command", ".claude/commands", Form::Page),
    ("mcp", ".claude.json", Form::Servers),
];

const OF_COLLECTION: [Place; 5] = [
    ("agent", "agents", Form::Any),
    ("skill", "skills", Form::Any),
    ("command", "commands", Form::Any),
    ("mcp", "mcp", Form::Any),
    ("ctx", "context", Form::Any),
];

/// Something that references may lead to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Artifact {
    /// Of references, such as `agent`.
    pub kind: &'static str,
    /// Its name, in lower case.
    pub name: String,
    /// The directory or the file it lies in.
    pub place: String,
}

impl Roots {
    /// The directories in which something happens when artifacts come or go.
    /// For one that is not there yet, it is the nearest above it.
    pub fn directories(&self) -> BTreeSet<PathBuf> {
        let mut directories = BTreeSet::new();
        for (root, places) in self.places() {
            for (_, below, form) in places {
                let place = root.join(below);
                let inside = place
                    .ancestors()
                    .take_while(|above| above.starts_with(&root));
                directories.extend(
                    inside
                        .clone()
                        .find(|above| above.is_dir())
                        .map(Path::to_owned),
                );
                if let Form::Skill = form {
                    let entries = fs::read_dir(&place).into_iter().flatten().flatten();
                    directories.extend(
                        entries
                            .map(|entry| entry.path())
                            .filter(|path| path.is_dir()),
                    );
                }
            }
        }
        directories
    }

    /// Every directory that is looked at, with what lies where in it.
    fn places(&self) -> Vec<(PathBuf, &'static [Place])> {
        let data = self.data.as_ref();
        let all: [(Option<PathBuf>, &'static [Place]); 3] = [
            (self.project.clone(), &OF_PROJECT),
            (self.home.clone(), &OF_HOME),
            (
                data.map(|data| data.join("collection/artifacts")),
                &OF_COLLECTION,
            ),
        ];
        let known = all
            .into_iter()
            .filter_map(|(root, places)| Some((root?, places)));
        known.collect()
    }
}

impl Shelves {
    /// All that lies on them, by kind and name; where a name lies twice, what
    /// counts comes first.
    pub fn artifacts(&self) -> Vec<Artifact> {
        let all = self.0.iter().flat_map(|shelf| {
            shelf.artifacts.iter().map(|name| Artifact {
                kind: shelf.kind,
                name: name.clone(),
                place: shelf.name.clone(),
            })
        });
        let mut all: Vec<_> = all.collect();
        all.sort_by(|left, right| (left.kind, &left.name).cmp(&(right.kind, &right.name)));
        all
    }

    /// Looks at what lies in the directories.
    pub fn look(roots: &Roots) -> Self {
        let mut shelves = Vec::new();
        for (root, places) in roots.places() {
            shelves.extend(places.iter().map(|(kind, below, form)| {
                let path = root.join(below);
                Shelf {
                    kind,
                    name: path.display().to_string(),
                    artifacts: names(&path, *form),
                }
            }));
        }
        Self(shelves)
    }
}

/// Everything that references may lead to.
#[derive(Clone, Copy)]
pub struct Artifacts<'a> {
    /// What says who works for a reference; it comes first.
    pub map: Option<&'a dyn AgentMap>,
    /// Where artifacts lie.
    pub shelves: &'a Shelves,
}

impl Artifacts<'_> {
    /// Whether a reference leads anywhere; if not, all places that were looked at.
    pub fn find(&self, reference: &str) -> Result<(), Vec<String>> {
        if self.map.is_some_and(|map| map.maps(reference)) {
            return Ok(());
        }
        let (kind, name) = reference.split_once(':').unwrap_or(("", reference));
        let name = name.to_lowercase();
        let shelves = self.shelves.0.iter().filter(|shelf| shelf.kind == kind);
        if shelves.clone().any(|shelf| shelf.artifacts.contains(&name)) {
            return Ok(());
        }
        let map = self.map.map(AgentMap::name);
        let shelves = shelves.map(|shelf| shelf.name.clone());
        Err(map.into_iter().chain(shelves).collect())
    }

    /// A finding for every reference of a definition that leads nowhere, of the
    /// given severity where a stage cannot do without.
    pub fn unresolved(&self, definition: &Definition, agents: Severity) -> Vec<Diagnostic> {
        let named = definition.references.iter();
        let found = named.filter_map(|named| {
            let places = self.find(&named.reference).err()?;
            let severity = if named.is_agent {
                agents
            } else {
                Severity::Warning
            };
            Some(baton_lang::unresolved(named, &places, severity))
        });
        found.collect()
    }
}

/// What lies at a place; nothing when it is not there or cannot be read.
fn names(path: &Path, form: Form) -> BTreeSet<String> {
    if let Form::Servers = form {
        return servers(path);
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| name_of(&entry.path(), form));
    named.map(|name| name.to_lowercase()).collect()
}

fn name_of(path: &Path, form: Form) -> Option<String> {
    let stem = |path: &Path| Some(path.file_stem()?.to_string_lossy().into_owned());
    let whole = |path: &Path| Some(path.file_name()?.to_string_lossy().into_owned());
    match form {
        Form::Page => {
            let extension = path.extension()?;
            let is_page = extension.eq_ignore_ascii_case("md") && path.is_file();
            is_page.then(|| stem(path))?
        }
        Form::Skill => path.join("SKILL.md").is_file().then(|| whole(path))?,
        Form::Any if path.is_dir() => whole(path),
        Form::Any | Form::Servers => stem(path),
    }
}

fn read_servers(file: &Path) -> io::Result<Value> {
    let file = regular_file::open(file)?;
    let mut text = String::new();
    // What is too long loses its end, and is no JSON any more.
    file.take(SERVERS_BYTES_MAX).read_to_string(&mut text)?;
    Ok(serde_json::from_str(&text)?)
}

/// The names of the servers in a file such as `.mcp.json`.
fn servers(file: &Path) -> BTreeSet<String> {
    let value = read_servers(file).ok();
    let servers = value
        .as_ref()
        .and_then(|value| value.get("mcpServers")?.as_object());
    let keys = servers.into_iter().flat_map(|servers| servers.keys());
    keys.map(|key| key.to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Toml;

    impl AgentMap for Toml {
        fn name(&self) -> String {
            "baton.toml".to_owned()
        }

        fn maps(&self, reference: &str) -> bool {
            reference == "agent:mapped"
        }
    }

    /// Files below a directory, made for the occasion.
    fn put(root: &Path, files: &[&str]) {
        for file in files {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        }
    }

    fn furnished() -> (tempfile::TempDir, Shelves) {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        put(
            &at("project"),
            &[
                ".baton/agents/Own.md",
                ".claude/agents/theirs.md",
                ".claude/agents/notes.txt",
                ".claude/skills/sum/SKILL.md",
                ".claude/skills/empty/README.md",
                ".baton/commands/tidy.md",
                ".baton/context/house-rules.md",
            ],
        );
        put(&at("home"), &[".claude/agents/mine.md"]);
        put(
            &at("data"),
            &[
                "collection/artifacts/agents/shared.md",
                "collection/artifacts/skills/shared/SKILL.md",
                "collection/artifacts/mcp/database.json",
            ],
        );
        let servers = r#"{"mcpServers": {"Tracker": {}}}"#;
        fs::write(at("project/.mcp.json"), servers).unwrap();
        let shelves = Shelves::look(&Roots {
            project: Some(at("project")),
            home: Some(at("home")),
            data: Some(at("data")),
        });
        (root, shelves)
    }

    #[test]
    fn artifacts_are_found_by_their_names_whatever_their_case() {
        let (_root, shelves) = furnished();
        let artifacts = Artifacts {
            map: Some(&Toml),
            shelves: &shelves,
        };
        for (reference, expected) in [
            ("agent:mapped", true),
            ("agent:own", true),
            ("agent:THEIRS", true),
            ("agent:mine", true),
            ("agent:shared", true),
            ("agent:notes", false),
            ("agent:tidy", false),
            ("agent:../agents/own", false),
            ("skill:sum", true),
            ("skill:shared", true),
            ("skill:empty", false),
            ("command:tidy", true),
            ("mcp:tracker", true),
            ("mcp:database", true),
            ("mcp:mcpServers", false),
            ("ctx:house-rules", true),
            ("ctx:own", false),
        ] {
            assert_eq!(artifacts.find(reference).is_ok(), expected, "{reference}");
        }
    }

    #[test]
    fn a_pipe_is_no_list_of_servers_and_holds_nobody_up() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join(".mcp.json");
        nix::unistd::mkfifo(&file, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert_eq!(servers(&file), BTreeSet::new());
    }

    #[test]
    fn what_is_not_found_is_told_with_the_places_of_its_kind() {
        let (root, shelves) = furnished();
        let artifacts = Artifacts {
            map: Some(&Toml),
            shelves: &shelves,
        };
        let at = |name: &str| root.path().join(name).display().to_string();
        let places = artifacts.find("skill:none").unwrap_err();
        let expected = [
            "baton.toml".to_owned(),
            at("project/.baton/skills"),
            at("project/.claude/skills"),
            at("home/.claude/skills"),
            at("data/collection/artifacts/skills"),
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn where_artifacts_may_come_from_is_where_they_lie_or_above() {
        let (root, _) = furnished();
        let at = |name: &str| root.path().join(name);
        fs::create_dir(at("bare")).unwrap();
        let of_project = |name: &str| {
            let roots = Roots {
                project: Some(at(name)),
                ..Roots::default()
            };
            roots.directories()
        };
        let found = of_project("project");
        for directory in [
            "project",
            "project/.baton/agents",
            "project/.claude/skills/sum",
            "project/.claude/skills/empty",
            // For `skills` and `commands`, of which there are none.
            "project/.baton",
            "project/.claude",
        ] {
            assert!(found.contains(&at(directory)), "{directory}: {found:?}");
        }
        assert_eq!(of_project("bare"), BTreeSet::from([at("bare")]));
        assert_eq!(of_project("nowhere"), BTreeSet::new());
    }

    #[test]
    fn every_reference_of_a_definition_is_looked_at() {
        let text = "
workflow: { id: w, name: W }
context: { global_modules: [ctx:a] }
stages:
  - id: a
    name: A
    roles: { primary: { artifact: agent:b }, tools: [skill:c, mcp:d] }
    context: { modules: [ctx:e] }
";
        let definition = baton_lang::check(text).definition.unwrap();
        let artifacts = Artifacts {
            map: None,
            shelves: &Shelves::default(),
        };
        let found = artifacts.unresolved(&definition, Severity::Error);
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.severity, one.path.as_str()))
            .collect();
        let expected = [
            (Severity::Warning, "context.global_modules[0]"),
            (Severity::Error, "stages[0].roles.primary.artifact"),
            (Severity::Warning, "stages[0].roles.tools[0]"),
            (Severity::Warning, "stages[0].roles.tools[1]"),
            (Severity::Warning, "stages[0].context.modules[0]"),
        ];
        assert_eq!(found, expected);
    }
}
