//! `cargo xtask cover`: which lines the tests reach, for each package, and
//! whether that is enough.
//!
//! It is cargo-llvm-cov's figure: tests and benches are left out, the lines of
//! unit tests inside a file are not. Programs that a test starts count, unless
//! they are killed, or work in a directory that is gone by the end.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::repository::Repository;
use crate::steps::run_inherited;
use crate::tools;

/// The packages that have a bar, and how many of a hundred lines it asks for.
const BARS: [(&str, u64); 6] = [
    ("expr", 90),
    ("lang", 90),
    ("engine", 85),
    ("store", 85),
    ("store-sql", 85),
    ("app", 80),
];

/// How many files are named in which most is left to reach.
const FILES_SHOWN: usize = 15;

/// Lines of a file or a package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Lines {
    all: u64,
    reached: u64,
}

impl Lines {
    const fn missed(self) -> u64 {
        self.all - self.reached
    }

    const fn reach(self, per_hundred: u64) -> bool {
        self.reached * 100 >= self.all * per_hundred
    }
}

/// Runs all tests, prints both tables; an error when a bar is missed.
pub(crate) fn run(repository: &Repository) -> Result<()> {
    let by_file = measure(repository)?;
    let by_package = by_package(&by_file);
    println!(
        "\n{:<12} {:>7} {:>7} {:>8}  bar",
        "package", "lines", "missed", "reached"
    );
    for (package, lines) in &by_package {
        let bar = bar(package).map_or_else(|| "-".to_owned(), |bar| format!("{bar} %"));
        println!("{}  {bar}", row(package, *lines, 12));
    }
    println!("\nWhere most is left:");
    for (path, lines) in least_reached(&by_file) {
        println!("{}", row(path, lines, 46));
    }
    let missed = missed(&by_package);
    if !missed.is_empty() {
        bail!("too few lines are reached in: {}", missed.join(", "));
    }
    println!("\nevery bar holds");
    Ok(())
}

/// The lines of each file of ours, by its path in the repository.
fn measure(repository: &Repository) -> Result<BTreeMap<String, Lines>> {
    tools::ensure_cargo_llvm_cov(repository)?;
    let llvm = tools::llvm::ensure()?;
    // Instrumented code is another build than the one that is tested.
    let target = repository.root().join("target/cover");
    fs::create_dir_all(&target)?;
    let llvm_cov = |arguments: &[&str]| {
        let mut cargo = repository.cargo(["llvm-cov"]);
        cargo
            .args(arguments)
            .env("CARGO_LLVM_COV_TARGET_DIR", &target)
            .env("LLVM_COV", &llvm.cov)
            .env("LLVM_PROFDATA", &llvm.profdata)
            // Instrumented tests take a few times as long.
            .env("NEXTEST_PROFILE", "cover");
        cargo
    };
    // The report is of all programs that are there, also of those that an
    // earlier state of the sources was built into.
    run_inherited(llvm_cov(&["clean", "--workspace"]))?;
    let tests: &[&str] = if tools::is_installed("cargo-nextest") {
        &["nextest"]
    } else {
        &["test", "--lib", "--bins", "--tests"]
    };
    let mut run_tests = llvm_cov(tests);
    run_tests.args(["--workspace", "--exclude", "xtask", "--no-report"]);
    let tested = run_inherited(run_tests);
    gather_strays(repository.root(), &target)?;
    tested?;
    let report = target.join("report.json");
    let mut write_report = llvm_cov(&["report", "--json", "--summary-only", "--output-path"]);
    write_report.arg(&report);
    run_inherited(write_report)?;
    let report = fs::read_to_string(report).context("cargo-llvm-cov wrote no report")?;
    read(&serde_json::from_str(&report)?, repository.root())
}

/// Moves what programs have counted that got an environment of their own: they
/// leave it where they were started.
fn gather_strays(root: &Path, target: &Path) -> Result<()> {
    let packages = fs::read_dir(root.join("crates"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<PathBuf>>>()?;
    for directory in packages.into_iter().chain([root.to_owned()]) {
        for entry in fs::read_dir(directory)? {
            let stray = entry?.path();
            if stray.extension().is_some_and(|kind| kind == "profraw")
                && let Some(name) = stray.file_name()
            {
                fs::rename(&stray, target.join(name))?;
            }
        }
    }
    Ok(())
}

fn read(report: &Value, root: &Path) -> Result<BTreeMap<String, Lines>> {
    let files = report.pointer("/data/0/files").and_then(Value::as_array);
    let mut lines = BTreeMap::new();
    for file in files.context("the report has no files")? {
        let path = file["filename"].as_str().context("a file has no name")?;
        let summary = &file["summary"]["lines"];
        let count = |key: &str| {
            let count = summary[key].as_u64();
            count.with_context(|| format!("{path} has no `{key}`"))
        };
        let of_file = Lines {
            all: count("count")?,
            reached: count("covered")?,
        };
        if let Ok(path) = Path::new(path).strip_prefix(root) {
            lines.insert(path.to_string_lossy().into_owned(), of_file);
        }
    }
    Ok(lines)
}

fn by_package(by_file: &BTreeMap<String, Lines>) -> BTreeMap<&str, Lines> {
    let mut packages: BTreeMap<&str, Lines> = BTreeMap::new();
    for (path, lines) in by_file {
        let package = path
            .strip_prefix("crates/")
            .and_then(|path| path.split('/').next());
        let package = packages.entry(package.unwrap_or(path)).or_default();
        package.all += lines.all;
        package.reached += lines.reached;
    }
    packages
}

fn bar(package: &str) -> Option<u64> {
    let (_, bar) = BARS.iter().find(|(name, _)| *name == package)?;
    Some(*bar)
}

/// The packages that miss their bar, or of which nothing was measured.
fn missed(by_package: &BTreeMap<&str, Lines>) -> Vec<&'static str> {
    let holds = |name: &str, bar: u64| {
        let lines = by_package.get(name);
        lines.is_some_and(|lines| lines.reach(bar))
    };
    BARS.into_iter()
        .filter(|(name, bar)| !holds(name, *bar))
        .map(|(name, _)| name)
        .collect()
}

fn least_reached(by_file: &BTreeMap<String, Lines>) -> Vec<(&str, Lines)> {
    let mut files: Vec<_> = by_file
        .iter()
        .map(|(path, lines)| (path.as_str(), *lines))
        .collect();
    files.sort_by_key(|(_, lines)| std::cmp::Reverse(lines.missed()));
    files.truncate(FILES_SHOWN);
    files
}

fn row(name: &str, lines: Lines, width: usize) -> String {
    // In thousandths, so that nothing is rounded up to what it is not.
    let thousandths = (lines.reached * 1_000)
        .checked_div(lines.all)
        .unwrap_or(1_000);
    let reached = format!("{}.{} %", thousandths / 10, thousandths % 10);
    format!(
        "{name:<width$} {:>7} {:>7} {reached:>8}",
        lines.all,
        lines.missed()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(all: u64, reached: u64) -> Lines {
        Lines { all, reached }
    }

    #[test]
    fn files_of_the_repository_are_read_and_summed_by_package() {
        let file = |name: &str, count: u64, covered: u64| {
            let lines = serde_json::json!({ "count": count, "covered": covered });
            serde_json::json!({ "filename": name, "summary": { "lines": lines } })
        };
        let files = [
            file("/r/crates/lang/src/a.rs", 10, 9),
            file("/r/crates/lang/src/b.rs", 30, 20),
            file("/elsewhere/c.rs", 7, 0),
        ];
        let report = serde_json::json!({ "data": [{ "files": files }] });
        let by_file = read(&report, Path::new("/r")).unwrap();
        assert_eq!(
            by_package(&by_file),
            BTreeMap::from([("lang", lines(40, 29))])
        );
        let least = least_reached(&by_file);
        assert_eq!(least[0], ("crates/lang/src/b.rs", lines(30, 20)));
    }

    #[test]
    fn a_bar_is_reached_exactly_or_missed() {
        assert!(lines(1_000, 900).reach(90));
        assert!(!lines(1_000, 899).reach(90));
        assert_eq!(
            row("a", lines(1_000, 899), 3),
            "a      1000     101   89.9 %"
        );
    }

    #[test]
    fn what_was_not_measured_misses_its_bar() {
        let all = BARS.map(|(name, _)| name);
        assert_eq!(missed(&BTreeMap::new()), all);
        let whole = all.map(|name| (name, lines(10, 10)));
        assert!(missed(&BTreeMap::from(whole)).is_empty());
    }
}
