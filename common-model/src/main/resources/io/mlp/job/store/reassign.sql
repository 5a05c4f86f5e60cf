-- Waiting jobs wait for another version from now on, each behind its owner's others, as if it had been submitted there.
with moving as materialized (
  select l.job_id, l.priority, l.owner, l.turn
  from unnest(:ids::uuid[], :fences::integer[]) as m(job_id, fence)
  join live l on l.job_id = m.job_id and l.fence = m.fence
  where l.lease_until is null
  order by l.job_id
  for update of l skip locked
), standing as (
  select priority, owner, greatest(
    coalesce((
      select turn from live where model_version_id = :to and priority = m.priority
      order by turn limit 1), 0),
    coalesce((
      select max(turn) from (
        select turn, owner from live where model_version_id = :to and priority = m.priority
        order by turn desc limit 10000) tail
      where owner = m.owner), 0)) as turn
  from (select distinct priority, owner from moving) m
), placed as (
  select m.job_id, standing.turn
         + row_number() over (partition by priority, owner order by m.turn) as turn
  from moving m join standing using (priority, owner)
), moved as (
  update live l
  set model_version_id = :to, turn = placed.turn, fence = l.fence + 1, due_at = now()
  from placed where l.job_id = placed.job_id
)
update job j set model_version_id = :to from moving m where j.id = m.job_id
