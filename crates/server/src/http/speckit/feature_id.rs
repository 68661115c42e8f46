//! Names of features: three digits and a few words, such as
//! `009-add-user-authentication`.

/// What the number is taken from once all of three digits have been.
const NUMBERS: u64 = 999;
/// Longest text of words.
const WORDS_CHARS_MAX: usize = 24;
/// What a feature is called whose description has no letter or digit of ASCII.
const NAMELESS: &str = "feature";

/// The name of the feature with this number, from 1, which no other has.
///
/// After the last number of three digits they begin anew, with a suffix that
/// says for which time. No text has two hyphens side by side, so a name with a
/// suffix is never that of an earlier feature.
pub(super) fn feature_id(number: u64, description: &str) -> String {
    let place = number.saturating_sub(1);
    let (digits, round) = (place % NUMBERS + 1, place / NUMBERS + 1);
    let words = words(description);
    match round {
        1 => format!("{digits:03}-{words}"),
        _ => format!("{digits:03}-{words}--{round}"),
    }
}

/// The first words of a description, in lower case and with hyphens between
/// them; no word is cut, unless it is the first.
fn words(description: &str) -> String {
    let text = description.to_lowercase();
    let mut words = String::new();
    let is_kept =
        |letter: &char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || is_break(*letter);
    let text: String = text.chars().filter(is_kept).collect();
    for word in text.split(is_break).filter(|word| !word.is_empty()) {
        let separator = usize::from(!words.is_empty());
        if words.len() + separator + word.len() > WORDS_CHARS_MAX {
            break;
        }
        if separator > 0 {
            words.push('-');
        }
        words.push_str(word);
    }
    if words.is_empty() {
        // One word that is too long, or none.
        words = text
            .split(is_break)
            .find(|word| !word.is_empty())
            .map_or_else(
                || NAMELESS.to_owned(),
                |word| word.chars().take(WORDS_CHARS_MAX).collect(),
            );
    }
    words
}

fn is_break(letter: char) -> bool {
    letter.is_whitespace() || letter == '-'
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_name_is_three_digits_and_whole_words() {
        let rows = [
            (
                9,
                "Add user authentication with OAuth2 support",
                "009-add-user-authentication",
            ),
            (2, "1234567890", "002-1234567890"),
            (3, "          ", "003-feature"),
            (4, "!!!!!!!!!!!!", "004-feature"),
            (5, "éééééééééé", "005-feature"),
            (6, "-- Hello  _World_ -- ", "006-hello-world"),
            (7, "Überraschung für alle Nutzer", "007-berraschung-fr-alle"),
            (
                8,
                "pneumonoultramicroscopicsilicovolcanoconiosis",
                "008-pneumonoultramicroscopic",
            ),
            (10, "user-facing e-mail settings", "010-user-facing-e-mail"),
            (999, "Last of its kind", "999-last-of-its-kind"),
            (1_000, "First again here", "001-first-again-here--2"),
            (
                1_998,
                "Last for the second time",
                "999-last-for-the-second-time--2",
            ),
            (100_000, "Many more of them", "100-many-more-of-them--101"),
        ];
        for (number, description, expected) in rows {
            assert_eq!(feature_id(number, description), expected, "{description}");
        }
    }

    #[test]
    fn every_number_has_a_name_of_its_own_that_fits_the_pattern() {
        let descriptions = ["same", "same 2", "same--2", "--2", ""];
        let mut seen = BTreeSet::new();
        for number in 1..5_000 {
            let place = usize::try_from(number).unwrap();
            let id = feature_id(number, descriptions[place % descriptions.len()]);
            let (digits, words) = id.split_at(3);
            assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
            let is_fit =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(words.starts_with('-') && words.len() > 1, "{id}");
            assert!(words.bytes().all(is_fit), "{id}");
            assert!(seen.insert(id), "{number} has the name of another");
        }
    }
}
