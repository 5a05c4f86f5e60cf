update backlog
set lease_until = now() + make_interval(secs => :lease), virtual_time = :virtualTime::bigint[],
    settled = :settled::bigint[]
where model_version_id = :version and holder = :holder
