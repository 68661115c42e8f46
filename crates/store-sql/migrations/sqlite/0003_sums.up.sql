-- Checksums of rows, so that a letter that has changed is noticed. Rows that
-- are there already have none.

ALTER TABLE workflow_executions ADD COLUMN origin_sum INTEGER;
ALTER TABLE workflow_executions ADD COLUMN standing_sum INTEGER;
ALTER TABLE workflow_executions ADD COLUMN version_sum INTEGER;
ALTER TABLE workflow_executions ADD COLUMN definition_sum INTEGER;
ALTER TABLE execution_steps ADD COLUMN origin_sum INTEGER;
ALTER TABLE execution_steps ADD COLUMN progress_sum INTEGER;
ALTER TABLE execution_events ADD COLUMN sum INTEGER;
ALTER TABLE step_logs ADD COLUMN sum INTEGER;
