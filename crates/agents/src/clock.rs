//! The wall clock as a [`Timestamp`]. Waiting is done on monotonic clocks.

use std::time::{SystemTime, UNIX_EPOCH};

use baton_model::Timestamp;

/// What the wall clock shows.
pub(crate) fn now() -> Timestamp {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::default().after(since_epoch)
}
