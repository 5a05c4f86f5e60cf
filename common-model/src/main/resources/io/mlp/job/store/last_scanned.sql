select id from job where id < :before and id >= :from
order by id desc offset :last limit 1
