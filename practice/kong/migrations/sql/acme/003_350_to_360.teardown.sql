update plugins set config = config #- '{storage_config,redis,auth}' #- '{storage_config,redis,ssl_server_name}'
  #- '{storage_config,redis,namespace}' #- '{storage_config,redis,scan_count}'
where name = 'acme';
