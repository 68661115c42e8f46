//! Every finding the language can report: code, severity, category, title.
//!
//! A code never changes its meaning and is never used again once retired.
//! Each has a page in `docs/diagnostics/` and a golden case in `tests/golden/`.

use baton_model::{Category, Severity};

/// A kind of finding.
#[derive(Debug)]
pub struct Code {
    /// Stable, such as `SWDL-E0301`; `W` marks warnings.
    pub id: &'static str,
    /// Whether it stops anything.
    pub severity: Severity,
    /// The area of the language it belongs to.
    pub category: Category,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// Its page, in Markdown.
    pub page: &'static str,
}

macro_rules! codes {
    ($($name:ident = $id:literal, $severity:ident, $category:ident, $title:literal;)+) => {
        $(pub(crate) static $name: Code = Code {
            id: $id,
            severity: Severity::$severity,
            category: Category::$category,
            title: $title,
            page: include_str!(concat!("../../../docs/diagnostics/", $id, ".md")),
        };)+

        /// Every code, in order.
        pub static CODES: &[&Code] = &[$(&$name,)+];
    };
}

codes! {
    YAML_SYNTAX = "SWDL-E0101", Error, Yaml, "the text is not YAML";
    DUPLICATE_KEY = "SWDL-E0102", Error, Yaml, "a key stands twice in one map";
    TEXT_TOO_LONG = "SWDL-E0103", Error, Yaml, "the text is too long";
    KEY_NOT_TEXT = "SWDL-E0104", Error, Yaml, "a key is not a text";
    NESTED_TOO_DEEP = "SWDL-E0105", Error, Yaml, "lists and maps are nested too deep";
    TOO_MANY_ALIASES = "SWDL-E0106", Error, Yaml, "there are too many anchors, or aliases stand for too much";
    SEVERAL_DOCUMENTS = "SWDL-E0107", Error, Yaml, "the file holds several documents";
    UNKNOWN_TAG = "SWDL-E0108", Error, Yaml, "a tag has no meaning here";
    TOO_MANY_FINDINGS = "SWDL-E0109", Error, Yaml, "there are more findings than are shown";

    WRONG_KIND = "SWDL-E0201", Error, Schema, "a value is of the wrong kind";
    MISSING_KEY = "SWDL-E0202", Error, Schema, "a required key is missing";
    UNKNOWN_KEY = "SWDL-W0203", Warning, Schema, "a key is not known here";
    UNKNOWN_WORD = "SWDL-E0204", Error, Schema, "a value is none of the allowed words";
    BAD_ID = "SWDL-E0205", Error, Schema, "an id is not well formed";
    DUPLICATE_STAGE = "SWDL-E0206", Error, Schema, "two stages have the same id";
    BAD_DURATION = "SWDL-E0207", Error, Schema, "a duration is not well formed";
    BAD_VERSION = "SWDL-E0208", Error, Schema, "a version is not a semantic version";
    UNKNOWN_TYPE = "SWDL-E0209", Error, Schema, "a type is not known";
    OUT_OF_RANGE = "SWDL-E0210", Error, Schema, "a number is out of range";
    FAN_OUT_RESERVED = "SWDL-E0211", Error, Schema, "`fan_out` is reserved for a later release";
    AGENT_WITHOUT_ROLES = "SWDL-E0212", Error, Schema, "an agent stage does not say who works on it";
    BLOCK_WITHOUT_EFFECT = "SWDL-W0213", Warning, Schema, "a block does not belong to this type of stage";
    NOT_IN_EFFECT_YET = "SWDL-W0214", Warning, Schema, "this is read, but not in effect yet";
    ROLLBACK_IS_HALT = "SWDL-W0215", Warning, Schema, "`rollback` is treated as `halt`";
    BAD_DEFAULT = "SWDL-E0216", Error, Schema, "a default does not have the declared type";

    BAD_COMMAND = "SWDL-E0217", Error, Schema, "a hook's command is not well formed";
    BAD_TARGET = "SWDL-E0218", Error, Schema, "a notification does not have one target";
    NO_SHELL = "SWDL-W0219", Warning, Schema, "a hook's command looks meant for a shell";

    TOO_MANY_STAGES = "SWDL-E0220", Error, Schema, "there are too many stages";

    EXPRESSION_SYNTAX = "SWDL-E0301", Error, Expression, "an expression does not parse";
    UNKNOWN_NAMESPACE = "SWDL-E0302", Error, Expression, "a path begins with an unknown name";
    UNKNOWN_FUNCTION = "SWDL-E0303", Error, Expression, "a function does not exist";
    WRONG_ARITY = "SWDL-E0304", Error, Expression, "a function is given too few or too many arguments";
    UNKNOWN_PARAMETER = "SWDL-E0305", Error, Expression, "a parameter is not declared";
    UNKNOWN_STAGE = "SWDL-E0306", Error, Expression, "an expression names a stage that does not exist";
    UNKNOWN_OUTPUT = "SWDL-E0307", Error, Expression, "a stage does not have what an expression reads";
    NOT_AVAILABLE_HERE = "SWDL-E0308", Error, Expression, "a name cannot be read at this place";
    TYPE_MISMATCH = "SWDL-E0309", Error, Expression, "a source has another type than its input";
    CONSTANT_CONDITION = "SWDL-W0310", Warning, Expression, "a condition does not depend on anything";
    NEVER_SET = "SWDL-W0311", Warning, Expression, "an expression reads a name that is never set";
    INCOMPARABLE = "SWDL-E0312", Error, Expression, "two values cannot be compared";
    WRONG_ARGUMENT = "SWDL-E0313", Error, Expression, "a function is given a value it cannot take";
    ALWAYS_NULL = "SWDL-W0314", Warning, Expression, "an expression looks into a value that has nothing inside";
    PATH_AS_TEXT = "SWDL-W0315", Warning, Expression, "a text looks like an expression";

    UNKNOWN_DEPENDENCY = "SWDL-E0401", Error, Dag, "a stage depends on one that does not exist";
    SELF_DEPENDENCY = "SWDL-E0402", Error, Dag, "a stage depends on itself";
    CYCLE = "SWDL-E0403", Error, Dag, "stages wait for each other in a circle";
    NOT_AN_ANCESTOR = "SWDL-E0404", Error, Dag, "a stage reads from one it does not wait for";
    READS_ITSELF = "SWDL-E0405", Error, Dag, "a stage reads from itself";
    REPEATED_DEPENDENCY = "SWDL-W0406", Warning, Dag, "a dependency is listed twice";
    EDIT_OF_UNKNOWN_STAGE = "SWDL-E0407", Error, Dag, "an edit names a stage that does not exist";
    REPEATED_EDIT = "SWDL-E0408", Error, Dag, "two edits of one list name the same stage";

    BAD_REFERENCE = "SWDL-E0501", Error, Artifact, "an artifact reference is not well formed";
    ARTIFACT_NOT_FOUND = "SWDL-W0502", Warning, Artifact, "an artifact was not found";
    AGENT_NOT_FOUND = "SWDL-E0503", Error, Artifact, "an agent that a run needs was not found";

    MISSING_PARAMETER = "SWDL-E0601", Error, Schema, "a required parameter was not given";
    BAD_PARAMETER = "SWDL-E0602", Error, Schema, "a parameter has the wrong type";
    UNDECLARED_PARAMETER = "SWDL-E0603", Error, Schema, "a parameter that was given is not declared";

    OVERRIDES_SHAPE = "SWDL-E0701", Error, Schema, "overrides are not laid out as they must be";
    NOT_OVERRIDABLE = "SWDL-E0702", Error, Schema, "overrides set what they may not";
    OVERRIDE_OF_UNKNOWN_STAGE = "SWDL-E0703", Error, Schema, "overrides name a stage that does not exist";
}

/// The page of a code, in Markdown; case is ignored.
pub fn explain(code: &str) -> Option<&'static str> {
    CODES
        .iter()
        .find(|known| known.id.eq_ignore_ascii_case(code))
        .map(|known| known.page)
}
