DROP VIEW execution_events;

-- As migrations 1 and 3 leave it.
CREATE TABLE execution_events (
    execution_id BLOB    NOT NULL REFERENCES workflow_executions (id) ON DELETE CASCADE,
    seq          INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    body_json    TEXT    NOT NULL,
    sum          INTEGER,
    PRIMARY KEY (execution_id, seq)
) STRICT, WITHOUT ROWID;

-- What is damaged makes its own run unreadable, not all of them.
INSERT INTO execution_events (execution_id, seq, created_at, kind, body_json)
SELECT execution_id, last_seq - n_events + 1 + one.key, one.value ->> 0, one.value ->> 1,
    one.value -> 2
FROM execution_commits, json_each(CASE WHEN json_valid(events_json) THEN events_json END) AS one
ORDER BY execution_id, last_seq, one.key;

DROP TABLE execution_commits;
