create or replace trigger oauth2_authorization_codes_ttl_trigger after insert on oauth2_authorization_codes for each statement execute function batch_delete_expired_rows('ttl');
create or replace trigger oauth2_tokens_ttl_trigger after insert on oauth2_tokens for each statement execute function batch_delete_expired_rows('ttl');
