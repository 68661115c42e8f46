//! What a file is taken for that lies in a folder: a workflow, or something
//! else that is none of our business.
//!
//! Most files of a project are something else, so this looks at words before it
//! reads anything.

use baton_model::Value;

/// What a file was meant to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Workflow,
    Other,
    /// It has words of workflows and is not taken for one; this is why.
    Doubtful(String),
}

/// Words that lines of workflows begin with.
const WORDS: [&str; 6] = [
    "workflow",
    "stages",
    "depends_on",
    "roles",
    "artifact",
    "instructions",
];

/// How many of them make a file a workflow that cannot be read.
const WORDS_MIN: usize = 2;

pub(super) fn taken_for(text: &str) -> Taken {
    let text = text.trim_start_matches('\u{feff}');
    if looks_like_a_workflow(text) {
        return if is_pipeline(text) {
            Taken::Doubtful("it is a pipeline of GitLab".to_owned())
        } else {
            Taken::Workflow
        };
    }
    if is_manifest(text) {
        return Taken::Doubtful("it is a manifest of Argo".to_owned());
    }
    let n_words = WORDS.iter().filter(|word| has_word(text, word)).count();
    if n_words == 0 {
        return Taken::Other;
    }
    match baton_lang::read_value(text) {
        Ok(value) if has_stages(&value) => Taken::Workflow,
        Ok(_other) => Taken::Other,
        Err(_mistakes) if n_words >= WORDS_MIN => Taken::Workflow,
        Err(mistakes) => mistakes.first().map_or(Taken::Other, |mistake| {
            let line = mistake.span.map_or(1, |span| span.start.line);
            Taken::Doubtful(format!("line {line}: {}", mistake.message))
        }),
    }
}

/// Whether a line begins with a word, however deep it is indented.
fn has_word(text: &str, word: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start_matches([' ', '\t', '-', '{', '"', '\'']);
        let rest = line.strip_prefix(word);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ' ', '"', '\'', '\r']))
    })
}

/// Whether there are stages as only workflows have them.
fn has_stages(value: &Value) -> bool {
    let stages = value.get("stages").and_then(Value::as_array);
    let has = |stage: &Value, key| stage.get(key).is_some();
    stages.into_iter().flatten().any(|stage| {
        has(stage, "id") && (has(stage, "name") || has(stage, "roles") || has(stage, "depends_on"))
    })
}

/// Whether a file with `workflow` or `stages` at its root is a pipeline of GitLab,
/// which has both words.
fn is_pipeline(text: &str) -> bool {
    let Ok(value) = baton_lang::read_value(text) else {
        // No other language has this tag.
        return text.contains("!reference [");
    };
    let head = value.get("workflow");
    let has = |key| head.is_some_and(|head| head.get(key).is_some());
    if has("id") || has("version") {
        return false;
    }
    let stages = value.get("stages").and_then(Value::as_array);
    let names_stages = stages.is_some_and(|stages| {
        !stages.is_empty() && stages.iter().all(|stage| stage.as_str().is_some())
    });
    has("rules") || has("auto_cancel") || names_stages
}

/// Whether a file is a manifest of Kubernetes that calls itself a workflow.
fn is_manifest(text: &str) -> bool {
    let is_kind = |line: &str| {
        let kind = line.strip_prefix("kind:").map(str::trim_start);
        kind.is_some_and(|kind| kind.starts_with("Workflow"))
    };
    text.lines().any(|line| begins_with_key(line, "apiVersion")) && text.lines().any(is_kind)
}

/// Whether a file of a folder was meant to be a workflow: at its root stands
/// `workflow`, or what only stages of workflows have.
fn looks_like_a_workflow(text: &str) -> bool {
    let first = text.lines().find(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with(['#', '%']) && line != "---"
    });
    // Templates of other languages begin with two braces.
    let is_json = |first: &str| first.starts_with('{') && !first.starts_with("{{");
    if first.is_some_and(|first| is_json(first.trim_start())) {
        return match baton_lang::read_value(text) {
            Ok(value) => value.get("workflow").is_some(),
            Err(_unread) => text.contains("\"workflow\"") || text.contains("workflow:"),
        };
    }
    let has_root = |key: &str| text.lines().any(|line| begins_with_key(line, key));
    has_root("workflow")
        || has_root("stages")
            && text
                .lines()
                .any(|line| line.trim_start().starts_with("roles:"))
}

/// Whether a line begins with a key, in quotes or not.
fn begins_with_key(line: &str, key: &str) -> bool {
    let quote = line
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''));
    let Some(quote) = quote else {
        let rest = line.strip_prefix(key);
        return rest.is_some_and(|rest| rest.trim_start().starts_with(':'));
    };
    let rest = line[1..].strip_prefix(key);
    let rest = rest.and_then(|rest| rest.strip_prefix(quote));
    rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workflows_are_told_from_other_files() {
        for text in [
            "workflow: { id: a }\n",
            "\u{feff}# a comment\n---\nworkflow:\n  id: a\n",
            "\"workflow\" : {}\n",
            "'workflow': {}\n",
            "config: {}\nworkflow:\n",
            "{ workflow: { id: a } }",
            "{\n  \"workflow\": {\"id\": 1,\n}",
            "worflow: {}\nstages:\n  - id: a\n    roles: {}\n",
            "worflow: {}\nstages:\n  - id: a\n    name: A\n",
            // The head cannot be read.
            "workflow\n  id: a\nstages: []\n",
            "  workflow:\n  id: a\nstages: []\n",
            "\tworkflow:\n\t\tid: a\nstages:\n",
            "name: 'A\n  workflow:\n  stages:\n",
            // A mistake, but not another language.
            "workflow: { id: a, version: 1.0.0 }\nstages: [build, test]\n",
            "workflow: {}\nstages: []\n",
        ] {
            assert_eq!(taken_for(text), Taken::Workflow, "{text}");
        }
        for text in [
            "{\"name\": \"x\", \"scripts\": {\"workflow\": \"y\"}}",
            "jobs:\n  workflow: 1\n",
            "stages: [build, test]\n",
            "stages:\n  - stage: build\n    jobs: []\n",
            "workflows: []\n",
            // GitHub Actions.
            "name: CI\non: { workflow_dispatch: }\njobs:\n  build:\n    steps: []\n",
            "on: push\njobs:\n  a:\n    uses: ./.github/workflows/a.yml\n    with: { workflow: b }\n",
            "{{- if .Values.x }}\nkind: ConfigMap\n",
            "a: [",
            "",
        ] {
            assert_eq!(taken_for(text), Taken::Other, "{text}");
        }
        let doubtful = taken_for("# one\n{{- if .x }}\n  workflow: 1\n{{ end }}\n");
        let Taken::Doubtful(reason) = doubtful else {
            panic!("{doubtful:?}");
        };
        assert!(reason.starts_with("line "), "{reason}");
    }

    #[test]
    fn manifests_of_argo_are_no_workflows() {
        let argo = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow # hello\nspec: {}\n";
        let taken = Taken::Doubtful("it is a manifest of Argo".to_owned());
        assert_eq!(taken_for(argo), taken);
        let service = "apiVersion: v1\nkind: Service\n";
        assert_eq!(taken_for(service), Taken::Other);
    }

    #[test]
    fn pipelines_of_gitlab_are_no_workflows() {
        for text in [
            "workflow: { rules: [{ if: $CI }] }\nstages: [build, test]\n",
            "workflow:\n  name: Pipeline\n  auto_cancel:\n    on_new_commit: none\n",
            "stages:\n  - build\nworkflow:\n  name: $CI_NAME\n",
            "workflow:\n  rules:\n    - !reference [.all, rules]\n",
            "{ \"workflow\": { \"rules\": [] } }",
        ] {
            let taken = Taken::Doubtful("it is a pipeline of GitLab".to_owned());
            assert_eq!(taken_for(text), taken, "{text}");
        }
    }
}
