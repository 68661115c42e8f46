DROP INDEX executions_by_completion;
DROP INDEX executions_by_start;
