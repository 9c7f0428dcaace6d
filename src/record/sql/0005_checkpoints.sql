-- Signed heads (C2SP signed notes) of the record of one upgrade.
create table kong_upgrade.checkpoint (
  upgrade_id text not null,
  size integer not null check (size >= 1),
  key_id text not null,
  note text not null,
  signed_at timestamptz(3) not null,
  primary key (upgrade_id, size, key_id)
);
