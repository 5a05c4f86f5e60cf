-- Nothing comes back while another replica holds the lease.
insert into backlog as b (model_version_id, holder, lease_until, virtual_time, settled)
values (:version, :holder, now() + make_interval(secs => :lease),
        array_fill(0::bigint, array[:priorities::integer]), array_fill(0::bigint, array[:priorities::integer]))
on conflict (model_version_id) do update
set holder = excluded.holder, lease_until = excluded.lease_until
where b.holder = excluded.holder or b.lease_until < now()
returning virtual_time, settled
