//! Laws of durations: they mean what their parts mean together, and the same
//! when they are written anew.

use std::time::Duration;

use baton_lang::{WrittenDuration, hours_and_minutes};

const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Reads a duration, and reads it again from how it would be written.
pub fn hold(text: &str) {
    let Some(WrittenDuration { text: kept, value }) = WrittenDuration::parse(text) else {
        return;
    };
    assert_eq!(kept, text.trim());
    assert_eq!(Some(value.as_secs()), sum_of_parts(&kept), "{kept}");
    let written = written(value);
    let again = WrittenDuration::parse(&written).map(|again| again.value);
    assert_eq!(again, Some(value), "{written}");
    assert!(hours_and_minutes(value).ends_with(['h', 'm']));
}

/// The seconds of all parts, whatever their order.
fn sum_of_parts(text: &str) -> Option<u64> {
    let parts = text.split_inclusive(|c: char| !c.is_ascii_digit());
    let mut seconds = 0_u64;
    for part in parts {
        let unit = part.chars().next_back()?;
        let count: u64 = part.strip_suffix(unit)?.parse().ok()?;
        let (_, in_seconds) = UNITS.into_iter().find(|(letter, _)| *letter == unit)?;
        seconds = seconds.checked_add(count.checked_mul(in_seconds)?)?;
    }
    Some(seconds)
}

fn written(value: Duration) -> String {
    let mut rest = value.as_secs();
    let mut text = String::new();
    for (unit, in_seconds) in UNITS {
        text.push_str(&format!("{}{unit}", rest / in_seconds));
        rest %= in_seconds;
    }
    text
}
