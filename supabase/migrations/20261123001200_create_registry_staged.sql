-- Definitions on their way in, under an idempotency key of a principal: invisible until a commit copies them.
-- Unlogged, because a crash only costs the publisher a rerun. One row a definition, so that a commit copies
-- compressed values as they are instead of parsing them again.
create unlogged table public.registry_staged (
  principal text not null default 'owner',
  key text not null,
  kind text not null,
  id text not null,
  part integer not null,
  singular text not null,
  digest text not null,
  prompt_hash text not null,
  state text not null check (state in ('draft', 'active', 'deprecated', 'disabled')),
  declared_version text,
  manifest jsonb not null,
  texts jsonb not null,
  files jsonb not null,
  refs jsonb not null,
  metadata jsonb not null,
  bundle_path text not null,
  bundle_size bigint not null,
  bundle_sha256 text not null,
  -- the stored object whose bytes were hashed when this was staged, '' when there was none; null where the caller vouches
  bundle_object text,
  expected_version integer not null,
  created_at timestamptz not null default now(),
  primary key (principal, key, kind, id)
);

alter table public.registry_staged enable row level security;
revoke all on public.registry_staged from public, anon, authenticated, service_role;
grant select on public.registry_staged to service_role;
