//! Definitions that were checked a moment ago: whoever starts the same
//! workflow a thousand times pays for reading it once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use baton_lang::{Checked, Definition};
use baton_model::{Diagnostic, ErrorCode, Severity};

use crate::overrides::Layer;
use crate::{AppError, definitions};

/// Bytes of text kept; beyond that everything is forgotten and begun anew,
/// which costs one reading of each workflow in use.
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// A definition without errors.
#[derive(Debug)]
pub(crate) struct Sound {
    /// The definition.
    pub(crate) definition: Definition,
    /// What is probably not as meant.
    pub(crate) warnings: Vec<Diagnostic>,
}

/// Checks a text with what is laid over it; every finding is in the error.
pub(crate) fn check(text: &str, layers: &[Layer]) -> Result<Sound, AppError> {
    let Checked {
        definition,
        diagnostics,
    } = definitions::check(text, layers, None);
    let (errors, warnings): (Vec<_>, Vec<_>) = diagnostics
        .into_iter()
        .partition(|found| found.severity == Severity::Error);
    match definition {
        Some(definition) if errors.is_empty() => Ok(Sound {
            definition,
            warnings,
        }),
        Some(_) | None => {
            let all = errors.into_iter().chain(warnings).collect();
            Err(AppError::invalid(ErrorCode::InvalidDefinition, all))
        }
    }
}

/// The definitions that were found to be sound, by their texts.
#[derive(Debug, Default)]
pub(crate) struct SoundDefinitions(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    by_text: HashMap<Texts, Arc<Sound>>,
    n_bytes: usize,
}

/// All that a definition is made of.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Texts {
    own: Arc<str>,
    layers: Vec<Layer>,
}

impl Texts {
    fn n_bytes(&self) -> usize {
        let layers = self.layers.iter().map(|layer| layer.text.len());
        self.own.len() + layers.sum::<usize>()
    }
}

impl SoundDefinitions {
    /// As [`check`], but texts that are known are not read again.
    pub(crate) fn check(
        &self,
        text: &Arc<str>,
        layers: Vec<Layer>,
    ) -> Result<Arc<Sound>, AppError> {
        let texts = Texts {
            own: Arc::clone(text),
            layers,
        };
        if let Some(sound) = self.kept().by_text.get(&texts) {
            return Ok(Arc::clone(sound));
        }
        let sound = Arc::new(check(text, &texts.layers)?);
        let n_bytes = texts.n_bytes();
        let mut kept = self.kept();
        if kept.n_bytes + n_bytes > BYTES_MAX {
            *kept = Kept::default();
        }
        if kept.by_text.insert(texts, Arc::clone(&sound)).is_none() {
            kept.n_bytes += n_bytes;
        }
        Ok(sound)
    }

    /// Whether a text was checked before.
    pub(crate) fn has(&self, text: &Arc<str>, layers: &[Layer]) -> bool {
        let texts = Texts {
            own: Arc::clone(text),
            layers: layers.to_vec(),
        };
        self.kept().by_text.contains_key(&texts)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workflow(name: &str) -> Arc<str> {
        Arc::from(format!("workflow: {{ id: w, name: {name} }}\nstages: []\n"))
    }

    #[test]
    fn a_text_is_read_once() {
        let known = SoundDefinitions::default();
        let check = |name, layers| known.check(&workflow(name), layers).unwrap();
        let first = check("A", Vec::new());
        assert!(Arc::ptr_eq(&first, &check("A", Vec::new())));
        assert!(!Arc::ptr_eq(&first, &check("B", Vec::new())));
        assert_eq!(first.definition.workflow.name, "A");
        let over = || Layer::of_run("run".to_owned(), "workflow: { author: C }".to_owned());
        let second = check("A", vec![over()]);
        assert!(!Arc::ptr_eq(&first, &second));
        assert!(Arc::ptr_eq(&second, &check("A", vec![over()])));
        assert_eq!(second.definition.workflow.author.as_deref(), Some("C"));
    }

    #[test]
    fn a_text_with_errors_is_not_kept() {
        let known = SoundDefinitions::default();
        let error = known
            .check(&Arc::from("stages: 1"), Vec::new())
            .unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidDefinition);
        assert!(known.kept().by_text.is_empty());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let known = SoundDefinitions::default();
        let padding = format!("# {}\n", "x".repeat(BYTES_MAX / 3));
        for name in ["A", "B", "C", "D", "E"] {
            let text = Arc::from(format!("{padding}{}", workflow(name)));
            known.check(&text, Vec::new()).unwrap();
            assert!(known.kept().n_bytes <= BYTES_MAX);
        }
    }
}
