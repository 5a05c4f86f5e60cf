-- Jobs that wait for a version in their order: those that want a ticket by now, or all.
select job_id, fence, suspect from live
where model_version_id = :version and lease_until is null and ready_at <= now()
  and (:all or due_at <= now())
order by priority desc, turn
limit :most
