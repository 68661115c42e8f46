//! Cursors: a place in a list as an opaque text, base64 of `{id}:{sort value}`.
//!
//! A page begins after the place its cursor names; the cursor of the beginning
//! names none. The alphabet is the one for URLs, and padding may be left out.

use std::fmt::Display;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use baton_model::{ErrorCode, Timestamp};
use baton_store::{ExecutionSort, PageBefore, PageKey, SortValue, WorkflowPlace, WorkflowSort};

use crate::AppError;
use crate::inbox::InboxPlace;

/// Most rows of a list in one answer.
pub const PAGE_MAX: u32 = 200;
/// Rows of a list when nobody says how many.
pub const PAGE_DEFAULT: u32 = 50;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A list whose places have cursors.
pub(crate) trait Place: Sized {
    /// What the list is sorted by.
    type Sort: Copy;

    /// The id and the sort value of a place.
    fn parts(&self) -> (String, String);

    /// The place with this id and this sort value, if there can be one.
    fn from_parts(id: &str, value: &str, sort: Self::Sort) -> Option<Self>;
}

impl Place for PageKey {
    type Sort = ExecutionSort;

    fn parts(&self) -> (String, String) {
        (self.id.to_string(), micros(self.at))
    }

    fn from_parts(id: &str, value: &str, sort: ExecutionSort) -> Option<Self> {
        let at = from_micros(value)?;
        // Every run was made at some time: this place is one of another order.
        let is_of_another = sort == ExecutionSort::CreatedAt && at == ExecutionSort::NOT_YET;
        let id = id.parse().ok()?;
        (!is_of_another).then_some(Self { at, id })
    }
}

impl Place for WorkflowPlace {
    type Sort = WorkflowSort;

    fn parts(&self) -> (String, String) {
        let value = match &self.value {
            SortValue::Name(name) => name.clone(),
            SortValue::Time(time) => micros(*time),
        };
        (self.id.to_string(), value)
    }

    fn from_parts(id: &str, value: &str, sort: WorkflowSort) -> Option<Self> {
        let value = match sort {
            WorkflowSort::Name => SortValue::Name(value.to_owned()),
            WorkflowSort::CreatedAt | WorkflowSort::UpdatedAt => {
                SortValue::Time(from_micros(value)?)
            }
        };
        let id = id.parse().ok()?;
        Some(Self { value, id })
    }
}

impl Place for InboxPlace {
    type Sort = ();

    fn parts(&self) -> (String, String) {
        let value = format!("{}.{}", micros(self.since), self.order_index);
        (self.run.to_string(), value)
    }

    fn from_parts(id: &str, value: &str, (): ()) -> Option<Self> {
        let (since, order_index) = value.split_once('.')?;
        Some(Self {
            since: from_micros(since)?,
            run: id.parse().ok()?,
            order_index: order_index.parse().ok()?,
        })
    }
}

fn micros(time: Timestamp) -> String {
    time.as_micros().to_string()
}

fn from_micros(text: &str) -> Option<Timestamp> {
    text.parse().ok().map(Timestamp::from_micros)
}

/// The cursor of the page after a place.
pub(crate) fn to_cursor(place: &impl Place) -> String {
    let (id, value) = place.parts();
    encode(&id, &value)
}

/// The cursor of the page before another one.
pub(crate) fn to_cursor_before(before: &PageBefore<impl Place>) -> String {
    match before {
        PageBefore::Beginning => encode("", ""),
        PageBefore::After(place) => to_cursor(place),
    }
}

/// The place a page begins after; none: it is the first page.
pub(crate) fn from_cursor<P: Place>(
    cursor: Option<&str>,
    sort: P::Sort,
) -> Result<Option<P>, AppError> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let unknown = || {
        AppError::new(
            ErrorCode::InvalidCursor,
            "the cursor is not one that this list gave out",
        )
    };
    let (id, value) = decode(cursor).ok_or_else(unknown)?;
    if id.is_empty() && value.is_empty() {
        return Ok(None);
    }
    P::from_parts(&id, &value, sort)
        .map(Some)
        .ok_or_else(unknown)
}

fn encode(id: &str, value: impl Display) -> String {
    BASE64.encode(format!("{id}:{value}"))
}

fn decode(cursor: &str) -> Option<(String, String)> {
    let text = String::from_utf8(BASE64.decode(cursor).ok()?).ok()?;
    let (id, value) = text.split_once(':')?;
    Some((id.to_owned(), value.to_owned()))
}

/// How many rows a page has when somebody asks for so many.
pub fn page_size(limit: Option<u32>) -> Result<u32, AppError> {
    page_size_or(PAGE_DEFAULT, limit)
}

/// The same for a list of which nobody who does not say so wants only a part.
pub fn page_size_or_most(limit: Option<u32>) -> Result<u32, AppError> {
    page_size_or(PAGE_MAX, limit)
}

fn page_size_or(usual: u32, limit: Option<u32>) -> Result<u32, AppError> {
    let limit = limit.unwrap_or(usual);
    if (1..=PAGE_MAX).contains(&limit) {
        return Ok(limit);
    }
    let message = format!("`limit` must be 1 to {PAGE_MAX}");
    Err(AppError::new(ErrorCode::Malformed, message))
}

#[cfg(test)]
mod tests {
    use baton_model::{RunId, WorkflowId};
    use uuid::Uuid;

    use super::*;

    const ID: Uuid = Uuid::from_u128(0x0123_4567_89AB);

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        let sort = ExecutionSort::CompletedAt;
        for micros in [0, -1, i64::MAX, 1_770_000_000_123_456] {
            let key = PageKey {
                at: Timestamp::from_micros(micros),
                id: RunId::new(ID),
            };
            assert_eq!(
                from_cursor(Some(&to_cursor(&key)), sort).unwrap(),
                Some(key)
            );
        }
        let place = |value| WorkflowPlace {
            value,
            id: WorkflowId::new(ID),
        };
        for (value, sort) in [
            (SortValue::Name("a:b: é😀".to_owned()), WorkflowSort::Name),
            (SortValue::Name(String::new()), WorkflowSort::Name),
            (
                SortValue::Time(Timestamp::from_micros(7)),
                WorkflowSort::CreatedAt,
            ),
        ] {
            let place = place(value);
            let cursor = to_cursor(&place);
            assert_eq!(from_cursor(Some(&cursor), sort).unwrap(), Some(place));
            let bare = cursor.trim_end_matches('=');
            assert!(from_cursor::<WorkflowPlace>(Some(bare), sort).is_ok());
        }
        let beginning = to_cursor_before(&PageBefore::<PageKey>::Beginning);
        assert_eq!(
            from_cursor::<PageKey>(Some(&beginning), sort).unwrap(),
            None
        );
    }

    #[test]
    fn a_cursor_is_what_is_documented() {
        let key = PageKey {
            at: Timestamp::from_micros(17),
            id: RunId::new(ID),
        };
        let text = BASE64.decode(to_cursor(&key)).unwrap();
        assert_eq!(text, format!("{}:17", key.id).into_bytes());
    }

    #[test]
    fn the_place_of_a_run_that_has_not_ended_is_none_by_creation() {
        let cursor = to_cursor(&PageKey {
            at: ExecutionSort::NOT_YET,
            id: RunId::new(ID),
        });
        let place = |sort| from_cursor::<PageKey>(Some(&cursor), sort);
        let error = place(ExecutionSort::CreatedAt).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidCursor);
        for sort in [ExecutionSort::StartedAt, ExecutionSort::CompletedAt] {
            assert!(place(sort).unwrap().is_some(), "{sort:?}");
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let of_a_name = to_cursor(&WorkflowPlace {
            value: SortValue::Name("x".to_owned()),
            id: WorkflowId::new(ID),
        });
        for text in ["", "x", "====", "AAAA", "é", "bm90OmE", "\u{0}", &of_a_name] {
            let sort = ExecutionSort::CreatedAt;
            let error = from_cursor::<PageKey>(Some(text), sort).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidCursor, "{text:?}");
            let sort = WorkflowSort::UpdatedAt;
            let error = from_cursor::<WorkflowPlace>(Some(text), sort).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidCursor, "{text:?}");
        }
    }
}
