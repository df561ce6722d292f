-- Ids of deliveries that a deployment has taken, for longer than their signatures count: a second one is a replay.
create table public.registry_used_deliveries (
  id text primary key,
  expires_at timestamptz not null
);

alter table public.registry_used_deliveries enable row level security;
revoke all on public.registry_used_deliveries from public, anon, authenticated, service_role;
grant select on public.registry_used_deliveries to service_role;
