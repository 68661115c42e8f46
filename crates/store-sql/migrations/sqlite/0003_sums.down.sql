ALTER TABLE step_logs DROP COLUMN sum;
ALTER TABLE execution_events DROP COLUMN sum;
ALTER TABLE execution_steps DROP COLUMN progress_sum;
ALTER TABLE execution_steps DROP COLUMN origin_sum;
ALTER TABLE workflow_executions DROP COLUMN definition_sum;
ALTER TABLE workflow_executions DROP COLUMN version_sum;
ALTER TABLE workflow_executions DROP COLUMN standing_sum;
ALTER TABLE workflow_executions DROP COLUMN origin_sum;
