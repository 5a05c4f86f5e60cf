select * from job_state
where id = any(:ids) and status not in ('queued', 'running')
