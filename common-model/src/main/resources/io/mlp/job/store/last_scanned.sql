(select id from job
 where :owner::text is null and id < :before and id >= :from
 order by id desc offset :last limit 1)
union all
(select id from job
 where owner = :owner and id < :before and id >= :from
 order by id desc offset :last limit 1)
