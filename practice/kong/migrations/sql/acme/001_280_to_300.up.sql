create index if not exists acme_storage_ttl_idx on acme_storage (ttl);
