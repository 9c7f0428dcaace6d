-- Header values that are lists become one string; headers with an empty list go.
update plugins set config = jsonb_set(config, '{headers}', coalesce((
  select jsonb_object_agg(header.name, case jsonb_typeof(header.value)
    when 'array' then to_jsonb((select string_agg(item, ', ' order by position) from jsonb_array_elements_text(header.value) with ordinality as list (item, position)))
    else header.value end)
  from jsonb_each(config -> 'headers') as header (name, value)
  where header.value <> '[]'), '{}'))
where name = 'http-log' and jsonb_typeof(config -> 'headers') = 'object';
