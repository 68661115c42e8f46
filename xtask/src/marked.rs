//! Pages of which a command writes a part: what stands between two marks.

/// Where such a part ends.
pub(crate) const END: &str = "<!-- end -->";

/// The page with this text between the mark and the next [`END`]; none when it
/// has no such place.
pub(crate) fn with_part(page: &str, begin: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(begin)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{begin}\n{text}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_replaced_and_the_rest_stays() {
        let page = "a\n<!-- one -->\nold\n<!-- end -->\nb\n<!-- two -->\n<!-- end -->\n";
        let expected = "a\n<!-- one -->\nnew\n<!-- end -->\nb\n<!-- two -->\n<!-- end -->\n";
        let found = with_part(page, "<!-- one -->", "new\n");
        assert_eq!(found.as_deref(), Some(expected));
    }

    #[test]
    fn a_page_without_the_mark_or_its_end_has_no_place() {
        assert_eq!(with_part("a\n<!-- end -->\n", "<!-- one -->", ""), None);
        assert_eq!(
            with_part("<!-- end -->\n<!-- one -->", "<!-- one -->", ""),
            None
        );
    }
}
