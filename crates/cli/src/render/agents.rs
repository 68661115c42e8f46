//! Agents as a table, and one of them in detail.

use super::execution::table;
use super::style::{Target, Tone, harmless, paint};
use crate::cmd::agents::{Agent, Agents};

/// All agents.
pub(crate) fn list(agents: &Agents) -> String {
    if agents.items.is_empty() {
        return "No agents; docs/agents.md says how to set one up".to_owned();
    }
    let mut rows = table(&["Agent", "Adapter", "By", "Program"]);
    for agent in &agents.items {
        rows.add_row([
            harmless(&agent.reference),
            agent.adapter.clone().unwrap_or_else(|| "-".to_owned()),
            agent.by.to_owned(),
            program(agent),
        ]);
    }
    rows.to_string()
}

/// All agents after a check.
pub(crate) fn checked(agents: &Agents) -> String {
    let lines = agents.items.iter().map(|agent| {
        let name = harmless(&agent.reference);
        if let Some(problem) = &agent.problem {
            let words = format!("✗ {name}: {}", harmless(problem));
            return paint(Target::Out, Tone::Bad, &words);
        }
        let said = agent
            .version
            .as_deref()
            .map(|version| format!(" {version}"));
        let adapter = agent.adapter.as_deref().unwrap_or("-");
        format!("✓ {name}: {adapter}{}", harmless(&said.unwrap_or_default()))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// One agent.
pub(crate) fn detail(agent: &Agent) -> String {
    let mut lines = vec![paint(
        Target::Out,
        Tone::Strong,
        &harmless(&agent.reference),
    )];
    let rows = [
        ("Adapter", agent.adapter.clone()),
        ("By", Some(agent.by.to_owned())),
        ("Place", agent.place.clone()),
        ("Program", agent.program.clone()),
        ("Found at", agent.path.clone()),
        ("Model", agent.model.clone()),
        ("Permissions", agent.permission_mode.clone()),
        ("Problem", agent.problem.clone()),
    ];
    for (title, value) in rows {
        if let Some(value) = value {
            lines.push(format!("  {title:<12} {}", harmless(&value)));
        }
    }
    lines.join("\n")
}

fn program(agent: &Agent) -> String {
    match (&agent.program, &agent.problem) {
        (None, _) => "-".to_owned(),
        (Some(program), None) => harmless(program),
        (Some(program), Some(_)) => format!("{} (not found)", harmless(program)),
    }
}
