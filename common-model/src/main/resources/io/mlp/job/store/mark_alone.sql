update live set alone = true where job_id = :id and fence = :fence and lease_until is not null
