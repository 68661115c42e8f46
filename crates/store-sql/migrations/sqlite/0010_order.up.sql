-- In which order events were committed, over all runs: one row for each commit,
-- whose events have the positions up to the last. Rows are only added. They name
-- their runs without a constraint, since a position is never given again, be
-- its run there or not.

CREATE TABLE event_order (
    last_position INTEGER NOT NULL PRIMARY KEY,
    execution_id  BLOB    NOT NULL CHECK (length(execution_id) = 16),
    last_seq      INTEGER NOT NULL,
    n_events      INTEGER NOT NULL,
    sum           INTEGER
) STRICT;

-- Of what is there already, only the order within each run is known.
INSERT INTO event_order (last_position, execution_id, last_seq, n_events)
SELECT sum(version) OVER (ORDER BY created_at, id), id, version, version
FROM workflow_executions WHERE version > 0;
