//! Laws of overrides: they are as bounded as definitions, and what they leave
//! is a definition like one that was written so.

use baton_lang::{Checked, Overrides, OverridesForm, check, check_with};

use super::definition::{assert_places, assert_written_and_read};
use super::seeds;

/// Lays texts over a definition, as files and as the block of a run.
pub fn hold(text: &str) {
    let mut texts = text.split(seeds::OVERRIDES);
    let base = texts.next().unwrap_or_default();
    let layers: Vec<(String, &str)> = (1..)
        .zip(texts)
        .map(|(number, text)| (format!("layer {number}"), text))
        .collect();
    for form in [OverridesForm::File, OverridesForm::Block] {
        let layers: Vec<Overrides<'_>> = layers
            .iter()
            .map(|(name, text)| Overrides { name, text, form })
            .collect();
        hold_laid(base, &layers);
    }
}

fn hold_laid(base: &str, layers: &[Overrides<'_>]) {
    let laid = check_with(base, layers);
    assert_places(base, &laid.diagnostics);
    let again = check_with(base, layers);
    assert_eq!(again.diagnostics, laid.diagnostics, "findings differ");
    assert_eq!(again.definition, laid.definition, "definitions differ");
    let has_errors = laid.has_errors();
    let Checked {
        definition,
        diagnostics,
    } = laid;
    for found in &diagnostics {
        let known = |name: &str| layers.iter().any(|layer| layer.name == name);
        assert!(found.file.as_deref().is_none_or(known), "{found:?}");
    }
    let Some(definition) = definition else { return };
    for set in &definition.overridden {
        assert!(layers.iter().any(|layer| layer.name == set.by), "{set:?}");
    }
    let is_untouched = definition.overridden.is_empty();
    if is_untouched && let Some(mut own) = check(base).definition {
        // What references are in is told, and an untouched one is in the base.
        own.references.clone_from(&definition.references);
        assert_eq!(own, definition, "what sets nothing changes nothing");
    }
    if !has_errors {
        assert_written_and_read(&definition);
    }
}
