//! Replaces what differs between two recordings by fixed texts.
//!
//! Every replacement is as long as what it replaces: a terminal breaks and
//! cuts lines by their length, so the screen stays the one that was recorded.

use std::path::Path;

use anyhow::{Context, Result, ensure};

/// The id of every run in a picture.
const SHOWN_RUN: &str = "0197f3a2-6c1e-7b54-9d08-5f2ac41be973";
/// Digits of an id that are enough to name a run, at its end.
const SHORT_ID: usize = 8;

/// What is replaced, by what.
pub(super) struct Scrub {
    texts: Vec<(String, &'static str)>,
}

impl Scrub {
    /// Finds the run's id in a recording that was made below `root`.
    pub(super) fn of(output: &str, root: &Path, shown_root: &'static str) -> Result<Self> {
        let root = root
            .as_os_str()
            .to_str()
            .context("a temporary path is UTF-8")?;
        ensure!(
            root.len() == shown_root.len(),
            "{root} cannot be shown as {shown_root}: the lengths differ"
        );
        let run = find_run(output).context("the recording shows no run id")?;
        let short = run.len() - SHORT_ID;
        Ok(Self {
            texts: vec![
                (run.to_owned(), SHOWN_RUN),
                (run[short..].to_owned(), &SHOWN_RUN[short..]),
                (root.to_owned(), shown_root),
            ],
        })
    }

    pub(super) fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (from, to) in &self.texts {
            text = text.replace(from, to);
        }
        round_durations(&text)
    }
}

/// The first text of the shape of a UUID.
fn find_run(output: &str) -> Option<&str> {
    let length = SHOWN_RUN.len();
    (0..output.len().saturating_sub(length - 1))
        .filter_map(|start| output.get(start..start + length))
        .find(|text| is_uuid(text))
}

fn is_uuid(text: &str) -> bool {
    text.bytes().zip(SHOWN_RUN.bytes()).all(|(byte, shape)| {
        if shape == b'-' {
            byte == b'-'
        } else {
            byte.is_ascii_hexdigit()
        }
    })
}

/// Rounds durations such as `2.3s`: to `0.1s` below a second, down to whole
/// seconds above. What is finer says more about the machine than about Baton.
fn round_durations(text: &str) -> String {
    let mut rounded = text.to_owned().into_bytes();
    for end in 3..rounded.len() {
        let [units, b'.', tenths, b's'] = rounded[end - 3..=end] else {
            continue;
        };
        if units.is_ascii_digit() && tenths.is_ascii_digit() {
            let is_short =
                units == b'0' && !rounded[..end - 3].last().is_some_and(u8::is_ascii_digit);
            rounded[end - 1] = if is_short { b'1' } else { b'0' };
        }
    }
    String::from_utf8(rounded).expect("digits were replaced by digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "01a1fc0f-04be-779b-9de5-0f7038338378";

    #[test]
    fn ids_and_paths_become_fixed_texts_of_the_same_length() {
        let output = format!("✓ {RUN} wrote /tmp/b-1/report.md; see 38338378");
        let scrub = Scrub::of(&output, Path::new("/tmp/b-1"), "/home/me").unwrap();
        let shown = scrub.apply(&output);
        assert_eq!(
            shown,
            format!("✓ {SHOWN_RUN} wrote /home/me/report.md; see c41be973")
        );
        assert_eq!(shown.len(), output.len());
    }

    #[test]
    fn durations_are_rounded() {
        let cases = [
            ("took 0.0s", "took 0.1s"),
            ("0.7s and 2.9s", "0.1s and 2.0s"),
            ("10.4s", "10.0s"),
            ("12s, 3m 7s, .5s", "12s, 3m 7s, .5s"),
        ];
        for (text, rounded) in cases {
            assert_eq!(round_durations(text), rounded);
        }
    }

    #[test]
    fn a_shown_path_of_another_length_is_refused() {
        assert!(Scrub::of(RUN, Path::new("/tmp/b"), "/home/me").is_err());
    }
}
