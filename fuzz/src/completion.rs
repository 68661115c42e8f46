//! Laws of completions: whatever stands there and wherever the cursor is, what
//! is offered continues what is written.

use baton_lang::complete::complete;
use baton_model::Position;

use super::seeds;

/// How many cursors of one text are looked at.
const CURSORS_MAX: usize = 8;

/// Completes at each cursor, at the end, and at places that are none.
pub fn hold(text: &str) {
    let parts: Vec<&str> = text.split(seeds::CURSOR).collect();
    let text = parts.concat();
    let mut before = 0;
    for part in parts.iter().take(CURSORS_MAX) {
        before += part.len();
        hold_at(&text, position(&text, before));
    }
    for (line, column) in [(0, 0), (1, 0), (1, u32::MAX), (u32::MAX, 1)] {
        hold_at(&text, Position { line, column });
    }
}

/// The place after so many bytes.
fn position(text: &str, bytes: usize) -> Position {
    let before = text
        .get(..bytes)
        .expect("a cursor stands between characters");
    let last_line = before.rsplit('\n').next().unwrap_or_default();
    let count = |n: usize| u32::try_from(n + 1).expect("texts are short");
    Position {
        line: count(before.matches('\n').count()),
        column: count(last_line.chars().count()),
    }
}

fn hold_at(text: &str, at: Position) {
    let completions = complete(text, at);
    assert_eq!(completions, complete(text, at), "completions differ");
    let prefix = &completions.prefix;
    assert!(text.contains(prefix.as_str()), "{prefix} is not written");
    for item in &completions.items {
        assert!(item.label.starts_with(prefix.as_str()), "{item:?}");
        assert_ne!(item.label, *prefix, "nothing would be added");
    }
}
