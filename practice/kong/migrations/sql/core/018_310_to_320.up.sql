alter table plugins add column if not exists instance_name text;
do $$
begin
  alter table plugins add constraint plugins_ws_id_instance_name_unique unique (ws_id, instance_name);
exception when duplicate_table or duplicate_object then null;
end;
$$;
