//! Worlds that must hold: as many as fit into a minute, those that once did
//! not, and small ones in which each call of the store goes wrong in turn.

use baton_sim::{Blow, Keep, Report, Strike, simulate, simulate_strike};

/// Seeds of worlds in which a law was broken once.
const ONCE_BROKEN: &str = include_str!("once_broken.txt");
/// Seeds of the worlds in which each call goes wrong.
const STRUCK_SEEDS: std::ops::Range<u64> = 0..4;

fn must_hold(report: &Report) {
    let seed = report.seed;
    if let Some(breach) = &report.breach {
        panic!("seed {seed} breaks a law: {breach}; look at it with `cargo xtask sim {seed}`");
    }
    assert!(report.n_commits > 0, "seed {seed} did nothing at all");
}

fn all_must_hold(seeds: impl Iterator<Item = u64>) {
    for seed in seeds {
        must_hold(&simulate(seed, Keep::Fingerprint));
    }
}

#[test]
fn the_first_five_hundred_seeds_hold() {
    all_must_hold(0..500);
}

#[test]
fn the_second_five_hundred_seeds_hold() {
    all_must_hold(500..1_000);
}

#[test]
fn the_third_five_hundred_seeds_hold() {
    all_must_hold(1_000..1_500);
}

#[test]
fn the_fourth_five_hundred_seeds_hold() {
    all_must_hold(1_500..2_000);
}

#[test]
fn seeds_that_once_failed_hold() {
    let lines = ONCE_BROKEN.lines().filter(|line| !line.starts_with('#'));
    all_must_hold(lines.filter_map(|line| line.split_whitespace().next()?.parse().ok()));
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    for seed in 0..100 {
        let [one, other] = [Keep::Lines, Keep::Fingerprint].map(|keep| simulate(seed, keep));
        assert_eq!(one.fingerprint, other.fingerprint, "seed {seed}");
        assert_eq!(one.lasted, other.lasted, "seed {seed}");
    }
}

/// Strikes each call of the store in turn.
fn strike_each(blow: Blow) {
    for seed in STRUCK_SEEDS {
        let quiet = simulate_strike(seed, None, Keep::Fingerprint);
        must_hold(&quiet);
        for nth in 1..=quiet.n_calls {
            let strike = Strike { nth, blow };
            let report = simulate_strike(seed, Some(strike), Keep::Fingerprint);
            assert_eq!(report.breach, None, "seed {seed}, {strike:?}");
        }
    }
}

#[test]
fn any_call_of_the_store_may_be_refused() {
    strike_each(Blow::Refused);
}

#[test]
fn any_call_of_the_store_may_work_and_be_answered_with_an_error() {
    strike_each(Blow::Unanswered);
}

#[test]
fn a_server_may_die_before_any_call_of_the_store() {
    strike_each(Blow::DiesBefore);
}

#[test]
fn a_server_may_die_after_any_call_of_the_store() {
    strike_each(Blow::DiesAfter);
}
