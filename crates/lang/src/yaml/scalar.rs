//! What a scalar stands for: the core schema of YAML 1.2, in which `yes` and
//! `12:30` are texts.

use std::borrow::Cow;

use serde_json::Number;
use serde_saphyr::granit_parser::{ScalarStyle, Tag};

use crate::node::Kind;

/// Only plain scalars can be anything but text; `!!str` makes them text too.
/// The error is a number that cannot be held.
pub(super) fn resolve(
    text: Cow<'_, str>,
    style: ScalarStyle,
    tag: Option<&Tag>,
) -> Result<Kind, String> {
    let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
    if style != ScalarStyle::Plain || is_text {
        return Ok(Kind::String(text.into_owned()));
    }
    Ok(match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        plain if looks_like_a_number(plain) => number(plain)
            .map(Kind::Number)
            .ok_or_else(|| plain.to_owned())?,
        _ => Kind::String(text.into_owned()),
    })
}

/// `-?digits`, fractions, exponents, `0x…`, `0o…` and the infinite ones.
fn looks_like_a_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if let Some(digits) = text.strip_prefix("0x") {
        return !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return !digits.is_empty() && digits.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            exponent.strip_prefix(['-', '+']).unwrap_or(exponent),
        ),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole)
        && all_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && !exponent.is_empty()
        && all_digits(exponent)
}

fn number(text: &str) -> Option<Number> {
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(Number::from);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return u64::from_str_radix(digits, 8).ok().map(Number::from);
    }
    if let Ok(integer) = text.parse::<i64>() {
        return Some(integer.into());
    }
    if let Ok(integer) = text.parse::<u64>() {
        return Some(integer.into());
    }
    Number::from_f64(text.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Result<serde_json::Value, String> {
        let kind = resolve(Cow::Borrowed(text), ScalarStyle::Plain, None)?;
        Ok(crate::node::Node { kind, bytes: 0..0 }.to_value())
    }

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        for (text, json) in [
            ("", "null"),
            ("~", "null"),
            ("True", "true"),
            ("FALSE", "false"),
            ("+1", "1"),
            ("-12", "-12"),
            ("010", "10"),
            ("0x1F", "31"),
            ("0o14", "12"),
            ("1.", "1.0"),
            (".5", "0.5"),
            ("1e3", "1000.0"),
            ("1.5E-1", "0.15"),
            ("18446744073709551615", "18446744073709551615"),
            ("yes", "\"yes\""),
            ("12:30", "\"12:30\""),
            ("1_000", "\"1_000\""),
            ("2024-01-01", "\"2024-01-01\""),
            ("1.0.0", "\"1.0.0\""),
            ("e3", "\"e3\""),
            ("1e", "\"1e\""),
            (".", "\".\""),
            ("-", "\"-\""),
            ("0x", "\"0x\""),
        ] {
            assert_eq!(plain(text).unwrap().to_string(), json, "{text}");
        }
        for text in [".inf", "-.INF", ".nan", "1e999", "0xFFFFFFFFFFFFFFFFF"] {
            assert!(plain(text).is_err(), "{text}");
        }
    }

    #[test]
    fn quoted_scalars_are_texts() {
        let kind = resolve(Cow::Borrowed("1"), ScalarStyle::DoubleQuoted, None);
        assert!(matches!(kind, Ok(Kind::String(text)) if text == "1"));
    }
}
