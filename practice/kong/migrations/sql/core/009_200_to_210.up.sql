insert into workspaces (id, name) values (gen_random_uuid(), 'default') on conflict do nothing;
