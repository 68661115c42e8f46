//! Packages come from the public registry under its public name: the address
//! of a mirror works on one machine and breaks the build of everybody else.

use super::{Finding, SourceFile, file, numbered_lines};

const PUBLIC: &str = "registry+https://github.com/rust-lang/crates.io-index";

const LOCK: &str = "Cargo.lock";
const CARGO_CONFIG: &str = ".cargo/config.toml";
const NPM_LOCK: &str = "package-lock.json";

pub(crate) fn check(sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    match file(sources, LOCK) {
        Some(lock) => findings.extend(check_lock(&lock.text)),
        None => findings.push(Finding::new(
            LOCK,
            1,
            "the lock file is missing",
            "commit it: what was tested is what is built",
        )),
    }
    if let Some(config) = file(sources, CARGO_CONFIG) {
        findings.extend(check_config(&config.text));
    }
    let npm_locks = sources
        .iter()
        .filter(|source| source.path.ends_with(NPM_LOCK));
    findings.extend(npm_locks.flat_map(check_npm_lock));
    findings
}

/// npm takes packages from where it is told to, unless the lock file says more.
fn check_npm_lock(lock: &SourceFile) -> Vec<Finding> {
    numbered_lines(&lock.text)
        .filter(|(_, line)| line.trim_start().starts_with("\"resolved\""))
        .map(|(number, _)| {
            Finding::new(
                &lock.path,
                number,
                "a package has the address of a registry",
                "write the file again with `npm install --omit-lockfile-registry-resolved`",
            )
        })
        .collect()
}

fn check_lock(lock: &str) -> Vec<Finding> {
    numbered_lines(lock)
        .filter_map(|(number, line)| {
            let address = line.strip_prefix("source = ")?.trim_matches('"');
            (address != PUBLIC).then(|| {
                Finding::new(
                    LOCK,
                    number,
                    format!("a package comes from {address}"),
                    "resolve it again without a mirror or a patch in cargo's configuration",
                )
            })
        })
        .collect()
}

fn check_config(config: &str) -> Vec<Finding> {
    numbered_lines(config)
        .filter(|(_, line)| line.starts_with("[source") || line.starts_with("[registr"))
        .map(|(number, line)| {
            Finding::new(
                CARGO_CONFIG,
                number,
                format!("`{line}` changes where packages come from"),
                "keep it in the configuration of your own machine",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::source;
    use super::*;

    #[test]
    fn the_public_registry_is_in_order() {
        let lock = source(LOCK, &format!("source = \"{PUBLIC}\"\n"));
        assert_eq!(check(&[lock]), []);
    }

    #[test]
    fn a_mirror_and_a_git_source_are_found() {
        let text = "source = \"registry+https://mirror.example/index\"\n\
                    name = \"a\"\nsource = \"git+https://git.example/a#1\"\n";
        let lines: Vec<usize> = check_lock(text)
            .iter()
            .map(|finding| finding.line)
            .collect();
        assert_eq!(lines, [1, 3]);
    }

    #[test]
    fn a_replaced_source_in_the_configuration_is_found() {
        let findings = check_config("[alias]\nx = \"run\"\n[source.crates-io]\n");
        assert_eq!(findings[0].line, 3);
    }

    #[test]
    fn an_address_in_a_lock_file_of_npm_is_found() {
        let text = "{\n  \"integrity\": \"sha512-a\",\n  \"resolved\": \"https://a\"\n}\n";
        let findings = check_npm_lock(&source("a/package-lock.json", text));
        assert_eq!((findings.len(), findings[0].line), (1, 3));
    }

    #[test]
    fn a_missing_lock_file_is_found() {
        assert_eq!(check(&[])[0].path, LOCK);
    }
}
