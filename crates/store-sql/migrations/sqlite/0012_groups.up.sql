-- The order of events has one row for each transaction of the writer instead of
-- one for each commit in it: what is committed together is a list of
-- [run, number of its last event, how many], whose events have the positions up
-- to the last.

ALTER TABLE event_order RENAME TO event_order_by_commit;

CREATE TABLE event_order (
    last_position INTEGER NOT NULL PRIMARY KEY,
    commits_json  TEXT    NOT NULL,
    sum           INTEGER
) STRICT;

INSERT INTO event_order (last_position, commits_json)
SELECT last_position, json_array(json_array(lower(hex(execution_id)), last_seq, n_events))
FROM event_order_by_commit;

DROP TABLE event_order_by_commit;
