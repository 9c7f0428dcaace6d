update plugins set config = jsonb_set(config, '{queue,max_batch_size}', '200')
where name = 'opentelemetry' and config #> '{queue,max_batch_size}' = '1';
