//! Whether a failed attempt is followed by another, and how long after.

use std::time::Duration;

use baton_model::Failure;
use baton_model::plan::RetryPolicy;

/// The wait before the next attempt; None when there is to be none.
///
/// `attempt` counts from 1 and is the one that failed. The jitter of ±10 %
/// comes from `seed`, so a replay waits just as long.
pub(crate) fn backoff(
    policy: &RetryPolicy,
    attempt: u32,
    failure: &Failure,
    seed: u64,
) -> Option<Duration> {
    let forbidden = policy.non_retryable.contains(&failure.label);
    if attempt >= policy.attempts_max || forbidden || !failure.label.is_retryable() {
        return None;
    }
    let exponent = i32::try_from(attempt - 1).unwrap_or(i32::MAX);
    let factor = policy.backoff_multiplier.powi(exponent);
    let longest = policy.interval_max.as_secs_f64();
    let plain = (policy.initial_interval.as_secs_f64() * factor).min(longest);
    let jittered = plain * (0.9 + 0.2 * unit(mix(seed ^ u64::from(attempt))));
    Some(Duration::try_from_secs_f64(jittered).unwrap_or(policy.interval_max))
}

/// One step of the splitmix64 generator.
pub(crate) const fn mix(seed: u64) -> u64 {
    let mut word = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// A number in [0, 1) from the upper 32 bits, which `f64` holds exactly.
fn unit(word: u64) -> f64 {
    let upper = u32::try_from(word >> 32).unwrap_or(u32::MAX);
    f64::from(upper) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use baton_model::FailureLabel;

    use super::*;

    fn seconds(attempt: u32, label: FailureLabel) -> Option<f64> {
        let policy = RetryPolicy {
            attempts_max: 9,
            initial_interval: Duration::from_secs(10),
            backoff_multiplier: 2.0,
            interval_max: Duration::from_mins(1),
            non_retryable: vec![FailureLabel::LIMIT],
        };
        let failure = Failure::new(label, "x");
        backoff(&policy, attempt, &failure, 7).map(|wait| wait.as_secs_f64())
    }

    #[test]
    fn waits_grow_to_the_cap_within_ten_percent() {
        for (attempt, plain) in [(1, 10.0), (2, 20.0), (3, 40.0), (4, 60.0), (8, 60.0)] {
            let wait = seconds(attempt, FailureLabel::EXIT).unwrap();
            assert!(
                (plain * 0.9..=plain * 1.1).contains(&wait),
                "attempt {attempt}: {wait}"
            );
        }
        assert_eq!(
            seconds(3, FailureLabel::EXIT),
            seconds(3, FailureLabel::EXIT)
        );
    }

    #[test]
    fn some_failures_are_not_tried_again() {
        assert_eq!(seconds(9, FailureLabel::EXIT), None);
        assert_eq!(seconds(1, FailureLabel::LIMIT), None);
        assert_eq!(seconds(1, FailureLabel::AUTH_FAILURE), None);
        assert!(seconds(1, FailureLabel::TIMEOUT).is_some());
    }
}
