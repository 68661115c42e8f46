-- Directories that runs belong to. A run keeps the id of its project when that
-- is taken out here, so nothing refers to this table.
CREATE TABLE projects (
    id         TEXT    NOT NULL PRIMARY KEY CHECK (length(id) > 0),
    name       TEXT    NOT NULL CHECK (length(name) > 0),
    path       TEXT    NOT NULL UNIQUE CHECK (length(path) > 0),
    created_by TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    sum        INTEGER NOT NULL
) STRICT;

ALTER TABLE workflow_executions ADD COLUMN project_id TEXT CHECK (project_id <> '');

-- The runs of a project are listed like all others, newest first.
CREATE INDEX executions_by_project ON workflow_executions (project_id, status, created_at, id)
    WHERE project_id IS NOT NULL;
CREATE INDEX executions_by_project_age ON workflow_executions (project_id, created_at, id)
    WHERE project_id IS NOT NULL;
