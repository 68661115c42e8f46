//! What is known of the programs that are agents themselves: one row each.
//!
//! What differs between them is data here and a [`Reader`] of what they print;
//! everything else is the same for all.

use std::path::Path;

use baton_model::AttemptKey;

use super::arguments;
use super::claude::ClaudeReader;
use super::codex::CodexReader;
use super::config::AssistantConfig;
use super::plain::{GeminiReader, OpencodeReader, TextReader};
use super::reader::Reader;
use super::session::session_of_attempt;
use super::settings::Settings;
use super::start::Start;

/// One program, as far as calling it goes.
#[derive(Debug)]
pub(crate) struct Assistant {
    /// The word in `baton.toml`.
    pub(crate) name: &'static str,
    /// What is started unless `baton.toml` names something else.
    pub(crate) program: &'static str,
    pub(crate) prompt: PromptWay,
    pub(crate) schema: SchemaWay,
    /// Whether a resumed session can be given a schema, too.
    pub(crate) schema_on_resume: bool,
    pub(crate) session: SessionWay,
    pub(crate) counting: Counting,
    /// Whether it prints nothing until its work is done.
    pub(crate) speaks_at_its_end: bool,
    /// Makes its arguments.
    pub(crate) arguments: fn(&Call<'_>) -> Vec<String>,
    /// Makes what reads its output.
    pub(crate) reader: fn() -> Box<dyn Reader>,
}

/// How the prompt reaches the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PromptWay {
    /// On standard input.
    Stdin,
    /// As its last argument, where the system's bound for arguments holds.
    Argument,
    /// In a file that is named to it.
    File,
}

/// How the program is told what form its answer is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SchemaWay {
    /// Only in words.
    InWords,
    /// As JSON Schema in an argument.
    Argument,
    /// As JSON Schema in a file, in the form that names every key and forbids others.
    StrictFile,
}

/// Where the id of its session comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionWay {
    /// There are no sessions to go on with.
    Without,
    /// The program names it in its output.
    Told,
    /// It is chosen before the program starts.
    Chosen,
}

/// What the numbers it tells of its use are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counting {
    /// This call, or, from this version on, the whole session.
    CallsUntil([u32; 3]),
    /// The whole session.
    Sessions,
    /// It tells none, or only of this call.
    Calls,
}

/// What the arguments are made of.
pub(crate) struct Call<'a> {
    pub(crate) config: &'a AssistantConfig,
    pub(crate) settings: &'a Settings,
    pub(crate) start: &'a Start,
    /// The schema, where it goes by argument.
    pub(crate) schema: Option<&'a str>,
    /// Where the schema lies, where it goes by file.
    pub(crate) schema_file: Option<&'a Path>,
    /// Where the prompt lies.
    pub(crate) prompt_file: &'a Path,
    pub(crate) prompt: &'a str,
}

/// Every program that can be called.
pub(crate) static ASSISTANTS: [Assistant; 5] = [
    Assistant {
        name: "claude",
        program: "claude",
        prompt: PromptWay::Stdin,
        schema: SchemaWay::Argument,
        schema_on_resume: true,
        session: SessionWay::Chosen,
        counting: Counting::CallsUntil([2, 1, 277]),
        speaks_at_its_end: false,
        arguments: arguments::claude,
        reader: || Box::<ClaudeReader>::default(),
    },
    Assistant {
        name: "codex",
        program: "codex",
        prompt: PromptWay::Stdin,
        schema: SchemaWay::StrictFile,
        schema_on_resume: false,
        session: SessionWay::Told,
        counting: Counting::Sessions,
        speaks_at_its_end: false,
        arguments: arguments::codex,
        reader: || Box::<CodexReader>::default(),
    },
    Assistant {
        name: "gemini",
        program: "gemini",
        prompt: PromptWay::Stdin,
        schema: SchemaWay::InWords,
        schema_on_resume: false,
        // It often does not find the sessions it has named itself.
        session: SessionWay::Without,
        counting: Counting::Calls,
        speaks_at_its_end: true,
        arguments: arguments::gemini,
        reader: || Box::<GeminiReader>::default(),
    },
    Assistant {
        name: "opencode",
        program: "opencode",
        prompt: PromptWay::Argument,
        schema: SchemaWay::InWords,
        schema_on_resume: false,
        session: SessionWay::Told,
        counting: Counting::Calls,
        speaks_at_its_end: false,
        arguments: arguments::opencode,
        reader: || Box::<OpencodeReader>::default(),
    },
    Assistant {
        name: "aider",
        program: "aider",
        prompt: PromptWay::File,
        schema: SchemaWay::InWords,
        schema_on_resume: false,
        session: SessionWay::Without,
        counting: Counting::Calls,
        speaks_at_its_end: false,
        arguments: arguments::aider,
        reader: || Box::<TextReader>::default(),
    },
];

/// The program of this name.
pub(crate) fn assistant(name: &str) -> Option<&'static Assistant> {
    ASSISTANTS.iter().find(|assistant| assistant.name == name)
}

/// What the session is called that an attempt begins, where programs of this
/// adapter are told that before they start.
pub fn chosen_session(adapter: &str, attempt: &AttemptKey) -> Option<String> {
    let is_chosen = assistant(adapter)?.session == SessionWay::Chosen;
    is_chosen.then(|| session_of_attempt(attempt))
}

impl Counting {
    /// Whether what a program of this version tells is about its whole session.
    pub(crate) fn is_per_session(self, version: Option<&str>) -> bool {
        match self {
            Self::Sessions => true,
            Self::Calls => false,
            // One that does not say its version is taken for a new one: too
            // little is better than the same money twice.
            Self::CallsUntil(since) => version
                .and_then(parse_version)
                .is_none_or(|version| version >= since),
        }
    }
}

/// `2.1.288` or `2.1.288 (build)`.
fn parse_version(text: &str) -> Option<[u32; 3]> {
    let mut parts = text.split_whitespace().next()?.splitn(3, '.');
    let mut number = || {
        let part = parts.next()?;
        let end = part
            .find(|it: char| !it.is_ascii_digit())
            .unwrap_or(part.len());
        part.get(..end)?.parse().ok()
    };
    Some([number()?, number()?, number()?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn every_program_is_known_by_one_name() {
        for row in &ASSISTANTS {
            assert_eq!(assistant(row.name).unwrap().name, row.name);
        }
        assert!(assistant("command").is_none());
    }

    #[test]
    fn only_some_programs_are_told_what_their_session_is_called() {
        let key = testing::request().key;
        for row in &ASSISTANTS {
            let expected = (row.name == "claude").then(|| session_of_attempt(&key));
            assert_eq!(chosen_session(row.name, &key), expected, "{}", row.name);
        }
        assert_eq!(chosen_session("command", &key), None);
    }

    #[test]
    fn versions_decide_what_a_number_is_about() {
        let claude = assistant("claude").unwrap().counting;
        let rows = [
            (Some("2.1.276"), false),
            (Some("2.1.277"), true),
            (Some("2.0.999"), false),
            (Some("2.1.300-beta.1"), true),
            (Some("3.0.0 (Claude Code)"), true),
            (Some("1.0.22"), false),
            (Some("new"), true),
            (None, true),
        ];
        for (version, expected) in rows {
            assert_eq!(claude.is_per_session(version), expected, "{version:?}");
        }
    }
}
