ALTER TABLE event_order RENAME TO event_order_by_group;

CREATE TABLE event_order (
    last_position INTEGER NOT NULL PRIMARY KEY,
    execution_id  BLOB    NOT NULL CHECK (length(execution_id) = 16),
    last_seq      INTEGER NOT NULL,
    n_events      INTEGER NOT NULL,
    sum           INTEGER
) STRICT;

-- The last of a group has the position of the group.
INSERT INTO event_order (last_position, execution_id, last_seq, n_events)
SELECT last_position - (
        SELECT coalesce(sum(later.value ->> 2), 0)
        FROM json_each(commits_json) AS later WHERE later.key > one.key),
    unhex(one.value ->> 0), one.value ->> 1, one.value ->> 2
FROM event_order_by_group, json_each(commits_json) AS one;

DROP TABLE event_order_by_group;
