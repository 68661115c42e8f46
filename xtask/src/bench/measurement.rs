//! What benches print for the table: `BENCH <name> <value> <unit>` is a
//! measurement, `NOTE <text>` a line that belongs below the table (PRAGMAs,
//! payload, noise). Everything else is for the reader alone.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, Result, bail};

/// One figure with its unit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measurement {
    pub(crate) value: f64,
    pub(crate) unit: String,
}

impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, unit } = self;
        let digits = if *value >= 1_000.0 { 0 } else { 2 };
        write!(f, "{value:.digits$} {unit}")
    }
}

/// The figures by name.
#[derive(Debug, Default)]
pub(crate) struct Measurements(BTreeMap<String, Measurement>);

/// Everything the benches said.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) measurements: Measurements,
    pub(crate) notes: Vec<String>,
}

impl Measurements {
    pub(crate) fn get(&self, name: &str) -> Result<&Measurement> {
        self.find(name)
            .with_context(|| format!("no bench printed `BENCH {name} <value> <unit>`"))
    }

    /// The figure, if it was measured in this round.
    pub(crate) fn find(&self, name: &str) -> Option<&Measurement> {
        self.0.get(name)
    }
}

impl Report {
    /// Takes a line in; a malformed measurement is an error, never left out.
    pub(crate) fn read_line(&mut self, line: &str) -> Result<()> {
        if let Some(note) = line.strip_prefix("NOTE ") {
            self.notes.push(note.to_owned());
            return Ok(());
        }
        let Some(rest) = line.strip_prefix("BENCH ") else {
            return Ok(());
        };
        let words: Vec<&str> = rest.split_whitespace().collect();
        let [name, value, unit] = words[..] else {
            bail!("`{line}` is not `BENCH <name> <value> <unit>`");
        };
        let value: f64 = value
            .parse()
            .with_context(|| format!("`{value}` in `{line}` is not a number"))?;
        if !value.is_finite() || value <= 0.0 {
            bail!("`{line}`: a measurement is greater than zero");
        }
        let measurement = Measurement {
            value,
            unit: unit.to_owned(),
        };
        if self
            .measurements
            .0
            .insert(name.to_owned(), measurement)
            .is_some()
        {
            bail!("`{name}` was measured twice");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(text: &str) -> Result<Report> {
        let mut report = Report::default();
        for line in text.lines() {
            report.read_line(line)?;
        }
        Ok(report)
    }

    #[test]
    fn measurements_and_notes_are_kept_and_the_rest_is_not() {
        let report = report("warming up\nBENCH floor_w1 1.5 ms\nNOTE synchronous=FULL\n").unwrap();
        let expected = Measurement {
            value: 1.5,
            unit: "ms".to_owned(),
        };
        assert_eq!(report.measurements.get("floor_w1").unwrap(), &expected);
        assert_eq!(report.notes, ["synchronous=FULL"]);
    }

    #[test]
    fn a_malformed_measurement_is_an_error() {
        for line in [
            "BENCH w1 1.5",
            "BENCH w1 fast ms",
            "BENCH w1 NaN ms",
            "BENCH w1 0 ms",
            "BENCH w1 1 ms\nBENCH w1 2 ms",
        ] {
            assert!(report(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_missing_measurement_says_what_was_expected() {
        let error = Measurements::default().get("w1").unwrap_err();
        assert_eq!(
            error.to_string(),
            "no bench printed `BENCH w1 <value> <unit>`"
        );
    }
}
