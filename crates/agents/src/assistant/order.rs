//! What the shim is asked to run for one turn, and what the program is told.

use std::path::Path;

use baton_model::plan::Speech;
use baton_model::{Failure, FailureLabel, Value};

use super::page::Page;
use super::prompt::{self, AnswerForm};
use super::schema::{self, Dialect};
use super::settings::Settings;
use super::start::Start;
use super::table::{Call, PromptWay, SchemaWay};
use super::{AssistantConfig, AssistantDispatcher};
use crate::attempt_files::{AttemptDir, ShimRequest};
use crate::clock;
use crate::command::environment;
use crate::dispatcher::AttemptRequest;

/// Where an attempt keeps the schema of its answer, beside its other files.
pub(super) const SCHEMA_FILE: &str = "schema.json";
/// More output than this is no conversation.
const STDOUT_BYTES_MAX: u64 = 64 * 1024 * 1024;
const STDERR_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// The kernel refuses a single argument of 128 KiB.
const ARGUMENT_BYTES_MAX: usize = 120 * 1024;

/// One start of a program.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) shim: ShimRequest,
    /// What lies on its standard input.
    pub(super) prompt: Vec<u8>,
    /// Goes into [`SCHEMA_FILE`].
    pub(super) schema: Option<Vec<u8>>,
}

impl AssistantDispatcher {
    /// What is to be run for a turn that begins like this.
    pub(super) fn order(
        &self,
        request: &AttemptRequest,
        dir: &AttemptDir,
        start: &Start,
        mut notes: Vec<String>,
    ) -> Result<Order, Failure> {
        let page = self.page(request)?;
        let settings = Settings::of(&self.config, request, page.as_ref());
        let form = Form::of(&self.config, request, start);
        let in_words = match &form {
            Form::InWords(schema) => AnswerForm::InWords(schema),
            Form::Argument(_) | Form::File(_) | Form::Any => AnswerForm::BySchema,
        };
        let words = prompt::prompt(request, start, page.as_ref(), &in_words);
        let argv = self.argv(&settings, start, (&form, &words), dir)?;
        notes.extend(settings.notes);
        let filled = environment::filled(request, &self.config.env, &self.config.secrets)?;
        let (project, run) = (request.directory.as_deref(), request.key.run);
        Ok(Order {
            shim: ShimRequest {
                key: Some(request.key.clone()),
                argv,
                env: environment::build(request, &filled, &self.inherited, dir.path())?,
                cwd: self.host.working_directory(project, run),
                deadline: request.time_left.map(|left| clock::now().after(left)),
                stdout_bytes_max: STDOUT_BYTES_MAX,
                stderr_bytes_max: STDERR_BYTES_MAX,
                on_orphan: self.host.on_orphan,
                adapter: Some(self.config.name.to_owned()),
                session: start.session().map(str::to_owned),
                is_resume: start.is_resume(),
                is_fork: start.is_fork(),
                secrets: filled.secrets,
                notes,
            },
            prompt: match self.assistant().prompt {
                PromptWay::Stdin | PromptWay::File => words.into_bytes(),
                PromptWay::Argument => Vec::new(),
            },
            schema: match form {
                Form::File(schema) => Some(schema.into_bytes()),
                Form::Argument(_) | Form::InWords(_) | Form::Any => None,
            },
        })
    }

    /// The page of the stage's agent, if there is one.
    fn page(&self, request: &AttemptRequest) -> Result<Option<Page>, Failure> {
        if request.speech != Speech::Contract {
            return Ok(None);
        }
        let read = self
            .host
            .shelves
            .read(request.directory.as_deref(), &request.artifact);
        read.map_err(|error| {
            let words = format!("the page of `{}` cannot be read: {error}", request.artifact);
            Failure::new(FailureLabel::UNREACHABLE, words)
        })
    }

    fn argv(
        &self,
        settings: &Settings,
        start: &Start,
        (form, prompt): (&Form, &str),
        dir: &AttemptDir,
    ) -> Result<Vec<String>, Failure> {
        let assistant = self.assistant();
        if assistant.prompt == PromptWay::Argument && prompt.len() > ARGUMENT_BYTES_MAX {
            let words = format!(
                "{} takes what it is told as an argument, and this is more than {} KiB",
                assistant.name,
                ARGUMENT_BYTES_MAX / 1024
            );
            return Err(Failure::new(FailureLabel::LIMIT, words));
        }
        let (prompt_file, schema_file) = (dir.stdin(), dir.path().join(SCHEMA_FILE));
        let (schema, schema_file): (_, Option<&Path>) = match form {
            Form::Argument(schema) => (Some(schema.as_str()), None),
            Form::File(_) => (None, Some(&schema_file)),
            Form::InWords(_) | Form::Any => (None, None),
        };
        let mut argv = environment::absolute_argv(&self.config.command(), &self.config.directory)?;
        argv.extend((assistant.arguments)(&Call {
            config: &self.config,
            settings,
            start,
            schema,
            schema_file,
            prompt_file: &prompt_file,
            prompt,
        }));
        if argv.iter().any(|argument| argument.contains('\0')) {
            return Err(environment::refused("an argument of the agent's program"));
        }
        Ok(argv)
    }
}

/// How a program is told the form of its answer.
enum Form {
    Argument(String),
    File(String),
    InWords(Value),
    /// Nobody minds.
    Any,
}

impl Form {
    fn of(config: &AssistantConfig, request: &AttemptRequest, start: &Start) -> Self {
        let assistant = config.assistant();
        let schema_in = |dialect| match request.speech {
            Speech::Skill | Speech::Bare => schema::of_skill(dialect),
            Speech::Contract => schema::of_contract(&request.outputs, dialect),
        };
        if request.speech == Speech::Bare {
            return Self::Any;
        }
        let is_possible = !start.is_resume() || assistant.schema_on_resume;
        match assistant.schema {
            SchemaWay::Argument if is_possible => {
                let schema = schema_in(Dialect::Plain);
                let text = schema.to_string();
                if text.len() <= ARGUMENT_BYTES_MAX {
                    Self::Argument(text)
                } else {
                    Self::InWords(schema)
                }
            }
            SchemaWay::StrictFile if is_possible => {
                Self::File(schema_in(Dialect::Strict).to_string())
            }
            // The session was told the strict form when it began.
            SchemaWay::StrictFile => Self::InWords(schema_in(Dialect::Strict)),
            SchemaWay::Argument | SchemaWay::InWords => Self::InWords(schema_in(Dialect::Plain)),
        }
    }
}
