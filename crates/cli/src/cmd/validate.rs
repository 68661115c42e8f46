//! `baton validate PATH…`: every mistake, with place and mend.

mod looked;
mod paths;
mod taken;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::args::{Format, Options, Validate};
use crate::exit;
use crate::project::{self, Surroundings};
use crate::render::style::harmless;
use crate::render::{document, github, report, sarif};

pub(crate) use looked::{Holds, Looked, Report};
use paths::{Collected, Paths};

pub(crate) async fn validate(options: &Options, args: &Validate) -> anyhow::Result<ExitCode> {
    let check = Check {
        options: options.clone(),
        paths: Paths::parse(&args.paths)?,
        project: args.project.project.clone(),
        is_strict: args.strict,
    };
    if args.watch {
        return watch::watch(&check).await;
    }
    let report = check.look(&check.paths.collect())?;
    document::unless_gone(check.show(&report))?;
    Ok(ExitCode::from(check.exit(&report)))
}

/// Shows what was found elsewhere, and says how to exit.
pub(super) fn conclude(
    options: &Options,
    is_strict: bool,
    report: &Report,
) -> anyhow::Result<ExitCode> {
    let check = Check {
        options: options.clone(),
        paths: Paths::parse(&[])?,
        project: None,
        is_strict,
    };
    document::unless_gone(check.show(report))?;
    Ok(ExitCode::from(check.exit(report)))
}

/// What is to be checked, how strictly, and how it is shown.
struct Check {
    options: Options,
    paths: Paths,
    /// The one that was named.
    project: Option<PathBuf>,
    is_strict: bool,
}

impl Check {
    fn look(&self, collected: &Collected) -> anyhow::Result<Report> {
        let files = collected.files.iter().map(|found| found.file());
        let project = project::directory(self.project.as_deref())?;
        let around = Surroundings::look(&self.options, project.as_deref(), files)?;
        Ok(looked::look(collected, around))
    }

    fn show(&self, report: &Report) -> anyhow::Result<()> {
        let is_for_people = self.options.format == Format::Table;
        for file in report.files.iter().filter(|_| !is_for_people) {
            if let Some(failure) = &file.failure {
                exit::complain(failure);
            }
        }
        for doubt in &report.doubts {
            let (name, reason) = (&doubt.name, harmless(&doubt.reason));
            document::err(&format!(
                "note: {name} was not checked: nobody knows whether it is a workflow ({reason})"
            ));
        }
        self.show_files(report)?;
        if report.files.is_empty() {
            exit::complain(&nothing_found(&self.paths));
        }
        Ok(())
    }

    fn show_files(&self, report: &Report) -> anyhow::Result<()> {
        match self.options.format {
            Format::Table => report::show(report, self.is_strict),
            Format::Json => json(&report::document(report)),
            Format::Yaml => {
                let yaml = serde_saphyr::to_string(&report::document(report))?;
                document::line(yaml.trim_end())
            }
            Format::Sarif => json(&sarif::log(report)),
            Format::Github => github::annotate(report),
        }
    }

    /// How the command ends: badly when a file is invalid or cannot be read, or
    /// when there is none.
    fn exit(&self, report: &Report) -> u8 {
        if report.files.is_empty() {
            return exit::FAILED;
        }
        let files = report.files.iter();
        let exits = files.map(|file| match &file.failure {
            Some(failure) => exit::code_of(failure),
            None if file.passes(self.is_strict) => 0,
            None => exit::FAILED,
        });
        exits.max().unwrap_or(0)
    }
}

fn nothing_found(paths: &Paths) -> anyhow::Error {
    let folders = paths.names().join(", ");
    anyhow::anyhow!("there is no workflow in {folders}: no file has `workflow` at its root")
}

fn json(document: &serde_json::Value) -> anyhow::Result<()> {
    document::line(&serde_json::to_string_pretty(document)?)
}
