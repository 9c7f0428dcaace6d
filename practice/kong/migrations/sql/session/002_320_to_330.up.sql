create or replace trigger sessions_ttl_trigger after insert on sessions for each statement execute function batch_delete_expired_rows('ttl');
