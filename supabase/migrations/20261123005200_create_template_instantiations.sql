-- Plans that were made of a live definition, each locked to what it uses: later releases change none of them.
create table public.template_instantiations (
  plan_id uuid primary key default gen_random_uuid(),
  -- keys belong to a principal, as those of releases
  principal text not null default 'owner',
  idempotency_key text not null,
  request_hash text not null,
  -- the definition that was instantiated; any kind that can be
  kind text not null,
  id text not null,
  version integer not null,
  digest text not null,
  -- [{kind, id, version, digest}] of what the plan uses
  locks jsonb not null check (jsonb_typeof(locks) = 'array'),
  -- never holds a secret; at most 2 MB as text
  document jsonb not null check (octet_length(document::text) <= 2097152),
  actor text not null,
  created_at timestamptz not null,
  unique (principal, idempotency_key)
);

create trigger append_only before delete or truncate on public.template_instantiations
  for each statement execute function public.registry_refuse_change();

alter table public.template_instantiations enable row level security;
revoke all on public.template_instantiations from public, anon, authenticated, service_role;
grant select on public.template_instantiations to authenticated, service_role;
create policy publishers_read on public.template_instantiations
  for select to authenticated using ((select public.registry_is_publisher()));
