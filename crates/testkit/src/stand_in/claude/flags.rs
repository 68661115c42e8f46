//! The command line of `claude`, as far as it matters to a stand-in.

use serde_json::Value;

/// The flags that matter here.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(super) struct Flags {
    pub(super) is_print: bool,
    pub(super) output: String,
    pub(super) is_verbose: bool,
    pub(super) resume: Option<String>,
    pub(super) is_fork: bool,
    pub(super) session: Option<String>,
    pub(super) schema: Option<Value>,
    pub(super) max_turns: Option<u64>,
    pub(super) max_budget_usd: Option<f64>,
    pub(super) permission_mode: Option<String>,
    pub(super) skips_permissions: bool,
    pub(super) model: Option<String>,
    pub(super) prompt: Option<String>,
}

impl Flags {
    /// As the real one takes it: an option that is not known is an error.
    pub(super) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut flags = Self {
            output: "text".to_owned(),
            ..Self::default()
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let (name, mut inline) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (argument.as_str(), None),
            };
            let mut value = || {
                inline
                    .take()
                    .or_else(|| rest.next().cloned())
                    .ok_or_else(|| format!("error: option '{name}' argument missing"))
            };
            match name {
                "-p" | "--print" => flags.is_print = true,
                "--verbose" => flags.is_verbose = true,
                "--output-format" => flags.output = value()?,
                "--resume" | "-r" => flags.resume = Some(value()?),
                "--fork-session" => flags.is_fork = true,
                "--session-id" => flags.session = Some(value()?),
                "--json-schema" => flags.schema = Some(schema(&value()?)?),
                "--max-turns" => flags.max_turns = value()?.parse().ok(),
                "--max-budget-usd" => flags.max_budget_usd = value()?.parse().ok(),
                "--permission-mode" => flags.permission_mode = Some(value()?),
                "--dangerously-skip-permissions" => flags.skips_permissions = true,
                "--model" => flags.model = Some(value()?),
                "--allowedTools"
                | "--disallowedTools"
                | "--tools"
                | "--append-system-prompt"
                | "--fallback-model"
                | "--effort"
                | "--add-dir" => {
                    value()?;
                }
                _ if name.starts_with('-') => {
                    return Err(format!("error: unknown option '{name}'"));
                }
                prompt => flags.prompt = Some(format!("{prompt}\n")),
            }
        }
        if flags.resume.is_some() && flags.session.is_some() && !flags.is_fork {
            let words =
                "Error: --session-id can only be used with --resume together with --fork-session.";
            return Err(words.to_owned());
        }
        Ok(flags)
    }
}

fn schema(text: &str) -> Result<Value, String> {
    match serde_json::from_str::<Value>(text) {
        Ok(schema) if schema.is_object() => Ok(schema),
        Ok(_) => Err("Error: --json-schema must be a JSON object".to_owned()),
        Err(error) => Err(format!("Error: --json-schema is not valid JSON: {error}")),
    }
}
