UPDATE execution_steps SET progress_sum = NULL;
ALTER TABLE execution_steps DROP COLUMN inputs_sum;
