//! What is fuzzed, and what each search begins with: parts of the workflow
//! files that tests and examples consist of.
//!
//! The build tool includes this file, so it uses nothing but the standard
//! library.

/// What is fuzzed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The text of a workflow file.
    Definition,
    /// That, and texts that are laid over it, after lines [`OVERRIDES`].
    Overrides,
    /// An expression and, after a line [`CONTEXT`], what it can see.
    Expression,
    /// A duration.
    Duration,
    /// A list of edits of a run's stages.
    Edits,
    /// The text of a workflow file that somebody is writing, with marks
    /// [`CURSOR`] where the cursor may be.
    Completion,
}

/// The line before a text that is laid over the one before.
pub const OVERRIDES: &str = "\n# laid over it\n";

/// The line between an expression and its context.
pub const CONTEXT: &str = "\n# sees\n";

/// Where the cursor is in a text that is being written.
pub const CURSOR: &str = "‸";

impl Target {
    /// Every target, what finds most first.
    pub const ALL: [Self; 6] = [
        Self::Definition,
        Self::Overrides,
        Self::Expression,
        Self::Completion,
        Self::Edits,
        Self::Duration,
    ];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Definition => "definition",
            Self::Overrides => "overrides",
            Self::Expression => "expression",
            Self::Duration => "duration",
            Self::Edits => "edits",
            Self::Completion => "completion",
        }
    }

    /// The target of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    /// What the search begins with, out of one workflow file and what is laid
    /// over it, if anything is.
    pub fn seeds(self, file: &str, overrides: Option<&str>) -> Vec<String> {
        match self {
            Self::Definition => vec![file.to_owned()],
            Self::Overrides => {
                let overrides = overrides.map_or_else(|| some_overrides(file), str::to_owned);
                vec![format!("{file}{OVERRIDES}{overrides}")]
            }
            Self::Expression => expressions(file),
            Self::Duration => durations(file),
            Self::Edits => edits(file),
            Self::Completion => vec![with_cursors(file)],
        }
    }
}

/// Something that can be laid over a workflow: the first id in it is its own.
fn some_overrides(file: &str) -> String {
    let after = file.split_once("id: ").map_or("", |(_, after)| after);
    let id = after.split([',', ' ', '\n']).next().unwrap_or_default();
    format!("overrides: {{ {id}: {{ config: {{ timeout: 3h }}, workflow: {{ tags: [a] }} }} }}\n")
}

/// What stands in `${{ }}`.
fn expressions(file: &str) -> Vec<String> {
    let parts = file.split("${{").skip(1);
    parts
        .filter_map(|part| Some(part.split_once("}}")?.0.trim().to_owned()))
        .collect()
}

/// Words that look like durations.
fn durations(file: &str) -> Vec<String> {
    let words = file.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .filter(|word| word.ends_with(['d', 'h', 'm', 's']))
        .map(str::to_owned)
        .collect()
}

/// The lines `# edit: {…}` of a golden file as one list.
fn edits(file: &str) -> Vec<String> {
    let edits: Vec<&str> = file
        .lines()
        .filter_map(|line| line.strip_prefix("# edit: "))
        .collect();
    if edits.is_empty() {
        return Vec::new();
    }
    vec![format!("[{}]", edits.join(",\n"))]
}

/// The file with cursors in some of its lines.
fn with_cursors(file: &str) -> String {
    let mut text = String::new();
    for (number, line) in file.lines().enumerate() {
        let cursor = if number % 5 == 2 { CURSOR } else { "" };
        // After the key, where there is one, and at the end of the others.
        let (key, value) = line.split_once(": ").unwrap_or((line, ""));
        let colon = if value.is_empty() { "" } else { ": " };
        text += &format!("{key}{colon}{cursor}{value}\n");
    }
    text
}
