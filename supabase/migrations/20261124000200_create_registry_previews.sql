-- Preview environments: each has a schema that overlays the registry (docs/decisions/017-previews.md), until it
-- expires.
create table public.registry_previews (
  name text primary key,
  -- whose it is, such as owner/repo#refs/pull/123/merge: nobody else's job takes it over
  origin text not null,
  actor text not null,
  commit_sha text,
  -- closing: its bundles are being deleted, and nothing is read or written any more
  state text not null default 'open' check (state in ('open', 'closing')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  expires_at timestamptz not null
);

alter table public.registry_previews enable row level security;
revoke all on public.registry_previews from public, anon, authenticated, service_role;
grant select on public.registry_previews to service_role;
