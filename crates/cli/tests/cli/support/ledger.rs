//! What agents did, in their own words: each writes down when it starts and
//! when it ends, in a file that only grows. Tests add when they ended what.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Deserialize;

use super::World;

/// An agent that keeps the ledger. A file `fail-<stage>` in `$TEST_ROOT` says
/// how many of its first attempts fail; `repair-<stage>` has it bring a wrong
/// result first, in a session in which it can be mended.
pub(crate) const KEEPS_LEDGER: &str = r#"
input=$(cat)
session=
case $input in *'"session_id":"s-1"'*) session=s-1;; esac
note() {
    printf '{"what":"%s","key":"%s","dispatch":%s,"pid":%s,"session":"%s","at":%s}\n' \
        "$1" "$BATON_IDEMPOTENCY_KEY" "${BATON_ATTEMPT_DIR##*-}" "$$" "$session" \
        "$(date +%s%N)" >>"$TEST_ROOT/ledger"
}
note start
echo working >&2
sleep "0.$(($$ % 3))5"
fails=0
[ ! -e "$TEST_ROOT/fail-$BATON_STAGE_ID" ] || read -r fails <"$TEST_ROOT/fail-$BATON_STAGE_ID"
if [ "$BATON_ATTEMPT" -le "$fails" ]; then
    note end
    exit 1
fi
note end
if [ -e "$TEST_ROOT/repair-$BATON_STAGE_ID" ] && [ -z "$session" ]; then
    printf '{"$baton": {"session_id": "s-1"}, "txt": "wrong"}'
else
    printf '{"text": "%s"}' "$BATON_STAGE_ID"
fi
"#;

/// One line.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Entry {
    pub(crate) what: What,
    /// The idempotency key; empty in lines of tests.
    #[serde(default)]
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) dispatch: u32,
    #[serde(default)]
    pub(crate) session: String,
    /// Nanoseconds since 1970.
    pub(crate) at: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// An agent has started.
    Start,
    /// It is about to end.
    End,
    /// Every agent has been killed.
    AgentsKilled,
    /// Baton has been killed.
    BatonDown,
    /// Baton has been started again.
    BatonUp,
}

/// One start of an agent, and its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Execution {
    pub(crate) stage: String,
    pub(crate) iteration: u32,
    pub(crate) attempt: u32,
    pub(crate) dispatch: u32,
    pub(crate) session: String,
    pub(crate) start: u64,
    /// None when it was killed.
    pub(crate) end: Option<u64>,
    /// When it can have done nothing any more.
    pub(crate) gone: Option<u64>,
}

/// Writes down what a test does.
pub(crate) fn note(world: &World, what: &str) {
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let line = format!("{{\"what\":\"{what}\",\"at\":{}}}\n", at.as_nanos());
    let path = world.root().join("ledger");
    let mut ledger = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    ledger.write_all(line.as_bytes()).unwrap();
}

/// All lines, in order.
pub(crate) fn read(world: &World) -> Vec<Entry> {
    let text = fs::read_to_string(world.root().join("ledger")).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// What the lines say about one run.
pub(crate) fn executions(entries: &[Entry], run: &str) -> Vec<Execution> {
    let starts = entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.what == What::Start && entry.key.split('/').next() == Some(run));
    starts
        .map(|(place, start)| {
            let later = &entries[place..];
            let end = later.iter().find(|entry| {
                entry.what == What::End
                    && (&entry.key, entry.dispatch) == (&start.key, start.dispatch)
            });
            let killed = later.iter().find(|entry| entry.what == What::AgentsKilled);
            execution(start, end, killed)
        })
        .collect()
}

fn execution(start: &Entry, end: Option<&Entry>, killed: Option<&Entry>) -> Execution {
    let parts: Vec<&str> = start.key.split('/').collect();
    // Further turns of an attempt have a number of their own at the end.
    let [_run, stage, iteration, attempt, ..] = parts[..] else {
        panic!("an idempotency key of another form: {}", start.key);
    };
    Execution {
        stage: stage.to_owned(),
        iteration: iteration.parse().unwrap(),
        attempt: attempt.parse().unwrap(),
        dispatch: start.dispatch,
        session: start.session.clone(),
        start: start.at,
        end: end.map(|entry| entry.at),
        gone: end.or(killed).map(|entry| entry.at),
    }
}
