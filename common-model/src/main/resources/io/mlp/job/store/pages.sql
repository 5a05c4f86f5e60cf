select pg_relation_size('live') / current_setting('block_size')::bigint
