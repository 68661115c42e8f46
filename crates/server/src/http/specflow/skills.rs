//! `GET /api/workflow/skills`: the steps of a flow that a person can choose.

use axum::Json;
use axum::extract::State;
use baton_app::App;
use baton_app::project_runs::Provider;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::{Asked, ErrorBody, Refusal};
use super::input::Parameters;
use super::queries;

/// What is said of a skill that says nothing of itself.
const NO_DESCRIPTION: &str = "No description available";

/// Groups, in the order in which they are shown.
const GROUPS: [(&str, &[&str]); 3] = [
    ("primary", &["orchestrate", "merge"]),
    ("workflow", &["design", "analyze", "implement", "verify"]),
    ("setup", &["init", "roadmap"]),
];

/// Whatever is in no other group.
const MAINTENANCE: &str = "maintenance";

/// A skill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SpecflowSkill)]
pub(super) struct Skill {
    /// Its id, such as `flow.design`.
    id: String,
    /// Its name, such as `design`.
    name: String,
    /// How it is called, such as `/flow.design`.
    command: String,
    /// What it is for.
    description: String,
    /// `primary`, `workflow`, `setup` or `maintenance`.
    group: String,
    /// Whether it is one of the first to be offered.
    is_primary: bool,
    /// Who would work on it.
    provider: String,
}

/// All skills.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SpecflowSkills)]
pub(super) struct Skills {
    /// In the order in which they are shown.
    skills: Vec<Skill>,
    /// Who would work on them.
    provider: String,
}

/// Lists the steps of a flow that lie with the user of this server.
#[utoipa::path(
    get,
    path = "/skills",
    operation_id = "specflowSkills",
    tag = "specflow",
    params(queries::SkillQuery),
    responses(
        (status = 200, body = Skills),
        (status = 400, body = ErrorBody),
    ),
)]
pub(super) async fn list(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<Skills>, Refusal> {
    let word = parameters.get("provider").unwrap_or("claude");
    let mut providers = Provider::ALL.iter();
    let Some(provider) = providers.find(|provider| provider.as_str() == word) else {
        return Err(Refusal::bad(format!("Unknown provider: {word}")));
    };
    let found = app.flow_skills(*provider).await;
    let found = found.map_err(|error| Refusal::of(error, Asked::Look))?;
    let skills = found.into_iter().map(|skill| {
        let name = skill.name.trim_start_matches("flow.").to_owned();
        let group = group(&name);
        Skill {
            command: match provider {
                Provider::Claude => format!("/{}", skill.name),
                Provider::Codex => format!("$flow-{name}"),
            },
            id: skill.name,
            description: skill
                .description
                .unwrap_or_else(|| NO_DESCRIPTION.to_owned()),
            is_primary: group == "primary",
            group: group.to_owned(),
            provider: word.to_owned(),
            name,
        }
    });
    let mut skills: Vec<Skill> = skills.collect();
    skills.sort_by_key(|skill| (place(&skill.name), skill.id.clone()));
    Ok(Json(Skills {
        skills,
        provider: word.to_owned(),
    }))
}

fn group(name: &str) -> &'static str {
    let found = GROUPS.iter().find(|(_, names)| names.contains(&name));
    found.map_or(MAINTENANCE, |(group, _)| group)
}

/// Place among all: by group, and within it in the order of their use.
fn place(name: &str) -> usize {
    let mut names = GROUPS.iter().flat_map(|(_, names)| names.iter());
    names.position(|known| *known == name).unwrap_or(usize::MAX)
}
