//! Rows to store, all made from small numbers, and a look at all that is
//! stored of a run.

use std::sync::Arc;

use baton_model::{
    ExecutionStatus, Object, RunId, StageId, StepStatus, Timestamp, Value, WorkflowId,
};
use uuid::Uuid;

use crate::attention::Attention;
use crate::contract::{RunQuery, RunStore};
use crate::lease::ServerId;
use crate::rows::{
    Claim, Commit, ExecutionRow, ExecutionUpdate, LogFilter, LogLine, LogStream, NewRun, StepRow,
    StepUpdate, StoredEvent, Trigger, WholeExecution,
};
use crate::workflow::{NewWorkflow, WorkflowFacts, WorkflowRow, WorkflowStatus, WorkflowUpdate};

/// Run number `number`: the number is at both ends of the id.
pub fn run_id(number: u32) -> RunId {
    let number = u128::from(number);
    RunId::new(Uuid::from_u128((number << 96) | number))
}

/// So many seconds after a fixed point in time.
pub fn time(seconds: u32) -> Timestamp {
    Timestamp::from_micros(1_770_000_000_000_000 + i64::from(seconds) * 1_000_000)
}

/// A stage by its name.
pub fn stage(name: &str) -> StageId {
    StageId::new(name).unwrap()
}

/// Event `seq`.
pub fn event(seq: u64) -> StoredEvent {
    StoredEvent {
        seq,
        at: time(u32::try_from(seq).unwrap()),
        kind: "stage_started".into(),
        body: format!(r#"{{"seq":{seq}}}"#).into(),
    }
}

/// A run with two stages, one event and no claims, made at second `number`.
pub fn new_run(number: u32) -> NewRun {
    let mut parameters = Object::new();
    parameters.insert("zulu".to_owned(), Value::from(number));
    parameters.insert("alpha".to_owned(), Value::Null);
    NewRun {
        execution: ExecutionRow {
            id: run_id(number),
            workflow_id: Some(WorkflowId::new(Uuid::from_u128(7))),
            workflow_key: "release".to_owned(),
            workflow_name: "Cut a release".to_owned(),
            workflow_version: "1.2.0".to_owned(),
            definition_hash: "ab".repeat(32),
            definition: Some(Arc::from("id: release\n")),
            status: ExecutionStatus::Pending,
            parameters: Arc::new(parameters),
            trigger: Trigger::Api,
            directory: Some("/srv/project".to_owned()),
            project_id: Some("shop".to_owned()),
            created_by: "local".to_owned(),
            created_at: time(number),
            updated_at: time(number),
            started_at: None,
            completed_at: None,
            error_message: None,
            attention: Attention::Working,
            wake_at: None,
            version: 1,
        },
        steps: vec![step(0, "build", &[]), step(1, "review", &["build"])],
        events: vec![event(1)],
        claims: Vec::new(),
        owner: None,
        project_runs_max: None,
    }
}

/// A step that has not started.
pub fn step(order_index: u32, name: &str, depends_on: &[&str]) -> StepRow {
    StepRow {
        id: Uuid::from_u128(u128::from(order_index) + 1),
        order_index,
        stage: stage(name),
        stage_name: format!("Stage {name}"),
        stage_type: "agent".into(),
        batch_index: order_index,
        depends_on: depends_on.iter().map(|name| stage(name)).collect(),
        agent: Some("agent:builder".to_owned()),
        progress: StepUpdate::untouched(order_index),
    }
}

/// The progress of a step with every field filled.
pub fn settled(order_index: u32) -> StepUpdate {
    StepUpdate {
        order_index,
        status: StepStatus::Failed,
        iteration: 2,
        attempt: 3,
        dispatch: 4,
        inputs: Some(Arc::from(r#"{"in":1}"#)),
        outputs: Some(Arc::from(r#"{"out":2}"#)),
        error_label: Some("crash".to_owned()),
        error_message: Some("it fell over".to_owned()),
        gate: Some(Arc::from(r#"{"message":"go?"}"#)),
        question: Some(Arc::from(r#"{"text":"which?"}"#)),
        feedback: Some(Arc::from("shorter")),
        summary: Some(Arc::from("it fell")),
        started_at: Some(time(11)),
        completed_at: Some(time(12)),
    }
}

/// The next event of a run and nothing else.
pub fn commit(run: RunId, expected_version: u64) -> Commit {
    Commit {
        run,
        fence: None,
        expected_version,
        at: time(100),
        events: vec![event(expected_version + 1)],
        execution: None,
        removed_steps: Vec::new(),
        added_steps: Vec::new(),
        steps: Vec::new(),
    }
}

/// An execution that stands at `status`.
pub fn standing(status: ExecutionStatus) -> ExecutionUpdate {
    ExecutionUpdate {
        status,
        started_at: Some(time(10)),
        completed_at: status.is_terminal().then(|| time(20)),
        error_message: (status == ExecutionStatus::Failed).then(|| "build failed".to_owned()),
        attention: if status.is_terminal() {
            Attention::Done
        } else {
            Attention::Working
        },
        wake_at: None,
    }
}

/// A running execution that needs this much attention.
pub fn needing(attention: Attention, wake_at: Option<Timestamp>) -> ExecutionUpdate {
    ExecutionUpdate {
        attention,
        wake_at,
        ..standing(ExecutionStatus::Running)
    }
}

/// A server by its number.
pub fn server(number: u32) -> ServerId {
    ServerId::new(Uuid::from_u128(number.into()))
}

/// A claim of scope `idempotency`.
pub fn claim(key: &str) -> Claim {
    Claim {
        scope: "idempotency".to_owned(),
        key: key.to_owned(),
    }
}

/// Log line `seq` of a stage.
pub fn line(seq: u64, stage_name: &str, dispatch: u32) -> LogLine {
    LogLine {
        seq,
        stage: stage(stage_name),
        dispatch,
        at: time(1),
        stream: LogStream::Stderr,
        text: format!("line {seq}"),
    }
}

/// All that is stored of a run.
#[derive(Debug, PartialEq)]
pub struct Stored {
    /// Its execution.
    pub execution: Option<ExecutionRow>,
    /// Its steps.
    pub steps: Vec<StepRow>,
    /// Its events.
    pub events: Vec<StoredEvent>,
    /// Its log.
    pub lines: Vec<LogLine>,
}

/// Reads all that is stored of a run.
pub async fn stored(store: &impl RunQuery, run: RunId) -> Stored {
    let all_lines = LogFilter {
        limit: u32::MAX,
        ..LogFilter::default()
    };
    let stored = Stored {
        execution: store.execution(run).await.unwrap(),
        steps: store.steps(run).await.unwrap(),
        events: all_events(store, run).await,
        lines: store.logs(run, all_lines).await.unwrap(),
    };
    let at_once = store.whole_execution(run).await.unwrap();
    let one_by_one = stored.execution.clone().map(|execution| WholeExecution {
        execution,
        steps: stored.steps.clone(),
        first_event: stored.events.first().cloned(),
    });
    assert_eq!(at_once, one_by_one);
    stored
}

/// Reads the events of a run, page by page.
async fn all_events(store: &impl RunQuery, run: RunId) -> Vec<StoredEvent> {
    let mut events: Vec<StoredEvent> = Vec::new();
    loop {
        let after = events.last().map_or(0, |last| last.seq);
        let page = store.events(run, after, u32::MAX).await.unwrap();
        if page.is_empty() {
            return events;
        }
        events.extend(page);
    }
}

/// Stores runs of these numbers.
pub async fn create_runs(store: &impl RunStore, numbers: impl IntoIterator<Item = u32>) {
    for number in numbers {
        store.create_run(new_run(number).into()).await.unwrap();
    }
}

/// Stored workflow number `number`: the number is at both ends of the id.
pub fn workflow_id(number: u32) -> WorkflowId {
    WorkflowId::new(*run_id(number).as_uuid())
}

/// A workflow of two stages without claims, made at second `number`.
pub fn new_workflow(number: u32) -> NewWorkflow {
    NewWorkflow {
        row: WorkflowRow {
            id: workflow_id(number),
            facts: WorkflowFacts {
                key: Some(format!("workflow-{number}")),
                name: format!("Workflow {number}"),
                version: "1.2.0".to_owned(),
                description: Some("What it is for".to_owned()),
                status: WorkflowStatus::Draft,
                tags: vec!["green".to_owned(), "blue".to_owned()],
                definition_hash: "ab".repeat(32),
                is_valid: true,
                n_stages: 2,
            },
            definition: Some(Arc::from(format!("id: workflow-{number}\n"))),
            project_id: Some("project".to_owned()),
            created_by: "local".to_owned(),
            created_at: time(number),
            updated_at: time(number),
            revision: 1,
            last_execution: None,
        },
        claims: Vec::new(),
    }
}

/// A change of all but the text of a workflow.
pub fn workflow_update(number: u32, expected_revision: u64) -> WorkflowUpdate {
    WorkflowUpdate {
        id: workflow_id(number),
        expected_revision,
        at: time(1_000),
        facts: WorkflowFacts {
            key: Some("renamed".to_owned()),
            name: format!("Renamed {number} {expected_revision}"),
            version: "2.0.0".to_owned(),
            description: None,
            status: WorkflowStatus::Published,
            tags: vec!["new".to_owned()],
            definition_hash: "cd".repeat(32),
            is_valid: false,
            n_stages: 0,
        },
        definition: None,
    }
}
