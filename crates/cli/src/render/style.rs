//! Colours and signs, in one table: a state looks the same everywhere.

use std::io::IsTerminal;
use std::sync::LazyLock;

/// Whether standard output may be coloured.
static OUT: LazyLock<bool> = LazyLock::new(|| may_colour(std::io::stdout().is_terminal()));
/// Whether standard error may be coloured.
static ERR: LazyLock<bool> = LazyLock::new(|| may_colour(std::io::stderr().is_terminal()));

fn may_colour(is_terminal: bool) -> bool {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    is_terminal && !has("NO_COLOR")
}

/// Where a text will be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Out,
    Err,
}

/// What a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Strong,
    Dim,
    Good,
    Bad,
    Warn,
    Active,
}

/// Whether texts may be coloured there.
pub(crate) fn is_coloured(target: Target) -> bool {
    match target {
        Target::Out => *OUT,
        Target::Err => *ERR,
    }
}

/// Columns of the terminal a text is shown on; none where that is no terminal.
pub(crate) fn width(target: Target) -> Option<usize> {
    let size = match target {
        Target::Out => terminal_size::terminal_size_of(std::io::stdout()),
        Target::Err => terminal_size::terminal_size_of(std::io::stderr()),
    };
    size.map(|(width, _)| usize::from(width.0))
}

/// Puts a text into its colour.
pub(crate) fn paint(target: Target, tone: Tone, text: &str) -> String {
    let code = match tone {
        Tone::Strong => "1",
        Tone::Dim => "2",
        Tone::Good => "32",
        Tone::Bad => "31",
        Tone::Warn => "33",
        Tone::Active => "36",
    };
    if is_coloured(target) {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

/// Sign and tone of a state of an execution or a step.
pub(crate) fn of_status(status: &str) -> (&'static str, Tone) {
    match status {
        "completed" => ("✓", Tone::Good),
        "failed" | "timed_out" => ("✗", Tone::Bad),
        "cancelled" => ("⊘", Tone::Warn),
        "skipped" => ("↷", Tone::Dim),
        "running" => ("●", Tone::Active),
        "waiting_for_approval" | "waiting_for_input" => ("?", Tone::Warn),
        "paused" => ("‖", Tone::Warn),
        _ => ("○", Tone::Dim),
    }
}

/// A text without what could move the cursor or change colours: agents and
/// workflow files write whatever they like.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_control() {
                '\u{FFFD}'
            } else {
                letter
            }
        })
        .collect()
}

/// The first `width` columns of a text, with a sign where it was cut.
pub(crate) fn fit(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars()
        .take(width.saturating_sub(1))
        .chain(['…'])
        .collect()
}

/// Seconds as people say them: `0.4s`, `42s`, `3m 7s`, `2h 5m`.
pub(crate) fn duration(seconds: f64) -> String {
    if seconds < 10.0 {
        return format!("{seconds:.1}s");
    }
    // Durations of runs are far below the numbers a float cannot hold.
    let whole = std::time::Duration::try_from_secs_f64(seconds)
        .unwrap_or_default()
        .as_secs();
    match whole {
        0..60 => format!("{whole}s"),
        60..3_600 => format!("{}m {}s", whole / 60, whole % 60),
        _ => format!("{}h {}m", whole / 3_600, whole % 3_600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        let cases = [
            (0.04, "0.0s"),
            (9.94, "9.9s"),
            (42.0, "42s"),
            (187.0, "3m 7s"),
            (7_500.0, "2h 5m"),
        ];
        for (seconds, text) in cases {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn what_agents_write_cannot_steer_the_terminal() {
        assert_eq!(harmless("a\x1b[2Jb\rc"), "a\u{FFFD}[2Jb\u{FFFD}c");
        assert_eq!(fit("abcdef", 4), "abc…");
    }
}
