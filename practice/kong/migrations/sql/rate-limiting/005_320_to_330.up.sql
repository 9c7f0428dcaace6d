create or replace trigger ratelimiting_metrics_ttl_trigger after insert on ratelimiting_metrics for each statement execute function batch_delete_expired_rows('ttl');
