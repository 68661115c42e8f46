//! `docs/performance.md`: what was measured last.

use std::fs;

use anyhow::{Context, Result};

use super::bars::Verdict;
use super::measurement::Measurements;
use crate::marked;
use crate::repository::Repository;

const PAGE: &str = "docs/performance.md";
/// Before the table of bars, and before that of the figures asked for.
const BARS: &str = "<!-- bars, written by `cargo xtask bench --long --record` -->";
const ASKED: &str = "<!-- asked for, written by `cargo xtask bench --long --record` -->";

const BARS_HEAD: &str = "\
| Work | Measured | Beside it | Ratio | Bar | |
|---|---:|---:|---:|---:|---|
";
const ASKED_HEAD: &str = "\
| What | Asked for | Measured | As |
|---|---:|---:|---|
";

/// A figure that users of such a service were promised.
struct Asked {
    what: &'static str,
    at_most: &'static str,
    measured: &'static str,
    /// What exactly was measured.
    how: &'static str,
}

const ASKED_FOR: [Asked; 4] = [
    Asked {
        what: "A list",
        at_most: "300 ms",
        measured: "http_list",
        how: "95 of 100 requests of 50 clients at once, among 100,000 executions",
    },
    Asked {
        what: "A plan",
        at_most: "1 s",
        measured: "http_plan",
        how: "95 of 100 requests of 50 clients at once, for 20 stages",
    },
    Asked {
        what: "Reading and checking a file",
        at_most: "200 ms",
        measured: "check_50",
        how: "the median for 50 stages, in the program",
    },
    Asked {
        what: "An event, from its commit to a client",
        at_most: "500 ms",
        measured: "http_followers_p99",
        how: "99 of 100 events, with 1,000 clients",
    },
];

/// Puts the tables into the page.
pub(super) fn record(
    repository: &Repository,
    verdicts: &[Verdict],
    measured: &Measurements,
) -> Result<()> {
    let path = repository.root().join(PAGE);
    let page = fs::read_to_string(&path).with_context(|| format!("cannot read {PAGE}"))?;
    let asked = ASKED_FOR.iter().map(|asked| asked.row(measured));
    let asked: Vec<String> = asked.collect::<Result<_>>()?;
    let bars: Vec<String> = verdicts.iter().map(bar_row).collect();
    let page = marked::with_part(&page, BARS, &(BARS_HEAD.to_owned() + &bars.concat()))
        .and_then(|page| {
            marked::with_part(&page, ASKED, &(ASKED_HEAD.to_owned() + &asked.concat()))
        })
        .with_context(|| format!("{PAGE} does not say where its tables are"))?;
    fs::write(path, page)?;
    println!("{PAGE} says so");
    Ok(())
}

fn bar_row(verdict: &Verdict) -> String {
    format!(
        "| {} | {} | {} | {} | {} | {} |\n",
        verdict.title,
        verdict.measured,
        verdict.beside,
        verdict.ratio,
        verdict.bar,
        verdict.word()
    )
}

impl Asked {
    fn row(&self, measured: &Measurements) -> Result<String> {
        let figure = measured.get(self.measured)?;
        Ok(format!(
            "| {} | {} | {figure} | {} |\n",
            self.what, self.at_most, self.how
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::measurement::Report;
    use super::*;

    #[test]
    fn a_figure_stands_beside_what_was_asked_for() {
        let mut report = Report::default();
        report.read_line("BENCH http_list 12.5 ms").unwrap();
        let row = ASKED_FOR[0].row(&report.measurements).unwrap();
        assert!(row.starts_with("| A list | 300 ms | 12.50 ms |"), "{row}");
    }

    #[test]
    fn a_figure_that_was_not_measured_is_an_error() {
        assert!(ASKED_FOR[1].row(&Measurements::default()).is_err());
    }
}
