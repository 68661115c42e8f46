//! What libFuzzer says about a search.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result};

/// One search, or several of one target one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Statistics {
    pub(super) seconds: u64,
    pub(super) executions: u64,
    /// Edges of the program that were reached.
    pub(super) edges: u64,
    /// Edges that it has.
    pub(super) edges_all: u64,
    /// Texts that reach something no other does.
    pub(super) corpus: u64,
}

impl Statistics {
    /// Reads what was printed.
    pub(super) fn read(said: &str, took: Duration) -> Result<Self> {
        let status = said
            .lines()
            .rfind(|line| line.starts_with('#') && line.contains(" cov: "))
            .context("libFuzzer reports no coverage")?;
        Ok(Self {
            seconds: took.as_secs(),
            executions: number_after(said, "stat::number_of_executed_units: ")?,
            edges: number_after(status, " cov: ")?,
            edges_all: number_after(said, "INFO: Loaded 1 PC tables (")?,
            corpus: number_after(status, " corp: ")?,
        })
    }

    /// Both together: the later search has the corpus of the earlier one.
    pub(super) fn and_then(self, later: Self) -> Self {
        Self {
            seconds: self.seconds + later.seconds,
            executions: self.executions + later.executions,
            ..later
        }
    }
}

impl fmt::Display for Statistics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seconds,
            executions,
            edges,
            edges_all,
            corpus,
        } = self;
        write!(
            formatter,
            "{executions} executions in {seconds} s, {edges} of {edges_all} edges, {corpus} texts"
        )
    }
}

/// The first number after these words; blanks before it do not matter.
fn number_after(text: &str, words: &str) -> Result<u64> {
    let (_, after) = text
        .split_once(words)
        .with_context(|| format!("libFuzzer does not say `{}`", words.trim()))?;
    let after = after.trim_start();
    let digits = after.find(|c: char| !c.is_ascii_digit());
    let number = &after[..digits.unwrap_or(after.len())];
    number
        .parse()
        .with_context(|| format!("`{number}` is no number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "\
INFO: Loaded 1 PC tables (51175 PCs): 51175 [0x1,0x2),
#2	INITED cov: 10 ft: 11 corp: 1/1b exec/s: 0 rss: 30Mb
#900	DONE   cov: 4321 ft: 9876 corp: 55/12Kb lim: 64 exec/s: 42 rss: 31Mb
stat::number_of_executed_units: 900
";

    #[test]
    fn the_last_status_and_the_final_statistics_are_read() {
        let read = Statistics::read(SAID, Duration::from_millis(2_900)).unwrap();
        let expected = Statistics {
            seconds: 2,
            executions: 900,
            edges: 4321,
            edges_all: 51175,
            corpus: 55,
        };
        assert_eq!(read, expected);
        let twice = read.and_then(read);
        assert_eq!((twice.executions, twice.edges), (1800, 4321));
    }

    #[test]
    fn silence_is_an_error() {
        assert!(Statistics::read("", Duration::ZERO).is_err());
    }
}
