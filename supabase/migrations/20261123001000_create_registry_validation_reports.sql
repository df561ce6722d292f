-- What was accepted and what was refused, for whoever asks later why something is not in the registry.
create table public.registry_validation_reports (
  id text primary key default gen_random_uuid()::text,
  idempotency_key text not null,
  verdict text not null check (verdict in ('accepted', 'refused')),
  release_id text,
  code text,
  message text,
  findings jsonb not null default '[]',
  -- how many definitions had which outcome
  summary jsonb not null default '{}',
  actor text,
  commit_sha text,
  created_at timestamptz not null
);

create index registry_validation_reports_key on public.registry_validation_reports (idempotency_key);
create index registry_validation_reports_release on public.registry_validation_reports (release_id);

alter table public.registry_validation_reports enable row level security;
revoke all on public.registry_validation_reports from public, anon, authenticated, service_role;
grant select on public.registry_validation_reports to authenticated, service_role;
create policy publishers_read on public.registry_validation_reports
  for select to authenticated using ((select public.registry_is_publisher()));
