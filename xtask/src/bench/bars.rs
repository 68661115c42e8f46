//! The bars: which figure is compared with which, and what is good enough.

use anyhow::{Result, bail};

use super::measurement::{Measurement, Measurements};

/// What a figure is held against.
enum Bar {
    /// At most so many times the other figure.
    TimesAtMost(&'static str, f64),
    /// At least this part of the other figure.
    PartAtLeast(&'static str, f64),
    /// At most this, in its own unit.
    AtMost(f64),
}

/// One row of the table, before anything was measured.
struct Row {
    title: &'static str,
    measured: &'static str,
    unit: &'static str,
    bar: Bar,
}

const ROWS: [Row; 4] = [
    Row {
        title: "W1: 10 stages in sequence",
        measured: "w1",
        unit: "ms",
        bar: Bar::TimesAtMost("floor_w1_p50", 4.0),
    },
    Row {
        title: "W2: many runs of 10 stages",
        measured: "w2",
        unit: "stages/s",
        bar: Bar::PartAtLeast("floor_w2", 0.05),
    },
    Row {
        title: "W2: CPU a stage",
        measured: "w2_cpu",
        unit: "us",
        bar: Bar::AtMost(90.0),
    },
    Row {
        title: "W5: 10,000 stages beside 1,000",
        measured: "w5_10000",
        unit: "ms",
        bar: Bar::TimesAtMost("w5_1000", 12.0),
    },
];

/// One row of the table, ready to print.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) title: &'static str,
    pub(crate) measured: String,
    pub(crate) beside: String,
    pub(crate) ratio: String,
    pub(crate) bar: String,
    pub(crate) holds: bool,
}

/// Compares every figure with its bar; a missing figure is an error, because a
/// bar that was not measured does not hold.
pub(crate) fn judge(measurements: &Measurements) -> Result<Vec<Verdict>> {
    ROWS.iter()
        .map(|row| judge_row(row, measurements))
        .collect()
}

fn judge_row(row: &Row, measurements: &Measurements) -> Result<Verdict> {
    let measured = with_unit(measurements, row.measured, row.unit)?;
    let beside = |name| with_unit(measurements, name, row.unit);
    let (beside, ratio, bar, holds) = match row.bar {
        Bar::TimesAtMost(name, times_max) => {
            let other = beside(name)?;
            let times = measured.value / other.value;
            let bar = format!("<= {times_max} x");
            (
                shown(other),
                format!("{times:.2} x"),
                bar,
                times <= times_max,
            )
        }
        Bar::PartAtLeast(name, part_min) => {
            let other = beside(name)?;
            let part = measured.value / other.value;
            let bar = format!(">= {} %", part_min * 100.0);
            (
                shown(other),
                format!("{:.1} %", part * 100.0),
                bar,
                part >= part_min,
            )
        }
        Bar::AtMost(value_max) => {
            let bar = format!("<= {value_max} {}", row.unit);
            (
                String::new(),
                String::new(),
                bar,
                measured.value <= value_max,
            )
        }
    };
    Ok(Verdict {
        title: row.title,
        measured: shown(measured),
        beside,
        ratio,
        bar,
        holds,
    })
}

/// The figure, if it is in the unit that the row compares in.
fn with_unit<'a>(
    measurements: &'a Measurements,
    name: &str,
    unit: &str,
) -> Result<&'a Measurement> {
    let measurement = measurements.get(name)?;
    if measurement.unit != unit {
        bail!(
            "`{name}` was measured in {}, not in {unit}",
            measurement.unit
        );
    }
    Ok(measurement)
}

fn shown(measurement: &Measurement) -> String {
    let Measurement { value, unit } = measurement;
    if *value >= 1000.0 {
        format!("{value:.0} {unit}")
    } else {
        format!("{value:.2} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::measurement::Report;
    use super::*;

    const GOOD: [&str; 7] = [
        "BENCH floor_w1_p50 1.5 ms",
        "BENCH floor_w2 400000 stages/s",
        "BENCH w1 6.0 ms",
        "BENCH w2 20000 stages/s",
        "BENCH w2_cpu 90 us",
        "BENCH w5_1000 20 ms",
        "BENCH w5_10000 240 ms",
    ];

    /// The good figures with one line replaced.
    fn measurements(replaced: &str) -> Measurements {
        let mut report = Report::default();
        let name = replaced.split_whitespace().nth(1).unwrap_or_default();
        for line in GOOD {
            let is_replaced = line.split_whitespace().nth(1) == Some(name);
            report
                .read_line(if is_replaced { replaced } else { line })
                .unwrap();
        }
        report.measurements
    }

    fn missed(replaced: &str) -> Vec<&'static str> {
        let verdicts = judge(&measurements(replaced)).unwrap();
        let missed = verdicts.iter().filter(|verdict| !verdict.holds);
        missed.map(|verdict| verdict.title).collect()
    }

    #[test]
    fn figures_that_just_reach_the_bars_hold() {
        assert_eq!(missed(""), [""; 0]);
    }

    #[test]
    fn each_bar_can_be_missed_alone() {
        for (line, title) in [
            ("BENCH w1 6.1 ms", "W1: 10 stages in sequence"),
            ("BENCH w2 19900 stages/s", "W2: many runs of 10 stages"),
            ("BENCH w2_cpu 90.1 us", "W2: CPU a stage"),
            ("BENCH w5_10000 241 ms", "W5: 10,000 stages beside 1,000"),
        ] {
            assert_eq!(missed(line), [title], "{line}");
        }
    }

    #[test]
    fn a_figure_in_another_unit_is_not_compared() {
        let error = judge(&measurements("BENCH w1 6000 us")).unwrap_err();
        assert_eq!(error.to_string(), "`w1` was measured in us, not in ms");
    }

    #[test]
    fn the_ratio_is_printed_beside_its_bar() {
        let verdicts = judge(&measurements("")).unwrap();
        assert_eq!(
            (verdicts[0].ratio.as_str(), verdicts[0].bar.as_str()),
            ("4.00 x", "<= 4 x")
        );
        assert_eq!(
            (verdicts[1].ratio.as_str(), verdicts[1].bar.as_str()),
            ("5.0 %", ">= 5 %")
        );
    }
}
