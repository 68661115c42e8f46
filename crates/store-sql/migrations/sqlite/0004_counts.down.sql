DROP TRIGGER count_deleted_execution;
DROP TRIGGER count_moved_execution;
DROP TRIGGER count_created_execution;
DROP TABLE execution_counts;
