-- How many runs there are of each workflow in each state, so that the length
-- of a list is known without walking through it. A run keeps its workflow.
CREATE TABLE execution_counts (
    workflow_key  TEXT    NOT NULL,
    workflow_name TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    n             INTEGER NOT NULL,
    PRIMARY KEY (workflow_key, workflow_name, status)
) STRICT, WITHOUT ROWID;

INSERT INTO execution_counts (workflow_key, workflow_name, status, n)
SELECT workflow_key, workflow_name, status, count(*)
FROM workflow_executions
GROUP BY workflow_key, workflow_name, status;

CREATE TRIGGER count_created_execution AFTER INSERT ON workflow_executions BEGIN
    INSERT INTO execution_counts (workflow_key, workflow_name, status, n)
    VALUES (new.workflow_key, new.workflow_name, new.status, 1)
    ON CONFLICT (workflow_key, workflow_name, status) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER count_moved_execution AFTER UPDATE OF status ON workflow_executions
WHEN old.status <> new.status BEGIN
    UPDATE execution_counts SET n = n - 1
    WHERE workflow_key = old.workflow_key AND workflow_name = old.workflow_name
        AND status = old.status;
    INSERT INTO execution_counts (workflow_key, workflow_name, status, n)
    VALUES (new.workflow_key, new.workflow_name, new.status, 1)
    ON CONFLICT (workflow_key, workflow_name, status) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER count_deleted_execution AFTER DELETE ON workflow_executions BEGIN
    UPDATE execution_counts SET n = n - 1
    WHERE workflow_key = old.workflow_key AND workflow_name = old.workflow_name
        AND status = old.status;
END;
