//! The bars: which figure is compared with which, and what is good enough.

use anyhow::{Result, bail};

use super::Extent;
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

const ROWS: [Row; 16] = [
    Row {
        title: "W1: 10 stages in sequence",
        measured: "w1",
        unit: "ms",
        bar: Bar::TimesAtMost("floor_w1_p50", 2.0),
    },
    Row {
        title: "W2: many runs of 10 stages",
        measured: "w2",
        unit: "stages/s",
        bar: Bar::PartAtLeast("floor_w2", 0.1),
    },
    Row {
        title: "W2: CPU a stage",
        measured: "w2_cpu",
        unit: "us",
        bar: Bar::AtMost(45.0),
    },
    Row {
        title: "W2 with outputs of 1 KiB",
        measured: "w2_1k",
        unit: "stages/s",
        bar: Bar::PartAtLeast("floor_w2_1k", 0.1),
    },
    Row {
        title: "W2 with outputs of 16 KiB",
        measured: "w2_16k",
        unit: "stages/s",
        bar: Bar::PartAtLeast("floor_w2_16k", 0.1),
    },
    Row {
        title: "W5: 1,000 stages at once",
        measured: "w5_1000",
        unit: "ms",
        bar: Bar::TimesAtMost("floor_w5", 25.0),
    },
    Row {
        title: "W5: 10,000 stages beside 1,000",
        measured: "w5_10000",
        unit: "ms",
        bar: Bar::TimesAtMost("w5_1000", 12.0),
    },
    Row {
        title: "W1 through HTTP",
        measured: "http_w1",
        unit: "ms",
        bar: Bar::TimesAtMost("w1", 1.15),
    },
    Row {
        title: "W2 through HTTP",
        measured: "http_w2",
        unit: "stages/s",
        bar: Bar::PartAtLeast("w2", 0.85),
    },
    Row {
        title: "W5 through HTTP",
        measured: "http_w5_1000",
        unit: "ms",
        bar: Bar::TimesAtMost("w5_1000", 1.15),
    },
    Row {
        title: "50 stages: read and checked",
        measured: "check_50",
        unit: "ms",
        bar: Bar::AtMost(5.0),
    },
    Row {
        title: "10,000 stages: read and checked",
        measured: "check_10000",
        unit: "ms",
        bar: Bar::AtMost(500.0),
    },
    Row {
        title: "10,000 stages beside 1,000",
        measured: "check_10000",
        unit: "ms",
        bar: Bar::TimesAtMost("check_1000", 12.0),
    },
    Row {
        title: "1,000 stages: from text to plan",
        measured: "plan_1000",
        unit: "ms",
        bar: Bar::AtMost(50.0),
    },
    Row {
        title: "1 MiB made to hurt: refused in",
        measured: "hostile",
        unit: "ms",
        bar: Bar::AtMost(100.0),
    },
    Row {
        title: "1 MiB made to hurt: memory",
        measured: "hostile_rss",
        unit: "MiB",
        bar: Bar::AtMost(64.0),
    },
];

/// What many runs and many callers cost, measured by the long benches.
const LONG_ROWS: [Row; 18] = [
    Row {
        title: "100,000 runs that wait: memory",
        measured: "waiting_rss",
        unit: "MiB",
        bar: Bar::AtMost(400.0),
    },
    Row {
        title: "restart among them: first dispatch",
        measured: "waiting_restart",
        unit: "ms",
        bar: Bar::AtMost(3_000.0),
    },
    Row {
        title: "start among 1,000,000 ended runs",
        measured: "history_large_start",
        unit: "ms",
        bar: Bar::TimesAtMost("history_small_start", 1.2),
    },
    Row {
        title: "start to end among them",
        measured: "history_large_end",
        unit: "ms",
        bar: Bar::TimesAtMost("history_small_end", 1.2),
    },
    Row {
        title: "list among them",
        measured: "history_large_list",
        unit: "ms",
        bar: Bar::TimesAtMost("history_small_list", 1.2),
    },
    Row {
        title: "50 clients: a list of executions, p95",
        measured: "http_list",
        unit: "ms",
        bar: Bar::AtMost(50.0),
    },
    Row {
        title: "50 clients: a list of workflows, p95",
        measured: "http_list_workflows",
        unit: "ms",
        bar: Bar::AtMost(50.0),
    },
    Row {
        title: "50 clients: an execution, p95",
        measured: "http_get",
        unit: "ms",
        bar: Bar::AtMost(10.0),
    },
    Row {
        title: "50 clients: a start, p95",
        measured: "http_start",
        unit: "ms",
        bar: Bar::AtMost(30.0),
    },
    Row {
        title: "50 clients: a plan of 20 stages, p95",
        measured: "http_plan",
        unit: "ms",
        bar: Bar::AtMost(20.0),
    },
    Row {
        title: "SpecKit: a workflow among 100,000, p95",
        measured: "speckit_create",
        unit: "ms",
        bar: Bar::AtMost(5.0),
    },
    Row {
        title: "SpecKit: a phase whose hub takes no time, p95",
        measured: "speckit_phase",
        unit: "ms",
        bar: Bar::AtMost(5.0),
    },
    Row {
        title: "1,000 followers: commit to client, p99",
        measured: "http_followers_p99",
        unit: "ms",
        bar: Bar::AtMost(50.0),
    },
    Row {
        title: "1,000 followers: memory",
        measured: "http_followers_rss",
        unit: "MiB",
        bar: Bar::AtMost(150.0),
    },
    Row {
        title: "start to first answer",
        measured: "http_started_in",
        unit: "ms",
        bar: Bar::AtMost(100.0),
    },
    Row {
        title: "an idle server: memory",
        measured: "http_idle_rss",
        unit: "MiB",
        bar: Bar::AtMost(30.0),
    },
    Row {
        title: "an idle server: wake-ups",
        measured: "http_idle_wake_ups",
        unit: "/s",
        bar: Bar::AtMost(1.0),
    },
    Row {
        title: "the program",
        measured: "http_program",
        unit: "MiB",
        bar: Bar::AtMost(40.0),
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

impl Verdict {
    /// What is said of it.
    pub(crate) const fn word(&self) -> &'static str {
        if self.holds { "holds" } else { "MISSED" }
    }
}

/// Compares every figure with its bar, in the round of the median ratio; a
/// missing figure is an error, because a bar that was not measured does not
/// hold.
pub(crate) fn judge(rounds: &[&Measurements], extent: Extent) -> Result<Vec<Verdict>> {
    let long: &[Row] = match extent {
        Extent::Short => &[],
        Extent::Long | Extent::Recorded => &LONG_ROWS,
    };
    ROWS.iter()
        .chain(long)
        .map(|row| judge_row(row, median_round(row, rounds)?))
        .collect()
}

/// Of the rounds in which the row was measured, the one in the middle; of an
/// even number, the worse one for a figure that has to be low.
fn median_round<'a>(row: &Row, rounds: &[&'a Measurements]) -> Result<&'a Measurements> {
    let ratio = |round: &Measurements| {
        let value = round.find(row.measured)?.value;
        Some(match row.bar {
            Bar::TimesAtMost(name, _) | Bar::PartAtLeast(name, _) => {
                value / round.find(name)?.value
            }
            Bar::AtMost(_) => value,
        })
    };
    let mut measured: Vec<(f64, &Measurements)> = rounds
        .iter()
        .filter_map(|round| Some((ratio(round)?, *round)))
        .collect();
    measured.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let Some((_, round)) = measured.get(measured.len() / 2) else {
        bail!("no bench printed what `{}` needs", row.title);
    };
    Ok(round)
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
                other.to_string(),
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
                other.to_string(),
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
        measured: measured.to_string(),
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

#[cfg(test)]
mod tests {
    use super::super::measurement::Report;
    use super::*;

    const GOOD: [&str; 21] = [
        "BENCH floor_w1_p50 1.5 ms",
        "BENCH floor_w2 400000 stages/s",
        "BENCH floor_w2_1k 200000 stages/s",
        "BENCH floor_w2_16k 20000 stages/s",
        "BENCH floor_w5 2 ms",
        "BENCH w1 3.0 ms",
        "BENCH w2 40000 stages/s",
        "BENCH w2_cpu 45 us",
        "BENCH w2_1k 20000 stages/s",
        "BENCH w2_16k 2000 stages/s",
        "BENCH w5_1000 50 ms",
        "BENCH w5_10000 600 ms",
        "BENCH http_w1 3.44 ms",
        "BENCH http_w2 34000 stages/s",
        "BENCH http_w5_1000 57.4 ms",
        "BENCH check_50 5 ms",
        "BENCH check_1000 45 ms",
        "BENCH check_10000 500 ms",
        "BENCH plan_1000 50 ms",
        "BENCH hostile 100 ms",
        "BENCH hostile_rss 64 MiB",
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
        let verdicts = judge(&[&measurements(replaced)], Extent::Short).unwrap();
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
            ("BENCH w1 3.1 ms", "W1: 10 stages in sequence"),
            ("BENCH w2 39900 stages/s", "W2: many runs of 10 stages"),
            ("BENCH w2_cpu 45.1 us", "W2: CPU a stage"),
            ("BENCH w2_1k 19900 stages/s", "W2 with outputs of 1 KiB"),
            ("BENCH w2_16k 1990 stages/s", "W2 with outputs of 16 KiB"),
            ("BENCH floor_w5 1.9 ms", "W5: 1,000 stages at once"),
            ("BENCH w5_10000 601 ms", "W5: 10,000 stages beside 1,000"),
            ("BENCH http_w1 3.46 ms", "W1 through HTTP"),
            ("BENCH http_w2 33900 stages/s", "W2 through HTTP"),
            ("BENCH http_w5_1000 57.6 ms", "W5 through HTTP"),
            ("BENCH check_50 5.1 ms", "50 stages: read and checked"),
            (
                "BENCH check_10000 501 ms",
                "10,000 stages: read and checked",
            ),
            ("BENCH check_1000 41 ms", "10,000 stages beside 1,000"),
            ("BENCH plan_1000 51 ms", "1,000 stages: from text to plan"),
            ("BENCH hostile 101 ms", "1 MiB made to hurt: refused in"),
            ("BENCH hostile_rss 65 MiB", "1 MiB made to hurt: memory"),
        ] {
            assert_eq!(missed(line), [title], "{line}");
        }
    }

    #[test]
    fn a_figure_in_another_unit_is_not_compared() {
        let error = judge(&[&measurements("BENCH w1 6000 us")], Extent::Short).unwrap_err();
        assert_eq!(error.to_string(), "`w1` was measured in us, not in ms");
    }

    #[test]
    fn the_round_of_the_median_ratio_counts() {
        let rounds = [6.0, 2.9, 2.8].map(|w1| measurements(&format!("BENCH w1 {w1} ms")));
        let verdicts = judge(&rounds.each_ref(), Extent::Short).unwrap();
        assert_eq!(verdicts[0].measured, "2.90 ms");
    }

    #[test]
    fn a_row_that_no_round_measured_is_an_error() {
        let error = judge(&[&measurements("")], Extent::Long).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no bench printed what `100,000 runs that wait: memory` needs"
        );
    }

    #[test]
    fn the_ratio_is_printed_beside_its_bar() {
        let verdicts = judge(&[&measurements("")], Extent::Short).unwrap();
        assert_eq!(
            (verdicts[0].ratio.as_str(), verdicts[0].bar.as_str()),
            ("2.00 x", "<= 2 x")
        );
        assert_eq!(
            (verdicts[1].ratio.as_str(), verdicts[1].bar.as_str()),
            ("10.0 %", ">= 10 %")
        );
    }
}
