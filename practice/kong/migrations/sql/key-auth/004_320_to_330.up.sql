create or replace trigger keyauth_credentials_ttl_trigger after insert on keyauth_credentials for each statement execute function batch_delete_expired_rows('ttl');
