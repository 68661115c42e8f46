DROP TABLE wakeups;
DROP TABLE lease_counter;
DROP TABLE leases;

ALTER TABLE execution_steps DROP COLUMN summary;
ALTER TABLE execution_steps DROP COLUMN feedback;
ALTER TABLE execution_steps DROP COLUMN question_json;
ALTER TABLE execution_steps DROP COLUMN dispatch_number;

DROP INDEX executions_open;
CREATE INDEX executions_unfinished ON workflow_executions (created_at, id)
    WHERE status <> 'completed' AND status <> 'failed' AND status <> 'cancelled';

ALTER TABLE workflow_executions DROP COLUMN wake_at;
ALTER TABLE workflow_executions DROP COLUMN attention;
ALTER TABLE workflow_executions DROP COLUMN owner_epoch;

DROP INDEX executions_by_workflow;
CREATE INDEX executions_by_workflow ON workflow_executions (workflow_id, status);
