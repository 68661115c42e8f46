//! A screen as an SVG: a window with the text in it.
//!
//! One line of the file is one line of the screen, so that a new recording is
//! a readable diff. Words are placed by their column, and no font is brought
//! along: every reader has one that is equally wide everywhere.

use std::fmt::Write;

use vt100::{Cell, Color, Screen};

/// Size of a character in a font of [`FONT_SIZE`].
const CELL_WIDTH: f32 = 8.4;
const LINE_HEIGHT: u16 = 20;
const FONT_SIZE: u16 = 14;
/// Distance between the window's edge and the text.
const MARGIN: u16 = 22;
const TITLE_HEIGHT: u16 = 38;

const FONTS: &str = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', \
                     'DejaVu Sans Mono', monospace";
const BACKGROUND: &str = "#12161f";
const EDGE: &str = "#2b3342";
const TEXT: &str = "#d6dde8";
/// The sixteen colours a program may ask for by number.
const PALETTE: [&str; 16] = [
    "#4b5568", "#ff7b72", "#7ee2a0", "#f2c66d", "#79b8ff", "#d2a8ff", "#6fdbe6", "#d6dde8",
    "#7d8799", "#ffa198", "#a5f0bd", "#ffdf9a", "#a8d1ff", "#e2c5ff", "#9aeaf2", "#ffffff",
];

/// Neighbouring cells that look alike.
#[derive(Debug, PartialEq)]
struct Piece {
    column: u16,
    n_columns: u16,
    text: String,
    look: Look,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Look {
    color: &'static str,
    is_bold: bool,
    is_dim: bool,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let color = match cell.fgcolor() {
            Color::Idx(number) => PALETTE.get(usize::from(number)).copied(),
            Color::Default | Color::Rgb(..) => None,
        };
        Self {
            color: color.unwrap_or(TEXT),
            is_bold: cell.bold(),
            is_dim: cell.dim(),
        }
    }
}

/// The screen down to its last line that shows something.
pub(super) fn draw(screen: &Screen) -> String {
    let (rows, columns) = screen.size();
    let mut lines: Vec<Vec<Piece>> = (0..rows.get())
        .map(|row| pieces(screen, row, columns.get()))
        .collect();
    while lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    let mut svg = String::new();
    write_window(&mut svg, lines.len(), columns.get()).expect("a string takes every text");
    for (row, line) in lines.iter().enumerate() {
        write_line(&mut svg, row, line).expect("a string takes every text");
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// The pieces of a line; gaps of two spaces and more part them.
fn pieces(screen: &Screen, row: u16, columns: u16) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let cells = (0..columns).filter_map(|column| Some((column, screen.cell(row, column)?)));
    for (column, cell) in cells {
        let text = cell.contents();
        if text.trim().is_empty() {
            continue;
        }
        let n_columns = if cell.is_wide() { 2 } else { 1 };
        let look = Look::of(cell);
        match pieces.last_mut() {
            Some(last) if last.look == look && last.end() + 1 >= column => {
                if last.end() < column {
                    last.text.push(' ');
                }
                last.text.push_str(text);
                last.n_columns = column + n_columns - last.column;
            }
            _ => pieces.push(Piece {
                column,
                n_columns,
                text: text.to_owned(),
                look,
            }),
        }
    }
    pieces
}

impl Piece {
    fn end(&self) -> u16 {
        self.column + self.n_columns
    }
}

fn write_window(svg: &mut String, n_lines: usize, columns: u16) -> std::fmt::Result {
    let width = f32::from(columns) * CELL_WIDTH + f32::from(2 * MARGIN);
    let height = usize::from(TITLE_HEIGHT + MARGIN) + n_lines * usize::from(LINE_HEIGHT);
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">"
    )?;
    writeln!(svg, "<title>A run of Baton in a terminal</title>")?;
    writeln!(
        svg,
        "<rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"10\" fill=\"{BACKGROUND}\" \
         stroke=\"{EDGE}\"/>",
        width - 1.0,
        height - 1
    )?;
    for (number, color) in ["#ff6b63", "#f5bf4f", "#5fc76a"].iter().enumerate() {
        let x = 22 + 20 * number;
        writeln!(
            svg,
            "<circle cx=\"{x}\" cy=\"19\" r=\"6\" fill=\"{color}\"/>"
        )?;
    }
    writeln!(
        svg,
        "<g font-family=\"{FONTS}\" font-size=\"{FONT_SIZE}\" fill=\"{TEXT}\">"
    )
}

fn write_line(svg: &mut String, row: usize, line: &[Piece]) -> std::fmt::Result {
    if line.is_empty() {
        return Ok(());
    }
    let baseline = usize::from(TITLE_HEIGHT) + row * usize::from(LINE_HEIGHT) + 16;
    write!(svg, "<text y=\"{baseline}\">")?;
    for piece in line {
        let Look {
            color,
            is_bold,
            is_dim,
        } = piece.look;
        let x = f32::from(MARGIN) + f32::from(piece.column) * CELL_WIDTH;
        // Keeps columns in line where the reader's font is wider or narrower.
        let length = f32::from(piece.n_columns) * CELL_WIDTH;
        write!(svg, "<tspan x=\"{x:.1}\" textLength=\"{length:.1}\"")?;
        if color != TEXT {
            write!(svg, " fill=\"{color}\"")?;
        }
        if is_bold {
            svg.push_str(" font-weight=\"bold\"");
        }
        if is_dim {
            svg.push_str(" fill-opacity=\"0.6\"");
        }
        write!(svg, ">{}</tspan>", escaped(&piece.text))?;
    }
    svg.push_str("</text>\n");
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use super::*;

    fn screen(text: &str) -> vt100::Parser {
        let size = |number| NonZeroU16::new(number).unwrap();
        let mut parser = vt100::Parser::new(size(3), size(30), 0);
        parser.process(text.as_bytes());
        parser
    }

    #[test]
    fn looks_and_gaps_part_a_line() {
        let parser = screen("\x1b[32m✓ done\x1b[0m now    \x1b[1mor never");
        let found: Vec<(u16, u16, String)> = pieces(parser.screen(), 0, 30)
            .into_iter()
            .map(|piece| (piece.column, piece.n_columns, piece.text))
            .collect();
        let expected = [(0, 6, "✓ done"), (7, 3, "now"), (14, 8, "or never")]
            .map(|(column, n_columns, text)| (column, n_columns, text.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn the_picture_ends_with_the_last_line_that_shows_something() {
        let svg = draw(screen("a < b & c").screen());
        assert_eq!(svg.matches("<text ").count(), 1);
        assert!(svg.contains(">a &lt; b &amp; c</tspan>"), "{svg}");
        assert!(svg.contains("height=\"80\""), "{svg}");
    }

    #[test]
    fn colours_of_the_terminal_become_colours_of_the_palette() {
        let svg = draw(screen("\x1b[31mred \x1b[2mdim").screen());
        assert!(svg.contains("fill=\"#ff7b72\">red<"), "{svg}");
        assert!(svg.contains("fill-opacity=\"0.6\">dim<"), "{svg}");
    }
}
