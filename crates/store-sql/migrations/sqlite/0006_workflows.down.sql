DROP INDEX executions_by_workflow_age;
DROP INDEX executions_by_workflow;
CREATE INDEX executions_by_workflow ON workflow_executions (workflow_id, status)
    WHERE workflow_id IS NOT NULL;
DROP TABLE workflow_counts;
DROP TABLE workflow_claims;
DROP TABLE workflow_tags;
DROP TABLE workflow_definitions;
DROP TABLE workflows;
