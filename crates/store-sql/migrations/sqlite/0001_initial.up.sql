-- Runs: their executions, steps, events and logs.
--
-- Times are microseconds since 1970, ids the 16 bytes of a UUID. Every table
-- is clustered by its key, so that a commit touches one place in each.
-- Conditions are chains of OR: for a longer IN list SQLite builds a table of its
-- own each time it is checked, which costs more than the write.

CREATE TABLE workflow_executions (
    id                       BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    workflow_id              BLOB,
    workflow_key             TEXT    NOT NULL,
    workflow_name            TEXT    NOT NULL,
    workflow_version         TEXT    NOT NULL,
    workflow_definition_hash TEXT    NOT NULL,
    status                   TEXT    NOT NULL CHECK (
        status = 'pending' OR status = 'running'
        OR status = 'waiting_for_approval' OR status = 'waiting_for_input'
        OR status = 'paused' OR status = 'completed' OR status = 'failed'
        OR status = 'cancelled'),
    parameters_json          TEXT    NOT NULL,
    "trigger"                TEXT    NOT NULL CHECK (
        "trigger" = 'manual' OR "trigger" = 'api' OR "trigger" = 'scheduled'),
    directory                TEXT,
    started_at               INTEGER,
    completed_at             INTEGER,
    error_message            TEXT,
    created_by               TEXT    NOT NULL DEFAULT 'local',
    created_at               INTEGER NOT NULL,
    updated_at               INTEGER NOT NULL,
    version                  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX executions_by_age ON workflow_executions (created_at, id);
CREATE INDEX executions_by_status ON workflow_executions (status, created_at, id);
-- Only of those that ended: the others change with every commit.
CREATE INDEX executions_by_end ON workflow_executions (status, updated_at)
    WHERE status = 'completed' OR status = 'failed' OR status = 'cancelled';
CREATE INDEX executions_by_workflow ON workflow_executions (workflow_id, status);
CREATE INDEX executions_by_key ON workflow_executions (workflow_key, created_at, id);
CREATE INDEX executions_by_name ON workflow_executions (workflow_name, created_at, id);
CREATE INDEX executions_unfinished ON workflow_executions (created_at, id)
    WHERE status <> 'completed' AND status <> 'failed' AND status <> 'cancelled';
-- People name a run by the end of its id.
CREATE INDEX executions_by_id_end ON workflow_executions (substr(id, 15));

-- Apart from the execution, whose row every commit writes anew.
CREATE TABLE execution_definitions (
    execution_id    BLOB NOT NULL PRIMARY KEY
        REFERENCES workflow_executions (id) ON DELETE CASCADE,
    definition_yaml TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE execution_steps (
    execution_id     BLOB    NOT NULL REFERENCES workflow_executions (id) ON DELETE CASCADE,
    order_index      INTEGER NOT NULL,
    id               BLOB    NOT NULL CHECK (length(id) = 16),
    stage_id_ref     TEXT    NOT NULL,
    stage_name       TEXT    NOT NULL,
    stage_type       TEXT    NOT NULL,
    batch_index      INTEGER NOT NULL,
    depends_on_json  TEXT    NOT NULL,
    agent_id         TEXT,
    status           TEXT    NOT NULL CHECK (
        status = 'pending' OR status = 'running'
        OR status = 'waiting_for_approval' OR status = 'waiting_for_input'
        OR status = 'completed' OR status = 'failed' OR status = 'skipped'
        OR status = 'timed_out' OR status = 'cancelled'),
    iteration_number INTEGER NOT NULL,
    attempt_number   INTEGER NOT NULL,
    inputs_json      TEXT,
    outputs_json     TEXT,
    error_label      TEXT,
    error_message    TEXT,
    gate_json        TEXT,
    started_at       INTEGER,
    completed_at     INTEGER,
    PRIMARY KEY (execution_id, order_index),
    UNIQUE (execution_id, stage_id_ref)
) STRICT, WITHOUT ROWID;

-- The truth: what happened, in order. Never changed, only appended to.
CREATE TABLE execution_events (
    execution_id BLOB    NOT NULL REFERENCES workflow_executions (id) ON DELETE CASCADE,
    seq          INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    body_json    TEXT    NOT NULL,
    PRIMARY KEY (execution_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE step_logs (
    execution_id    BLOB    NOT NULL REFERENCES workflow_executions (id) ON DELETE CASCADE,
    seq             INTEGER NOT NULL,
    stage_id_ref    TEXT    NOT NULL,
    dispatch_number INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    stream          TEXT    NOT NULL CHECK (
        stream = 'stdout' OR stream = 'stderr' OR stream = 'system'),
    line            TEXT    NOT NULL,
    PRIMARY KEY (execution_id, seq)
) STRICT, WITHOUT ROWID;

-- Keys that only one run may hold.
CREATE TABLE claims (
    scope        TEXT NOT NULL,
    key          TEXT NOT NULL,
    execution_id BLOB NOT NULL REFERENCES workflow_executions (id) ON DELETE CASCADE,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX claims_by_execution ON claims (execution_id);
