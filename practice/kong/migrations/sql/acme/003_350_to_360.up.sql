update plugins set config = jsonb_set(config, '{storage_config,redis}', (config #> '{storage_config,redis}') || jsonb_build_object(
    'password', config #> '{storage_config,redis,auth}',
    'server_name', config #> '{storage_config,redis,ssl_server_name}',
    'extra_options', jsonb_build_object(
      'namespace', config #> '{storage_config,redis,namespace}',
      'scan_count', config #> '{storage_config,redis,scan_count}')))
where name = 'acme' and jsonb_typeof(config #> '{storage_config,redis}') = 'object';
