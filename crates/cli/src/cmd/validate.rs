//! `baton validate FILE…`: every mistake, with place and mend.

use std::process::ExitCode;

use baton_model::Severity;
use serde_json::json;

use crate::args::{Options, Output, Validate};
use crate::exit;
use crate::input::Source;
use crate::render::{diagnostic, document};

pub(crate) fn validate(options: &Options, args: &Validate) -> anyhow::Result<ExitCode> {
    let (mut files, mut is_valid) = (Vec::new(), true);
    for path in &args.files {
        let source = Source::definition(path)?;
        let checked = baton_lang::check(&source.text);
        let n_errors = count(&checked.diagnostics, Severity::Error);
        let n_warnings = count(&checked.diagnostics, Severity::Warning);
        let passes = n_errors == 0 && (!args.strict || n_warnings == 0);
        is_valid &= passes;
        if options.output == Output::Table {
            for found in &checked.diagnostics {
                document::err(&diagnostic::render(&source, found));
            }
            let n_stages = checked
                .definition
                .map_or(0, |definition| definition.stages.len());
            document::out(&summary(
                &source.name,
                passes,
                n_stages,
                (n_errors, n_warnings),
            ))?;
            if args.strict && n_warnings > 0 {
                document::out("  warnings are treated as errors (--strict)")?;
            }
        }
        files.push(json!({ "path": source.name, "diagnostics": checked.diagnostics }));
    }
    document::print(options.output, &json!({ "files": files }))?;
    Ok(if is_valid {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(exit::FAILED)
    })
}

fn count(found: &[baton_model::Diagnostic], severity: Severity) -> usize {
    found
        .iter()
        .filter(|found| found.severity == severity)
        .count()
}

fn summary(
    name: &str,
    passes: bool,
    n_stages: usize,
    (errors, warnings): (usize, usize),
) -> String {
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    let found = format!(
        "{errors} error{}, {warnings} warning{}",
        plural(errors),
        plural(warnings)
    );
    if passes {
        format!(
            "✓ {name}: Valid workflow, {n_stages} stage{} ({found})",
            plural(n_stages)
        )
    } else {
        format!("✗ {name}: validation failed ({found})")
    }
}
