-- The sequence that an owner's jobs have reached in a backlog: that of its last one, or the virtual time if it has none
-- behind it.
with reached as materialized (
  select coalesce((select virtual_time[:priority + 1] from backlog where model_version_id = :version), 0) as sequence
)
select greatest(reached.sequence, coalesce((
  select max(sequence) from (
    select l.sequence, l.owner from live l
    where l.model_version_id = :version and l.priority = :priority and l.sequence > reached.sequence
    order by l.sequence desc limit :lookBack) tail
  where owner = :owner), 0))
from reached
