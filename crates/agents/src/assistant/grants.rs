//! Options that decide what a program may do without being asked.
//!
//! `permission_mode` is for that: it holds back what is only for registered
//! projects and says so, and an option given past it would do neither.

use std::ffi::OsStr;
use std::path::Path;

/// The options of one program.
struct Grants {
    program: &'static str,
    /// Names of options that nothing else has, in lower case and without
    /// hyphens: some programs take several spellings.
    telling: &'static [&'static str],
    /// Names that another program in front of it may have, too.
    common: &'static [&'static str],
    /// Short names.
    letters: &'static [char],
    /// Parts of values.
    parts: &'static [&'static str],
}

const GRANTS: [Grants; 4] = [
    Grants {
        program: "claude",
        telling: &[
            "dangerouslyskippermissions",
            "allowdangerouslyskippermissions",
            "permissionmode",
        ],
        common: &[],
        letters: &[],
        parts: &["bypassPermissions"],
    },
    Grants {
        program: "codex",
        telling: &["dangerouslybypassapprovalsandsandbox", "yolo", "fullauto"],
        common: &["sandbox"],
        letters: &['s'],
        parts: &["sandbox_mode", "sandbox_permissions", "default_permissions"],
    },
    Grants {
        program: "gemini",
        telling: &["yolo", "approvalmode"],
        common: &[],
        letters: &['y'],
        parts: &[],
    },
    Grants {
        program: "opencode",
        telling: &["dangerouslyskippermissions"],
        common: &["auto"],
        letters: &[],
        parts: &[],
    },
];

/// Where words come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The program and its first arguments, some of which may be meant for
    /// another program that starts it.
    Command,
    /// Arguments of the program itself.
    Arguments,
}

/// The first word that decides what a program may do.
pub(crate) fn granting<'w>(program: &str, place: Place, words: &'w [String]) -> Option<&'w str> {
    let grants = GRANTS.iter().find(|grants| grants.program == program)?;
    let found = words.iter().find(|word| grants.is_in(word, place));
    found.map(String::as_str)
}

impl Grants {
    fn is_in(&self, word: &str, place: Place) -> bool {
        let is_own = place == Place::Arguments;
        let is_named = long_name(word).is_some_and(|name| {
            let name = name.as_str();
            self.telling.contains(&name) || (is_own && self.common.contains(&name))
        });
        is_named
            || self.parts.iter().any(|part| word.contains(part))
            || (is_own && self.letters.iter().any(|&letter| has_letter(word, letter)))
    }
}

/// The first word that has Codex take one of its profiles, which may say what
/// it may do.
pub(super) fn profile_of_codex<'w>(command: &'w [String], args: &'w [String]) -> Option<&'w str> {
    // Whatever follows the first word that may be it counts as its own: a wrong
    // guess gives it less, never more.
    let program = command.iter().position(|word| is_codex(word));
    // Without that word, something else takes the command, and may have options.
    let (launcher, own) = command.split_at(program.unwrap_or(command.len()));
    let mut words = launcher
        .iter()
        .map(|word| (word, Place::Command))
        .chain(own.iter().chain(args).map(|word| (word, Place::Arguments)));
    let found = words.find(|(word, place)| is_profile(word, *place));
    found.map(|(word, _)| word.as_str())
}

/// Whether a word may be the program: `codex`, `/bin/codex-nightly`, `codex.js`.
fn is_codex(word: &str) -> bool {
    let name = Path::new(word).file_name().and_then(OsStr::to_str);
    name.is_some_and(|name| name.starts_with("codex"))
}

/// Whether a word names a profile or begins to: `--profile`, `-p`, or the key
/// in what is given to `--config` or `-c`. Other programs have a `-p`, too.
fn is_profile(word: &str, place: Place) -> bool {
    let is_own = place == Place::Arguments;
    let keys = word.rsplit_once('=').map_or("", |(keys, _)| keys);
    let is_key = |key: &str| key.strip_prefix("-c").unwrap_or(key).trim() == "profile";
    long_name(word).is_some_and(|name| name == "profile")
        || keys.split('=').any(is_key)
        || (is_own && has_letter(word, 'p'))
}

/// `--Some-Name=value` as `somename`.
fn long_name(word: &str) -> Option<String> {
    let name = word.strip_prefix("--")?.split('=').next()?;
    Some(name.replace('-', "").to_lowercase())
}

/// Whether a word is `-x`, `-xvalue` or a few letters with `x` among them.
fn has_letter(word: &str, letter: char) -> bool {
    const LETTERS_MAX: usize = 3;
    let Some(letters) = word.strip_prefix('-').and_then(|it| it.split('=').next()) else {
        return false;
    };
    letters.starts_with(letter)
        || (letters.len() <= LETTERS_MAX && !letters.starts_with('-') && letters.contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_seen_however_they_are_named_and_nothing_else_is_one() {
        let usual = &["codex"][..];
        let rows = [
            (usual, &["--profile", "fast"][..], Some("--profile")),
            (usual, &["--profile=fast"], Some("--profile=fast")),
            (usual, &["-pfast"], Some("-pfast")),
            (usual, &["-p", "fast"], Some("-p")),
            (usual, &["-c", "profile=fast"], Some("profile=fast")),
            (
                usual,
                &["-c", "profile = \"a=b\""],
                Some("profile = \"a=b\""),
            ),
            (usual, &["-cprofile=fast"], Some("-cprofile=fast")),
            (
                usual,
                &["--config=profile=fast"],
                Some("--config=profile=fast"),
            ),
            (usual, &["--color=never"], None),
            (usual, &["--cd=/home/x/profile"], None),
            (usual, &["-c", "model=profile"], None),
            (usual, &[], None),
            (&[], &[], None),
            (&["/home/x/.nix-profile/bin/codex"], &[], None),
            (&["npx", "-p", "@openai/codex", "codex"], &[], None),
            (&["env", "HOME=/srv/profile", "codex"], &[], None),
            (&["codex", "--profile=fast"], &[], Some("--profile=fast")),
            (
                &["npx", "-p", "x", "/bin/codex", "-pfast"],
                &[],
                Some("-pfast"),
            ),
            (
                &["nice", "codex", "--profile", "fast"],
                &[],
                Some("--profile"),
            ),
            (&["codex", "-c", "profile=fast"], &[], Some("profile=fast")),
            (
                &["codex", "-p", "wide", "--cd", "/srv/codex"],
                &[],
                Some("-p"),
            ),
            (
                &["node", "/opt/codex/bin/codex.js", "-p", "wide"],
                &[],
                Some("-p"),
            ),
            (&["codex-nightly", "-p", "wide"], &[], Some("-p")),
            (
                &["npx", "@openai/codex@latest", "-pwide"],
                &[],
                Some("-pwide"),
            ),
        ];
        for (command, args, expected) in rows {
            let words = |words: &[&str]| -> Vec<String> {
                words.iter().map(|&word| word.to_owned()).collect()
            };
            let (first, more) = (words(command), words(args));
            let found = profile_of_codex(&first, &more);
            assert_eq!(found, expected, "{command:?} {args:?}");
        }
    }

    #[test]
    fn options_that_grant_are_found_in_every_spelling() {
        let rows = [
            ("claude", "--dangerously-skip-permissions", true, true),
            ("claude", "--permission-mode=plan", true, true),
            (
                "claude",
                "--settings={\"a\":\"bypassPermissions\"}",
                true,
                true,
            ),
            ("claude", "--effort=high", false, false),
            (
                "codex",
                "--dangerously-bypass-approvals-and-sandbox",
                true,
                true,
            ),
            ("codex", "--yolo", true, true),
            ("codex", "--sandbox", true, false),
            ("codex", "-sdanger-full-access", true, false),
            ("codex", "-csandbox_mode=danger-full-access", true, true),
            ("codex", "-c", false, false),
            ("codex", "--color=never", false, false),
            ("gemini", "--approvalMode=yolo", true, true),
            ("gemini", "-y", true, false),
            ("gemini", "-dy", true, false),
            ("gemini", "-mtiny-model", false, false),
            ("opencode", "--auto", true, false),
            ("opencode", "--agent=build", false, false),
            ("aider", "--yes-always", false, false),
        ];
        for (program, word, in_arguments, in_command) in rows {
            let words = [word.to_owned()];
            let found = |place| granting(program, place, &words).is_some();
            assert_eq!(found(Place::Arguments), in_arguments, "{program} {word}");
            assert_eq!(found(Place::Command), in_command, "{program} {word}");
        }
    }
}
