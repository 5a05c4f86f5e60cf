select * from job_state where id = :id
