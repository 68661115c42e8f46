//! Which of our packages may use which: arrows go down only.
//!
//! Because `server` cannot name `store` or `engine`, a handler cannot run a
//! query or make a decision.

use super::graph::Graph;
use super::{Finding, SourceFile, file, numbered_lines};

/// A package (without `baton-`) and those of ours that it may use.
const ALLOWED: [(&str, &[&str]); 13] = [
    ("metrics", &[]),
    ("model", &[]),
    ("expr", &["model"]),
    ("lang", &["model", "expr"]),
    ("engine", &["model", "expr"]),
    ("store", &["model"]),
    ("store-sql", &["metrics", "model", "store"]),
    ("testkit", &[]),
    ("agents", &["model"]),
    ("runtime", &["model", "engine", "store", "agents"]),
    ("app", &["model", "lang", "store", "runtime"]),
    ("server", &["metrics", "model", "app"]),
    ("sim", &["model", "engine", "store", "agents", "runtime"]),
];

/// Puts the parts together, so it may use all of them.
const COMPOSITION_ROOT: &str = "baton-cli";

/// This program: uses nothing of ours, and nothing of ours uses it.
const BUILD_TOOL: &str = "xtask";

const THE_TABLE: &str = "xtask/src/tidy/arrows.rs";

pub(crate) fn check(graph: &Graph, sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in graph.ours().filter(|name| *name != COMPOSITION_ROOT) {
        let Some(allowed) = allowed_for(name) else {
            findings.push(unknown_package(name));
            continue;
        };
        for dependency in graph.own_dependencies_of(name) {
            if !is_allowed(allowed, dependency) {
                findings.push(forbidden_arrow(name, dependency, sources));
            }
        }
    }
    findings
}

fn allowed_for(package: &str) -> Option<&'static [&'static str]> {
    if package == BUILD_TOOL {
        return Some(&[]);
    }
    let short = package.strip_prefix("baton-")?;
    ALLOWED
        .iter()
        .find(|(name, _)| *name == short)
        .map(|(_, allowed)| *allowed)
}

fn is_allowed(allowed: &[&str], dependency: &str) -> bool {
    dependency
        .strip_prefix("baton-")
        .is_some_and(|short| allowed.contains(&short))
}

fn unknown_package(name: &str) -> Finding {
    Finding::new(
        THE_TABLE,
        1,
        format!("`{name}` has no row in the table of arrows"),
        "say there which of our packages it may use",
    )
}

fn forbidden_arrow(name: &str, dependency: &str, sources: &[SourceFile]) -> Finding {
    let (path, line) = place_of_dependency(name, dependency, sources);
    Finding::new(
        &path,
        line,
        format!("`{name}` must not use `{dependency}`"),
        "move what is needed to a package both may use, or pass it in from above",
    )
}

/// Where the manifest of our package names the dependency.
pub(crate) fn place_of_dependency(
    package: &str,
    dependency: &str,
    sources: &[SourceFile],
) -> (String, usize) {
    let directory = package.strip_prefix("baton-").unwrap_or(package);
    let path = format!("crates/{directory}/Cargo.toml");
    let line = file(sources, &path)
        .and_then(|manifest| {
            numbered_lines(&manifest.text).find(|(_, line)| {
                line.strip_prefix(dependency)
                    .is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
            })
        })
        .map_or(1, |(number, _)| number);
    (path, line)
}

#[cfg(test)]
mod tests {
    use super::super::graph::graph_of;
    use super::super::testing::source;
    use super::*;

    #[test]
    fn arrows_of_the_table_are_allowed() {
        let graph = graph_of(&[
            "baton-model ->",
            "baton-expr -> baton-model",
            "baton-cli -> baton-model baton-expr",
        ]);
        assert_eq!(check(&graph, &[]), []);
    }

    #[test]
    fn a_forbidden_arrow_is_found_at_its_line() {
        let graph = graph_of(&["baton-server -> baton-store", "baton-store ->"]);
        let manifest = "[dependencies]\nbaton-store-sql = 1\nbaton-store.workspace = true\n";
        let findings = check(&graph, &[source("crates/server/Cargo.toml", manifest)]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].path, "crates/server/Cargo.toml");
        assert_eq!(findings[0].line, 3);
        assert_eq!(
            findings[0].what,
            "`baton-server` must not use `baton-store`"
        );
    }

    #[test]
    fn nothing_may_use_the_composition_root() {
        let graph = graph_of(&["baton-app -> baton-cli", "baton-cli ->"]);
        assert_eq!(check(&graph, &[]).len(), 1);
    }

    #[test]
    fn a_package_without_a_row_is_found() {
        let graph = graph_of(&["baton-new ->"]);
        let findings = check(&graph, &[]);
        assert_eq!(
            findings[0].what,
            "`baton-new` has no row in the table of arrows"
        );
    }
}
