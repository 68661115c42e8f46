-- A row for the events of each commit instead of one for each event: a list of
-- [when, kind, event], whose numbers go up to the last. Events that are there
-- already get a row each. They are written by the program, which compares the
-- sums they have and knows those they get, and takes their old table away.

ALTER TABLE execution_events RENAME TO events_by_seq;

CREATE TABLE execution_commits (
    execution_id BLOB    NOT NULL REFERENCES workflow_executions (id) ON DELETE CASCADE,
    last_seq     INTEGER NOT NULL,
    n_events     INTEGER NOT NULL,
    events_json  TEXT    NOT NULL,
    sum          INTEGER,
    PRIMARY KEY (execution_id, last_seq)
) STRICT, WITHOUT ROWID;

CREATE VIEW execution_events AS
SELECT execution_id, last_seq - n_events + 1 + one.key AS seq, one.value ->> 0 AS created_at,
    one.value ->> 1 AS kind, one.value -> 2 AS body_json
FROM execution_commits, json_each(events_json) AS one;
