-- Lists sorted by when runs started and ended. A time that has not come is later
-- than all others, so that the walk through a list is one, whatever is missing.
CREATE INDEX executions_by_start
    ON workflow_executions (ifnull(started_at, 9223372036854775807), id);
CREATE INDEX executions_by_completion
    ON workflow_executions (ifnull(completed_at, 9223372036854775807), id);
