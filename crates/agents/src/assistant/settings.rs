//! What holds for one turn: `baton.toml` first, then the stage, then the page
//! of the agent.
//!
//! Only `baton.toml` can grant something; a page can narrow it, and what else a
//! page or a workflow asks for is left out and said.

use baton_model::plan::Speech;

use super::config::AssistantConfig;
use super::grants::profile_of_codex;
use super::modes::narrower;
use super::page::Page;
use crate::dispatcher::AttemptRequest;

/// The mode in which nothing is asked and nothing refused.
pub(super) const EVERYTHING: &str = "bypassPermissions";
/// What other programs call it.
const ALSO_EVERYTHING: [&str; 2] = ["danger-full-access", "yolo"];
/// Asking a person in the middle of a turn: there is nobody at its terminal.
const ASKING: &str = "AskUserQuestion";

/// What holds for one turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Settings {
    pub(crate) model: Option<String>,
    pub(crate) permission: Permission,
    /// Which of its own tools are there at all; none: every one.
    pub(crate) tools: Option<Vec<String>>,
    /// What it may use without being asked.
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
        let (permission, mut notes) = permission(config, request, head.permission_mode.as_deref());
        let (permission, note) = without_profile(config, permission);
        notes.extend(note);
        let allowed_tools = match request.speech {
            Speech::Bare => &[][..],
            Speech::Skill | Speech::Contract => &config.allowed_tools,
        };
        if permission != Permission::Everything {
            notes.extend(not_granted(allowed_tools, request));
        }
        let mut disallowed_tools = match request.speech {
            Speech::Bare => Vec::new(),
            Speech::Skill | Speech::Contract => vec![ASKING.to_owned()],
        };
        disallowed_tools.extend(config.disallowed_tools.iter().cloned());
        disallowed_tools.extend(head.disallowed_tools.0);
        let page_model = head.model.filter(|model| model != "inherit");
        let model = config.model.clone().or(page_model);
        let of_stage = request.model.clone();
        Self {
            model: model.or_else(|| of_stage.filter(|model| knows(config, model))),
            permission,
            tools: existing(&head.tools.0),
            allowed_tools: allowed_tools.to_vec(),
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

/// What may be done without being asked, and what people are to know of it: the
/// narrower of what `baton.toml` gives and what the page asks for.
fn permission(
    config: &AssistantConfig,
    request: &AttemptRequest,
    of_page: Option<&str>,
) -> (Permission, Vec<String>) {
    let (granted, mut notes) = granted(config, request);
    let Some(mode) = of_page else {
        return (granted, notes);
    };
    if let Some(permission) = narrower(config.name, &granted, mode) {
        if permission != granted {
            notes.clear();
        }
        return (permission, notes);
    }
    notes.push(format!(
        "the page of the agent asks for the permission mode {mode:?}, which is left out: a page \
         can only narrow what {} may do, and wider modes are given in baton.toml",
        config.name
    ));
    (granted, notes)
}

/// What holds for bare instructions. They are to work for everybody, also where a
/// mode would be refused, so a mode counts only where it gives less.
fn bare(config: &AssistantConfig) -> Permission {
    let configured = config.permission_mode.as_deref();
    configured
        .and_then(|mode| narrower(config.name, &Permission::Own, mode))
        .unwrap_or_default()
}

/// What `baton.toml` gives, and what people are to know of it.
fn granted(config: &AssistantConfig, request: &AttemptRequest) -> (Permission, Vec<String>) {
    let configured = config.permission_mode.as_deref();
    let asked = match request.speech {
        Speech::Bare => return (bare(config), Vec::new()),
        // Skills are written for an agent that may do everything.
        Speech::Skill if request.is_in_project => configured.or(Some(EVERYTHING)),
        Speech::Skill | Speech::Contract => configured,
    };
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
        None => (Permission::Own, Vec::new()),
    }
}

/// A profile of Codex says what it may do, too, and only a word for that besides
/// keeps it from deciding.
fn without_profile(
    config: &AssistantConfig,
    permission: Permission,
) -> (Permission, Option<String>) {
    let profile = (config.name == "codex")
        .then(|| profile_of_codex(&config.argv, &config.args))
        .flatten();
    match (permission, profile) {
        (Permission::Own, Some(word)) => {
            let note = format!(
                "codex may write nothing here: no permission_mode holds, and a profile (`{word}`) \
                 gives it no more than that"
            );
            (Permission::Mode("read-only".to_owned()), Some(note))
        }
        (permission, _) => (permission, None),
    }
}

/// The program's own tools that a page leaves it: names, without what is said
/// of them in parentheses. Others than these are asked for or not there at
/// all, so nothing is granted by them. Tools of servers are no matter of this.
fn existing(of_page: &[String]) -> Option<Vec<String>> {
    if of_page.is_empty() || of_page.iter().any(|word| word == "*") {
        return None;
    }
    let names = of_page.iter().map(|word| match word.split_once('(') {
        Some((name, _)) => name.trim_end(),
        None => word.as_str(),
    });
    let names = names.filter(|name| is_name(name) && !name.starts_with("mcp__"));
    let mut tools: Vec<String> = Vec::new();
    for name in names {
        if !tools.iter().any(|known| known == name) {
            tools.push(name.to_owned());
        }
    }
    Some(tools)
}

/// What is said of servers that a workflow names and `baton.toml` does not:
/// naming one gives nobody the right to use it.
fn not_granted(allowed_tools: &[String], request: &AttemptRequest) -> Vec<String> {
    let servers = request
        .tools
        .iter()
        .filter_map(|it| it.strip_prefix("mcp:"));
    let servers = servers.filter(|server| !is_granted(allowed_tools, server));
    let note = |server| {
        format!(
            "the workflow names the server {server:?}, and allowed_tools of baton.toml does not: \
             its tools may not be used without asking"
        )
    };
    servers.map(note).collect()
}

fn is_granted(allowed_tools: &[String], server: &str) -> bool {
    is_name(server)
        && allowed_tools.iter().any(|tool| {
            let rest = tool.strip_prefix("mcp__");
            let rest = rest.and_then(|rest| rest.strip_prefix(server));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("__"))
        })
}

/// Whether a word is the name of a tool or a server, and nothing besides.
fn is_name(word: &str) -> bool {
    let is_sound = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !word.is_empty() && !word.starts_with('-') && word.bytes().all(is_sound)
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
        assert_eq!(settings.tools, Some(vec!["Read".to_owned()]));
        assert!(settings.allowed_tools.is_empty());
        assert_eq!(settings.notes.len(), 1, "{:?}", settings.notes);
        assert_eq!(settings.turns_max, Some(9));
        assert_eq!(settings.model.as_deref(), Some("haiku"));
        request.is_in_project = true;
        let settings = Settings::of(&config, &request, Some(&page(Some(EVERYTHING))));
        assert_eq!(settings.permission, Permission::Own);
        assert_eq!(settings.notes.len(), 2, "{:?}", settings.notes);
    }

    #[test]
    fn a_mode_of_a_page_is_followed_only_where_it_narrows() {
        let mode = |word: &str| Permission::Mode(word.to_owned());
        let rows = [
            ("claude", "plan", mode("plan"), 0),
            ("claude", "read-only", mode("plan"), 0),
            ("claude", "default", mode("default"), 0),
            ("claude", "acceptEdits", Permission::Own, 1),
            ("claude", "dontAsk", Permission::Own, 1),
            ("claude", "auto", Permission::Own, 1),
            ("claude", "BypassPermissions", Permission::Own, 1),
            ("codex", "read-only", mode("read-only"), 0),
            ("codex", "plan", mode("read-only"), 0),
            ("codex", "default", Permission::Own, 0),
            ("codex", "workspace-write", Permission::Own, 1),
            ("codex", "danger-full-access", Permission::Own, 1),
            ("gemini", "plan", mode("plan"), 0),
            ("gemini", "auto_edit", Permission::Own, 1),
            ("gemini", "yolo", Permission::Own, 1),
            ("opencode", "plan", Permission::Own, 1),
        ];
        for (adapter, word, expected, n_notes) in rows {
            for is_in_project in [false, true] {
                let config = AssistantConfig::usual(adapter).unwrap();
                let mut request = testing::request();
                request.is_in_project = is_in_project;
                let settings = Settings::of(&config, &request, Some(&page(Some(word))));
                assert_eq!(settings.permission, expected, "{adapter} {word}");
                assert_eq!(settings.notes.len(), n_notes, "{adapter} {word}");
            }
        }
    }

    #[test]
    fn tools_of_a_page_become_the_names_of_those_that_are_there() {
        let rows: [(&[&str], Option<&[&str]>); 5] = [
            (&[], None),
            (&["*"], None),
            (
                &["Read", "Bash(git log *)", "Bash(ls)"],
                Some(&["Read", "Bash"]),
            ),
            (&["mcp__tracker__read"], Some(&[])),
            (&["Read,Bash", "--x", "Edit"], Some(&["Edit"])),
        ];
        for (of_page, expected) in rows {
            let words: Vec<String> = of_page.iter().map(|&word| word.to_owned()).collect();
            let found = existing(&words);
            let found: Option<Vec<&str>> = found
                .as_ref()
                .map(|found| found.iter().map(String::as_str).collect());
            assert_eq!(found.as_deref(), expected, "{of_page:?}");
        }
    }

    #[test]
    fn servers_of_a_workflow_are_granted_by_nothing_but_the_configuration() {
        let rows = [
            ("mcp:tracker", 0),
            ("mcp:git-hub", 0),
            ("mcp:track", 1),
            ("mcp:tracker,Bash(rm:*)", 1),
            ("mcp:", 1),
            ("skill:sum", 0),
        ];
        for (tool, n_notes) in rows {
            let mut config = AssistantConfig::usual("claude").unwrap();
            config.allowed_tools = ["mcp__tracker", "mcp__git-hub__read"]
                .map(str::to_owned)
                .into();
            let mut request = testing::request();
            request.tools = vec![tool.to_owned()];
            let settings = Settings::of(&config, &request, None);
            assert_eq!(settings.allowed_tools, config.allowed_tools, "{tool}");
            assert_eq!(
                settings.notes.len(),
                n_notes,
                "{tool}: {:?}",
                settings.notes
            );
        }
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
            (Some(EVERYTHING), Speech::Bare, true, Permission::Own, 0),
            (Some("acceptEdits"), Speech::Bare, true, Permission::Own, 0),
            (Some("plan"), Speech::Bare, true, mode("plan"), 0),
            (Some("default"), Speech::Bare, false, mode("default"), 0),
            (Some("new"), Speech::Bare, false, Permission::Own, 0),
            (None, Speech::Bare, false, Permission::Own, 0),
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

    #[test]
    fn bare_instructions_grant_no_tools() {
        let mut config = AssistantConfig::usual("claude").unwrap();
        config.allowed_tools = vec!["Bash".to_owned()];
        config.disallowed_tools = vec!["WebFetch".to_owned()];
        let mut request = testing::request();
        for (speech, expected) in [(Speech::Contract, &["Bash"][..]), (Speech::Bare, &[])] {
            request.speech = speech;
            let settings = Settings::of(&config, &request, None);
            assert_eq!(settings.allowed_tools, expected, "{speech:?}");
            let refused = settings.disallowed_tools;
            assert!(refused.contains(&"WebFetch".to_owned()), "{speech:?}");
        }
    }

    #[test]
    fn a_profile_of_codex_decides_nothing_and_that_is_said() {
        let read_only = Permission::Mode("read-only".to_owned());
        let rows = [
            ("codex", &["--profile=wide"][..], None, read_only, 1),
            (
                "codex",
                &["--profile=wide"],
                Some("workspace-write"),
                Permission::Mode("workspace-write".to_owned()),
                0,
            ),
            ("codex", &["--color=never"], None, Permission::Own, 0),
            ("claude", &["--profile=wide"], None, Permission::Own, 0),
        ];
        for (program, args, configured, expected, n_notes) in rows {
            let mut config = AssistantConfig::usual(program).unwrap();
            config.args = args.iter().map(|&word| word.to_owned()).collect();
            config.permission_mode = configured.map(str::to_owned);
            let settings = Settings::of(&config, &testing::request(), None);
            let row = (program, args, configured);
            assert_eq!(settings.permission, expected, "{row:?}");
            assert_eq!(settings.notes.len(), n_notes, "{row:?}");
        }
    }
}
