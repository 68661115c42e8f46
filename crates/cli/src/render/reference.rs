//! The reference of the command line in Markdown, written from its definition:
//! a page for each command, and one that lists them.

use clap::{Arg, Command};

use crate::args::help::GROUPS;

/// The page of the lists.
const README: &str = "README.md";

/// Commands that people are told about; the word `workflow` has the same ones.
pub(crate) fn visible(root: &Command) -> impl Iterator<Item = &Command> {
    root.get_subcommands()
        .filter(|command| !command.is_hide_set() && command.get_name() != "workflow")
}

/// A command with the options that all of them have.
pub(crate) fn with_options_of(root: &Command, command: Command) -> Command {
    command.args(global(root).cloned())
}

fn global(root: &Command) -> impl Iterator<Item = &Arg> {
    root.get_arguments().filter(|arg| arg.is_global_set())
}

/// Name and text of each page.
pub(crate) fn files(root: &Command) -> Vec<(String, String)> {
    let pages = visible(root).map(|command| {
        let name = command.get_name();
        (format!("{name}.md"), page(command))
    });
    let mut files = vec![(README.to_owned(), readme(root))];
    files.extend(pages);
    files
}

fn readme(root: &Command) -> String {
    let mut text = "# The command line\n\n\
        These pages are written by `cargo xtask docs` from the program's own definitions.\n\
        [session.md](session.md) shows the commands at work, \
        and [../running.md](../running.md) says what the exit codes mean.\n"
        .to_owned();
    for (title, names) in GROUPS {
        let members = names
            .iter()
            .filter_map(|name| visible(root).find(|command| command.get_name() == *name));
        text.push_str(&format!(
            "\n## {title}\n\n| Command | What it does |\n|---|---|\n"
        ));
        for command in members {
            let name = command.get_name();
            let about = about(command);
            text.push_str(&format!("| [`baton {name}`]({name}.md) | {about} |\n"));
        }
    }
    text.push_str(
        "\nCommands about workflows and runs may be written behind the word `workflow`, too: \
         `baton workflow run` is `baton run`.\n\n## Options of every command\n\n",
    );
    text.push_str(&table(global(root)));
    text
}

fn page(command: &Command) -> String {
    let mut text = String::new();
    let name = format!("baton {}", command.get_name());
    push_section(&mut text, "#", &name, command);
    for part in command.get_subcommands().filter(|part| !part.is_hide_set()) {
        text.push('\n');
        push_section(
            &mut text,
            "##",
            &format!("{name} {}", part.get_name()),
            part,
        );
    }
    text.push_str("\n[Options of every command](README.md#options-of-every-command)\n");
    text
}

/// What there is to say of one command, below a heading of this level.
fn push_section(text: &mut String, level: &str, name: &str, command: &Command) {
    text.push_str(&format!("{level} {name}\n\n{}.\n\n", about(command)));
    let mut shown = command.clone().bin_name(name);
    let usage = shown.render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
    text.push_str(&format!("```text\n{}\n```\n", usage.trim()));
    for (title, rows) in [
        ("Arguments", table(command.get_positionals())),
        ("Options", table(command.get_opts())),
    ] {
        if !rows.is_empty() {
            text.push_str(&format!("\n{level}# {title}\n\n{rows}"));
        }
    }
    if let Some(after) = command.get_after_help() {
        text.push_str(&format!("\n{after}\n"));
    }
}

fn about(command: &Command) -> String {
    command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// One row for each argument; nothing for none.
fn table<'a>(arguments: impl Iterator<Item = &'a Arg>) -> String {
    let rows: Vec<String> = arguments
        .filter(|arg| !arg.is_hide_set())
        .map(row)
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("| | |\n|---|---|\n{}", rows.concat())
}

fn row(arg: &Arg) -> String {
    let mut help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values = arg.get_possible_values();
    let values: Vec<String> = values
        .iter()
        .filter(|value| !value.is_hide_set() && arg.get_action().takes_values())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !values.is_empty() {
        help.push_str(&format!(" ({})", values.join(", ")));
    }
    let defaults = arg.get_default_values().iter();
    for default in defaults.filter(|_| arg.get_action().takes_values()) {
        help.push_str(&format!(" [default: {}]", default.to_string_lossy()));
    }
    if let Some(variable) = arg.get_env() {
        help.push_str(&format!(" [env: {}]", variable.to_string_lossy()));
    }
    format!("| `{}` | {} |\n", spelling(arg), escaped(&help))
}

/// As it is typed.
fn spelling(arg: &Arg) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    let values: Vec<&str> = names.iter().map(clap::builder::Str::as_str).collect();
    let values = values.join(" ");
    if arg.is_positional() {
        return values;
    }
    let short = arg.get_short().map(|short| format!("-{short}"));
    let long = arg.get_long().map(|long| format!("--{long}"));
    let spellings: Vec<String> = short.into_iter().chain(long).collect();
    let spelling = spellings.join(", ");
    if arg.get_action().takes_values() {
        format!("{spelling} {values}")
    } else {
        spelling
    }
}

/// A text as a cell.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
        .replace('\n', " ")
        .replace('<', "&lt;")
}
