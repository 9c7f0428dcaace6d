-- The Lua encoder of the real migration writes empty lists as {}, and so does this one.
update plugins set config = (
  select jsonb_object_agg(phase.name, case phase.value when '[]' then '{}' else phase.value end)
  from jsonb_each(config || jsonb_build_object('access', config -> 'functions')) as phase (name, value))
where name = 'pre-function' and jsonb_typeof(config -> 'functions') = 'array' and config -> 'functions' <> '[]';
