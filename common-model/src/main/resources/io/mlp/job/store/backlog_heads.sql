-- The first job of each priority behind the position up to which jobs have tickets.
select at.priority, head.ready_at
from unnest(:sequences::bigint[], :ids::uuid[]) with ordinality as p(sequence, id, number),
     lateral (select (p.number - 1)::smallint as priority) at,
     lateral (
       select ready_at from live
       where model_version_id = :version and priority = at.priority and sequence is not null
         and (sequence, job_id) > (p.sequence, p.id) and lease_until is null
       order by sequence, job_id limit 1
     ) head
order by at.priority desc
