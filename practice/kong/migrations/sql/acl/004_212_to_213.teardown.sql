-- whitelist and blacklist of 2.0 become allow and deny; a row written later (by a restore, by SQL) keeps the old words.
update plugins set config = (config - 'whitelist' - 'blacklist') || jsonb_build_object(
    'allow', coalesce(nullif(config -> 'allow', 'null'), config -> 'whitelist', 'null'),
    'deny', coalesce(nullif(config -> 'deny', 'null'), config -> 'blacklist', 'null'))
where name = 'acl' and config ?| array['whitelist', 'blacklist'];
