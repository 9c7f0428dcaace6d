update plugins set config = jsonb_set(config, '{logging,log_statistics}', 'false')
where name = 'ai-proxy' and config #>> '{model,provider}' = 'anthropic' and config ->> 'route_type' = 'llm/v1/completions';
