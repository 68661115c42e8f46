//! The stages of a plan as a graph, in the forms that other programs draw.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::plan_report::{PlanReport, StageReport};

/// A form of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphForm {
    /// A Mermaid flowchart, which Markdown viewers draw.
    Mermaid,
    /// A Graphviz graph.
    Dot,
    /// A picture.
    Svg,
}

const GATE: &str = "gate";

impl PlanReport {
    /// The graph of the stages, ending with a line break.
    pub fn to_graph(&self, form: GraphForm) -> String {
        let graph = Graph::of(self);
        let written = match form {
            GraphForm::Mermaid => graph.mermaid(),
            GraphForm::Dot => graph.dot(&self.workflow_name),
            GraphForm::Svg => graph.svg(&self.workflow_name),
        };
        written.expect("writing into a String cannot fail")
    }
}

/// A stage and where it stands: batch and place in it.
struct Placed<'r> {
    stage: &'r StageReport,
    batch: usize,
    place: usize,
}

struct Graph<'r> {
    /// In order of the batches.
    stages: Vec<Placed<'r>>,
    by_id: BTreeMap<&'r str, usize>,
}

type Written = Result<String, std::fmt::Error>;

impl<'r> Graph<'r> {
    fn of(report: &'r PlanReport) -> Self {
        let mut stages = Vec::with_capacity(report.total_stages);
        for batch in &report.batches {
            stages.extend(
                batch
                    .stages
                    .iter()
                    .enumerate()
                    .map(|(place, stage)| Placed {
                        stage,
                        batch: batch.index,
                        place,
                    }),
            );
        }
        let ids = stages.iter().enumerate();
        let by_id = ids.map(|(number, placed)| (placed.stage.stage_id.as_str(), number));
        let by_id = by_id.collect();
        Self { stages, by_id }
    }

    /// The numbers of both ends of each dependency.
    fn edges(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.stages
            .iter()
            .enumerate()
            .flat_map(move |(to, placed)| {
                let from = placed.stage.depends_on.iter();
                from.filter_map(move |id| Some((*self.by_id.get(id.as_str())?, to)))
            })
    }

    /// Stages have numbers there: ids such as `end` are words of Mermaid.
    fn mermaid(&self) -> Written {
        let mut text = "flowchart LR\n".to_owned();
        for (number, placed) in self.stages.iter().enumerate() {
            let name = mermaid_text(&placed.stage.name);
            let (open, close) = match placed.stage.stage_type {
                GATE => ("{{", "}}"),
                _ => ("[", "]"),
            };
            writeln!(text, "  s{number}{open}\"{name}\"{close}")?;
        }
        for (from, to) in self.edges() {
            let is_conditional = self
                .stages
                .get(to)
                .is_some_and(|placed| placed.stage.condition.is_some());
            let arrow = if is_conditional { "-.->" } else { "-->" };
            writeln!(text, "  s{from} {arrow} s{to}")?;
        }
        Ok(text)
    }

    fn dot(&self, name: &str) -> Written {
        let mut text = format!(
            "digraph {} {{\n  rankdir=LR;\n  node [shape=box, style=rounded];\n",
            dot_text(name)
        );
        for Placed { stage, .. } in &self.stages {
            let id = dot_text(&stage.stage_id);
            let label = dot_text(&stage.name);
            let shape = match stage.stage_type {
                GATE => ", shape=hexagon",
                _ => "",
            };
            writeln!(text, "  {id} [label={label}{shape}];")?;
        }
        for (from, to) in self.edges() {
            let ends = self.stages.get(from).zip(self.stages.get(to));
            let Some((from, to)) = ends.map(|(from, to)| (from.stage, to.stage)) else {
                continue;
            };
            let style = match to.condition {
                Some(_) => " [style=dashed]",
                None => "",
            };
            let (from, to) = (dot_text(&from.stage_id), dot_text(&to.stage_id));
            writeln!(text, "  {from} -> {to}{style};")?;
        }
        text.push_str("}\n");
        Ok(text)
    }

    fn svg(&self, name: &str) -> Written {
        let n_batches = self.stages.iter().map(|placed| placed.batch + 1).max();
        let n_places = self.stages.iter().map(|placed| placed.place + 1).max();
        let width = 2 * MARGIN + n_batches.unwrap_or(0) * STEP_X;
        let height = 2 * MARGIN + n_places.unwrap_or(0) * STEP_Y;
        let mut text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\">\n  <title>{}</title>\n{STYLE}",
            xml_text(name)
        );
        for (from, to) in self.edges() {
            let Some((from, to)) = self.stages.get(from).zip(self.stages.get(to)) else {
                continue;
            };
            let dashed = match to.stage.condition {
                Some(_) => " class=\"if\"",
                None => "",
            };
            let ((x, y), (to_x, to_y)) = (from.corner(), to.corner());
            let (x, y, to_y) = (x + BOX_X, y + BOX_Y / 2, to_y + BOX_Y / 2);
            let bend = x + (STEP_X - BOX_X) / 2;
            let bend_back = to_x - (STEP_X - BOX_X) / 2;
            writeln!(
                text,
                "  <path{dashed} d=\"M{x} {y} C{bend} {y} {bend_back} {to_y} {to_x} {to_y}\"/>"
            )?;
        }
        for placed in &self.stages {
            placed.svg(&mut text)?;
        }
        text.push_str("</svg>\n");
        Ok(text)
    }
}

const MARGIN: usize = 16;
const STEP_X: usize = 252;
const STEP_Y: usize = 64;
const BOX_X: usize = 204;
const BOX_Y: usize = 44;
/// What fits into a box at the size of the font.
const CHARS_MAX: usize = 24;

/// Colours for light and dark pages alike.
const STYLE: &str = "  <style>
    rect { fill: #f8fafc; stroke: #475569; }
    .gate rect { fill: #fef3c7; stroke: #b45309; }
    path { fill: none; stroke: #94a3b8; stroke-width: 1.5; }
    .if { stroke-dasharray: 5 4; }
    text { font: 13px system-ui, sans-serif; fill: #0f172a; }
    .id { font-size: 11px; fill: #475569; }
  </style>
";

impl Placed<'_> {
    /// The upper left corner of its box.
    const fn corner(&self) -> (usize, usize) {
        (MARGIN + self.batch * STEP_X, MARGIN + self.place * STEP_Y)
    }

    fn svg(&self, text: &mut String) -> std::fmt::Result {
        let (x, y) = self.corner();
        let class = match self.stage.stage_type {
            GATE => " class=\"gate\"",
            _ => "",
        };
        let round = if self.stage.stage_type == GATE { 22 } else { 6 };
        let (name, id) = (
            xml_text(&shortened(&self.stage.name)),
            xml_text(&shortened(&self.stage.stage_id)),
        );
        let (text_x, name_y, id_y) = (x + 14, y + 19, y + 35);
        writeln!(
            text,
            "  <g{class}>\n    <rect x=\"{x}\" y=\"{y}\" width=\"{BOX_X}\" height=\"{BOX_Y}\" rx=\"{round}\"/>\n    \
             <text x=\"{text_x}\" y=\"{name_y}\">{name}</text>\n    \
             <text class=\"id\" x=\"{text_x}\" y=\"{id_y}\">{id}</text>\n  </g>"
        )
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

fn mermaid_text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' => safe.push_str("#quot;"),
            '#' => safe.push_str("#35;"),
            '<' => safe.push_str("#lt;"),
            '>' => safe.push_str("#gt;"),
            '`' => safe.push_str("#96;"),
            other if other.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}

fn dot_text(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            other if other.is_control() => quoted.push(' '),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

fn xml_text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // No such character may stand in XML at all.
            other if other.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}
