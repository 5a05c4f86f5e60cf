-- The turn that an owner's jobs have reached: its own last, or the one being served if that is later.
select greatest(
  coalesce((
    select turn from live where model_version_id = :version and priority = :priority
    order by turn limit 1), 0),
  coalesce((
    select max(turn) from (
      select turn, owner from live where model_version_id = :version and priority = :priority
      order by turn desc limit :lookBack) tail
    where owner = :owner), 0)) as turn
