-- The ids of each repository whose CI job was the first to be let in under its name, and of its owner. A name can be
-- given up and taken by others; the platform's ids cannot. The owner of the registry deletes a row to start anew.
create table public.registry_known_repositories (
  issuer text not null,
  repository text not null,
  repository_id text not null,
  owner_id text not null,
  first_used_at timestamptz not null,
  primary key (issuer, repository)
);

alter table public.registry_known_repositories enable row level security;
revoke all on public.registry_known_repositories from public, anon, authenticated, service_role;
grant select on public.registry_known_repositories to service_role;
