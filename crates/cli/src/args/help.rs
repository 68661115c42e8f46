//! The list of commands, in groups: there are too many for one list.

use clap::Command;

/// What a group is about, and its commands in the order of their use.
pub(crate) type Group = (&'static str, &'static [&'static str]);

/// All groups.
pub(crate) const GROUPS: [Group; 6] = [
    (
        "Write workflows",
        &["validate", "plan", "explain", "eval", "schema"],
    ),
    (
        "Keep workflows",
        &[
            "create",
            "list",
            "show",
            "update",
            "sync",
            "duplicate",
            "export",
            "import",
            "delete",
        ],
    ),
    ("Run", &["run", "resume", "rerun", "serve"]),
    ("Watch", &["runs", "inbox", "logs", "events"]),
    (
        "Steer",
        &[
            "approve", "reject", "answer", "pause", "cancel", "reopen", "edit",
        ],
    ),
    (
        "Look after Baton",
        &[
            "doctor",
            "backup",
            "restore",
            "agents",
            "project",
            "token",
            "config",
            "completions",
            "man",
        ],
    ),
];

/// Indent of commands, the columns their names get, and those of a terminal.
const INDENT: usize = 2;
const NAME_COLUMNS: usize = 13;
const COLUMNS: usize = 80;

/// The command line whose lists of commands are in groups.
pub(crate) fn grouped(command: Command) -> Command {
    let command = with_groups(command);
    command.mut_subcommand("workflow", with_groups)
}

fn with_groups(command: Command) -> Command {
    let list = list(&command);
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{list}\
         Options of every command:\n{{options}}{{after-help}}"
    );
    command.help_template(template)
}

/// The groups of a command's visible sub-commands. What no group has comes
/// last, so that nothing is hidden by an omission here.
fn list(command: &Command) -> String {
    let visible = || command.get_subcommands().filter(|one| !one.is_hide_set());
    let mut text = String::new();
    for (title, names) in GROUPS {
        let members = names
            .iter()
            .filter_map(|name| visible().find(|one| one.get_name() == *name));
        push(&mut text, title, members);
    }
    let in_groups = |one: &&Command| {
        GROUPS
            .iter()
            .any(|(_, names)| names.contains(&one.get_name()))
    };
    push(&mut text, "More", visible().filter(|one| !in_groups(one)));
    text
}

fn push<'c>(text: &mut String, title: &str, members: impl Iterator<Item = &'c Command>) {
    let mut members = members.peekable();
    if members.peek().is_none() {
        return;
    }
    text.push_str(&format!("{title}:\n"));
    for member in members {
        let about = member.get_about().map(ToString::to_string);
        let (name, about) = (member.get_name(), about.unwrap_or_default());
        let first = format!("{:INDENT$}{name:<NAME_COLUMNS$}", "");
        let others = " ".repeat(first.len());
        let wrapped = textwrap::Options::new(COLUMNS)
            .initial_indent(&first)
            .subsequent_indent(&others);
        text.push_str(&textwrap::fill(&about, wrapped));
        text.push('\n');
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::args::Cli;

    #[test]
    fn the_command_line_makes_sense() {
        Cli::definition().debug_assert();
    }

    /// Every option of a command and of its own commands.
    fn options(command: &Command) -> Vec<&clap::Arg> {
        let own = command.get_opts();
        own.chain(command.get_subcommands().flat_map(options))
            .collect()
    }

    #[test]
    fn each_option_with_a_value_says_what_holds_without_it() {
        let root = Cli::definition();
        for option in options(&root) {
            let takes_a_value = option.get_action().takes_values();
            if !takes_a_value || option.is_required_set() || option.is_hide_set() {
                continue;
            }
            let help = option
                .get_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            let has_default = !option.get_default_values().is_empty();
            assert!(
                has_default || help.contains("[default: "),
                "{option}: {help}"
            );
        }
    }

    #[test]
    fn each_command_is_in_one_group_and_fits_80_columns() {
        let list = list(&Cli::command());
        for command in Cli::command().get_subcommands() {
            let name = command.get_name();
            if command.is_hide_set() {
                continue;
            }
            let start = format!("  {name} ");
            let n_lines = list.lines().filter(|line| line.starts_with(&start)).count();
            assert_eq!(n_lines, 1, "{name} in\n{list}");
        }
        for line in list.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}
