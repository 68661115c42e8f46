//! Settings of programs that are agents themselves.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;

use super::{Agent, UnplacedMistake, duration};
use crate::assistant::{AssistantConfig, OutputForm, Place, granting};

/// More rounds than any turn is good for.
const TURNS_MAX: u32 = 10_000;

impl Agent {
    /// The keys that only such programs have, each with whether this one has
    /// it and where it stands.
    pub(super) fn assistant_keys(&self) -> [(&'static str, bool, Option<Range<usize>>); 11] {
        fn span<T>(value: Option<&Spanned<T>>) -> Option<Range<usize>> {
            value.map(Spanned::span)
        }
        let name = self.adapter.as_ref().as_str();
        let is_claude = name == "claude";
        let has_permissions = name != "aider";
        [
            ("model", true, span(self.model.as_ref())),
            (
                "permission_mode",
                has_permissions,
                span(self.permission_mode.as_ref()),
            ),
            (
                "allowed_tools",
                is_claude,
                span(self.allowed_tools.as_ref()),
            ),
            (
                "disallowed_tools",
                is_claude,
                span(self.disallowed_tools.as_ref()),
            ),
            ("max_turns", is_claude, span(self.max_turns.as_ref())),
            (
                "max_budget_usd",
                is_claude,
                span(self.max_budget_usd.as_ref()),
            ),
            ("output", is_claude, span(self.output.as_ref())),
            ("args", true, span(self.args.as_ref())),
            ("start_timeout", true, span(self.start_timeout.as_ref())),
            ("idle_timeout", true, span(self.idle_timeout.as_ref())),
            ("linger", true, span(self.linger.as_ref())),
        ]
    }

    pub(super) fn into_assistant(
        self,
        directory: &Path,
    ) -> Result<AssistantConfig, UnplacedMistake> {
        let usual = AssistantConfig::usual(self.adapter.as_ref());
        let Some(mut config) = usual else {
            let message = "there is no such adapter";
            return Err(UnplacedMistake::new(self.adapter.span(), message));
        };
        directory.clone_into(&mut config.directory);
        if let Some(command) = self.command {
            config.argv = ungranting_words(config.name, Place::Command, command)?;
        }
        if let Some(args) = self.args {
            config.args = ungranting_words(config.name, Place::Arguments, args)?;
        }
        config.env = self.env.map(Spanned::into_inner).unwrap_or_default();
        config.model = self.model.map(Spanned::into_inner);
        config.permission_mode = self.permission_mode.map(Spanned::into_inner);
        if let Some(tools) = self.allowed_tools {
            config.allowed_tools = sound_words(tools, false)?;
        }
        if let Some(tools) = self.disallowed_tools {
            config.disallowed_tools = sound_words(tools, false)?;
        }
        config.turns_max = self.max_turns.as_ref().map(turns).transpose()?;
        config.budget_usd = self.max_budget_usd.as_ref().map(budget).transpose()?;
        if let Some(output) = &self.output {
            config.output = output_form(output)?;
        }
        let start = self.start_timeout.as_ref().map(duration);
        config.start_timeout = start.transpose()?;
        let limits = [
            (&mut config.idle_timeout, self.idle_timeout),
            (&mut config.linger, self.linger),
        ];
        for (limit, text) in limits {
            if let Some(text) = text {
                *limit = duration(&text)?;
            }
        }
        Ok(config)
    }
}

/// Words that leave it to `permission_mode` what the program may do.
fn ungranting_words(
    program: &str,
    place: Place,
    words: Spanned<Vec<String>>,
) -> Result<Vec<String>, UnplacedMistake> {
    let span = words.span();
    let words = sound_words(words, place == Place::Command)?;
    if let Some(word) = granting(program, place, &words) {
        let message = format!("`{word}` decides what the agent may do without being asked");
        let help = "say it with permission_mode, which is held back outside of registered projects";
        return Err(UnplacedMistake::new(span, message).help(help));
    }
    Ok(words)
}

fn sound_words(
    words: Spanned<Vec<String>>,
    is_program: bool,
) -> Result<Vec<String>, UnplacedMistake> {
    let span = words.span();
    let words = words.into_inner();
    if is_program && words.first().is_none_or(String::is_empty) {
        return Err(UnplacedMistake::new(span, "the command is empty"));
    }
    if words.iter().any(|word| word.contains('\0')) {
        let message = "a word holds a NUL character, which no program can be given";
        return Err(UnplacedMistake::new(span, message));
    }
    Ok(words)
}

fn turns(value: &Spanned<i64>) -> Result<u32, UnplacedMistake> {
    let turns = u32::try_from(*value.as_ref()).ok();
    turns
        .filter(|turns| (1..=TURNS_MAX).contains(turns))
        .ok_or_else(|| super::out_of_range("max_turns", value, TURNS_MAX))
}

fn budget(value: &Spanned<f64>) -> Result<f64, UnplacedMistake> {
    let budget = *value.as_ref();
    if budget.is_finite() && budget > 0.0 {
        return Ok(budget);
    }
    let message = "`max_budget_usd` must be more than 0";
    Err(UnplacedMistake::new(value.span(), message))
}

fn output_form(word: &Spanned<String>) -> Result<OutputForm, UnplacedMistake> {
    match word.as_ref().as_str() {
        "stream-json" => Ok(OutputForm::Stream),
        "json" => Ok(OutputForm::Document),
        _ => Err(UnplacedMistake::new(
            word.span(),
            "`output` must be \"stream-json\" or \"json\"",
        )),
    }
}
