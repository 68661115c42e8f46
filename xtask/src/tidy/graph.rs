//! What depends on what, as `cargo metadata` tells it.
//!
//! Dependencies that only tests use are left out everywhere: they reach no
//! user, and tests may use what they like.

use std::collections::{BTreeMap, VecDeque};

use anyhow::{Context, Result};
use serde_json::Value;

/// The packages of the workspace and everything they are built from.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    packages: BTreeMap<String, Package>,
}

/// One package; the map's key is cargo's id of it.
#[derive(Debug, Default)]
struct Package {
    name: String,
    is_ours: bool,
    dependencies: Vec<String>,
}

impl Graph {
    pub(crate) fn from_metadata(metadata: &Value) -> Result<Self> {
        let mut packages = BTreeMap::new();
        for package in list(metadata, "packages")? {
            let found = Package {
                name: text(package, "name")?,
                is_ours: package["source"].is_null(),
                dependencies: Vec::new(),
            };
            packages.insert(text(package, "id")?, found);
        }
        for node in list(&metadata["resolve"], "nodes")? {
            let package = packages
                .get_mut(&text(node, "id")?)
                .context("cargo resolved a package that it does not list")?;
            for dependency in list(node, "deps")? {
                if is_shipped(dependency)? {
                    package.dependencies.push(text(dependency, "pkg")?);
                }
            }
        }
        Ok(Self { packages })
    }

    /// The names of our own packages.
    pub(crate) fn ours(&self) -> impl Iterator<Item = &str> {
        self.packages
            .values()
            .filter(|package| package.is_ours)
            .map(|package| package.name.as_str())
    }

    /// The names of our packages that one of ours depends on directly.
    pub(crate) fn own_dependencies_of(&self, name: &str) -> impl Iterator<Item = &str> {
        self.packages
            .values()
            .filter(move |package| package.is_ours && package.name == name)
            .flat_map(|package| &package.dependencies)
            .filter_map(|id| self.packages.get(id))
            .filter(|package| package.is_ours)
            .map(|package| package.name.as_str())
    }

    /// The shortest way from one of our packages to the package named
    /// `target`: the names on it, both ends included.
    pub(crate) fn way(&self, from: &str, target: &str) -> Option<Vec<&str>> {
        let (start, _) = self
            .packages
            .iter()
            .find(|(_, package)| package.is_ours && package.name == from)?;
        let mut came_from: BTreeMap<&str, Option<&str>> = BTreeMap::from([(start.as_str(), None)]);
        let mut waiting = VecDeque::from([start.as_str()]);
        while let Some(id) = waiting.pop_front() {
            let package = self.packages.get(id)?;
            if package.name == target {
                return self.trace(id, &came_from);
            }
            for dependency in &package.dependencies {
                if !came_from.contains_key(dependency.as_str()) {
                    came_from.insert(dependency, Some(id));
                    waiting.push_back(dependency);
                }
            }
        }
        None
    }

    fn trace<'a>(
        &'a self,
        end: &'a str,
        came_from: &BTreeMap<&'a str, Option<&'a str>>,
    ) -> Option<Vec<&'a str>> {
        let mut names = Vec::new();
        let mut next = Some(end);
        while let Some(id) = next {
            names.push(self.packages.get(id)?.name.as_str());
            next = *came_from.get(id)?;
        }
        names.reverse();
        Some(names)
    }
}

/// Whether the dependency is a normal one or one of a build script.
fn is_shipped(dependency: &Value) -> Result<bool> {
    let kinds = list(dependency, "dep_kinds")?;
    Ok(kinds
        .iter()
        .any(|kind| kind["kind"].as_str() != Some("dev")))
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value[key]
        .as_array()
        .with_context(|| format!("cargo metadata has no list `{key}`"))
}

fn text(value: &Value, key: &str) -> Result<String> {
    let text = value[key]
        .as_str()
        .with_context(|| format!("cargo metadata has no text `{key}`"))?;
    Ok(text.to_owned())
}

/// A graph written as `name -> name name`; names that start with `baton-` are ours.
#[cfg(test)]
pub(super) fn graph_of(lines: &[&str]) -> Graph {
    let mut graph = Graph::default();
    for line in lines {
        let (name, dependencies) = line.split_once("->").unwrap();
        let name = name.trim();
        let package = Package {
            name: name.to_owned(),
            is_ours: name.starts_with("baton-"),
            dependencies: dependencies.split_whitespace().map(str::to_owned).collect(),
        };
        graph.packages.insert(name.to_owned(), package);
    }
    graph
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn dependencies_of_tests_are_left_out() {
        let metadata = json!({
            "packages": [
                {"id": "1", "name": "baton-model", "source": null},
                {"id": "2", "name": "serde", "source": "registry"},
                {"id": "3", "name": "proptest", "source": "registry"},
                {"id": "4", "name": "cc", "source": "registry"},
            ],
            "resolve": {"nodes": [
                {"id": "1", "deps": [
                    {"pkg": "2", "dep_kinds": [{"kind": null}]},
                    {"pkg": "3", "dep_kinds": [{"kind": "dev"}]},
                    {"pkg": "4", "dep_kinds": [{"kind": "dev"}, {"kind": "build"}]},
                ]},
            ]},
        });
        let graph = Graph::from_metadata(&metadata).unwrap();
        assert_eq!(
            graph.way("baton-model", "serde"),
            Some(vec!["baton-model", "serde"])
        );
        assert_eq!(
            graph.way("baton-model", "cc"),
            Some(vec!["baton-model", "cc"])
        );
        assert_eq!(graph.way("baton-model", "proptest"), None);
    }

    #[test]
    fn the_shortest_way_is_found() {
        let graph = graph_of(&["baton-a -> x y", "x -> y", "y -> z", "z ->"]);
        assert_eq!(graph.way("baton-a", "z"), Some(vec!["baton-a", "y", "z"]));
    }

    #[test]
    fn only_our_own_direct_dependencies_are_listed() {
        let graph = graph_of(&[
            "baton-a -> baton-b x",
            "baton-b -> baton-c",
            "baton-c ->",
            "x ->",
        ]);
        let found: Vec<&str> = graph.own_dependencies_of("baton-a").collect();
        assert_eq!(found, ["baton-b"]);
    }

    #[test]
    fn metadata_without_a_graph_is_an_error() {
        let error = Graph::from_metadata(&json!({"packages": []})).unwrap_err();
        assert_eq!(error.to_string(), "cargo metadata has no list `nodes`");
    }
}
