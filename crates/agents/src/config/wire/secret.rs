//! The sections `[secrets.NAME]`: where a secret is kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::UnplacedMistake;
use crate::secrets::{SecretSource, Secrets, is_name};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretTable {
    env: Option<String>,
    file: Option<PathBuf>,
}

/// Checks all of them; files are meant against `directory`.
pub(super) fn sources(
    tables: BTreeMap<Spanned<String>, SecretTable>,
    directory: &Path,
) -> Result<Secrets, UnplacedMistake> {
    let mut sources = BTreeMap::new();
    for (name, table) in tables {
        let wrong = |message: String| UnplacedMistake::new(name.span(), message);
        if !is_name(name.as_ref()) {
            let message = format!("a secret cannot be called `{}`", name.as_ref());
            return Err(wrong(message).help("use letters, digits, `_` and `-`"));
        }
        let source = match (table.env, table.file) {
            (Some(variable), None) => SecretSource::Variable(variable),
            (None, Some(file)) => SecretSource::File(directory.join(file)),
            (Some(_), Some(_)) | (None, None) => {
                let message = format!("secret `{}` needs either `env` or `file`", name.as_ref());
                return Err(wrong(message));
            }
        };
        sources.insert(name.into_inner(), source);
    }
    Ok(Secrets::new(sources))
}

/// Checks that every secret that variables name is there.
pub(super) fn check(
    env: Option<&Spanned<BTreeMap<String, String>>>,
    secrets: &Secrets,
) -> Result<(), UnplacedMistake> {
    let Some(env) = env else { return Ok(()) };
    for value in env.as_ref().values() {
        if let Some(unknown) = secrets.unknown_in(value) {
            let message = format!("there is no section [secrets.{unknown}]");
            let known: Vec<&str> = secrets.names().collect();
            return Err(UnplacedMistake::new(env.span(), message).did_you_mean(&unknown, &known));
        }
    }
    Ok(())
}
