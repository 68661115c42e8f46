//! Node tree to [`Definition`]: every key of the language, with its kind, its
//! default and its own rules. What concerns several keys is in `check`.

mod block;
mod hook;
mod policy;
mod stage;
pub(crate) mod words;

use std::collections::BTreeMap;

use baton_model::plan::{STAGES_MAX, Schedule};
use baton_model::{Value, ValueType};
use indexmap::IndexMap;

use crate::definition::{Config, Definition, Input, Parameter, Spanned, Stage, WorkflowBlock};
use crate::duration::WrittenDuration;
use crate::fields::{Field, Fields};
use crate::node::{Entry, Kind, Node};
use crate::report::{Place, Report};
use crate::rules;

pub(crate) use block::default_gate;
pub(crate) use stage::stage;

/// Longest id, in characters.
const ID_CHARS_MAX: usize = 64;

/// What was read, and whether it can stand on its own.
pub(crate) struct Read {
    pub(crate) definition: Definition,
    /// Whether the workflow could be identified at all.
    pub(crate) is_usable: bool,
}

/// Reads a document whose top level is a map.
pub(crate) fn read(root: &Node, report: &mut Report<'_>) -> Option<Read> {
    let document = Field::new(root, "");
    if root.is_null() {
        report.add(rules::e0201::empty_file(document.place()));
        return None;
    }
    let mut fields = document.open(report)?;
    let workflow = match fields.require("workflow", report) {
        Some(field) => workflow(&field, report),
        None => WorkflowBlock::default(),
    };
    let is_usable = !workflow.id.is_empty() && !workflow.name.is_empty();
    let definition = Definition {
        workflow,
        config: config(fields.take("config").as_ref(), report),
        context: fields
            .take_optional("context")
            .and_then(|field| block::context(&field, "global_modules", report)),
        error_policy: fields
            .take_optional("error_policy")
            .map(|field| policy::root(&field, report))
            .unwrap_or_default(),
        hooks: fields
            .take_optional("hooks")
            .map(|field| hook::hooks(&field, report))
            .unwrap_or_default(),
        stages: fields
            .take("stages")
            .map(|field| stages(&field, report))
            .unwrap_or_default(),
        overridden: Vec::new(),
        references: Vec::new(),
    };
    fields.finish(report);
    Some(Read {
        definition,
        is_usable,
    })
}

/// Reports keys that stand twice or are no texts, in the whole document: the
/// reader of a map would only see the last of two.
pub(crate) fn report_keys(root: &Node, report: &mut Report<'_>) {
    report_keys_of("", root, report);
}

/// The same for what stands at a path.
pub(crate) fn report_keys_of(path: &str, node: &Node, report: &mut Report<'_>) {
    report_keys_below(node, &mut path.to_owned(), report);
}

/// `path` is written to on the way down only: most keys are in order.
fn report_keys_below(node: &Node, path: &mut String, report: &mut Report<'_>) {
    let here = path.len();
    match &node.kind {
        Kind::List(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                report_keys_below(item, path, report);
                path.truncate(here);
            }
        }
        Kind::Map(entries) => {
            let mut first = FirstKeys::new(entries);
            for (index, entry) in entries.iter().enumerate() {
                if report.is_full() {
                    return;
                }
                if here > 0 {
                    path.push('.');
                }
                path.push_str(&entry.key);
                report_key(entry, path, first.before(index), report);
                report_keys_below(&entry.value, path, report);
                path.truncate(here);
            }
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {}
    }
}

fn report_key(entry: &Entry, path: &str, first: Option<&Entry>, report: &mut Report<'_>) {
    let at = || Place::new(path, &entry.key_bytes);
    if !entry.key_is_text {
        report.add(rules::e0104::key_not_text(at(), &entry.key));
    }
    if let Some(first) = first {
        report.add(rules::e0102::duplicate_key(
            at(),
            &entry.key,
            &first.key_bytes,
        ));
    }
}

/// The keys of a map, to find those that stand there already.
struct FirstKeys<'n> {
    entries: &'n [Entry],
    /// Of large maps only: in small ones, looking is quicker than noting.
    noted: BTreeMap<&'n str, usize>,
}

impl<'n> FirstKeys<'n> {
    const SMALL: usize = 16;

    fn new(entries: &'n [Entry]) -> Self {
        Self {
            entries,
            noted: BTreeMap::new(),
        }
    }

    /// The first entry with the key of this one, if that is another. Entries
    /// are asked for in their order.
    fn before(&mut self, index: usize) -> Option<&'n Entry> {
        let key = self.entries.get(index)?.key.as_str();
        if self.entries.len() > Self::SMALL {
            let first = *self.noted.entry(key).or_insert(index);
            return self.entries.get(first).filter(|_| first != index);
        }
        let mut before = self.entries.iter().take(index);
        before.find(|entry| entry.key == key)
    }
}

fn workflow(field: &Field<'_>, report: &mut Report<'_>) -> WorkflowBlock {
    let Some(mut fields) = field.open(report) else {
        return WorkflowBlock::default();
    };
    let id = fields
        .require("id", report)
        .and_then(|field| id(&field, report));
    let block = WorkflowBlock {
        id: id.map(|id| id.value).unwrap_or_default(),
        name: required_text(&mut fields, "name", report),
        version: fields
            .take("version")
            .and_then(|field| version(&field, report))
            .unwrap_or_else(|| "1.0.0".to_owned()),
        description: optional_text(&mut fields, "description", report),
        author: optional_text(&mut fields, "author", report),
        tags: fields
            .take("tags")
            .map(|field| field.plain_texts(report))
            .unwrap_or_default(),
        ui: fields
            .take_optional("ui")
            .and_then(|field| block::ui(&field, block::UiOf::Workflow, report)),
    };
    fields.finish(report);
    block
}

/// What `config` is when the workflow does not say.
pub(crate) fn default_config() -> Config {
    Config {
        parameters: IndexMap::new(),
        timeout: fixed_duration("2h"),
        env: IndexMap::new(),
        stages_at_once_max: 3,
        schedule: Schedule::default(),
    }
}

fn config(field: Option<&Field<'_>>, report: &mut Report<'_>) -> Config {
    let mut config = default_config();
    let Some(mut fields) = field.and_then(|field| field.open(report)) else {
        return config;
    };
    if let Some(field) = fields.take("parameters") {
        for (name, field) in field.named(report) {
            let parameter = parameter(&field, report);
            let named = parameter.map(|parameter| (name.to_owned(), parameter));
            config.parameters.extend(named);
        }
    }
    if let Some(timeout) = fields
        .take("timeout")
        .and_then(|field| field.duration(report))
    {
        config.timeout = timeout;
    }
    if let Some(field) = fields.take("env") {
        for (name, field) in field.named(report) {
            let text = field.spanned_text(report);
            config.env.extend(text.map(|text| (name.to_owned(), text)));
        }
    }
    if let Some(count) = fields
        .take("max_concurrent_stages")
        .and_then(|field| field.count(1, report))
    {
        config.stages_at_once_max = count;
    }
    if let Some(schedule) = fields
        .take("schedule")
        .and_then(|field| field.word(&words::SCHEDULES, report))
    {
        config.schedule = schedule;
    }
    fields.finish(report);
    config
}

fn parameter(field: &Field<'_>, report: &mut Report<'_>) -> Option<Parameter> {
    let mut fields = field.open(report)?;
    let value_type = required_type(&mut fields, report);
    let parameter = Parameter {
        required: flag(&mut fields, "required", false, report),
        default: default_value(&mut fields, value_type.as_ref(), report),
        description: optional_text(&mut fields, "description", report),
        bytes: field.key_bytes.clone(),
        value_type,
    };
    fields.finish(report);
    Some(parameter)
}

fn stages(field: &Field<'_>, report: &mut Report<'_>) -> Vec<Stage> {
    let items = field.items(report);
    let mut stages = Vec::with_capacity(items.size_hint().0.min(STAGES_MAX));
    for (index, item) in items.enumerate() {
        if index == STAGES_MAX {
            report.add(rules::e0220::too_many_stages(item.place(), STAGES_MAX));
        }
        if index == STAGES_MAX || report.is_full() {
            break;
        }
        stages.extend(stage(&item, report));
    }
    stages
}

fn input(field: &Field<'_>, report: &mut Report<'_>) -> Option<Input> {
    let mut fields = field.open(report)?;
    let input = Input {
        value_type: required_type(&mut fields, report),
        source: optional_spanned(&mut fields, "source", report),
        required: flag(&mut fields, "required", true, report),
        description: optional_text(&mut fields, "description", report),
    };
    fields.finish(report);
    Some(input)
}

/// An id that expressions can name: a letter, then letters, digits, `-`, `_`.
fn id(field: &Field<'_>, report: &mut Report<'_>) -> Option<Spanned<String>> {
    let id = field.spanned(field.text_of("an id", report)?);
    if !is_id(&id.value) {
        report.add(rules::e0205::bad_id(field.place(), &id.value, ID_CHARS_MAX));
    }
    Some(id)
}

fn is_id(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        && text.len() <= ID_CHARS_MAX
}

fn version(field: &Field<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = field.text_of("a version", report)?;
    if !is_semantic_version(&text) {
        report.add(rules::e0208::bad_version(field.place(), &text));
    }
    Some(text)
}

/// `major.minor.patch`, then `-pre.release` and `+build` if there are any.
fn is_semantic_version(text: &str) -> bool {
    let (text, build) = text.split_once('+').unwrap_or((text, "0"));
    let (numbers, pre_release) = text.split_once('-').unwrap_or((text, "0"));
    let is_number = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    let is_word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    numbers.split('.').count() == 3
        && numbers.split('.').all(is_number)
        && pre_release
            .split('.')
            .all(|part| is_word(part) && (!is_all_digits(part) || is_number(part)))
        && build.split('.').all(is_word)
}

fn required_type(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Spanned<ValueType>> {
    let field = fields.require("type", report)?;
    let text = field.text_of("a type", report)?;
    let value_type = text.parse().ok();
    if value_type.is_none() {
        report.add(rules::e0209::unknown_type(field.place(), &text));
    }
    value_type.map(|value_type| field.spanned(value_type))
}

/// A default, checked against the declared type; null means there is none.
fn default_value(
    fields: &mut Fields<'_>,
    declared: Option<&Spanned<ValueType>>,
    report: &mut Report<'_>,
) -> Value {
    let Some(field) = fields.take_optional("default") else {
        return Value::Null;
    };
    let value = field.node.to_value();
    if let Some(declared) = declared
        && let Err(violation) = declared.value.check(&value)
    {
        report.add(rules::e0216::bad_default(
            field.place(),
            &violation,
            declared,
            &value,
        ));
    }
    value
}

fn required_text(fields: &mut Fields<'_>, key: &'static str, report: &mut Report<'_>) -> String {
    let text = fields
        .require(key, report)
        .and_then(|field| field.text(report));
    text.unwrap_or_default()
}

fn optional_text(
    fields: &mut Fields<'_>,
    key: &'static str,
    report: &mut Report<'_>,
) -> Option<String> {
    fields.take_optional(key)?.text(report)
}

fn optional_spanned(
    fields: &mut Fields<'_>,
    key: &'static str,
    report: &mut Report<'_>,
) -> Option<Spanned<String>> {
    fields.take_optional(key)?.spanned_text(report)
}

fn flag(
    fields: &mut Fields<'_>,
    key: &'static str,
    default: bool,
    report: &mut Report<'_>,
) -> bool {
    fields
        .take(key)
        .and_then(|field| field.boolean(report))
        .unwrap_or(default)
}

/// A duration that is part of the language itself.
fn fixed_duration(text: &str) -> WrittenDuration {
    WrittenDuration::parse(text).expect("the built-in durations follow the grammar")
}
