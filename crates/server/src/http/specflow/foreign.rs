//! Records that another service has written into the directory of ours: shown
//! as they are, and never taken over. Each file is read once, and again when it
//! has changed.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use baton_app::App;
use baton_model::{Object, Value};

use super::error::{Asked, Refusal};
use super::input::is_id;
use super::mirror;
use super::statuses::Shown;

/// No record is longer.
const BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What tells one content of a file from another.
type Stamp = (Option<SystemTime>, u64);

/// What is known of a file.
enum Known {
    /// It is that of a run of ours, and stays so.
    Ours,
    /// It was read when it was like this; none: it is no record.
    Foreign(Stamp, Option<Arc<Object>>),
}

static KNOWN: LazyLock<Mutex<HashMap<PathBuf, Known>>> = LazyLock::new(Mutex::default);

/// The record of a run that is none of ours.
pub(super) async fn one(app: &App, id: &str) -> Option<Object> {
    if !is_id(id) {
        return None;
    }
    let file = mirror::directory(app)?.join(format!("{}.json", id.to_lowercase()));
    let id = id.to_lowercase();
    let read = tokio::task::spawn_blocking(move || read(&file, &id));
    let found = read.await.ok()??;
    Some(Object::clone(&found))
}

/// All of them.
pub(super) async fn all(app: &App) -> Vec<Object> {
    let Some(directory) = mirror::directory(app) else {
        return Vec::new();
    };
    let listing = tokio::task::spawn_blocking(move || {
        let files = files(&directory);
        files
            .into_iter()
            .filter(|(_, file)| !is_known_as_ours(file))
            .collect::<Vec<_>>()
    });
    let mut foreign = Vec::new();
    for (id, file) in listing.await.unwrap_or_default() {
        if app.is_project_run(&id).await {
            known().insert(file, Known::Ours);
        } else {
            foreign.push((id, file));
        }
    }
    let reading = tokio::task::spawn_blocking(move || {
        let records = foreign.iter().filter_map(|(id, file)| read(file, id));
        records.map(|record| Object::clone(&record)).collect()
    });
    reading.await.unwrap_or_default()
}

/// Ids of the files that say of a run that it has not ended.
pub(super) fn unfinished(directory: &Path) -> Vec<String> {
    let files = files(directory).into_iter();
    let unfinished = files.filter(|(id, file)| {
        let record = parse(file, id);
        let status = record.as_ref().and_then(|record| record.get("status"));
        let status = status.and_then(Value::as_str).and_then(Shown::of_word);
        status.is_some_and(|status| !status.is_final())
    });
    unfinished.map(|(id, _)| id).collect()
}

/// Files that are called like records, with the ids of these.
fn files(directory: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let files = entries.filter_map(|entry| {
        let path = entry.path();
        let id = path
            .file_name()?
            .to_str()?
            .strip_suffix(".json")?
            .to_owned();
        is_id(&id).then_some((id, path))
    });
    files.collect()
}

fn known() -> MutexGuard<'static, HashMap<PathBuf, Known>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_known_as_ours(file: &Path) -> bool {
    matches!(known().get(file), Some(Known::Ours))
}

/// Refuses to do something about a record that is none of ours: nobody here
/// knows its processes.
pub(super) async fn refuse(app: &App, id: &str, asked: Asked) -> Result<(), Refusal> {
    if app.is_project_run(id).await {
        return Ok(());
    }
    match one(app, id).await {
        Some(record) => {
            let status = record.get("status").and_then(Value::as_str);
            Err(Refusal::wrong_state(asked, status.unwrap_or("unknown")))
        }
        None => Ok(()),
    }
}

/// The record in a file, which is read only if it has changed.
fn read(file: &Path, id: &str) -> Option<Arc<Object>> {
    let stamp = fs::metadata(file).ok().as_ref().map(stamp)?;
    if let Some(Known::Foreign(before, record)) = known().get(file)
        && *before == stamp
    {
        return record.clone();
    }
    let record = parse(file, id);
    if record.is_none() {
        tracing::warn!(file = %file.display(), "this is no record of a run of SpecFlow");
    }
    let record = record.map(Arc::new);
    known().insert(file.to_owned(), Known::Foreign(stamp, record.clone()));
    record
}

fn stamp(metadata: &Metadata) -> Stamp {
    (metadata.modified().ok(), metadata.len())
}

/// Tolerant: what has an id, a project and a state is a record, whatever else
/// is in it.
fn parse(file: &Path, id: &str) -> Option<Object> {
    let opened = fs::File::open(file).ok()?;
    if !opened.metadata().ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    opened.take(BYTES_MAX).read_to_string(&mut text).ok()?;
    let record: Object = serde_json::from_str(&text).ok()?;
    let field = |name: &str| record.get(name).and_then(Value::as_str);
    let has_project = field("projectId").is_some();
    let has_state = field("status").and_then(Shown::of_word).is_some();
    let is_its_own = field("id").is_some_and(|found| found.eq_ignore_ascii_case(id));
    (has_project && has_state && is_its_own).then_some(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_what_has_an_id_a_project_and_a_state() {
        let root = tempfile::tempdir().unwrap();
        let id = "01993e6c-2d9a-4cc0-a0b1-000000000001";
        let file = root.path().join(format!("{id}.json"));
        let of_text = |text: &str| {
            fs::write(&file, text).unwrap();
            parse(&file, id)
        };
        let odd = format!(
            r#"{{"id": "{id}", "projectId": "p", "status": "detached",
                "output": {{"questions": [{{"options": [{{"label": "x"}}]}}]}}}}"#
        );
        let record = of_text(&odd).unwrap();
        assert_eq!(record["output"]["questions"][0]["options"][0]["label"], "x");
        for text in [
            "",
            "{",
            "[]",
            "{}",
            &odd[..odd.len() / 2],
            &odd.replace(id, "01993e6c-2d9a-4cc0-a0b1-000000000002"),
            &odd.replace("detached", "dreaming"),
            &odd.replace("projectId", "project"),
        ] {
            assert_eq!(of_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_file_is_read_again_when_it_has_changed() {
        let root = tempfile::tempdir().unwrap();
        let id = "01993e6c-2d9a-4cc0-a0b1-000000000001";
        let file = root.path().join(format!("{id}.json"));
        for status in ["running", "completed"] {
            let text = format!(r#"{{"id": "{id}", "projectId": "p", "status": "{status}"}}"#);
            fs::write(&file, text).unwrap();
            for _ in 0..2 {
                assert_eq!(read(&file, id).unwrap()["status"], status);
            }
        }
        fs::remove_file(&file).unwrap();
        assert_eq!(read(&file, id), None);
    }
}
