//! The text in which Prometheus reads metrics (exposition format 0.0.4).

use std::fmt::{self, Display, Write};
use std::time::Duration;

use crate::cells::Timings;

/// What the page says of itself.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The name and the value of a label.
pub type Label<'l> = (&'static str, &'l str);

/// A page of metrics, written from top to bottom. Each metric stands there
/// with its description, also when it has no value yet.
#[derive(Debug, Default)]
pub struct Page(String);

impl Page {
    /// A metric that only grows. Its name ends with `_total`.
    pub fn counter(&mut self, name: &'static str, help: &str) -> Samples<'_> {
        debug_assert!(name.ends_with("_total"), "{name}");
        self.describe(name, "counter", help);
        Samples { page: self, name }
    }

    /// A metric that grows and shrinks.
    pub fn gauge(&mut self, name: &'static str, help: &str) -> Samples<'_> {
        self.describe(name, "gauge", help);
        Samples { page: self, name }
    }

    /// How long something takes. Its name ends with `_seconds`.
    pub fn histogram(&mut self, name: &'static str, help: &str) -> Histograms<'_> {
        debug_assert!(name.ends_with("_seconds"), "{name}");
        self.describe(name, "histogram", help);
        Histograms { page: self, name }
    }

    /// The whole text.
    pub fn into_text(self) -> String {
        self.0
    }

    fn describe(&mut self, name: &str, kind: &str, help: &str) {
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
    }

    fn sample(&mut self, name: &str, suffix: &str, labels: &Labels<'_>, value: &dyn Display) {
        self.line(format_args!("{name}{suffix}{labels} {value}"));
    }

    fn line(&mut self, text: fmt::Arguments<'_>) {
        // Writing into a text cannot fail.
        let (Ok(()) | Err(_)) = writeln!(self.0, "{text}");
    }
}

/// Takes the values of one counter or gauge.
#[derive(Debug)]
pub struct Samples<'p> {
    page: &'p mut Page,
    name: &'static str,
}

impl Samples<'_> {
    /// Writes one value. No two may have the same labels.
    pub fn value(&mut self, labels: &[Label<'_>], value: impl Display) -> &mut Self {
        let labels = Labels(labels, None);
        self.page.sample(self.name, "", &labels, &value);
        self
    }
}

/// Takes the values of one histogram.
#[derive(Debug)]
pub struct Histograms<'p> {
    page: &'p mut Page,
    name: &'static str,
}

impl Histograms<'_> {
    /// Writes what was counted under these labels.
    pub fn value(&mut self, labels: &[Label<'_>], timings: &Timings) -> &mut Self {
        let name = self.name;
        for (bound, count) in &timings.up_to {
            let labels = Labels(labels, Some(Bound::Of(*bound)));
            self.page.sample(name, "_bucket", &labels, count);
        }
        let all = Labels(labels, Some(Bound::None));
        self.page.sample(name, "_bucket", &all, &timings.count);
        let labels = Labels(labels, None);
        let sum = timings.sum.as_secs_f64();
        self.page.sample(name, "_sum", &labels, &sum);
        self.page.sample(name, "_count", &labels, &timings.count);
        self
    }
}

/// The upper end of a bucket.
enum Bound {
    Of(Duration),
    None,
}

impl Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(bound) => write!(f, "{}", bound.as_secs_f64()),
            Self::None => f.write_str("+Inf"),
        }
    }
}

/// Labels as they are written, with that of a bucket where there is one.
struct Labels<'l>(&'l [Label<'l>], Option<Bound>);

impl Display for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(labels, bound) = self;
        let mut before = "{";
        for (name, value) in *labels {
            write!(f, "{before}{name}=\"{}\"", Escaped(value))?;
            before = ",";
        }
        if let Some(bound) = bound {
            write!(f, "{before}le=\"{bound}\"")?;
            before = ",";
        }
        f.write_str(if before == "{" { "" } else { "}" })
    }
}

/// The value of a label, as it stands between quotes.
struct Escaped<'v>(&'v str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '\\' => f.write_str("\\\\")?,
                '"' => f.write_str("\\\"")?,
                '\n' => f.write_str("\\n")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Histogram;

    const BOUNDS: &[Duration] = &[Duration::from_millis(5), Duration::from_secs(1)];

    #[test]
    fn a_page_is_written_as_prometheus_reads_it() {
        let mut page = Page::default();
        page.counter("baton_things_total", "Things, and\nmore.")
            .value(&[("kind", "a \"b\" \\ c\nd")], 3)
            .value(&[], 4);
        page.gauge("baton_level", "How high.").value(&[], 1.5);
        let histogram = Histogram::new(BOUNDS);
        histogram.observe(Duration::from_millis(20));
        page.histogram("baton_wait_seconds", "How long.")
            .value(&[("door", "v1")], &histogram.timings());
        let expected = r#"# HELP baton_things_total Things, and\nmore.
# TYPE baton_things_total counter
baton_things_total{kind="a \"b\" \\ c\nd"} 3
baton_things_total 4
# HELP baton_level How high.
# TYPE baton_level gauge
baton_level 1.5
# HELP baton_wait_seconds How long.
# TYPE baton_wait_seconds histogram
baton_wait_seconds_bucket{door="v1",le="0.005"} 0
baton_wait_seconds_bucket{door="v1",le="1"} 1
baton_wait_seconds_bucket{door="v1",le="+Inf"} 1
baton_wait_seconds_sum{door="v1"} 0.02
baton_wait_seconds_count{door="v1"} 1
"#;
        assert_eq!(page.into_text(), expected);
    }
}
