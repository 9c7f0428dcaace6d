update plugins set config = config || jsonb_build_object('redis', jsonb_build_object(
    'host', config -> 'redis_host',
    'port', config -> 'redis_port',
    'password', config -> 'redis_password',
    'username', config -> 'redis_username',
    'ssl', config -> 'redis_ssl',
    'ssl_verify', config -> 'redis_ssl_verify',
    'server_name', config -> 'redis_server_name',
    'timeout', config -> 'redis_timeout',
    'database', config -> 'redis_database'))
where name = 'response-ratelimiting' and config ? 'redis_port';
