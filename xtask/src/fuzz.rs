//! `cargo xtask fuzz`: looks for texts that break a law of the language. What
//! is fuzzed and what has to hold is in `fuzz/`.
//!
//! A search that finds something ends there, and leaves the text behind. A
//! finding is mended and becomes a test, whose comment says `Found by` and the
//! command; from these comments and the searches that found nothing more,
//! `--record` writes `docs/fuzzing.md`.

mod dictionary;
mod page;
mod program;
mod search;
#[expect(unreachable_pub, reason = "in its own package it is public")]
#[path = "../../fuzz/src/seeds.rs"]
mod seeds;
mod statistics;

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use crate::repository::Repository;
use search::Search;
use seeds::Target;

/// How long a target is fuzzed unless it is said.
const TIME: Duration = Duration::from_mins(10);

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Request {
    targets: Vec<Target>,
    time: Duration,
    is_recorded: bool,
}

impl Request {
    fn parse(arguments: &[&str]) -> Result<Self> {
        let mut request = Self {
            targets: Target::ALL.to_vec(),
            time: TIME,
            is_recorded: false,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match *argument {
                "--record" => request.is_recorded = true,
                "--seconds" => {
                    let seconds = arguments.next().context("`--seconds` takes a number")?;
                    let seconds = seconds
                        .parse()
                        .with_context(|| format!("`{seconds}` is no number of seconds"))?;
                    request.time = Duration::from_secs(seconds);
                }
                name => request.targets = vec![Target::find(name).ok_or_else(|| unknown(name))?],
            }
        }
        Ok(request)
    }
}

fn unknown(name: &str) -> anyhow::Error {
    let names = Target::ALL.map(Target::name);
    anyhow!(
        "nothing named `{name}` is fuzzed; there are: {}",
        names.join(", ")
    )
}

/// Fuzzes one target after the other; an error when a law was broken.
pub(crate) fn run(repository: &Repository, arguments: &[&str]) -> Result<()> {
    let request = Request::parse(arguments)?;
    let program = program::build(repository)?;
    let mut broken = Vec::new();
    for target in request.targets {
        println!("==> {}: {} s", target.name(), request.time.as_secs());
        let search = Search::prepare(repository, &program, target)?;
        let statistics = match search.run(request.time)? {
            search::Outcome::Held(statistics) => statistics,
            search::Outcome::Broken(text) => {
                println!(
                    "{}: a law does not hold for {}",
                    target.name(),
                    text.display()
                );
                println!("  again: {}", search.command_line(&text));
                broken.push(target.name());
                continue;
            }
        };
        println!("<== {}: {statistics}", target.name());
        if request.is_recorded {
            page::record(repository, target, &statistics)?;
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    bail!(
        "laws were broken: {}; mend it and keep the text as a test, with a comment \
         \"Found by `cargo xtask fuzz TARGET`\"",
        broken.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_fuzzed_unless_one_target_is_named() {
        let all = Request::parse(&[]).unwrap();
        assert_eq!((all.targets.len(), all.time), (Target::ALL.len(), TIME));
        let one = Request::parse(&["duration", "--seconds", "7", "--record"]).unwrap();
        let expected = Request {
            targets: vec![Target::Duration],
            time: Duration::from_secs(7),
            is_recorded: true,
        };
        assert_eq!(one, expected);
    }

    #[test]
    fn an_unknown_target_is_refused_with_the_names_there_are() {
        let error = Request::parse(&["yaml"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "nothing named `yaml` is fuzzed; there are: \
             definition, overrides, expression, completion, edits, duration"
        );
    }
}
