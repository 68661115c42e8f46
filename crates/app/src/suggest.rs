//! "Did you mean": the known name most like an unknown one.

/// Names that are less alike than this are different names.
const LIKENESS_MIN: f64 = 0.8;

/// The known name most like this one, if any is like it.
pub fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = name.to_lowercase();
    let likeness = |candidate: &str| strsim::jaro_winkler(&wanted, &candidate.to_lowercase());
    let alike = known
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN);
    let nearest = alike.max_by(|(left, _), (right, _)| left.total_cmp(right));
    nearest.map(|(_, nearest)| nearest)
}

/// What to say of `name` when only `known` names are there.
pub fn did_you_mean<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if known.is_empty() => "there are none".to_owned(),
        None => {
            let quoted: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            format!("there is {}", quoted.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_or_all_are_listed() {
        let known = ["Colour", "Size"];
        assert_eq!(did_you_mean("color", known), "did you mean `Colour`?");
        assert_eq!(did_you_mean("weight", known), "there is `Colour`, `Size`");
        assert_eq!(did_you_mean("weight", []), "there are none");
    }
}
