//! Reads the text format of Prometheus (0.0.4) as strictly as it is described,
//! and more: what a scraper would take all the same is a failure here.

use std::collections::{BTreeMap, BTreeSet};

/// All metrics of a page, by name.
#[derive(Debug)]
pub(crate) struct Exposition(pub(crate) BTreeMap<String, Family>);

/// A metric with its values.
#[derive(Debug, Default)]
pub(crate) struct Family {
    pub(crate) kind: String,
    pub(crate) help: String,
    samples: Vec<Sample>,
}

#[derive(Clone, Debug)]
struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

impl Exposition {
    #[track_caller]
    pub(crate) fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line ends, too");
        let mut families: BTreeMap<String, Family> = BTreeMap::new();
        let mut present: Option<String> = None;
        let mut series = BTreeSet::new();
        for line in text.lines() {
            assert_eq!(line.trim(), line, "{line:?}");
            if let Some(described) = line.strip_prefix("# HELP ") {
                let (name, help) = described.split_once(' ').unwrap();
                assert!(is_name(name), "{line}");
                check_escapes(help, "\\n");
                let family = Family {
                    help: help.to_owned(),
                    ..Family::default()
                };
                let before = families.insert(name.to_owned(), family);
                assert!(before.is_none(), "{name} is described twice");
                present = Some(name.to_owned());
            } else if let Some(described) = line.strip_prefix("# TYPE ") {
                let (name, kind) = described.split_once(' ').unwrap();
                assert_eq!(present.as_deref(), Some(name), "{line}");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                let family = families.get_mut(name).unwrap();
                assert!(family.kind.is_empty(), "{name} has a type already");
                kind.clone_into(&mut family.kind);
            } else {
                let sample = sample(line);
                let name = present.clone().unwrap_or_default();
                let family = families.get_mut(&name).expect(line);
                assert!(family.may_hold(&name, &sample), "{line} among {name}");
                let key = (sample.name.clone(), sample.labels.clone());
                assert!(series.insert(key), "{line} is there twice");
                family.samples.push(sample);
            }
        }
        for (name, family) in &families {
            family.check(name);
        }
        Self(families)
    }

    /// The value of a series, written like `name{a="b"}`; none when it is not
    /// there.
    pub(crate) fn value(&self, series: &str) -> Option<f64> {
        let wanted = sample(&format!("{series} 0"));
        let mut samples = self.0.values().flat_map(|family| &family.samples);
        let found = samples.find(|it| it.name == wanted.name && it.labels == wanted.labels);
        found.map(|sample| sample.value)
    }
}

impl Family {
    fn may_hold(&self, name: &str, sample: &Sample) -> bool {
        match (&*self.kind, sample.name.strip_prefix(name)) {
            ("histogram", Some("_bucket")) => sample.labels.contains_key("le"),
            ("counter" | "gauge", Some("")) | ("histogram", Some("_sum" | "_count")) => {
                !sample.labels.contains_key("le")
            }
            _ => false,
        }
    }

    fn check(&self, name: &str) {
        assert!(name.starts_with("baton_"), "{name}");
        assert!(!self.help.is_empty(), "{name} says nothing of itself");
        let ends = |suffix| name.ends_with(suffix);
        assert_eq!(self.kind == "counter", ends("_total"), "{name}");
        for sample in &self.samples {
            let is_sum = sample.name.ends_with("_sum");
            let is_whole = is_sum || name.contains("seconds") || sample.value.fract() == 0.0;
            assert!(sample.value >= 0.0 && is_whole, "{sample:?}");
        }
        if self.kind == "histogram" {
            assert!(ends("_seconds"), "{name}");
            self.check_buckets(name);
        }
    }

    fn check_buckets(&self, name: &str) {
        let mut by_labels: BTreeMap<_, Vec<&Sample>> = BTreeMap::new();
        for sample in &self.samples {
            let mut labels = sample.labels.clone();
            labels.remove("le");
            by_labels.entry(labels).or_default().push(sample);
        }
        for (labels, samples) in by_labels {
            let of = |suffix: &str| {
                let full = format!("{name}{suffix}");
                samples.iter().filter(move |it| it.name == full)
            };
            let buckets: Vec<(f64, f64)> = of("_bucket")
                .map(|it| (number(&it.labels["le"]), it.value))
                .collect();
            let ascends = |pair: &[(f64, f64)]| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1;
            assert!(
                buckets.windows(2).all(ascends),
                "{name} {labels:?} {buckets:?}"
            );
            let last = buckets.last().unwrap();
            assert!(last.0.is_infinite(), "{name} {labels:?}");
            let counts: Vec<f64> = of("_count").map(|it| it.value).collect();
            assert_eq!(counts, [last.1], "{name} {labels:?}");
            assert_eq!(of("_sum").count(), 1, "{name} {labels:?}");
        }
    }
}

fn is_name(name: &str) -> bool {
    let is_start = |b: u8| b.is_ascii_lowercase() || b == b'_';
    let is_rest = |b: u8| is_start(b) || b.is_ascii_digit();
    name.bytes().next().is_some_and(is_start) && name.bytes().all(is_rest)
}

/// A backslash stands before one of these letters only.
fn check_escapes(text: &str, letters: &str) {
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character == '\\' {
            let next = rest.next();
            assert!(
                next.is_some_and(|it| it == '\\' || letters.contains(it)),
                "{text:?}"
            );
        }
    }
}

fn number(text: &str) -> f64 {
    match text {
        "+Inf" => f64::INFINITY,
        text => {
            let is_plain = text
                .bytes()
                .all(|b| b.is_ascii_digit() || b"+-.e".contains(&b));
            assert!(is_plain, "{text}");
            text.parse().unwrap()
        }
    }
}

fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').expect(line);
    let (name, labels) = match series.split_once('{') {
        Some((name, labels)) => (name, parse_labels(labels.strip_suffix('}').expect(line))),
        None => (series, BTreeMap::new()),
    };
    assert!(is_name(name), "{line}");
    Sample {
        name: name.to_owned(),
        labels,
        value: number(value),
    }
}

/// `a="b",c="d"`.
fn parse_labels(text: &str) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").expect(text);
        assert!(is_name(name) && !name.starts_with("__"), "{text}");
        let end = end_of_value(after).expect(text);
        let (value, after) = after.split_at(end);
        check_escapes(value, "\"n");
        let before = labels.insert(name.to_owned(), value.to_owned());
        assert!(before.is_none(), "{name} twice in {text}");
        let after = after.strip_prefix('"').unwrap();
        rest = after.strip_prefix(',').unwrap_or(after);
        assert!(after.is_empty() || !rest.is_empty(), "{text}");
        assert!(after.is_empty() || after.starts_with(','), "{text}");
    }
    labels
}

/// Where the quote stands that ends a value.
fn end_of_value(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().find_map(|(place, character)| {
        let is_end = character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        is_end.then_some(place)
    })
}

#[test]
fn what_is_no_page_of_metrics_is_refused() {
    const HEAD: &str = "# HELP baton_a_total A.\n# TYPE baton_a_total counter\n";
    Exposition::parse(&format!("{HEAD}baton_a_total{{b=\"c\\\"\"}} 1\n"));
    for wrong in [
        "baton_a_total 1\n",
        "# HELP baton_a_total A.\nbaton_a_total 1\n",
        &format!("{HEAD}baton_a_total 1"),
        &format!("{HEAD}baton_a_total 1\nbaton_a_total 2\n"),
        &format!("{HEAD}baton_b_total 1\n"),
        &format!("{HEAD}{HEAD}"),
        &format!("{HEAD}baton_a_total -1\n"),
        &format!("{HEAD}baton_a_total{{b=\"c\"d\"}} 1\n"),
        &format!("{HEAD}baton_a_total{{b=\"c\\x\"}} 1\n"),
        &format!("{HEAD}baton_a_total{{b=\"c\",b=\"d\"}} 1\n"),
        &format!("{HEAD}baton_a_total{{}} 1,5\n"),
        "# HELP baton_a A.\n# TYPE baton_a counter\n",
        "# HELP baton_s_seconds A.\n# TYPE baton_s_seconds histogram\nbaton_s_seconds_bucket{le=\"1\"} 1\nbaton_s_seconds_sum 1\nbaton_s_seconds_count 1\n",
        "# HELP baton_s_seconds A.\n# TYPE baton_s_seconds histogram\nbaton_s_seconds_bucket{le=\"1\"} 2\nbaton_s_seconds_bucket{le=\"+Inf\"} 1\nbaton_s_seconds_sum 1\nbaton_s_seconds_count 1\n",
    ] {
        let read = std::panic::catch_unwind(|| Exposition::parse(wrong));
        assert!(read.is_err(), "{wrong}");
    }
}
