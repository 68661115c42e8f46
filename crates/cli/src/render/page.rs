//! A page of the documentation in a terminal: the Markdown it is, with what
//! stands out there standing out here.

use super::style::{Target, Tone, paint, width};

/// Columns of a paragraph where there is no terminal, and at most.
const COLUMNS: usize = 80;

/// Headings are bold and examples are dim where that can be shown; paragraphs
/// fit into the terminal.
pub(crate) fn render(markdown: &str) -> String {
    let columns = width(Target::Out).map_or(COLUMNS, |width| width.clamp(20, COLUMNS));
    let mut lines = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut is_example = false;
    for line in markdown.trim_end().lines() {
        let is_fence = line.starts_with("```");
        let is_prose = !(is_fence || is_example || line.is_empty() || line.starts_with('#'));
        if is_prose {
            paragraph.push(line);
            continue;
        }
        end_paragraph(&mut paragraph, columns, &mut lines);
        let tone = if line.starts_with('#') && !is_example {
            Tone::Strong
        } else {
            Tone::Dim
        };
        is_example ^= is_fence;
        lines.push(if line.is_empty() {
            String::new()
        } else {
            paint(Target::Out, tone, line)
        });
    }
    end_paragraph(&mut paragraph, columns, &mut lines);
    lines.join("\n")
}

/// In the sources every sentence has a line of its own.
fn end_paragraph(paragraph: &mut Vec<&str>, columns: usize, lines: &mut Vec<String>) {
    if paragraph.is_empty() {
        return;
    }
    let text = paragraph.join(" ");
    let wrapped = textwrap::wrap(&text, columns).into_iter();
    lines.extend(wrapped.map(std::borrow::Cow::into_owned));
    paragraph.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_fit_and_examples_stay_as_they_are() {
        let long = "word ".repeat(30).trim_end().to_owned();
        let page =
            format!("# A title\n\n{long}\nAnother sentence.\n\n```yaml\n# {long}\n\na: 1\n```\n");
        let shown = render(&page);
        let lines: Vec<_> = shown.lines().collect();
        assert_eq!(lines[0], "# A title");
        assert!(lines[2..5].iter().all(|line| line.len() <= 80), "{shown}");
        assert!(shown.contains(&format!("# {long}\n\na: 1\n```")), "{shown}");
        assert!(
            shown.replace('\n', " ").contains("word Another sentence."),
            "{shown}"
        );
    }
}
