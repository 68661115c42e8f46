//! Findings as annotations, in the lines that workflows of GitHub print.

use baton_model::{Diagnostic, Severity};

use super::document;
use crate::cmd::validate::Report;

/// One line for each finding.
pub(crate) fn annotate(report: &Report) -> anyhow::Result<()> {
    for file in &report.files {
        if let Some(failure) = &file.failure {
            let message = message(&format!("{failure:#}"));
            document::line(&format!("::error file={}::{message}", property(&file.name)))?;
        }
        for found in &file.diagnostics {
            document::line(&annotation(&file.name, found))?;
        }
    }
    Ok(())
}

fn annotation(file: &str, found: &Diagnostic) -> String {
    let command = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = found.span.map(|span| {
        format!(
            ",line={},col={},endLine={},endColumn={}",
            span.start.line, span.start.column, span.end.line, span.end.column
        )
    });
    let help = found.help.as_ref().map(|help| format!("\n{help}"));
    let text = format!("{}{}", found.message, help.unwrap_or_default());
    format!(
        "::{command} file={}{},title={}::{}",
        property(file),
        place.unwrap_or_default(),
        property(found.code),
        message(&text)
    )
}

/// Signs that would end the line or begin an escape.
fn message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The same, and the signs between properties.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use baton_model::{Category, Span};

    use super::*;

    #[test]
    fn nothing_in_a_finding_ends_its_line_or_its_properties() {
        let found = Diagnostic {
            code: "SWDL-W0203",
            severity: Severity::Warning,
            category: Category::Schema,
            message: "100% of `a:b`".to_owned(),
            help: Some("one\r\ntwo".to_owned()),
            path: String::new(),
            file: None,
            span: Some(Span::new((2, 3), (2, 7))),
            labels: Vec::new(),
        };
        assert_eq!(
            annotation("a,b:c.yaml", &found),
            "::warning file=a%2Cb%3Ac.yaml,line=2,col=3,endLine=2,endColumn=7,title=SWDL-W0203\
             ::100%25 of `a:b`%0Aone%0D%0Atwo"
        );
    }
}
