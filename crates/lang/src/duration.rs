//! Durations as people write them: `1h30m`, `90s`, `2d4h` (contract §1.15).

use std::time::Duration;

/// A duration and how its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenDuration {
    /// As written, blanks trimmed.
    pub text: String,
    /// How long it is.
    pub value: Duration,
}

impl WrittenDuration {
    /// Reads days, hours, minutes and seconds: whole numbers, each unit at
    /// most once, in this order.
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }

    /// The same, and why it is none.
    pub(crate) fn read(text: &str) -> Result<Self, DurationError> {
        let text = text.trim();
        let mut rest = text;
        let mut seconds = 0_u64;
        for (unit, in_seconds) in [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)] {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let Some(after) = rest.get(digits..).and_then(|tail| tail.strip_prefix(unit)) else {
                continue;
            };
            if digits == 0 {
                return Err(DurationError::Malformed);
            }
            // Digits that no number can hold are too many in any case.
            let count = rest.get(..digits).and_then(|digits| digits.parse().ok());
            let count: u64 = count.unwrap_or(u64::MAX);
            seconds = seconds.saturating_add(count.saturating_mul(in_seconds));
            rest = after;
        }
        if !rest.is_empty() || text.is_empty() {
            return Err(DurationError::Malformed);
        }
        if seconds > DAYS_MAX * 86_400 {
            return Err(DurationError::TooLong);
        }
        Ok(Self {
            text: text.to_owned(),
            value: Duration::from_secs(seconds),
        })
    }
}

impl WrittenDuration {
    /// As it would be written; parts of a second are left out.
    pub(crate) fn of(value: Duration) -> Self {
        let mut seconds = value.as_secs();
        let value = Duration::from_secs(seconds);
        let mut text = String::new();
        for (unit, in_seconds) in [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)] {
            let count = seconds / in_seconds;
            seconds %= in_seconds;
            if count > 0 || (unit == 's' && text.is_empty()) {
                text.push_str(&count.to_string());
                text.push(unit);
            }
        }
        Self { text, value }
    }
}

/// A thousand years: nothing meant to end is longer, and arithmetic on
/// timestamps stays far from its limits.
pub(crate) const DAYS_MAX: u64 = 1_000 * 366;

/// Why a text is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DurationError {
    /// It does not follow the grammar.
    Malformed,
    /// It is longer than [`DAYS_MAX`].
    TooLong,
}

/// Hours and minutes, as plans show them: `29h 51m`, `1h`, `0m`.
pub fn hours_and_minutes(duration: Duration) -> String {
    let minutes = duration.as_secs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_by_the_grammar_and_nothing_else_is() {
        for (text, seconds) in [
            ("1h30m", 5_400),
            ("90s", 90),
            ("1d", 86_400),
            ("2d4h", 187_200),
            (" 0s ", 0),
            ("1d2h3m4s", 93_784),
        ] {
            let read = WrittenDuration::parse(text).unwrap();
            assert_eq!(read.value.as_secs(), seconds, "{text}");
            assert_eq!(read.text, text.trim());
        }
        for text in [
            "",
            " ",
            "30m1h",
            "1.5h",
            "500ms",
            "1w",
            "1h 30m",
            "h",
            "5",
            "1h1h",
            "-1s",
            "99999999999999999999",
        ] {
            let error = WrittenDuration::read(text).unwrap_err();
            assert_eq!(error, DurationError::Malformed, "{text}");
        }
        assert!(WrittenDuration::parse("366000d").is_some());
        for text in ["99999999999999999999s", "9999999999d", "366000d1s"] {
            let error = WrittenDuration::read(text).unwrap_err();
            assert_eq!(error, DurationError::TooLong, "{text}");
        }
    }

    #[test]
    fn plans_show_hours_and_minutes() {
        for (seconds, text) in [
            (107_490, "29h 51m"),
            (5_400, "1h 30m"),
            (3_600, "1h"),
            (45, "0m"),
            (0, "0m"),
        ] {
            assert_eq!(hours_and_minutes(Duration::from_secs(seconds)), text);
        }
    }
}
