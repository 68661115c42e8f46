//! One search: its directories, its limits, and whether what it found is a
//! finding.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::dictionary;
use super::seeds::Target;
use super::statistics::Statistics;
use crate::repository::Repository;

/// A text that takes longer, in seconds, is a finding.
const SECONDS_MAX: &str = "2";
/// So is one for which more memory is needed, in MiB.
const MEMORY_MAX: &str = "512";

/// How a search ended.
pub(super) enum Outcome {
    /// Nothing was found.
    Held(Statistics),
    /// A law does not hold for the text in this file.
    Broken(PathBuf),
}

/// A target and what its search needs.
pub(super) struct Search<'p> {
    program: &'p Path,
    target: Target,
    /// What was worth keeping in earlier searches.
    corpus: PathBuf,
    seeds: PathBuf,
    findings: PathBuf,
    dictionary: PathBuf,
}

impl<'p> Search<'p> {
    /// Writes seeds and dictionary below `target/fuzz`.
    pub(super) fn prepare(
        repository: &Repository,
        program: &'p Path,
        target: Target,
    ) -> Result<Self> {
        let directory = repository.root().join("target/fuzz").join(target.name());
        let search = Self {
            program,
            target,
            corpus: directory.join("corpus"),
            seeds: directory.join("seeds"),
            findings: directory.join("findings"),
            dictionary: directory.join("words.dict"),
        };
        for directory in [&search.corpus, &search.seeds, &search.findings] {
            fs::create_dir_all(directory)?;
        }
        for (number, seed) in seeds(repository, target)?.iter().enumerate() {
            fs::write(search.seeds.join(format!("{number:04}")), seed)?;
        }
        fs::write(&search.dictionary, dictionary::of(repository)?)?;
        Ok(search)
    }

    /// Searches until the time is over or something is found. What was too slow
    /// because the machine was busy or asleep is no finding.
    pub(super) fn run(&self, time: Duration) -> Result<Outcome> {
        let started = Instant::now();
        let mut all = Statistics::default();
        loop {
            let rest = time.saturating_sub(started.elapsed());
            // No time at all would mean to libFuzzer that there is no end.
            let seconds = rest.as_secs().max(1);
            let began = Instant::now();
            let (said, has_held) = self.start(seconds)?;
            if has_held {
                let statistics = Statistics::read(&said, began.elapsed())?;
                return Ok(Outcome::Held(all.and_then(statistics)));
            }
            let Some(text) = found(&said) else {
                bail!("the search ended without a finding:\n{}", tail(&said));
            };
            if !self.holds_for(&text)? {
                return Ok(Outcome::Broken(text));
            }
            println!("{} held when it was tried alone", text.display());
            fs::remove_file(&text)?;
            all = all.and_then(Statistics::read(&said, began.elapsed())?);
        }
    }

    /// What one run of libFuzzer said, and whether it found nothing.
    fn start(&self, seconds: u64) -> Result<(String, bool)> {
        let mut child = self
            .command()
            .args([&self.corpus, &self.seeds])
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-max_len={}", bytes_max(self.target)))
            .arg(format!("-dict={}", self.dictionary.display()))
            .arg(format!("-artifact_prefix={}/", self.findings.display()))
            .arg("-print_final_stats=1")
            .stderr(Stdio::piped())
            .spawn()
            .context("the program that fuzzes cannot be started")?;
        let stderr = child.stderr.take().context("stderr is piped")?;
        let mut said = String::new();
        for line in BufReader::new(stderr).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            if is_worth_showing(&line) {
                println!("{line}");
            }
            said.push_str(&line);
            said.push('\n');
        }
        Ok((said, child.wait()?.success()))
    }

    fn holds_for(&self, text: &Path) -> Result<bool> {
        let output = self.command().arg(text).stderr(Stdio::null()).status()?;
        Ok(output.success())
    }

    /// The program with its limits.
    fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command
            .arg(format!("-timeout={SECONDS_MAX}"))
            .arg(format!("-rss_limit_mb={MEMORY_MAX}"))
            .env("BATON_FUZZ_TARGET", self.target.name())
            .stdout(Stdio::null());
        command
    }

    /// How to try one text.
    pub(super) fn command_line(&self, text: &Path) -> String {
        let (target, program) = (self.target.name(), self.program.display());
        format!("BATON_FUZZ_TARGET={target} {program} {}", text.display())
    }
}

/// The longest text that is tried, in bytes: a few times what people write.
const fn bytes_max(target: Target) -> usize {
    match target {
        Target::Definition | Target::Overrides | Target::Completion => 8_192,
        Target::Expression | Target::Edits => 2_048,
        Target::Duration => 64,
    }
}

/// What the search begins with.
fn seeds(repository: &Repository, target: Target) -> Result<Vec<String>> {
    let sources = repository.sources()?;
    let text_of = |path: &str| {
        let source = sources.iter().find(|source| source.path == path);
        source.map(|source| source.text.as_str())
    };
    let files = sources.iter().filter(|source| is_workflow(&source.path));
    let mut seeds: Vec<String> = files
        .flat_map(|file| {
            let laid = file.path.replace(".yaml", ".over.yaml");
            target.seeds(&file.text, text_of(&laid))
        })
        .collect();
    seeds.sort();
    seeds.dedup();
    Ok(seeds)
}

fn is_workflow(path: &str) -> bool {
    let is_place = [
        "crates/lang/tests/golden/",
        "crates/lang/tests/corpus/",
        "examples/",
    ]
    .iter()
    .any(|place| path.starts_with(place));
    is_place && path.strip_suffix(".yaml").is_some() && path.strip_suffix(".over.yaml").is_none()
}

/// The file that libFuzzer has written what it found to.
fn found(said: &str) -> Option<PathBuf> {
    let (_, after) = said.split_once("Test unit written to ")?;
    Some(PathBuf::from(after.lines().next()?))
}

/// What tells how a search goes, out of much that does not.
fn is_worth_showing(line: &str) -> bool {
    let is_status = line.starts_with('#') && line.contains("\tpulse");
    is_status || line.starts_with("thread ") || line.contains("ERROR: libFuzzer")
}

fn tail(said: &str) -> String {
    let lines: Vec<&str> = said.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_in_the_file_that_libfuzzer_names() {
        let said = "==1== ERROR: libFuzzer: timeout after 2 seconds\n\
                    artifact_prefix='a/'; Test unit written to a/timeout-12\nBase64: ICAg\n";
        assert_eq!(found(said), Some(PathBuf::from("a/timeout-12")));
        assert_eq!(found("Done 7 runs in 2 second(s)\n"), None);
    }

    #[test]
    fn searches_begin_with_workflows_and_not_with_what_is_laid_over_them() {
        assert!(is_workflow(
            "crates/lang/tests/golden/SWDL-E0701/no-map.yaml"
        ));
        assert!(!is_workflow(
            "crates/lang/tests/golden/SWDL-E0701/no-map.over.yaml"
        ));
        assert!(!is_workflow("docs/swdl/README.md"));
    }
}
