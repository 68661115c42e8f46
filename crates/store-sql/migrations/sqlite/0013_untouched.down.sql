DROP VIEW execution_steps;

-- These rows have no sums, which are not for SQL to compute: they are believed.
INSERT INTO step_progress (
    execution_id, order_index, status, iteration_number, attempt_number, dispatch_number)
SELECT execution_id, origin.value ->> 'order_index', 'pending', 1, 0, 0
FROM step_origins, json_each(CASE WHEN json_valid(steps_json) THEN steps_json END) AS origin
WHERE true
ON CONFLICT (execution_id, order_index) DO NOTHING;

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
