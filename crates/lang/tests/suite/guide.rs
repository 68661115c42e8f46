//! Every block of YAML in `docs/swdl` says what it is, and is that. The rule
//! stands at the top of its `README.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use baton_lang::check;
use baton_model::Severity;

use super::cases;

const ROOT_KEYS: [&str; 6] = [
    "workflow:",
    "config:",
    "context:",
    "error_policy:",
    "hooks:",
    "stages:",
];

/// A fenced block: where it begins, the words after the fence, what is in it.
struct Block {
    place: String,
    info: String,
    text: String,
}

fn guide() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/swdl")
}

fn blocks(page: &Path) -> Vec<Block> {
    let name = page.file_name().unwrap().to_string_lossy().into_owned();
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in (1..).zip(fs::read_to_string(page).unwrap().lines()) {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Block {
                    place: format!("{name}:{number}"),
                    info: info.to_owned(),
                    text: String::new(),
                });
            }
            (Some(_), Some("")) => blocks.extend(open.take()),
            (Some(block), _) => block.text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{name} ends within a block");
    blocks
}

/// The lines of a text below each of its root keys.
fn by_root_key(text: &str) -> BTreeMap<&str, String> {
    let mut found: BTreeMap<&str, String> = BTreeMap::new();
    let mut key = None;
    for line in text.lines() {
        let begins = |word: &str| {
            word.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        if let Some((word, _)) = line.split_once(':')
            && begins(word)
        {
            key = Some(word);
        }
        if let Some(key) = key {
            *found.entry(key).or_default() += &format!("{line}\n");
        }
    }
    found
}

fn indented(text: &str, by: usize) -> String {
    let lines = text.lines().map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("{}{line}\n", " ".repeat(by)),
    });
    lines.collect()
}

/// What the base has under the root keys that `taken` does not have.
fn rest_of_base(base: &str, taken: &[&str]) -> String {
    let base = by_root_key(base).into_iter();
    base.filter(|(key, _)| !taken.contains(key))
        .map(|(_, lines)| lines)
        .collect()
}

fn begins_like_fragment(text: &str) -> bool {
    text.starts_with("- ") || ROOT_KEYS.iter().any(|key| text.starts_with(key))
}

fn fragment(base: &str, text: &str) -> String {
    if text.starts_with("- ") {
        let rest = rest_of_base(base, &["stages"]);
        return format!("{rest}stages:\n{}", indented(text, 2));
    }
    let keys = by_root_key(text);
    let taken: Vec<_> = keys.keys().copied().collect();
    format!("{text}{}", rest_of_base(base, &taken))
}

fn stage(base: &str, text: &str) -> String {
    let keys = by_root_key(text);
    let mut own = "  - id: here\n    name: Here\n".to_owned();
    if !keys.contains_key("depends_on") {
        own += "    depends_on: [survey]\n";
    }
    if !keys.contains_key("roles") && !text.starts_with("type:") {
        own += "    roles: { primary: { artifact: \"agent:worker\" } }\n";
    }
    let stages = &by_root_key(base)["stages"];
    let rest = rest_of_base(base, &["stages"]);
    format!("{rest}{}\n{own}{}", stages.trim_end(), indented(text, 4))
}

#[track_caller]
fn assert_is_what_it_says(base: &str, block: &Block) {
    let words: Vec<_> = block.info.split_whitespace().collect();
    let (text, code) = match words.as_slice() {
        ["yaml"] => (block.text.clone(), None),
        ["yaml", "fragment"] => (fragment(base, &block.text), None),
        ["yaml", "stage"] => (stage(base, &block.text), None),
        ["yaml", "wrong", code] if begins_like_fragment(&block.text) => {
            (fragment(base, &block.text), Some(*code))
        }
        ["yaml", "wrong", code] => (stage(base, &block.text), Some(*code)),
        _ => panic!("{}: what is `{}`?", block.place, block.info),
    };
    let found = check(&text).diagnostics;
    let as_said = match code {
        None => found.is_empty(),
        Some(code) => {
            found.iter().any(|found| found.code == code)
                && found
                    .iter()
                    .all(|found| found.code == code || found.severity == Severity::Warning)
        }
    };
    assert!(
        as_said,
        "{} ({}): {found:#?}\n{text}",
        block.place, block.info
    );
}

#[test]
fn every_example_of_the_guide_is_what_it_says() {
    let pages = cases(&guide());
    let base = blocks(&guide().join("README.md"))
        .into_iter()
        .find(|block| block.info == "yaml")
        .unwrap();
    let mut n_checked = 0;
    for page in pages {
        for block in blocks(&page) {
            if block.info.starts_with("yaml") {
                assert_is_what_it_says(&base.text, &block);
                n_checked += 1;
            }
        }
    }
    assert!(n_checked > 30, "{n_checked}");
}
