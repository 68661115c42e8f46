-- Stored workflows. Their definitions are apart from the rows, so that lists
-- read short ones.

CREATE TABLE workflows (
    id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    workflow_key    TEXT,
    name            TEXT    NOT NULL,
    version         TEXT    NOT NULL,
    description     TEXT,
    status          TEXT    NOT NULL CHECK (
        status = 'draft' OR status = 'published' OR status = 'archived'),
    tags_json       TEXT    NOT NULL,
    project_id      TEXT    CHECK (project_id <> ''),
    definition_hash TEXT    NOT NULL,
    is_valid        INTEGER NOT NULL CHECK (is_valid = 0 OR is_valid = 1),
    n_stages        INTEGER NOT NULL,
    created_by      TEXT    NOT NULL DEFAULT 'local',
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    revision        INTEGER NOT NULL,
    -- The name, and all that is searched, as they are compared where case does
    -- not count: SQLite folds ASCII only.
    name_folded     TEXT    NOT NULL,
    search_text     TEXT    NOT NULL,
    sum             INTEGER NOT NULL,
    UNIQUE (name, created_by)
) STRICT, WITHOUT ROWID;

CREATE INDEX workflows_by_age ON workflows (created_at, id);
CREATE INDEX workflows_by_change ON workflows (updated_at, id);
CREATE INDEX workflows_by_name ON workflows (name_folded, id);
CREATE INDEX workflows_by_status_age ON workflows (status, created_at, id);
CREATE INDEX workflows_by_status ON workflows (status, updated_at, id);
CREATE INDEX workflows_by_status_name ON workflows (status, name_folded, id);
CREATE INDEX workflows_by_project ON workflows (project_id, created_at, id)
    WHERE project_id IS NOT NULL;
CREATE INDEX workflows_by_key ON workflows (workflow_key, created_at, id);
-- People name a workflow by the end of its id, too.
CREATE INDEX workflows_by_id_end ON workflows (substr(id, 15));

CREATE TABLE workflow_definitions (
    workflow_id     BLOB    NOT NULL PRIMARY KEY REFERENCES workflows (id) ON DELETE CASCADE,
    definition_yaml TEXT    NOT NULL,
    sum             INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The tags of each row again, to find workflows by them.
CREATE TABLE workflow_tags (
    tag         TEXT NOT NULL,
    workflow_id BLOB NOT NULL REFERENCES workflows (id) ON DELETE CASCADE,
    PRIMARY KEY (tag, workflow_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX workflow_tags_by_workflow ON workflow_tags (workflow_id);

-- Keys that only one workflow may hold.
CREATE TABLE workflow_claims (
    scope       TEXT NOT NULL,
    key         TEXT NOT NULL,
    workflow_id BLOB NOT NULL REFERENCES workflows (id) ON DELETE CASCADE,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX workflow_claims_by_workflow ON workflow_claims (workflow_id);

-- How many there are of each project in each state; the project is empty where
-- there is none. A workflow keeps its project.
CREATE TABLE workflow_counts (
    project_id TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    n          INTEGER NOT NULL,
    PRIMARY KEY (project_id, status)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER count_created_workflow AFTER INSERT ON workflows BEGIN
    INSERT INTO workflow_counts (project_id, status, n)
    VALUES (coalesce(new.project_id, ''), new.status, 1)
    ON CONFLICT (project_id, status) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER count_moved_workflow AFTER UPDATE OF status ON workflows
WHEN old.status <> new.status BEGIN
    UPDATE workflow_counts SET n = n - 1
    WHERE project_id = coalesce(old.project_id, '') AND status = old.status;
    INSERT INTO workflow_counts (project_id, status, n)
    VALUES (coalesce(new.project_id, ''), new.status, 1)
    ON CONFLICT (project_id, status) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER count_deleted_workflow AFTER DELETE ON workflows BEGIN
    UPDATE workflow_counts SET n = n - 1
    WHERE project_id = coalesce(old.project_id, '') AND status = old.status;
END;

-- The runs of a workflow are listed like all others, newest first.
DROP INDEX executions_by_workflow;
CREATE INDEX executions_by_workflow ON workflow_executions (workflow_id, status, created_at, id)
    WHERE workflow_id IS NOT NULL;
CREATE INDEX executions_by_workflow_age ON workflow_executions (workflow_id, created_at, id)
    WHERE workflow_id IS NOT NULL;
