//! The one build tool of this repository: `cargo xtask demo | test | check | tidy | bench | sim | fuzz | cover | picture | docs | api | schemathesis | ui | journeys`.
//!
//! It needs no installation, runs alike on a laptop and in continuous
//! integration, and depends on next to nothing, so that it compiles in seconds.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a build tool talks to a terminal"
)]

mod api;
mod bench;
mod browser;
mod cover;
mod demo;
mod docs;
mod editor;
mod fuzz;
mod marked;
mod picture;
mod repository;
mod schemathesis;
mod server;
mod sim;
mod steps;
mod suite;
mod tidy;
mod tools;
mod ui;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use repository::Repository;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  demo                 build Baton, serve its web interface with examples in it, and let it
                       check this repository, gate included
  test [--only STEP]   every test there is, quickest first (what CI runs)
  check [--only STEP]  formatting, tidy, clippy
  tidy                 the rules of this repository that no compiler knows
  bench [--long]       measure against the floor and compare with the bars; --long
                       also with 100,000 runs that wait, 1,000,000 that ended, and
                       many callers at once; --record then writes docs/performance.md
  sim SEED             one simulation with everything that happens in it
  sim --count N        simulations from --from S (0), with --jobs J (1) at once
  sim --planted        whether simulations find the bugs that patches plant in a copy
  fuzz [TARGET]        texts that break a law of the language, looked for during
                       --seconds N (600) for each target; --record writes docs/fuzzing.md
  cover                which lines the tests reach, and whether that is enough
  docs                 write docs/cli: the reference of all commands, and a session
  api                  write the document of the API, its examples, pages and types anew
  schemathesis         requests that the document allows or forbids, against a server:
                       --cases N (100) of each kind for each operation, from --seed S
  ui                   build the web interface and fetch Swagger UI, where the next build
                       of the program takes them up
  journeys             go through the web interface in a real browser, on the real program;
                       --screenshots takes the pictures of docs/ui instead, --crawl
                       operates all there is on every page, in every look, --measure
                       compares loading, drawing and moving with the bars, and with
                       --long what the page of a run keeps in --minutes N (30)
  picture              record a run in a terminal of 80x24 into docs/picture.svg
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    let repository = Repository::of_this_build()?;
    match arguments {
        ["demo"] => demo::run(&repository),
        ["test"] => steps::run(&repository, suite::test(), None),
        ["test", "--only", step] => steps::run(&repository, suite::test(), Some(step)),
        ["check"] => steps::run(&repository, suite::check(), None),
        ["check", "--only", step] => steps::run(&repository, suite::check(), Some(step)),
        ["tidy"] => tidy::run(&repository),
        ["bench"] => bench::run(&repository, bench::Extent::Short),
        ["bench", "--long"] => bench::run(&repository, bench::Extent::Long),
        ["bench", "--long", "--record"] => bench::run(&repository, bench::Extent::Recorded),
        ["sim", arguments @ ..] if !arguments.is_empty() => sim::run(&repository, arguments),
        ["fuzz", arguments @ ..] => fuzz::run(&repository, arguments),
        ["cover"] => cover::run(&repository),
        ["api"] => api::write(&repository),
        ["schemathesis", arguments @ ..] => schemathesis::run(&repository, arguments),
        ["ui"] => ui::build(&repository),
        ["journeys"] => ui::browse(&repository, ui::Errand::Journeys),
        ["journeys", "--screenshots"] => ui::browse(&repository, ui::Errand::Screenshots),
        ["journeys", "--crawl"] => ui::browse(&repository, ui::Errand::Crawl),
        ["journeys", "--measure"] => ui::browse(&repository, ui::Errand::Measures),
        ["journeys", "--measure", "--long"] => memory(&repository, ui::MINUTES),
        ["journeys", "--measure", "--long", "--minutes", minutes] => {
            memory(&repository, minutes.parse().context("whole minutes")?)
        }
        ["picture"] => picture::run(&repository),
        ["docs"] => docs::run(&repository),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        unknown => bail!("unknown arguments `{}`\n\n{USAGE}", unknown.join(" ")),
    }
}

fn memory(repository: &Repository, minutes: u32) -> Result<()> {
    ui::browse(repository, ui::Errand::Memory { minutes })
}
