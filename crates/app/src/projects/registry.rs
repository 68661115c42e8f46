//! `SpecFlow`'s list of projects, `~/.specflow/registry.json`: only read, and
//! believed as far as it makes sense. An entry that does not hides no other.

use std::io::Read;
use std::path::Path;

use baton_model::Value;
use serde_json::Map;

use super::{Project, ProjectSource};
use crate::regular_file;

/// More than this is no list anybody keeps.
const BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Where the list is, below the home directory.
const FILE: &str = ".specflow/registry.json";

/// An entry that says nothing, or the whole list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Its key; of the whole list, its path.
    pub key: String,
    /// What is wrong with it.
    pub why: String,
}

/// What the list says.
#[derive(Debug, Default)]
pub(super) struct Registry {
    /// In the order of their names.
    pub(super) projects: Vec<Project>,
    pub(super) unread: Vec<Unread>,
}

/// Reads the list; there is none where there is no file.
pub(super) fn read(home: &Path) -> Registry {
    let file = home.join(FILE);
    let text = match read_text(&file) {
        Ok(Some(text)) => text,
        Ok(None) => return Registry::default(),
        Err(error) => return unreadable(&file, error.to_string()),
    };
    match serde_json::from_str::<Value>(&text) {
        Err(error) => unreadable(&file, format!("it is no JSON: {error}")),
        Ok(whole) => match whole.get("projects") {
            Some(Value::Object(entries)) => of_entries(entries),
            Some(_) => unreadable(&file, "`projects` is no object".to_owned()),
            None => unreadable(&file, "it has no `projects`".to_owned()),
        },
    }
}

fn read_text(file: &Path) -> std::io::Result<Option<String>> {
    let opened = match regular_file::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = String::new();
    opened.take(BYTES_MAX).read_to_string(&mut text)?;
    Ok(Some(text))
}

fn unreadable(file: &Path, why: String) -> Registry {
    Registry {
        projects: Vec::new(),
        unread: vec![Unread {
            key: file.display().to_string(),
            why,
        }],
    }
}

fn of_entries(entries: &Map<String, Value>) -> Registry {
    let mut registry = Registry::default();
    for (key, entry) in entries {
        match of_entry(key, entry) {
            Ok(project) => registry.projects.push(project),
            Err(why) => registry.unread.push(Unread {
                key: key.clone(),
                why: why.to_owned(),
            }),
        }
    }
    let order = |project: &Project| (project.name.clone(), project.id.clone());
    registry.projects.sort_by_key(order);
    registry
}

fn of_entry(key: &str, entry: &Value) -> Result<Project, &'static str> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    if key.is_empty() {
        return Err("its key is empty");
    }
    let path = text("path").ok_or("it has no `path`")?;
    if !Path::new(path).is_absolute() {
        return Err("its `path` is not absolute");
    }
    if path.contains('\0') {
        return Err("its `path` holds a zero byte");
    }
    let name = text("name").filter(|name| !name.is_empty()).unwrap_or(key);
    Ok(Project {
        id: key.to_owned(),
        name: name.to_owned(),
        path: path.to_owned(),
        source: ProjectSource::SpecFlow,
        is_there: Path::new(path).is_dir(),
        created_by: None,
        created_at: text("registered_at").and_then(|time| time.parse().ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_text(text: &str) -> Registry {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join(FILE);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
        read(home.path())
    }

    #[test]
    fn a_bad_entry_hides_no_other() {
        let registry = of_text(
            r#"{"projects": {
                "good": {"path": "/srv/$HOME's", "name": "Good", "registered_at": "2026-01-18T10:00:00.000Z", "id": 7},
                "bare": {"path": "/srv/bare"},
                "no-path": {"name": "x", "registered_at": "x"},
                "relative": {"path": "srv", "name": "x"},
                "list": [],
                "": {"path": "/srv/empty"}
            }, "config": null}"#,
        );
        let found: Vec<_> = registry
            .projects
            .iter()
            .map(|project| {
                (
                    project.id.as_str(),
                    project.name.as_str(),
                    project.path.as_str(),
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("good", "Good", "/srv/$HOME's"),
                ("bare", "bare", "/srv/bare")
            ]
        );
        assert!(registry.projects[0].created_at.is_some());
        let unread: Vec<_> = registry.unread.iter().map(|unread| &*unread.key).collect();
        assert_eq!(unread, ["no-path", "relative", "list", ""]);
    }

    #[test]
    fn a_list_that_makes_no_sense_has_no_projects() {
        for text in ["", "{", "[]", "{}", r#"{"projects": 3}"#] {
            let registry = of_text(text);
            assert_eq!(registry.projects, [], "{text:?}");
            assert_eq!(registry.unread.len(), 1, "{text:?}");
        }
        let nowhere = tempfile::tempdir().unwrap();
        let registry = read(nowhere.path());
        assert!(registry.projects.is_empty() && registry.unread.is_empty());
    }
}
