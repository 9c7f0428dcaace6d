alter table oauth2_authorization_codes add column if not exists plugin_id uuid references plugins (id) on delete cascade;
