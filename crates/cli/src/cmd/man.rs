//! `baton man [DIR]`: manual pages, written from the command line itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Command;
use serde_json::json;

use crate::args::{Cli, Man, Options};
use crate::exit::Failure;
use crate::render::{document, reference};

pub(crate) fn man(options: &Options, args: &Man) -> anyhow::Result<ExitCode> {
    let Some(directory) = &args.directory else {
        let page = page(&Cli::definition())?;
        document::out(page.trim_end())?;
        return Ok(ExitCode::SUCCESS);
    };
    let files = if args.markdown {
        reference::files(&Cli::definition())
    } else {
        pages()?
    };
    let written = write(directory, &files).map_err(|error| {
        let shown = directory.display();
        Failure::files(format!("cannot write manual pages into {shown}: {error}"))
    })?;
    document::answer(options.output, &json!({ "files": written }), || {
        format!("{} pages in {}", written.len(), directory.display())
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The page of baton, and one for each of its commands.
fn pages() -> anyhow::Result<Vec<(String, String)>> {
    let root = Cli::definition();
    let mut pages = vec![("baton.1".to_owned(), page(&root)?)];
    for command in reference::visible(&root) {
        push(&mut pages, &root, "baton", command)?;
    }
    Ok(pages)
}

/// The page of a command and those of its own commands.
fn push(
    pages: &mut Vec<(String, String)>,
    root: &Command,
    above: &str,
    command: &Command,
) -> anyhow::Result<()> {
    let bin_name = format!("{above} {}", command.get_name());
    let name = bin_name.replace(' ', "-");
    let whole = reference::with_options_of(root, command.clone())
        .display_name(name.clone())
        .bin_name(bin_name.clone())
        .version(env!("CARGO_PKG_VERSION"));
    pages.push((format!("{name}.1"), page(&whole)?));
    let parts = command.get_subcommands().filter(|part| !part.is_hide_set());
    for part in parts {
        push(pages, root, &bin_name, part)?;
    }
    Ok(())
}

fn page(command: &Command) -> anyhow::Result<String> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    Ok(String::from_utf8(page)?)
}

fn write(directory: &Path, files: &[(String, String)]) -> std::io::Result<Vec<PathBuf>> {
    fs::create_dir_all(directory)?;
    let written = files.iter().map(|(name, text)| {
        let path = directory.join(name);
        fs::write(&path, text).map(|()| path)
    });
    written.collect()
}
