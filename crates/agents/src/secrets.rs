//! Secrets of `baton.toml`: named there, kept elsewhere, put into the
//! environment of agents when they start, and masked in all they say.

mod mask;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use baton_model::{Failure, FailureLabel, TextPiece};

pub(crate) use mask::{Mask, Part};

/// Nothing longer is a secret anybody gives to a program in a variable.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// Where a secret is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretSource {
    /// In a variable of this process's environment.
    Variable(String),
    /// In a file, but for the end of its last line.
    File(PathBuf),
}

/// Secrets by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets(Arc<BTreeMap<String, SecretSource>>);

/// A text that had secrets in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct With {
    pub(crate) text: String,
    /// Those that are in it now.
    pub(crate) secrets: Vec<String>,
}

impl Secrets {
    pub(crate) fn new(sources: BTreeMap<String, SecretSource>) -> Self {
        Self(Arc::new(sources))
    }

    /// The first name in a text that is not known.
    pub(crate) fn unknown_in(&self, text: &str) -> Option<String> {
        secrets_in(text).find(|name| !self.0.contains_key(name))
    }

    /// Why each secret that a text names and that cannot be had cannot be had.
    pub(crate) fn missing_in(&self, text: &str) -> impl Iterator<Item = String> {
        secrets_in(text).filter_map(|name| self.missing(&name))
    }

    /// Why a secret cannot be had, if it cannot.
    pub(crate) fn missing(&self, name: &str) -> Option<String> {
        self.read(name).err().map(|failure| failure.message)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A text with its secrets put in; none when there are none in it.
    pub(crate) fn fill(&self, text: &str) -> Result<Option<With>, Failure> {
        let pieces = pieces(text);
        let names_one = pieces.iter().any(|piece| secret_of(piece).is_some());
        names_one.then(|| self.put_into(&pieces)).transpose()
    }

    /// A text in pieces with its secrets put in.
    pub(crate) fn put_into(&self, pieces: &[TextPiece]) -> Result<With, Failure> {
        let mut text = String::new();
        let mut secrets = Vec::new();
        for piece in pieces {
            match piece {
                TextPiece::Text(words) => text.push_str(words),
                TextPiece::Secret(name) => {
                    let secret = self.read(name)?;
                    text.push_str(&secret);
                    secrets.push(secret);
                }
            }
        }
        Ok(With { text, secrets })
    }

    fn read(&self, name: &str) -> Result<String, Failure> {
        let missing = |why: String| {
            // Trying again changes nothing, hence the label that is not retried.
            let message = format!("the secret `{name}` cannot be had: {why}");
            Failure::new(FailureLabel::AUTH_FAILURE, message)
        };
        match self.0.get(name) {
            Some(SecretSource::Variable(variable)) => std::env::var(variable)
                .map_err(|_error| missing(format!("{variable} is not set, or is no text"))),
            Some(SecretSource::File(path)) => read_file(path).map_err(|error| {
                // Whoever is told need not know the directories of this machine.
                tracing::warn!(secret = name, path = %path.display(), %error, "cannot read a secret");
                missing(format!("cannot read its file: {error}"))
            }),
            None => Err(missing("baton.toml does not name it".to_owned())),
        }
    }
}

fn read_file(path: &PathBuf) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?
        .take(SECRET_BYTES_MAX)
        .read_to_string(&mut text)?;
    let end = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(end);
    Ok(text)
}

fn secret_of(piece: &TextPiece) -> Option<&str> {
    match piece {
        TextPiece::Secret(name) => Some(name),
        TextPiece::Text(_) => None,
    }
}

fn secrets_in(text: &str) -> impl Iterator<Item = String> {
    let pieces = pieces(text).into_iter();
    pieces.filter_map(|piece| secret_of(&piece).map(str::to_owned))
}

/// Cuts a text at its secrets. Anything else between `${{` and `}}` is words.
fn pieces(text: &str) -> Vec<TextPiece> {
    let words = |words: &str| TextPiece::Text(words.to_owned());
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let inside = after.split_once("}}").and_then(|(inside, after)| {
            let name = inside.trim().strip_prefix("secrets.")?;
            is_name(name).then_some((name, after))
        });
        let Some((name, after)) = inside else {
            let end = before.len() + "${{".len();
            let (before, later) = rest.split_at(end);
            pieces.push(words(before));
            rest = later;
            continue;
        };
        pieces.push(words(before));
        pieces.push(TextPiece::Secret(name.to_owned()));
        rest = after;
    }
    pieces.push(words(rest));
    pieces
}

/// Whether a secret may be called so.
pub(crate) fn is_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    !name.is_empty() && name.bytes().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(file: &std::path::Path) -> Secrets {
        let sources = [
            ("KEY".to_owned(), SecretSource::File(file.to_owned())),
            (
                "NONE".to_owned(),
                SecretSource::Variable("BATON_NO_SUCH_VARIABLE".to_owned()),
            ),
        ];
        Secrets::new(sources.into())
    }

    #[test]
    fn secrets_are_put_in_where_they_are_named_and_nowhere_else() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "s3cr3t\n").unwrap();
        let secrets = secrets(file.path());
        let rows = [
            ("Bearer ${{ secrets.KEY }}!", Some("Bearer s3cr3t!")),
            ("${{secrets.KEY}}${{ secrets.KEY }}", Some("s3cr3ts3cr3t")),
            ("plain", None),
            ("${{ parameters.x }}", None),
            ("${{ secrets.KEY", None),
            ("${{ x ${{ secrets.KEY }}", Some("${{ x s3cr3t")),
        ];
        for (text, expected) in rows {
            let filled = secrets.fill(text).unwrap().map(|with| with.text);
            assert_eq!(filled.as_deref(), expected, "{text}");
        }
        let unknown = secrets.unknown_in("${{ secrets.OTHER }}");
        assert_eq!(unknown.as_deref(), Some("OTHER"));
        let missing = secrets.fill("${{ secrets.NONE }}").unwrap_err();
        assert_eq!(missing.label, FailureLabel::AUTH_FAILURE);
        assert!(missing.message.contains("BATON_NO_SUCH_VARIABLE"));
    }
}
