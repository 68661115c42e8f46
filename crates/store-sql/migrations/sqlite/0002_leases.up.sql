-- Several servers on one store, runs that need no loading to be waited for, and
-- what questions, rework and handoffs show of a step.

-- The epoch of the lease whose holder works on the run. It changes only when
-- the run is claimed, so the index that leads with it costs a commit nothing.
ALTER TABLE workflow_executions ADD COLUMN owner_epoch INTEGER;
ALTER TABLE workflow_executions ADD COLUMN attention TEXT NOT NULL DEFAULT 'working' CHECK (
    attention = 'done' OR attention = 'idle' OR attention = 'working');
ALTER TABLE workflow_executions ADD COLUMN wake_at INTEGER;

-- What is still open counts as working: whoever takes it up finds out.
UPDATE workflow_executions SET attention = 'done'
WHERE status = 'completed' OR status = 'failed' OR status = 'cancelled';

DROP INDEX executions_unfinished;
CREATE INDEX executions_open ON workflow_executions (owner_epoch, id)
    WHERE attention <> 'done';

ALTER TABLE execution_steps ADD COLUMN dispatch_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE execution_steps ADD COLUMN question_json TEXT;
ALTER TABLE execution_steps ADD COLUMN feedback TEXT;
ALTER TABLE execution_steps ADD COLUMN summary TEXT;

-- Leases that were not ended; those past their end are not valid. One without
-- an end is exclusive.
CREATE TABLE leases (
    epoch      INTEGER NOT NULL PRIMARY KEY,
    server_id  BLOB    NOT NULL CHECK (length(server_id) = 16),
    expires_at INTEGER
) STRICT, WITHOUT ROWID;

-- The last epoch there was, in the only row: none is ever used again.
CREATE TABLE lease_counter (
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    last_epoch INTEGER NOT NULL
) STRICT;
INSERT INTO lease_counter (id, last_epoch) VALUES (1, 0);

-- Runs that somebody else than their owner has changed, until it looks.
CREATE TABLE wakeups (
    owner_epoch  INTEGER NOT NULL,
    execution_id BLOB    NOT NULL REFERENCES workflow_executions (id) ON DELETE CASCADE,
    PRIMARY KEY (owner_epoch, execution_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX wakeups_by_execution ON wakeups (execution_id);

-- Only of runs that came from a stored workflow: a change of status costs the
-- others nothing here.
DROP INDEX executions_by_workflow;
CREATE INDEX executions_by_workflow ON workflow_executions (workflow_id, status)
    WHERE workflow_id IS NOT NULL;
