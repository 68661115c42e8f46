//! Whole numbers of JSON: there, `3.0` is as whole as `3`, and some clients
//! write all their numbers that way.

use std::fmt;
use std::num::NonZeroU32;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// What comes after the largest number of 64 bits.
const END: f64 = 18_446_744_073_709_551_616.0;

struct Whole(u64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeVisitor)
    }
}

struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Whole, E> {
        Ok(Whole(number))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is whole and within bounds"
    )]
    fn visit_f64<E: Error>(self, number: f64) -> Result<Whole, E> {
        if number.fract() == 0.0 && (0.0..END).contains(&number) {
            return Ok(Whole(number as u64));
        }
        Err(E::invalid_value(Unexpected::Float(number), &self))
    }
}

/// A whole number that may be left out.
pub(super) fn given<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: TryFrom<u64>,
    D: Deserializer<'de>,
{
    let number = Option::<Whole>::deserialize(deserializer)?;
    let fits = |Whole(number): Whole| T::try_from(number).map_err(|_large| too_large(number));
    number.map(fits).transpose()
}

/// A whole number from 1.
pub(super) fn from_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NonZeroU32, D::Error> {
    let Whole(number) = Whole::deserialize(deserializer)?;
    let small = u32::try_from(number).map_err(|_large| too_large(number))?;
    NonZeroU32::new(small)
        .ok_or_else(|| D::Error::invalid_value(Unexpected::Unsigned(0), &"a whole number from 1"))
}

fn too_large<E: Error>(number: u64) -> E {
    E::invalid_value(Unexpected::Unsigned(number), &"a smaller number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Read(#[serde(deserialize_with = "given")] Option<u32>);

    #[test]
    fn whole_numbers_are_whole_however_they_are_written() {
        for (text, expected) in [
            ("3", Some(Some(3))),
            ("3.0", Some(Some(3))),
            ("3e2", Some(Some(300))),
            ("0.0", Some(Some(0))),
            ("null", Some(None)),
            ("4294967295", Some(Some(u32::MAX))),
            ("4294967296", None),
            ("4294967296.0", None),
            ("1e30", None),
            ("3.5", None),
            ("-1", None),
            ("-1.0", None),
            ("\"3\"", None),
            ("[3]", None),
        ] {
            let read = serde_json::from_str::<Read>(text).ok().map(|Read(n)| n);
            assert_eq!(read, expected, "{text}");
        }
    }
}
