alter table clustering_data_planes add column if not exists labels jsonb;
