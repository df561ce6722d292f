-- Remembers the singular of every kind that was ever published, for the names of events; new kinds need no migration.
create table public.registry_kinds (
  kind text primary key,
  singular text not null
);

alter table public.registry_kinds enable row level security;
revoke all on public.registry_kinds from public, anon, authenticated, service_role;
grant select on public.registry_kinds to anon, authenticated, service_role;
create policy everyone_reads on public.registry_kinds for select to anon, authenticated using (true);
