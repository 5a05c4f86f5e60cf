-- The next jobs of one priority behind that position.
select job_id, fence, poison_candidate, input_bytes, traceparent, sequence from live
where model_version_id = :version and priority = :priority and sequence is not null
  and (sequence, job_id) > (:sequence, :id) and lease_until is null
order by sequence, job_id limit :most
