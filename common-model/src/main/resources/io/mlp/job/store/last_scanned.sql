-- As page.sql walks.
(select id from job
 where :owner::text is null and id < :before and id >= :from
 order by id desc offset :last limit 1)
union all
(select id from job
 where owner = :owner and uuid_send(id) < uuid_send(:before) and uuid_send(id) >= uuid_send(:from)
 order by uuid_send(id) desc offset :last limit 1)
