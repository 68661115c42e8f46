DROP VIEW execution_steps;

-- These rows have no sums, which are not for SQL to compute: they are believed.
-- A run that has not as many rows as it should gets none, so that this stays
-- noticed. What else is damaged makes its own run unreadable, not all of them.
WITH whole AS MATERIALIZED (
    SELECT execution_id, steps_json FROM step_origins JOIN workflow_executions ON id = execution_id
    WHERE json_valid(steps_json) AND n_step_rows = (
        SELECT count(*) FROM step_progress WHERE execution_id = id))
INSERT OR IGNORE INTO step_progress (
    execution_id, order_index, status, iteration_number, attempt_number, dispatch_number)
SELECT execution_id, CASE origin.type WHEN 'object' THEN origin.value ->> 'order_index' END AS place,
    'pending', 1, 0, 0
FROM whole, json_each(steps_json) AS origin WHERE typeof(place) = 'integer';

ALTER TABLE step_origins DROP COLUMN n_steps;
ALTER TABLE workflow_executions DROP COLUMN n_first_steps;
ALTER TABLE workflow_executions DROP COLUMN n_step_rows;

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
