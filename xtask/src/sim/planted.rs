//! `cargo xtask sim --planted`: whether the simulator finds bugs. Each patch in
//! `crates/sim/planted` plants one in a copy of this checkout; how many seeds
//! it takes to find it is written into `docs/guarantees.md`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use anyhow::{Context, Result, bail};

use crate::marked;
use crate::repository::Repository;
use crate::steps::run_inherited;

const PATCHES: &str = "crates/sim/planted";
const PAGE: &str = "docs/guarantees.md";
/// Before the table.
const BEGIN: &str = "<!-- written by `cargo xtask sim --planted` -->";
/// A bug that needs more seeds counts as not found.
const SEEDS_MAX: &str = "2000";

/// A bug and how it was found.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    name: String,
    bug: String,
    seeds: u64,
    law: String,
}

/// Plants one bug after the other and looks for it.
pub(super) fn run(repository: &Repository) -> Result<()> {
    let scratch = Scratch::of(repository)?;
    let mut found = Vec::new();
    let mut missed = Vec::new();
    for patch in patches(repository)? {
        scratch.restore(repository)?;
        let name = file_stem(&patch);
        if let Some(one) = scratch.find(&patch)? {
            println!("{name}: after {} seeds: {}", one.seeds, one.law);
            found.push(one);
        } else {
            println!("{name}: not within {SEEDS_MAX} seeds");
            missed.push(name);
        }
    }
    if !missed.is_empty() {
        bail!("the simulator does not find: {}", missed.join(", "));
    }
    println!("all {} are found", found.len());
    write_table(repository, &found)
}

fn patches(repository: &Repository) -> Result<Vec<PathBuf>> {
    let mut patches: Vec<PathBuf> = fs::read_dir(repository.root().join(PATCHES))?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    patches.sort();
    Ok(patches)
}

fn file_stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// A copy of this checkout with a target directory of its own, so that what
/// is planted never gets into anything else.
struct Scratch {
    tree: PathBuf,
    target: PathBuf,
}

impl Scratch {
    fn of(repository: &Repository) -> Result<Self> {
        let root = repository.root().join("target/planted");
        let scratch = Self {
            tree: root.join("tree"),
            target: root.join("target"),
        };
        fs::create_dir_all(&scratch.tree)?;
        Ok(scratch)
    }

    /// Makes the copy like the checkout, and leaves alone what is.
    fn restore(&self, repository: &Repository) -> Result<()> {
        for source in repository.sources()? {
            let copy = self.tree.join(&source.path);
            if fs::read(&copy).is_ok_and(|bytes| bytes == source.text.as_bytes()) {
                continue;
            }
            if let Some(directory) = copy.parent() {
                fs::create_dir_all(directory)?;
            }
            fs::write(&copy, &source.text)
                .with_context(|| format!("cannot copy {}", source.path))?;
        }
        Ok(())
    }

    /// Plants a bug and looks for it; `None` when it is not found.
    fn find(&self, patch: &Path) -> Result<Option<Found>> {
        let mut apply = Command::new("git");
        apply
            .arg("apply")
            .arg(patch)
            .current_dir(&self.tree)
            // The copy is no part of this repository.
            .env("GIT_CEILING_DIRECTORIES", &self.tree)
            .env("GIT_DIR", self.tree.join("no-repository"));
        run_inherited(apply).with_context(|| format!("{} cannot be planted", file_stem(patch)))?;
        run_inherited(self.cargo("build"))?;
        let output = self
            .cargo("run")
            .args(["--", "--count", SEEDS_MAX, "--jobs", "2"])
            .stderr(Stdio::null())
            .output()?;
        if output.status.success() {
            return Ok(None);
        }
        let said = String::from_utf8_lossy(&output.stdout);
        let Some((seeds, law)) = verdict(&said) else {
            bail!(
                "the simulator ended with {} and said: {said}",
                output.status
            );
        };
        let bug = fs::read_to_string(patch)?;
        Ok(Some(Found {
            name: file_stem(patch),
            bug: bug.lines().next().unwrap_or_default().to_owned(),
            seeds,
            law,
        }))
    }

    fn cargo(&self, what: &str) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .args([what, "--quiet", "--release", "--package", "baton-sim"])
            .current_dir(&self.tree)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_INCREMENTAL", "1");
        command
    }
}

/// After how many seeds which law was broken.
fn verdict(said: &str) -> Option<(u64, String)> {
    let seeds = said
        .lines()
        .find_map(|line| line.strip_prefix("after ")?.split_once(" seeds"))?
        .0;
    let broken = said
        .lines()
        .find_map(|line| line.split_once(" breaks a law: "))?
        .1;
    let law = broken.split_once(": ").map_or(broken, |(law, _)| law);
    Some((seeds.parse().ok()?, law.to_owned()))
}

fn write_table(repository: &Repository, found: &[Found]) -> Result<()> {
    let path = repository.root().join(PAGE);
    let page = fs::read_to_string(&path)?;
    let page = with_table(&page, found).with_context(|| format!("{PAGE} has no `{BEGIN}`"))?;
    fs::write(path, page)?;
    println!("{PAGE} says so");
    Ok(())
}

fn with_table(page: &str, found: &[Found]) -> Option<String> {
    let mut table = "| Bug | Seeds until found | Law that is broken |\n|---|---:|---|\n".to_owned();
    for Found {
        name,
        bug,
        seeds,
        law,
    } in found
    {
        let bug = bug.trim_end_matches('.');
        table.push_str(&format!(
            "| [{bug}](../{PATCHES}/{name}.patch) | {seeds} | {law} |\n"
        ));
    }
    marked::with_part(page, BEGIN, &table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marked::END;

    #[test]
    fn a_verdict_names_the_seeds_and_the_law() {
        let said = "after 12 seeds and 0.3 s:\nseed 11 breaks a law: held once: `a` is: twice\n";
        assert_eq!(verdict(said), Some((12, "held once".to_owned())));
        assert_eq!(verdict("2000 seeds from 0 hold, in 3.7 s\n"), None);
    }

    #[test]
    fn the_table_replaces_the_one_before() {
        let found = [Found {
            name: "late".to_owned(),
            bug: "It is late.".to_owned(),
            seeds: 3,
            law: "in time".to_owned(),
        }];
        let page = format!("above\n{BEGIN}\nold\n{END}\nbelow\n");
        assert_eq!(
            with_table(&page, &found).unwrap(),
            format!(
                "above\n{BEGIN}\n| Bug | Seeds until found | Law that is broken |\n|---|---:|---|\n\
                 | [It is late](../crates/sim/planted/late.patch) | 3 | in time |\n{END}\nbelow\n"
            )
        );
    }
}
