//! One diagnostic code has one rule file, in which everything stands that is
//! said about the mistake, one page that explains it, and one folder of golden
//! files that show it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, SourceFile};

const RULES: &str = "crates/lang/src/rules/";
const PAGES: &str = "docs/diagnostics/";
const GOLDEN: &str = "crates/lang/tests/golden/";

/// What every diagnostic code of the language starts with.
const PREFIX: &str = "SWDL-";

/// What a code has one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Rule,
    Page,
    Golden,
}

impl Part {
    const ALL: [Self; 3] = [Self::Rule, Self::Page, Self::Golden];

    /// This part of a code, if the file is it or belongs to it.
    fn of(self, path: &str) -> Option<String> {
        let code = match self {
            Self::Rule => {
                let short = path.strip_prefix(RULES)?.strip_suffix(".rs")?;
                format!("{PREFIX}{}", short.to_uppercase())
            }
            Self::Page => path.strip_prefix(PAGES)?.strip_suffix(".md")?.to_owned(),
            Self::Golden => path.strip_prefix(GOLDEN)?.split_once('/')?.0.to_owned(),
        };
        code.starts_with(PREFIX).then_some(code)
    }

    /// Where it is to be found.
    fn path(self, code: &str) -> String {
        match self {
            Self::Rule => {
                let short = code.trim_start_matches(PREFIX).to_lowercase();
                format!("{RULES}{short}.rs")
            }
            Self::Page => format!("{PAGES}{code}.md"),
            Self::Golden => format!("{GOLDEN}{code}/"),
        }
    }

    /// What is wrong when there is none, and how to mend it.
    fn missing(self, code: &str) -> (String, String) {
        let path = self.path(code);
        match self {
            Self::Rule => (
                format!("no rule words {code}"),
                format!("write {path}: the code, its title and what is said of the mistake"),
            ),
            Self::Page => (
                format!("no page explains {code}"),
                format!("write {path}: the mistake, why it is one, how to mend it"),
            ),
            Self::Golden => (
                format!("no golden file shows {code}"),
                format!("add {path} with a workflow that makes the mistake"),
            ),
        }
    }
}

pub(crate) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let mut parts_of: BTreeMap<String, BTreeSet<Part>> = BTreeMap::new();
    for source in sources {
        for part in Part::ALL {
            if let Some(code) = part.of(&source.path) {
                parts_of.entry(code).or_default().insert(part);
            }
        }
    }
    let missing = parts_of
        .iter()
        .flat_map(|(code, parts)| missing_of(code, parts));
    missing.chain(sources.iter().filter_map(misnamed)).collect()
}

/// What a code lacks is said at what it has.
fn missing_of(code: &str, parts: &BTreeSet<Part>) -> Vec<Finding> {
    let path = parts
        .first()
        .map(|part| part.path(code))
        .unwrap_or_default();
    let missing = Part::ALL.into_iter().filter(|part| !parts.contains(part));
    let missing = missing.map(|part| {
        let (what, mend) = part.missing(code);
        Finding::new(&path, 1, what, mend)
    });
    missing.collect()
}

/// A rule whose file is called after another code than it has.
fn misnamed(source: &SourceFile) -> Option<Finding> {
    let code = Part::Rule.of(&source.path)?;
    let is_its_own = source.text.contains(&format!("\"{code}\""));
    (!is_its_own).then(|| {
        let what = format!("the rule does not declare {code}");
        Finding::new(&source.path, 1, what, "name the file after the code in it")
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::source;
    use super::*;

    fn whole(code: &str) -> Vec<SourceFile> {
        let rule = format!("code!(\"{code}\", Error, Yaml, \"…\");");
        let files = Part::ALL.map(|part| match part {
            Part::Rule => source(&part.path(code), &rule),
            Part::Page => source(&part.path(code), ""),
            Part::Golden => source(&format!("{}a.yaml", part.path(code)), ""),
        });
        files.into()
    }

    fn whats(sources: &[SourceFile]) -> Vec<String> {
        let found = check(sources).into_iter();
        found.map(|finding| finding.what).collect()
    }

    #[test]
    fn a_code_with_all_its_parts_is_in_order() {
        let mut sources = whole("SWDL-E0101");
        sources.push(source("crates/lang/tests/golden/valid/a.yaml", ""));
        sources.push(source("crates/lang/src/rules.rs", ""));
        assert_eq!(check(&sources), []);
    }

    #[test]
    fn each_part_is_missed_where_it_is_missing() {
        for (missing, what) in [
            (0, "no rule words SWDL-E0101"),
            (1, "no page explains SWDL-E0101"),
            (2, "no golden file shows SWDL-E0101"),
        ] {
            let mut sources = whole("SWDL-E0101");
            sources.remove(missing);
            sources.extend(whole("SWDL-W0203"));
            assert_eq!(whats(&sources), [what]);
        }
    }

    #[test]
    fn a_part_alone_lacks_the_others() {
        let golden = source("crates/lang/tests/golden/SWDL-E0102/a.yaml", "");
        assert_eq!(
            whats(&[golden]),
            ["no rule words SWDL-E0102", "no page explains SWDL-E0102"]
        );
    }

    #[test]
    fn a_rule_is_called_after_its_code() {
        let mut sources = whole("SWDL-E0101");
        sources[0].text = "code!(\"SWDL-E0102\", …".to_owned();
        assert_eq!(whats(&sources), ["the rule does not declare SWDL-E0101"]);
    }
}
