//! The pure packages take values and give values: no runtime, no database, no
//! network anywhere in what they are built from, and nothing asynchronous.

use super::arrows::place_of_dependency;
use super::graph::Graph;
use super::{Finding, SourceFile, has_extension, numbered_lines};

const PURE: [&str; 4] = ["model", "expr", "lang", "engine"];

/// What brings clocks, disks and sockets along.
const IMPURE: [&str; 16] = [
    "async-std",
    "axum",
    "hyper",
    "libsqlite3-sys",
    "mio",
    "nix",
    "postgres",
    "reqwest",
    "rusqlite",
    "smol",
    "socket2",
    "sqlx",
    "tokio",
    "tokio-postgres",
    "tonic",
    "ureq",
];

/// Looks through the whole graph, not only at direct dependencies.
pub(crate) fn check_graph(graph: &Graph, sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in PURE.map(|short| format!("baton-{short}")) {
        for impure in IMPURE {
            if let Some(way) = graph.way(&name, impure) {
                let first_hop = way.get(1).copied().unwrap_or(impure);
                let (path, line) = place_of_dependency(&name, first_hop, sources);
                findings.push(Finding::new(
                    &path,
                    line,
                    format!("a pure package reaches `{impure}`: {}", way.join(" -> ")),
                    "switch the feature off that brings it, or move the code to a shell package",
                ));
            }
        }
    }
    findings
}

pub(crate) fn check_sources(sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| is_pure(&source.path)) {
        for (number, line) in numbered_lines(&source.text) {
            let code = line.split("//").next().unwrap_or_default();
            if code.contains("async fn") {
                findings.push(Finding::new(
                    &source.path,
                    number,
                    "a pure package must not be asynchronous",
                    "take the value as an argument and let a shell package wait for it",
                ));
            }
        }
    }
    findings
}

fn is_pure(path: &str) -> bool {
    has_extension(path, "rs")
        && PURE
            .iter()
            .any(|name| path.starts_with(&format!("crates/{name}/src/")))
}

#[cfg(test)]
mod tests {
    use super::super::graph::graph_of;
    use super::super::testing::source;
    use super::*;

    #[test]
    fn an_impure_package_is_found_behind_others() {
        let graph = graph_of(&["baton-engine -> x", "x -> tokio", "tokio ->"]);
        let manifest = source("crates/engine/Cargo.toml", "[dependencies]\nx = \"1\"\n");
        let findings = check_graph(&graph, &[manifest]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 2);
        assert_eq!(
            findings[0].what,
            "a pure package reaches `tokio`: baton-engine -> x -> tokio"
        );
    }

    #[test]
    fn a_shell_package_may_use_a_runtime() {
        let graph = graph_of(&["baton-runtime -> tokio", "tokio ->"]);
        assert_eq!(check_graph(&graph, &[]), []);
    }

    #[test]
    fn an_async_function_is_found_in_pure_code_only() {
        let text = "//! No async fn here.\npub async fn wait() {}\n";
        let pure = source("crates/engine/src/lib.rs", text);
        let shell = source("crates/runtime/src/lib.rs", text);
        let findings = check_sources(&[pure, shell]);
        assert_eq!(findings.len(), 1);
        assert_eq!(
            (findings[0].path.as_str(), findings[0].line),
            ("crates/engine/src/lib.rs", 2)
        );
    }
}
