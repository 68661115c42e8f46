-- The sums of runs that have a project cover its id: rows without a sum are
-- believed, as those of earlier releases are.
UPDATE workflow_executions SET origin_sum = NULL WHERE project_id IS NOT NULL;
DROP INDEX executions_by_project_age;
DROP INDEX executions_by_project;
ALTER TABLE workflow_executions DROP COLUMN project_id;
DROP TABLE projects;
