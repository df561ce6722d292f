-- One row an effect, with the answer that its idempotency key gives again. Keys belong to a principal: what one chooses
-- is free for every other.
create table public.registry_releases (
  id text primary key default gen_random_uuid()::text,
  -- who asked, the same for every retry: 'owner' (the secret key), 'user <sub>', 'ci <issuer> <repository>#<ref>'
  principal text not null default 'owner',
  idempotency_key text not null,
  request_hash text not null,
  origin text not null check (origin in ('publish', 'rollback', 'remove', 'undelete', 'promote', 'withdraw', 'rebase')),
  commit_sha text not null,
  commit_rank integer not null,
  commit_ref text,
  dirty boolean not null,
  actor text not null,
  reason text,
  -- the release that this one takes back
  undoes text,
  -- its last event
  seq bigint not null unique,
  response jsonb not null,
  created_at timestamptz not null,
  unique (principal, idempotency_key)
);

create index registry_releases_id_start on public.registry_releases (id text_pattern_ops);
create index registry_releases_sha_start on public.registry_releases (commit_sha text_pattern_ops);

create trigger append_only before update or delete or truncate on public.registry_releases
  for each statement execute function public.registry_refuse_change();

alter table public.registry_releases enable row level security;
revoke all on public.registry_releases from public, anon, authenticated, service_role;
grant select on public.registry_releases to authenticated, service_role;
create policy publishers_read on public.registry_releases
  for select to authenticated using ((select public.registry_is_publisher()));
