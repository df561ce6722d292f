-- Caps that the server's owner sets and a definition cannot lift, a row a kind.
create table public.registry_policies (
  kind text primary key,
  -- dotted path in the manifest → greatest number allowed, as in {"resourceProfile.cpu": 4}
  caps jsonb not null default '{}' check (jsonb_typeof(caps) = 'object'),
  updated_at timestamptz not null default now()
);

alter table public.registry_policies enable row level security;
revoke all on public.registry_policies from public, anon, authenticated, service_role;
grant select on public.registry_policies to authenticated, service_role;
create policy publishers_read on public.registry_policies
  for select to authenticated using ((select public.registry_is_publisher()));
