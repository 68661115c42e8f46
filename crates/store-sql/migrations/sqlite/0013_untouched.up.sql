-- A step to which nothing has happened has no row in `step_progress`: a run
-- writes each row when its stage begins, instead of all of them twice.

-- How many rows there are, so that one that is missing is noticed.
ALTER TABLE workflow_executions ADD COLUMN n_step_rows INTEGER NOT NULL DEFAULT 0;
-- The first steps, up to this number, are on the list in `step_origins`, none
-- of them left out: all that a run was created with, until they are edited.
ALTER TABLE workflow_executions ADD COLUMN n_first_steps INTEGER NOT NULL DEFAULT 0;

-- Each step had a row. To count those that are there would make a step whose row
-- is lost one that has not begun.
UPDATE workflow_executions SET n_step_rows = coalesce((
    SELECT json_array_length(steps_json) FROM step_origins
    WHERE execution_id = id AND json_valid(steps_json)), 0);

-- How many steps there are, so that those without a row are counted quickly.
ALTER TABLE step_origins ADD COLUMN n_steps INTEGER NOT NULL DEFAULT 0;

UPDATE step_origins SET n_steps = json_array_length(steps_json) WHERE json_valid(steps_json);

DROP VIEW execution_steps;

CREATE VIEW execution_steps AS
SELECT origins.execution_id AS execution_id, origin.value ->> 'order_index' AS order_index,
    origin.value ->> 'id' AS id, origin.value ->> 'stage_id_ref' AS stage_id_ref,
    origin.value ->> 'stage_name' AS stage_name, origin.value ->> 'stage_type' AS stage_type,
    origin.value ->> 'batch_index' AS batch_index,
    origin.value -> 'depends_on' AS depends_on_json, origin.value ->> 'agent_id' AS agent_id,
    coalesce(status, 'pending') AS status, coalesce(iteration_number, 1) AS iteration_number,
    coalesce(attempt_number, 0) AS attempt_number, coalesce(dispatch_number, 0) AS dispatch_number,
    inputs_json, outputs_json, error_label, error_message, gate_json, question_json, feedback,
    summary, started_at, completed_at
FROM step_origins AS origins, json_each(steps_json) AS origin
    LEFT JOIN step_progress AS progress ON progress.execution_id = origins.execution_id
        AND progress.order_index = origin.value ->> 'order_index';
