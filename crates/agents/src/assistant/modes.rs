//! Which permission mode of a program is the narrower one.
//!
//! A page may narrow what `baton.toml` gives. Of two modes that cannot be
//! compared, because one of them is not known here, the one that is given holds.

use super::settings::{EVERYTHING, Permission};

/// The modes of each program, from the narrowest to the widest. Those of one
/// rung let a program that nobody watches do the same.
const LADDERS: [(&str, &[&[&str]]); 3] = [
    (
        "claude",
        &[
            &["plan"],
            &["default", "dontAsk"],
            &["acceptEdits"],
            &["auto"],
            &[EVERYTHING],
        ],
    ),
    (
        "codex",
        &[
            &["read-only"],
            &["workspace-write"],
            &["danger-full-access"],
        ],
    ),
    (
        "gemini",
        &[&["plan"], &["default"], &["auto_edit"], &["yolo"]],
    ),
];

/// What holds of a program that was given `granted` and is to work in `mode`;
/// none when that mode is wider, or may be.
pub(super) fn narrower(program: &str, granted: &Permission, mode: &str) -> Option<Permission> {
    let asked = in_own_words(program, mode);
    let narrowed = || Some(Permission::Mode(asked.to_owned()));
    match (granted, rung(program, asked)) {
        (Permission::Own, _) => match (program, mode) {
            ("codex", "default") => Some(Permission::Own),
            ("claude" | "codex" | "gemini", "plan" | "read-only" | "default") => narrowed(),
            _ => None,
        },
        (Permission::Everything, Some(asked)) if is_last(program, asked) => {
            Some(Permission::Everything)
        }
        (Permission::Everything, Some(_)) => narrowed(),
        // There is no word for it, but for giving it less.
        (Permission::Everything, None) => {
            let is_narrow = matches!(mode, "plan" | "read-only" | "default");
            is_narrow.then_some(Permission::Own)
        }
        (Permission::Mode(given), Some(asked)) => match rung(program, given) {
            Some(given) if asked < given => narrowed(),
            Some(given) if asked == given => Some(granted.clone()),
            // Nothing is narrower than the first of all.
            None if asked == 0 => narrowed(),
            Some(_) | None => None,
        },
        (Permission::Mode(_), None) => None,
    }
}

/// What a program calls a mode that a page names in the words of another.
fn in_own_words<'m>(program: &str, mode: &'m str) -> &'m str {
    match (program, mode) {
        ("claude" | "gemini", "read-only") => "plan",
        ("codex", "plan" | "default") => "read-only",
        (_, mode) => mode,
    }
}

/// How far up a mode stands, if it is known.
fn rung(program: &str, mode: &str) -> Option<usize> {
    ladder(program)?
        .iter()
        .position(|rung| rung.contains(&mode))
}

fn is_last(program: &str, rung: usize) -> bool {
    ladder(program).is_some_and(|ladder| rung + 1 == ladder.len())
}

fn ladder(program: &str) -> Option<&'static [&'static [&'static str]]> {
    let known = LADDERS.iter().find(|(known, _)| *known == program);
    known.map(|(_, ladder)| *ladder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrower_of_two_modes_holds() {
        let rows = [
            ("claude", "acceptEdits", "plan", Some("plan")),
            ("claude", "acceptEdits", "read-only", Some("plan")),
            ("claude", "acceptEdits", "default", Some("default")),
            ("claude", "acceptEdits", "acceptEdits", Some("acceptEdits")),
            ("claude", "acceptEdits", "bypassPermissions", None),
            ("claude", "acceptEdits", "new", None),
            ("claude", "plan", "default", None),
            ("claude", "dontAsk", "default", Some("dontAsk")),
            ("claude", "new", "plan", Some("plan")),
            ("claude", "new", "default", None),
            ("codex", "workspace-write", "plan", Some("read-only")),
            ("codex", "workspace-write", "default", Some("read-only")),
            ("codex", "read-only", "workspace-write", None),
            ("gemini", "auto_edit", "plan", Some("plan")),
            ("opencode", "build", "plan", None),
        ];
        for (program, given, asked, expected) in rows {
            let given = Permission::Mode(given.to_owned());
            let expected = expected.map(|word| Permission::Mode(word.to_owned()));
            let found = narrower(program, &given, asked);
            assert_eq!(found, expected, "{program} {given:?} {asked}");
        }
    }

    #[test]
    fn whoever_may_do_everything_is_narrowed_by_any_known_mode() {
        let mode = |word: &str| Some(Permission::Mode(word.to_owned()));
        let rows = [
            ("claude", "plan", mode("plan")),
            ("claude", "acceptEdits", mode("acceptEdits")),
            ("claude", EVERYTHING, Some(Permission::Everything)),
            ("claude", "new", None),
            ("codex", "default", mode("read-only")),
            ("gemini", "yolo", Some(Permission::Everything)),
            ("opencode", "plan", Some(Permission::Own)),
            ("opencode", "auto", None),
        ];
        for (program, asked, expected) in rows {
            let found = narrower(program, &Permission::Everything, asked);
            assert_eq!(found, expected, "{program} {asked}");
        }
    }
}
