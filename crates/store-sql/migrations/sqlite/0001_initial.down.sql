DROP TABLE claims;
DROP TABLE step_logs;
DROP TABLE execution_events;
DROP TABLE execution_steps;
DROP TABLE execution_definitions;
DROP TABLE workflow_executions;
