//! Where a place is in a document, told from the lines around it.

use baton_model::Position;

/// A step from the root of a document down to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'t> {
    /// Into the value of a key.
    Key(&'t str),
    /// Into an item of a list.
    Item,
}

/// What is being written at a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place<'t> {
    /// A key of the map that the path leads to.
    Key {
        path: Vec<Step<'t>>,
        prefix: &'t str,
        /// Keys that the map has.
        siblings: Vec<&'t str>,
    },
    /// The value that the path leads to.
    Value {
        path: Vec<Step<'t>>,
        prefix: &'t str,
    },
}

/// A place as an offset in bytes; beyond the end of a line it is the end.
pub(super) fn offset(text: &str, at: Position) -> usize {
    let n_before = usize::try_from(at.line.saturating_sub(1)).unwrap_or(usize::MAX);
    let mut start = 0;
    for line in text.split_inclusive('\n').take(n_before) {
        start += line.len();
    }
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    let n_letters = usize::try_from(at.column.saturating_sub(1)).unwrap_or(usize::MAX);
    let place = line.char_indices().nth(n_letters);
    start + place.map_or(line.len(), |(place, _)| place)
}

/// The text with blanks in place of the line at an offset.
pub(super) fn without_line(text: &str, offset: usize) -> String {
    let (before, after) = text.split_at_checked(offset).unwrap_or((text, ""));
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let n_after = after.find('\n').unwrap_or(after.len());
    let n_bytes = before.len() - start + n_after;
    let kept = before.get(..start).unwrap_or_default();
    let rest = after.get(n_after..).unwrap_or_default();
    format!("{kept}{}{rest}", " ".repeat(n_bytes))
}

/// A line of block style: its dashes, and what comes after them.
#[derive(Clone, Copy, Debug)]
struct Line<'t> {
    /// Column of the last dash, if it begins an item.
    dash: Option<usize>,
    /// Column of what comes after it.
    column: usize,
    content: &'t str,
}

impl<'t> Line<'t> {
    fn of(line: &'t str) -> Self {
        let mut content = line.trim_start_matches(' ');
        let mut dash = None;
        let column = |content: &str| line.len() - content.len();
        while let Some(rest) = content.strip_prefix("- ") {
            dash = Some(column(content));
            content = rest.trim_start_matches(' ');
        }
        Self {
            dash,
            column: column(content),
            content,
        }
    }

    fn says_nothing(&self) -> bool {
        let content = self.content.trim();
        self.dash.is_none() && (content.is_empty() || content.starts_with('#'))
    }

    /// The key it gives a value to.
    fn key(&self) -> Option<&'t str> {
        let (key, value) = self.content.split_once(':')?;
        let is_key = value.is_empty() || value.starts_with([' ', '\r']);
        let key = key.trim_matches(['"', '\'']);
        (is_key && !key.is_empty() && !key.contains([' ', '{', '['])).then_some(key)
    }
}

/// What is being written at an offset; none where that cannot be told.
pub(super) fn place(text: &str, offset: usize) -> Option<Place<'_>> {
    let (before, after) = text.split_at_checked(offset)?;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let (above, line) = before.split_at_checked(start)?;
    if line.trim_start().starts_with('#') || line.contains('\t') {
        return None;
    }
    let own = Line::of(line);
    let mut path = path(above, own);
    let Some((key, value)) = own.content.split_once(": ") else {
        if own.content.contains(['{', '[', ' ', '"', '\'']) {
            return None;
        }
        if own.dash.is_some() && is_list_of_words(&path) {
            return Some(Place::Value {
                path,
                prefix: own.content,
            });
        }
        if own.content.contains(':') {
            return None;
        }
        return Some(Place::Key {
            siblings: siblings(above, after, own),
            path,
            prefix: own.content,
        });
    };
    path.push(Step::Key(key.trim_matches(['"', '\''])));
    let mut prefix = value.trim_start();
    if let Some(items) = prefix.strip_prefix('[') {
        prefix = items.rsplit(',').next().unwrap_or_default().trim_start();
        path.push(Step::Item);
    }
    let is_plain = !prefix.contains(['{', '[', ']', '#', '"', '\'', ' ']);
    is_plain.then_some(Place::Value { path, prefix })
}

/// Whether items of this list are words and not maps.
fn is_list_of_words(path: &[Step<'_>]) -> bool {
    super::shape::keys(path, &[]).is_empty()
}

/// The way to the map or the list that a line belongs to.
fn path<'t>(above: &'t str, own: Line<'_>) -> Vec<Step<'t>> {
    let mut steps = Vec::new();
    let mut limit = own.column;
    // An item may stand right below the key of its list.
    let mut may_be_beside = false;
    if let Some(dash) = own.dash {
        steps.push(Step::Item);
        limit = dash;
        may_be_beside = true;
    }
    for line in above.lines().rev().map(Line::of) {
        if line.says_nothing() {
            continue;
        }
        let is_parent =
            line.column < limit || (may_be_beside && line.column == limit && line.dash.is_none());
        if is_parent && let Some(key) = line.key() {
            steps.push(Step::Key(key));
            limit = line.column;
            may_be_beside = false;
        }
        if let Some(dash) = line.dash
            && dash < limit
        {
            steps.push(Step::Item);
            limit = dash;
            may_be_beside = true;
        }
    }
    steps.reverse();
    steps
}

/// The keys of the map that a line belongs to, before and after it.
fn siblings<'t>(above: &'t str, after: &'t str, own: Line<'_>) -> Vec<&'t str> {
    let mut keys = Vec::new();
    if own.dash.is_none() {
        for line in above.lines().rev().map(Line::of) {
            if line.says_nothing() {
                continue;
            }
            if line.column < own.column {
                break;
            }
            if line.column == own.column {
                keys.extend(line.key());
                if line.dash.is_some() {
                    break;
                }
            }
        }
    }
    for line in after.lines().skip(1).map(Line::of) {
        if line.says_nothing() {
            continue;
        }
        if line.column < own.column || line.dash.is_some_and(|dash| dash < own.column) {
            break;
        }
        if line.column == own.column {
            keys.extend(line.key());
        }
    }
    keys
}
