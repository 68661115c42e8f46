//! Everything random of a simulation: one number leads to all others.

use std::time::Duration;

/// A generator of numbers (splitmix64): small, quick, and the same everywhere.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

/// One step of the generator.
const fn mix(seed: u64) -> u64 {
    let mut word = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

impl Dice {
    /// The generator of a purpose: what one part draws does not change what
    /// another one does.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        let salted = purpose.bytes().fold(mix(seed), |word, byte| {
            mix(word ^ u64::from(byte).wrapping_mul(0x0100_0000_01B3))
        });
        Self(salted)
    }

    /// The next number.
    pub(crate) fn number(&mut self) -> u64 {
        let word = mix(self.0);
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        word
    }

    /// A number from 0 up to but without `end`; 0 when there is none.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.number().checked_rem(end).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// The same for counts.
    pub(crate) fn count(&mut self, low: usize, high: usize) -> usize {
        usize::try_from(self.between(low as u64, high as u64)).unwrap_or(low)
    }

    /// The same for small numbers.
    pub(crate) fn small(&mut self, low: u32, high: u32) -> u32 {
        u32::try_from(self.between(u64::from(low), u64::from(high))).unwrap_or(low)
    }

    /// Whether something happens that does so many times in a thousand.
    pub(crate) fn per_mille(&mut self, rate: u32) -> bool {
        self.below(1_000) < u64::from(rate)
    }

    /// Whether something happens that does so many times in a hundred.
    pub(crate) fn percent(&mut self, rate: u32) -> bool {
        self.per_mille(rate * 10)
    }

    /// A time between two, in whole milliseconds.
    pub(crate) fn time(&mut self, low: Duration, high: Duration) -> Duration {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(self.between(millis(low), millis(high)))
    }

    /// A time between two numbers of seconds.
    pub(crate) fn seconds(&mut self, low: u64, high: u64) -> Duration {
        self.time(Duration::from_secs(low), Duration::from_secs(high))
    }

    /// One of them, unless there is none.
    pub(crate) fn one_of<T: Copy>(&mut self, things: &[T]) -> Option<T> {
        let place = self.below(things.len() as u64);
        things.get(usize::try_from(place).ok()?).copied()
    }

    /// One of them by reference, unless there is none.
    pub(crate) fn pick<'t, T>(&mut self, things: &'t [T]) -> Option<&'t T> {
        let place = self.below(things.len() as u64);
        things.get(usize::try_from(place).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_purpose_give_the_same_numbers() {
        let draw = |seed, purpose| {
            let mut dice = Dice::new(seed, purpose);
            [dice.number(), dice.number()]
        };
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
    }

    #[test]
    fn numbers_keep_within_their_bounds() {
        let mut dice = Dice::new(7, "bounds");
        for _ in 0..1_000 {
            assert!((3..=5).contains(&dice.between(3, 5)));
            assert!(dice.below(4) < 4);
        }
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.one_of::<u8>(&[]), None);
    }
}
