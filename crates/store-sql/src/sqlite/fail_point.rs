//! Ends the program at a commit that tests choose: `BATON_CRASH_AT=n`,
//! `n:before` or `n:after`.
//!
//! Only builds with debug assertions hold this. Commits of the writer are
//! counted from 1 over the life of the process; `n` alone means `before`. The
//! end is a SIGKILL, so that no destructor tidies up what a real crash would
//! leave behind.

use std::env;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::sys::signal::{Signal, raise};

/// Names the commit.
const VARIABLE: &str = "BATON_CRASH_AT";

/// On which side of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// All is written and nothing is durable.
    Before,
    /// All is durable and nobody was told.
    After,
}

/// Where the program is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FailPoint {
    commit: u64,
    side: Side,
}

/// The number of the commit that begins; to be handed to [`pass`].
pub(super) fn next_commit() -> u64 {
    static COMMITS: AtomicU64 = AtomicU64::new(0);
    COMMITS.fetch_add(1, Ordering::Relaxed) + 1
}

/// Goes on, or never returns.
pub(super) fn pass(commit: u64, side: Side) {
    static CHOSEN: OnceLock<Option<FailPoint>> = OnceLock::new();
    let chosen = CHOSEN.get_or_init(|| {
        let text = env::var(VARIABLE).ok()?;
        let point = parse(&text);
        assert!(point.is_some(), "{VARIABLE} is not n, n:before or n:after");
        point
    });
    if *chosen == Some(FailPoint { commit, side }) {
        raise(Signal::SIGKILL).expect("a process may always end itself");
    }
}

fn parse(text: &str) -> Option<FailPoint> {
    let (commit, side) = match text.split_once(':') {
        None => (text, Side::Before),
        Some((commit, "before")) => (commit, Side::Before),
        Some((commit, "after")) => (commit, Side::After),
        Some(_) => return None,
    };
    let commit = commit.parse().ok().filter(|commit| *commit > 0)?;
    Some(FailPoint { commit, side })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_and_its_side_are_read() {
        let point = |commit, side| Some(FailPoint { commit, side });
        let rows = [
            ("1", point(1, Side::Before)),
            ("12:before", point(12, Side::Before)),
            ("12:after", point(12, Side::After)),
            ("0", None),
            ("", None),
            ("x:after", None),
            ("1:between", None),
        ];
        for (text, expected) in rows {
            assert_eq!(parse(text), expected, "{text:?}");
        }
    }
}
