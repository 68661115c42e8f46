//! Figures as a table for people and as lines for programs.

use std::fmt;

/// Figures under a title.
pub(crate) struct Report {
    title: &'static str,
    figures: Vec<(&'static str, f64, &'static str)>,
}

impl Report {
    pub(crate) const fn new(title: &'static str) -> Self {
        Self {
            title,
            figures: Vec::new(),
        }
    }

    /// Adds a figure by its name, with its unit.
    pub(crate) fn add(&mut self, name: &'static str, value: f64, unit: &'static str) {
        self.figures.push((name, value, unit));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        for (name, value, unit) in &self.figures {
            writeln!(f, "  {name:<24} {value:>14.3} {unit}")?;
        }
        for (name, value, unit) in &self.figures {
            writeln!(f, "BENCH {name} {value:.3} {unit}")?;
        }
        Ok(())
    }
}

/// The figure in the middle; 0 when there is none.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
