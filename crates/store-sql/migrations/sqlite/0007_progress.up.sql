-- What changes of a step apart from what never does: a commit that moves a step
-- on writes a short row anew, and the rows of a run at work share few pages.
-- What never changes is one list for each run, written when it is created or
-- edited. `execution_steps` shows both as the steps they are. A list and its
-- rows are equally long, so that a row that is missing is noticed.

CREATE TABLE step_origins (
    execution_id BLOB NOT NULL PRIMARY KEY
        REFERENCES workflow_executions (id) ON DELETE CASCADE,
    steps_json   TEXT NOT NULL,
    sum          INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE step_progress (
    execution_id     BLOB    NOT NULL REFERENCES workflow_executions (id) ON DELETE CASCADE,
    order_index      INTEGER NOT NULL,
    status           TEXT    NOT NULL CHECK (
        status = 'pending' OR status = 'running'
        OR status = 'waiting_for_approval' OR status = 'waiting_for_input'
        OR status = 'completed' OR status = 'failed' OR status = 'skipped'
        OR status = 'timed_out' OR status = 'cancelled'),
    iteration_number INTEGER NOT NULL,
    attempt_number   INTEGER NOT NULL,
    dispatch_number  INTEGER NOT NULL,
    started_at       INTEGER,
    completed_at     INTEGER,
    inputs_json      TEXT,
    outputs_json     TEXT,
    error_label      TEXT,
    error_message    TEXT,
    gate_json        TEXT,
    question_json    TEXT,
    feedback         TEXT,
    summary          TEXT,
    -- Last, so that one that is read as NULL has not moved what stands behind.
    progress_sum     INTEGER,
    inputs_sum       INTEGER,
    PRIMARY KEY (execution_id, order_index)
) STRICT, WITHOUT ROWID;

-- These lists have no sums, which are not for SQL to compute: they are believed.
INSERT INTO step_origins (execution_id, steps_json)
SELECT execution_id, json_group_array(json_object(
        'order_index', order_index,
        'id', lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-'
            || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-'
            || substr(hex(id), 21)),
        'stage_id_ref', stage_id_ref,
        'stage_name', stage_name,
        'stage_type', stage_type,
        'batch_index', batch_index,
        -- What is damaged makes its own run unreadable, not all of them.
        'depends_on', CASE WHEN json_valid(depends_on_json) THEN json(depends_on_json)
            ELSE depends_on_json END,
        'agent_id', agent_id) ORDER BY order_index)
FROM execution_steps GROUP BY execution_id;

INSERT INTO step_progress (
    execution_id, order_index, status, iteration_number, attempt_number, dispatch_number,
    started_at, completed_at, progress_sum, inputs_sum, inputs_json, outputs_json, error_label,
    error_message, gate_json, question_json, feedback, summary)
SELECT execution_id, order_index, status, iteration_number, attempt_number, dispatch_number,
    started_at, completed_at, progress_sum, inputs_sum, inputs_json, outputs_json, error_label,
    error_message, gate_json, question_json, feedback, summary
FROM execution_steps ORDER BY execution_id, order_index;

DROP TABLE execution_steps;

CREATE VIEW execution_steps AS
SELECT execution_id, order_index, origin.value ->> 'id' AS id,
    origin.value ->> 'stage_id_ref' AS stage_id_ref, origin.value ->> 'stage_name' AS stage_name,
    origin.value ->> 'stage_type' AS stage_type, origin.value ->> 'batch_index' AS batch_index,
    origin.value -> 'depends_on' AS depends_on_json, origin.value ->> 'agent_id' AS agent_id,
    status, iteration_number, attempt_number, dispatch_number, inputs_json, outputs_json,
    error_label, error_message, gate_json, question_json, feedback, summary, started_at,
    completed_at
FROM step_origins, json_each(steps_json) AS origin
    JOIN step_progress USING (execution_id)
WHERE order_index = origin.value ->> 'order_index';

-- Counting a run must not need a statement that may change several rows and
-- then fail: SQLite would keep a copy of every page it writes.
DROP TRIGGER count_created_execution;
DROP TRIGGER count_moved_execution;

CREATE TRIGGER count_created_execution AFTER INSERT ON workflow_executions BEGIN
    INSERT INTO execution_counts (workflow_key, workflow_name, status, n)
    SELECT new.workflow_key, new.workflow_name, new.status, 0
    WHERE NOT EXISTS (
        SELECT 1 FROM execution_counts
        WHERE workflow_key = new.workflow_key AND workflow_name = new.workflow_name
            AND status = new.status);
    UPDATE execution_counts SET n = n + 1
    WHERE workflow_key = new.workflow_key AND workflow_name = new.workflow_name
        AND status = new.status;
END;

CREATE TRIGGER count_moved_execution AFTER UPDATE OF status ON workflow_executions
WHEN old.status <> new.status BEGIN
    UPDATE execution_counts SET n = n - 1
    WHERE workflow_key = old.workflow_key AND workflow_name = old.workflow_name
        AND status = old.status;
    INSERT INTO execution_counts (workflow_key, workflow_name, status, n)
    SELECT new.workflow_key, new.workflow_name, new.status, 0
    WHERE NOT EXISTS (
        SELECT 1 FROM execution_counts
        WHERE workflow_key = new.workflow_key AND workflow_name = new.workflow_name
            AND status = new.status);
    UPDATE execution_counts SET n = n + 1
    WHERE workflow_key = new.workflow_key AND workflow_name = new.workflow_name
        AND status = new.status;
END;
