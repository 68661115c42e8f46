//! Replaces what differs between two recordings by something as long.

use std::collections::BTreeMap;

/// What was replaced so far: the same id gets the same words everywhere.
#[derive(Default)]
pub(super) struct Scrub {
    ids: BTreeMap<String, String>,
}

/// The shape of a whole id, of a minute, of a moment: a sign for each digit.
const ID: &str = "xxxxxxxx-xxxx-7xxx-xxxx-xxxxxxxxxxxx";
const MINUTE: &str = "dddd-dd-ddTdd:dd";
const SHORT: usize = 8;

impl Scrub {
    pub(super) fn apply(mut self, text: &str) -> String {
        self.note_ids(text);
        let mut text = text.to_owned();
        for (id, number) in &self.ids {
            let whole = format!("01990000-0000-7000-8000-0000{number}");
            text = text.replace(id, &whole);
            text = text.replace(&id[id.len() - SHORT..], number);
        }
        let lines = text.lines().map(|line| durations(&moments(line)));
        lines.map(|line| line + "\n").collect()
    }

    /// Numbers the ids in the order in which they appear.
    fn note_ids(&mut self, text: &str) {
        let letters: Vec<char> = text.chars().collect();
        for window in letters.windows(ID.len()) {
            if fits(window, ID) {
                let number = format!("{:08x}", 0xa001 + self.ids.len());
                let id: String = window.iter().collect();
                self.ids.entry(id).or_insert(number);
            }
        }
    }
}

/// Whether letters have a shape: `x` any hex digit, `d` any decimal one, `T`
/// also a blank.
fn fits(letters: &[char], shape: &str) -> bool {
    letters
        .iter()
        .zip(shape.chars())
        .all(|(letter, sign)| match sign {
            'x' => letter.is_ascii_hexdigit(),
            'd' => letter.is_ascii_digit(),
            'T' => matches!(letter, 'T' | ' '),
            other => *letter == other,
        })
}

/// Every time of day becomes the same one.
fn moments(line: &str) -> String {
    let mut letters: Vec<char> = line.chars().collect();
    for start in 0..letters.len().saturating_sub(MINUTE.len() - 1) {
        if !fits(&letters[start..start + MINUTE.len()], MINUTE) {
            continue;
        }
        let middle = letters[start + 10];
        let fixed = format!("2026-11-21{middle}09:30");
        letters.splice(start..start + MINUTE.len(), fixed.chars());
        // Seconds, where there are any, up to the mark of the zone.
        for letter in letters.iter_mut().skip(start + MINUTE.len()) {
            match letter {
                ':' | '.' => {}
                '0'..='9' => *letter = '0',
                _ => break,
            }
        }
    }
    letters.into_iter().collect()
}

/// Seconds below ten, such as `0.4s`, become the same.
fn durations(line: &str) -> String {
    let mut letters: Vec<char> = line.chars().collect();
    for start in 0..letters.len().saturating_sub(3) {
        let is_start = start == 0 || !letters[start - 1].is_ascii_alphanumeric();
        if is_start && fits(&letters[start..start + 4], "d.ds") {
            letters.splice(start..start + 4, "0.1s".chars());
        }
    }
    letters.into_iter().collect()
}
