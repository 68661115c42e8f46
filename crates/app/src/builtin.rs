//! Workflows and agents that ship with the program, as texts anybody may read
//! and copy.

use std::sync::{Arc, LazyLock};

/// A text that ships with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtin {
    /// What it is called.
    pub name: &'static str,
    /// Whether it is a workflow or an agent.
    pub kind: BuiltinKind,
    /// The text itself.
    pub definition: &'static str,
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltinKind {
    /// A workflow in SWDL.
    Workflow,
    /// An agent: Markdown with a head.
    Agent,
}

/// What a run of a skill in a registered project carries out.
pub const SPECFLOW: Builtin = workflow("specflow", include_str!("builtin/specflow.yaml"));

/// What the agent `baron` is told to do.
const BARON: &str = include_str!("builtin/baron.md");

/// Pages of agents that ship with the program, by their references.
pub const PAGES: &[(&str, &str)] = &[("agent:baron", BARON)];

/// All of them.
pub const ALL: &[Builtin] = &[
    workflow("specify", include_str!("builtin/specify.yaml")),
    workflow("plan", include_str!("builtin/plan.yaml")),
    workflow("tasks", include_str!("builtin/tasks.yaml")),
    workflow("implement", include_str!("builtin/implement.yaml")),
    workflow("invoke", include_str!("builtin/invoke.yaml")),
    SPECFLOW,
    Builtin {
        name: "baron",
        kind: BuiltinKind::Agent,
        definition: BARON,
    },
];

const fn workflow(name: &'static str, definition: &'static str) -> Builtin {
    Builtin {
        name,
        kind: BuiltinKind::Workflow,
        definition,
    }
}

/// The one of this name.
pub fn find(name: &str) -> Option<&'static Builtin> {
    ALL.iter().find(|builtin| builtin.name == name)
}

/// The workflow of this name, ready to be shared.
pub(crate) fn workflow_text(name: &str) -> Option<Arc<str>> {
    static TEXTS: LazyLock<Vec<(&'static str, Arc<str>)>> = LazyLock::new(|| {
        let workflows = ALL
            .iter()
            .filter(|builtin| builtin.kind == BuiltinKind::Workflow);
        let shared = workflows.map(|builtin| (builtin.name, Arc::from(builtin.definition)));
        shared.collect()
    });
    let found = TEXTS.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| Arc::clone(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workflows_have_nothing_to_complain_about() {
        for builtin in ALL.iter().filter(|it| it.kind == BuiltinKind::Workflow) {
            let checked = baton_lang::check(builtin.definition);
            assert_eq!(checked.diagnostics, [], "{}", builtin.name);
            let definition = checked.definition.unwrap();
            assert_eq!(definition.workflow.id, builtin.name);
        }
    }

    #[test]
    fn each_is_found_by_its_name() {
        for builtin in ALL {
            assert_eq!(find(builtin.name), Some(builtin));
            let is_workflow = builtin.kind == BuiltinKind::Workflow;
            assert_eq!(workflow_text(builtin.name).is_some(), is_workflow);
        }
        assert_eq!(find("Specify"), None);
    }
}
