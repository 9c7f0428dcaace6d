drop table if exists vaults_beta;

-- Of targets with the same upstream and address only the newest stays.
delete from targets older using targets newer
  where older.upstream_id = newer.upstream_id and older.target = newer.target and older.created_at < newer.created_at;
update targets set cache_key = 'targets:' || upstream_id || ':' || target || '::::' || ws_id where cache_key is null;
