//! A page of the documentation in a terminal: the Markdown it is, with what
//! stands out there standing out here.

use super::style::{Target, Tone, paint};

/// Headings are bold and examples are dim where that can be shown.
pub(crate) fn render(markdown: &str) -> String {
    let mut lines = Vec::new();
    let mut is_example = false;
    for line in markdown.trim_end().lines() {
        let is_fence = line.starts_with("```");
        let tone = match () {
            () if is_fence || is_example => Some(Tone::Dim),
            () if line.starts_with('#') => Some(Tone::Strong),
            () => None,
        };
        is_example ^= is_fence;
        lines.push(match tone {
            Some(tone) if !line.is_empty() => paint(Target::Out, tone, line),
            Some(_) | None => line.to_owned(),
        });
    }
    lines.join("\n")
}
