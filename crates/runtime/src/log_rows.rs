//! Events as the rows of a run's log, and rows as events.

use std::borrow::Cow;
use std::io;

use baton_model::{Event, Recorded, RunId};
use baton_store::StoredEvent;
use serde::Serialize;
use serde::ser::Error;
use serde_json::ser::{Formatter, Serializer};

use crate::error::RuntimeError;

/// Deepest nesting of an event that is stored. `serde_json` reads 127 levels,
/// and an answer puts a few around the event.
const EVENT_DEPTH_MAX: u32 = 120;

/// Events as they are stored, if they can be read again.
pub(crate) fn stored(run: RunId, events: &[Recorded]) -> Result<Vec<StoredEvent>, RuntimeError> {
    events
        .iter()
        .map(row)
        .collect::<Result<_, _>>()
        .map_err(|error| RuntimeError::Unstorable {
            run,
            reason: error.to_string(),
        })
}

/// Whether exactly these events are in the log, at their places.
pub(crate) fn holds(rows: &[StoredEvent], events: &[Recorded]) -> bool {
    let (Some(first), Ok(ours)) = (
        events.first(),
        events.iter().map(row).collect::<Result<Vec<_>, _>>(),
    ) else {
        return false;
    };
    rows.iter()
        .skip_while(|row| row.seq < first.seq)
        .take(ours.len())
        .eq(&ours)
}

/// An event as it is stored, if it can be read again.
fn row(recorded: &Recorded) -> Result<StoredEvent, serde_json::Error> {
    let mut body = Vec::with_capacity(128);
    let mut serializer = Serializer::with_formatter(&mut body, Shallow::default());
    recorded.event.serialize(&mut serializer)?;
    let body = String::from_utf8(body).map_err(Error::custom)?;
    Ok(StoredEvent {
        seq: recorded.seq,
        at: recorded.at,
        kind: Cow::Borrowed(recorded.event.name()),
        body: body.into_boxed_str(),
    })
}

/// Compact JSON that fails instead of going too deep. Whoever lets a value in
/// has looked at its depth; this costs nothing, and is asked last.
#[derive(Default)]
struct Shallow {
    depth: u32,
}

impl Shallow {
    fn go_deeper(&mut self) -> io::Result<()> {
        self.depth += 1;
        if self.depth > EVENT_DEPTH_MAX {
            let message = format!("an event is nested more than {EVENT_DEPTH_MAX} deep");
            return Err(io::Error::other(message));
        }
        Ok(())
    }
}

impl Formatter for Shallow {
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.go_deeper()?;
        writer.write_all(b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"]")
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.go_deeper()?;
        writer.write_all(b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"}")
    }
}

/// An event as it was stored.
pub(crate) fn recorded(stored: &StoredEvent) -> Result<Recorded, serde_json::Error> {
    let event: Event = serde_json::from_str(&stored.body)?;
    Ok(Recorded {
        seq: stored.seq,
        at: stored.at,
        event,
    })
}

#[cfg(test)]
mod tests {
    use baton_model::{Object, StageId, Timestamp, Value};

    use super::*;

    /// A stage that brought one output, so deep that the whole event is `depth`.
    fn completed(depth: usize) -> Recorded {
        let value = (0..depth - 2).fold(Value::Null, |inner, _| Value::from(vec![inner]));
        let event = Event::StageCompleted {
            stage: StageId::new("a").unwrap(),
            dispatch: 1,
            outputs: Object::from_iter([("x".to_owned(), value)]),
            session: None,
            text: None,
            summary: None,
            summary_failure: None,
            by: None,
        };
        Recorded {
            seq: 1,
            at: Timestamp::default(),
            event,
        }
    }

    #[test]
    fn an_event_that_could_not_be_read_again_is_never_stored() {
        let whole = completed(120);
        let stored = row(&whole).unwrap();
        assert_eq!(*stored.body, serde_json::to_string(&whole.event).unwrap());
        assert_eq!(recorded(&stored).unwrap(), whole);
        for depth in [121, 127, 128, 1_000] {
            let refused = row(&completed(depth)).unwrap_err();
            assert_eq!(refused.to_string(), "an event is nested more than 120 deep");
        }
    }
}
