//! Points in time and durations as values; nothing here reads a clock.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
///
/// Prints as RFC 3339 in UTC with `Z` and milliseconds; is stored as the bare
/// number, which is compact and sorts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// This point plus a duration; saturates at the end of time.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        let micros = self.0.saturating_sub(earlier.0);
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(time) => write!(f, "{time:.3}"),
            // Outside the years jiff can print (±9999): the raw number is honest.
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = String;

    /// Reads RFC 3339, in whatever offset it is written.
    fn from_str(text: &str) -> Result<Self, String> {
        let read = text.parse::<jiff::Timestamp>();
        read.map(|time| Self(time.as_microsecond()))
            .map_err(|_error| format!("`{text}` is no time; write it like 2030-01-31T12:00:00Z"))
    }
}

/// Serializes a [`Duration`] as whole milliseconds.
pub mod duration_ms {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Writes milliseconds.
    pub fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        u64::try_from(duration.as_millis())
            .unwrap_or(u64::MAX)
            .serialize(serializer)
    }

    /// Reads milliseconds.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }

    /// The same for an optional duration.
    pub mod option {
        use super::{Deserialize, Deserializer, Duration, Serialize, Serializer};

        /// Writes milliseconds or null.
        pub fn serialize<S: Serializer>(
            duration: &Option<Duration>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            duration
                .map(|duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
                .serialize(serializer)
        }

        /// Reads milliseconds or null.
        pub fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Duration>, D::Error> {
            Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_millis))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_rfc_3339_with_z() {
        let time = Timestamp::from_micros(1_770_000_000_123_456);
        assert_eq!(time.to_string(), "2026-02-02T02:40:00.123Z");
    }

    #[test]
    fn reads_rfc_3339_in_any_offset() {
        let time = Timestamp::from_micros(1_770_000_000_123_000);
        for text in ["2026-02-02T02:40:00.123Z", "2026-02-02 03:40:00.123+01:00"] {
            assert_eq!(text.parse(), Ok(time));
        }
        for text in ["", "tomorrow", "2026-02-02", "2026-02-02T02:40:00"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn arithmetic_saturates() {
        let end = Timestamp::from_micros(i64::MAX);
        assert_eq!(end.after(Duration::from_secs(1)), end);
        assert_eq!(Timestamp::from_micros(5).since(end), Duration::ZERO);
    }
}
