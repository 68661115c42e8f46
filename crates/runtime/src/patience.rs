//! How long to wait before a store that does not work is tried again.

use std::time::Duration;

const WAITS: [Duration; 5] = [
    Duration::from_millis(20),
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(1),
    LONGEST,
];

/// The longest wait.
pub(crate) const LONGEST: Duration = Duration::from_secs(2);
/// After so many tries, something that can do without gives up.
pub(crate) const TRIES_MAX: usize = WAITS.len();

/// The wait after the try that `tries` others came before.
pub(crate) fn wait(tries: usize) -> Duration {
    WAITS.get(tries).copied().unwrap_or(LONGEST)
}
