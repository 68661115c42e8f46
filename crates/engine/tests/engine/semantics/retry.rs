//! `max_attempts` counts all attempts; waits grow to a cap, with a seeded
//! jitter of ±10 %; labels may stop retrying; timeouts are retried. (The
//! arithmetic is proven beside it, in `src/retry.rs`.)

use std::time::Duration;

use baton_model::FailureLabel;
use baton_model::plan::{PlannedStage, RetryPolicy};

use super::retried;
use crate::harness::{Run, plan};

#[test]
fn max_attempts_counts_all_attempts() {
    let mut run = Run::new(plan(vec![retried("a", 3)]));
    for attempt in 1..=3 {
        run.start();
        assert_eq!(run.of("a").attempt, attempt);
        run.fail("a", FailureLabel::EXIT);
        run.wait();
    }
    assert_eq!(run.summary(), "failed a:failed");
}

#[test]
fn the_wait_grows_to_its_cap_within_ten_percent() {
    let policy = RetryPolicy {
        attempts_max: 5,
        initial_interval: Duration::from_secs(10),
        backoff_multiplier: 3.0,
        interval_max: Duration::from_mins(1),
        non_retryable: Vec::new(),
    };
    let stage = PlannedStage {
        retry: policy,
        ..retried("a", 5)
    };
    let mut run = Run::new(plan(vec![stage]));
    for plain in [10.0, 30.0, 60.0, 60.0] {
        run.start();
        run.fail("a", FailureLabel::EXIT);
        assert_eq!(run.summary(), "running a:pending");
        assert!(run.startable().is_empty());
        let before = run.now;
        assert!(run.wait());
        let waited = run.now.since(before).as_secs_f64();
        assert!((plain * 0.9..=plain * 1.1).contains(&waited), "{waited}");
    }
}

#[test]
fn the_jitter_comes_from_the_seed() {
    let waits = || {
        let mut run = Run::new(plan(vec![retried("a", 2), retried("b", 2)]));
        run.start();
        run.fail("a", FailureLabel::EXIT);
        run.fail("b", FailureLabel::EXIT);
        [run.of("a").timer, run.of("b").timer]
    };
    assert_eq!(waits(), waits(), "a replay waits just as long");
    let [a, b] = waits();
    assert_ne!(a, b, "stages that fail together do not come back together");
}

#[test]
fn a_label_in_non_retryable_errors_stops_retrying() {
    let mut strict = retried("a", 5);
    strict.retry.non_retryable = vec![FailureLabel::new("flaky-network")];
    let mut run = Run::new(plan(vec![strict]));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    run.wait();
    run.start();
    run.fail("a", FailureLabel::new("flaky-network"));
    assert_eq!(run.summary(), "failed a:failed");
}

#[test]
fn a_timeout_is_retried() {
    let timed = PlannedStage {
        timeout: Some(Duration::from_secs(5)),
        ..retried("a", 2)
    };
    let mut run = Run::new(plan(vec![timed]));
    run.start();
    run.wait();
    run.fail("a", FailureLabel::CANCELLED);
    assert_eq!(run.summary(), "running a:pending");
}
