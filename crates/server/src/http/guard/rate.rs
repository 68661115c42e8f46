//! How much one caller may ask.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

/// Callers that are told apart. Beyond that, peers share one allowance.
const CALLERS_MAX: usize = 10_000;

/// Time between two looks for callers that can be forgotten.
const TIDY_EVERY: Duration = Duration::from_secs(1);

/// So many requests in so much time, in one go or spread over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many.
    pub requests: NonZeroU32,
    /// In how much time.
    pub per: Duration,
}

/// Whose requests are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// Those of a token, wherever it is used.
    Token(String),
    /// Those of a peer without one.
    Peer(IpAddr),
    /// Those of all peers for whom there was no room.
    Others,
}

/// Counts requests.
pub(super) struct Limiter<C: Clock = DefaultClock> {
    counts: RateLimiter<Key, HashMapStateStore<Key>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    /// When callers may be forgotten again: to look at all takes a moment.
    tidied: Mutex<C::Instant>,
}

impl Limiter {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self::with_clock(limit, DefaultClock::default())
    }
}

impl<C: Clock + Clone> Limiter<C> {
    fn with_clock(limit: RateLimit, clock: C) -> Self {
        let between = limit.per / limit.requests.get();
        let quota = Quota::with_period(between)
            .unwrap_or_else(|| Quota::per_second(limit.requests))
            .allow_burst(limit.requests);
        Self {
            counts: RateLimiter::new(quota, HashMapStateStore::default(), clock.clone()),
            tidied: Mutex::new(clock.now()),
            clock,
        }
    }

    /// Counts a request; how long to wait when it is one too many.
    pub(super) fn count(&self, key: Key) -> Result<(), Duration> {
        let key = match key {
            Key::Peer(_) if !self.has_room() => Key::Others,
            key => key,
        };
        self.counts
            .check_key(&key)
            .map_err(|until| until.wait_time_from(self.clock.now()))
    }

    /// Whether one more caller can be told from others. When there are many,
    /// those are forgotten who have their whole allowance again.
    fn has_room(&self) -> bool {
        if self.counts.len() < CALLERS_MAX {
            return true;
        }
        let now = self.clock.now();
        let mut tidied = self.tidied.lock().unwrap_or_else(PoisonError::into_inner);
        if Duration::from(now.duration_since(*tidied)) >= TIDY_EVERY {
            *tidied = now;
            self.counts.retain_recent();
        }
        self.counts.len() < CALLERS_MAX
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    const LIMIT: RateLimit = RateLimit {
        requests: NonZeroU32::new(5).unwrap(),
        per: Duration::from_secs(1),
    };

    fn peer(number: u32) -> Key {
        Key::Peer(IpAddr::V4(number.into()))
    }

    #[test]
    fn an_allowance_comes_back_with_time_and_is_each_callers_own() {
        let clock = FakeRelativeClock::default();
        let limiter = Limiter::with_clock(LIMIT, clock.clone());
        for _ in 0..5 {
            assert_eq!(limiter.count(peer(1)), Ok(()));
        }
        assert_eq!(limiter.count(peer(1)), Err(Duration::from_millis(200)));
        assert_eq!(limiter.count(peer(2)), Ok(()));
        assert_eq!(limiter.count(Key::Token("a".to_owned())), Ok(()));
        clock.advance(Duration::from_millis(200));
        assert_eq!(limiter.count(peer(1)), Ok(()));
        assert!(limiter.count(peer(1)).is_err());
    }

    #[test]
    fn any_number_of_callers_takes_a_bounded_room() {
        let clock = FakeRelativeClock::default();
        let limiter = Limiter::with_clock(LIMIT, clock.clone());
        let n_callers = u32::try_from(CALLERS_MAX).unwrap();
        for number in 0..n_callers {
            assert_eq!(limiter.count(peer(number)), Ok(()));
        }
        let late = (0..100).filter(|late| limiter.count(peer(n_callers + late)).is_ok());
        assert_eq!(late.count(), 5, "they share one allowance");
        assert_eq!(limiter.count(Key::Token("a".to_owned())), Ok(()));
        assert!(limiter.counts.len() <= CALLERS_MAX + 2);
        clock.advance(TIDY_EVERY);
        assert_eq!(limiter.count(peer(n_callers)), Ok(()));
        assert!(limiter.counts.len() <= 2, "others are forgotten");
    }
}
