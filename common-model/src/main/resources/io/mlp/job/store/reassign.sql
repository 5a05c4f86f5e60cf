-- Waiting jobs wait for another version from now on: in its backlog, each behind its owner's others there.
with moving as materialized (
  select l.job_id, l.priority, l.owner
  from unnest(:ids::uuid[], :fences::integer[]) as m(job_id, fence)
  join live l on l.job_id = m.job_id and l.fence = m.fence
  where l.lease_until is null
  order by l.job_id
  for update of l skip locked
), reached as (
  select m.priority, m.owner, greatest(t.sequence, coalesce((
      select max(sequence) from (
        select l.sequence, l.owner from live l
        where l.model_version_id = :to and l.priority = m.priority and l.sequence > t.sequence
        order by l.sequence desc limit :lookBack) tail
      where tail.owner = m.owner), 0)) as sequence
  from (select distinct priority, owner from moving) m,
       lateral (select coalesce((
         select virtual_time[m.priority + 1] from backlog where model_version_id = :to), 0) as sequence) t
), placed as (
  select m.job_id, reached.sequence
         + row_number() over (partition by priority, owner order by m.job_id) as sequence
  from moving m join reached using (priority, owner)
), moved as (
  update live l
  set model_version_id = :to, sequence = placed.sequence, fence = l.fence + 1,
      dispatch_at = null, dispatched_at = null
  from placed where l.job_id = placed.job_id
)
update job j set model_version_id = :to from moving m where j.id = m.job_id
