DROP VIEW execution_events;

-- As migrations 1 and 3 leave it. The program fills it and takes
-- `execution_commits` away.
CREATE TABLE execution_events (
    execution_id BLOB    NOT NULL REFERENCES workflow_executions (id) ON DELETE CASCADE,
    seq          INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    body_json    TEXT    NOT NULL,
    sum          INTEGER,
    PRIMARY KEY (execution_id, seq)
) STRICT, WITHOUT ROWID;
