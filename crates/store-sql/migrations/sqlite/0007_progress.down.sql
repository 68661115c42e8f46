DROP VIEW execution_steps;

-- As migrations 1, 2, 3 and 5 leave it.
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
    dispatch_number  INTEGER NOT NULL DEFAULT 0,
    question_json    TEXT,
    feedback         TEXT,
    summary          TEXT,
    origin_sum       INTEGER,
    progress_sum     INTEGER,
    inputs_sum       INTEGER,
    PRIMARY KEY (execution_id, order_index),
    UNIQUE (execution_id, stage_id_ref)
) STRICT, WITHOUT ROWID;

INSERT INTO execution_steps (
    execution_id, order_index, id, stage_id_ref, stage_name, stage_type, batch_index,
    depends_on_json, agent_id, status, iteration_number, attempt_number, inputs_json,
    outputs_json, error_label, error_message, gate_json, started_at, completed_at,
    dispatch_number, question_json, feedback, summary, progress_sum, inputs_sum)
SELECT execution_id, order_index, unhex(origin.value ->> 'id', '-'),
    origin.value ->> 'stage_id_ref', origin.value ->> 'stage_name',
    origin.value ->> 'stage_type', origin.value ->> 'batch_index',
    origin.value -> 'depends_on', origin.value ->> 'agent_id', status, iteration_number,
    attempt_number, inputs_json, outputs_json, error_label, error_message, gate_json, started_at,
    completed_at, dispatch_number, question_json, feedback, summary, progress_sum, inputs_sum
FROM step_origins, json_each(steps_json) AS origin
    JOIN step_progress USING (execution_id)
WHERE order_index = origin.value ->> 'order_index';

DROP TABLE step_progress;
DROP TABLE step_origins;

-- As migration 4 leaves them.
DROP TRIGGER count_created_execution;
DROP TRIGGER count_moved_execution;

CREATE TRIGGER count_created_execution AFTER INSERT ON workflow_executions BEGIN
    INSERT INTO execution_counts (workflow_key, workflow_name, status, n)
    VALUES (new.workflow_key, new.workflow_name, new.status, 1)
    ON CONFLICT (workflow_key, workflow_name, status) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER count_moved_execution AFTER UPDATE OF status ON workflow_executions
WHEN old.status <> new.status BEGIN
    UPDATE execution_counts SET n = n - 1
    WHERE workflow_key = old.workflow_key AND workflow_name = old.workflow_name
        AND status = old.status;
    INSERT INTO execution_counts (workflow_key, workflow_name, status, n)
    VALUES (new.workflow_key, new.workflow_name, new.status, 1)
    ON CONFLICT (workflow_key, workflow_name, status) DO UPDATE SET n = n + 1;
END;
