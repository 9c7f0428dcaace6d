create or replace trigger acme_storage_ttl_trigger after insert on acme_storage for each statement execute function batch_delete_expired_rows('ttl');
