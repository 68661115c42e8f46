//! Projects as a table, and one of them in detail.

use baton_server::v1::dto::Page;
use baton_server::v1::dto::projects::{Project, Skill};

use super::execution::table;
use super::style::{Target, Tone, fit, harmless, paint};

/// Columns of a description.
const DESCRIPTION_COLUMNS: usize = 60;

/// All projects.
pub(crate) fn list(projects: &Page<Project>) -> String {
    if projects.items.is_empty() {
        return "No projects; register one with: baton project add DIR".to_owned();
    }
    let mut rows = table(&["Name", "Runs", "Unfinished", "From", "Directory"]);
    for project in &projects.items {
        rows.add_row([
            harmless(&project.name),
            project.total_runs.to_string(),
            project.unfinished_runs.to_string(),
            project.source.clone(),
            directory(project),
        ]);
    }
    rows.to_string()
}

/// One project, with what agents can be told to do in it.
pub(crate) fn detail(project: &Project, skills: &[Skill]) -> String {
    let mut lines = vec![
        paint(Target::Out, Tone::Strong, &harmless(&project.name)),
        format!("  Id         {}", harmless(&project.id)),
        format!("  Directory  {}", directory(project)),
        format!("  From       {}", project.source),
        format!(
            "  Runs       {}, of which {} have not ended",
            project.total_runs, project.unfinished_runs
        ),
    ];
    if let (Some(by), Some(at)) = (&project.created_by, &project.created_at) {
        lines.push(format!("  Registered {at} by {}", harmless(by)));
    }
    lines.push(String::new());
    if skills.is_empty() {
        lines.push("No commands, skills or agents lie in it or with you".to_owned());
    } else {
        let mut rows = table(&["Reference", "What it is for"]);
        for skill in skills {
            let words = skill.description.as_deref().unwrap_or_default();
            rows.add_row([
                harmless(&skill.reference),
                fit(&harmless(words), DESCRIPTION_COLUMNS),
            ]);
        }
        lines.push(rows.to_string());
    }
    lines.join("\n")
}

fn directory(project: &Project) -> String {
    let path = harmless(&project.path);
    if project.is_there {
        path
    } else {
        format!("{path} (not there)")
    }
}
