-- In some pages: jobs that wait for a version, up to so many and so many bytes of inputs, but one at least.
select id, fence, pinned, options, case when not pinned then inputs end as inputs
from (
  select j.id, l.fence, j.pinned, job_options(j) as options, j.inputs,
         sum(octet_length(j.inputs)) over (order by l.job_id) - octet_length(j.inputs) as bytes_before
  from (
    select job_id, fence from live
    where ctid >= :from::tid and ctid < :to::tid and model_version_id = :version
      and lease_until is null
    order by job_id limit :most
  ) l join job j on j.id = l.job_id
) waiting
where bytes_before < :mostBytes
