//! What holds for one turn: `baton.toml` first, then the stage, then the page
//! of the agent.
//!
//! Only `baton.toml` can grant something; a page and a workflow can narrow it.

use baton_model::plan::Speech;

use super::config::AssistantConfig;
use super::page::Page;
use crate::dispatcher::AttemptRequest;

/// The mode in which nothing is asked and nothing refused.
const EVERYTHING: &str = "bypassPermissions";
/// What other programs call it.
const ALSO_EVERYTHING: [&str; 2] = ["danger-full-access", "yolo"];
/// Asking a person in the middle of a turn: there is nobody at its terminal.
const ASKING: &str = "AskUserQuestion";

/// What holds for one turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Settings {
    pub(crate) model: Option<String>,
    pub(crate) permission: Permission,
    pub(crate) allowed_tools: Vec<String>,
    pub(crate) disallowed_tools: Vec<String>,
    pub(crate) turns_max: Option<u32>,
    pub(crate) budget_usd: Option<f64>,
    /// What people are told of them.
    pub(crate) notes: Vec<String>,
}

/// What the program may do without being asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Permission {
    /// What the program itself is set to.
    #[default]
    Own,
    /// A mode, in its own words.
    Mode(String),
    /// Everything.
    Everything,
}

impl Settings {
    pub(crate) fn of(
        config: &AssistantConfig,
        request: &AttemptRequest,
        page: Option<&Page>,
    ) -> Self {
        let head = page.map(|page| page.head.clone()).unwrap_or_default();
        let (permission, notes) = permission(config, request, head.permission_mode.as_deref());
        let mut allowed_tools = config.allowed_tools.clone();
        if allowed_tools.is_empty() {
            allowed_tools = head.tools.0;
        }
        let servers = request.tools.iter();
        allowed_tools.extend(
            servers.filter_map(|tool| Some(format!("mcp__{}", tool.strip_prefix("mcp:")?))),
        );
        let mut disallowed_tools = vec![ASKING.to_owned()];
        disallowed_tools.extend(config.disallowed_tools.iter().cloned());
        disallowed_tools.extend(head.disallowed_tools.0);
        let page_model = head.model.filter(|model| model != "inherit");
        let model = config.model.clone().or(page_model);
        let of_stage = request.model.clone();
        Self {
            model: model.or_else(|| of_stage.filter(|model| knows(config, model))),
            permission,
            allowed_tools,
            disallowed_tools,
            turns_max: [config.turns_max, head.turns_max]
                .into_iter()
                .flatten()
                .min(),
            budget_usd: config.budget_usd,
            notes,
        }
    }
}

/// Whether a program may know the model of a stage. Stages that name none have
/// one of Claude's, which others would refuse.
fn knows(config: &AssistantConfig, model: &str) -> bool {
    const CLAUDES: [&str; 4] = ["opus", "sonnet", "haiku", "claude"];
    config.name == "claude" || !CLAUDES.iter().any(|name| model.starts_with(name))
}

/// What may be done without being asked, and what people are to know of it.
fn permission(
    config: &AssistantConfig,
    request: &AttemptRequest,
    of_page: Option<&str>,
) -> (Permission, Vec<String>) {
    // Skills are written for an agent that may do everything.
    let by_speech = match request.speech {
        Speech::Skill if request.is_in_project => Some(EVERYTHING),
        Speech::Skill | Speech::Contract => None,
    };
    let asked = config.permission_mode.as_deref().or(by_speech);
    let asked = asked.map(|mode| match mode {
        mode if ALSO_EVERYTHING.contains(&mode) => EVERYTHING,
        mode => mode,
    });
    match asked {
        Some(EVERYTHING) if request.is_in_project => {
            let note = format!(
                "{} may do everything here without being asked, for this is a registered project",
                config.name
            );
            (Permission::Everything, vec![note])
        }
        Some(EVERYTHING) => {
            let note = format!(
                "{} may not do everything here: permission_mode = \"{EVERYTHING}\" holds in \
                 registered projects only",
                config.name
            );
            (Permission::Own, vec![note])
        }
        Some(mode) => (Permission::Mode(mode.to_owned()), Vec::new()),
        None => match of_page {
            Some(EVERYTHING) => {
                let note = "the page of the agent asks for every permission, which only \
                            baton.toml can give";
                (Permission::Own, vec![note.to_owned()])
            }
            Some(mode) => (Permission::Mode(mode.to_owned()), Vec::new()),
            None => (Permission::Own, Vec::new()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::page::{Head, Words};
    use super::*;
    use crate::testing;

    fn page(mode: Option<&str>) -> Page {
        Page {
            head: Head {
                model: Some("haiku".to_owned()),
                tools: Words(vec!["Read".to_owned()]),
                permission_mode: mode.map(str::to_owned),
                turns_max: Some(9),
                ..Head::default()
            },
            ..Page::default()
        }
    }

    #[test]
    fn a_page_narrows_and_grants_nothing() {
        let mut config = AssistantConfig::usual("claude").unwrap();
        config.turns_max = Some(20);
        let mut request = testing::request();
        request.tools = vec!["mcp:tracker".to_owned(), "skill:sum".to_owned()];
        request.model = Some("opus".to_owned());
        let settings = Settings::of(&config, &request, Some(&page(Some("plan"))));
        assert_eq!(settings.permission, Permission::Mode("plan".to_owned()));
        assert_eq!(settings.allowed_tools, ["Read", "mcp__tracker"]);
        assert_eq!(settings.turns_max, Some(9));
        assert_eq!(settings.model.as_deref(), Some("haiku"));
        request.is_in_project = true;
        let settings = Settings::of(&config, &request, Some(&page(Some(EVERYTHING))));
        assert_eq!(settings.permission, Permission::Own);
        assert_eq!(settings.notes.len(), 1);
    }

    #[test]
    fn everything_is_allowed_in_registered_projects_only_and_said() {
        let mode = |mode: &str| Permission::Mode(mode.to_owned());
        let rows = [
            (None, Speech::Contract, true, Permission::Own, 0),
            (Some("plan"), Speech::Contract, true, mode("plan"), 0),
            (
                Some(EVERYTHING),
                Speech::Contract,
                true,
                Permission::Everything,
                1,
            ),
            (
                Some(EVERYTHING),
                Speech::Contract,
                false,
                Permission::Own,
                1,
            ),
            (
                Some("yolo"),
                Speech::Contract,
                true,
                Permission::Everything,
                1,
            ),
            (
                Some("danger-full-access"),
                Speech::Contract,
                false,
                Permission::Own,
                1,
            ),
            (None, Speech::Skill, true, Permission::Everything, 1),
            (None, Speech::Skill, false, Permission::Own, 0),
            (Some("plan"), Speech::Skill, true, mode("plan"), 0),
        ];
        for (configured, speech, is_in_project, expected, n_notes) in rows {
            let mut config = AssistantConfig::usual("claude").unwrap();
            config.permission_mode = configured.map(str::to_owned);
            let mut request = testing::request();
            request.speech = speech;
            request.is_in_project = is_in_project;
            let settings = Settings::of(&config, &request, None);
            let row = (configured, speech, is_in_project);
            assert_eq!(settings.permission, expected, "{row:?}");
            assert_eq!(settings.notes.len(), n_notes, "{row:?}");
        }
    }
}
