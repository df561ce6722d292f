-- The change feed, and the only truth about what changed when; whatever is pushed elsewhere says "go and look" here.
create table public.registry_events (
  seq bigint primary key,
  type text not null,
  kind text not null,
  id text not null,
  version integer,
  digest text,
  release_id text,
  -- `publisher`: drafts, disabled definitions and failed validations are nobody else's business
  audience text not null check (audience in ('public', 'publisher')),
  at timestamptz not null
);

create index registry_events_release on public.registry_events (release_id);

alter table public.registry_events enable row level security;
revoke all on public.registry_events from public, anon, authenticated, service_role;
grant select on public.registry_events to anon, authenticated, service_role;
create policy public_events on public.registry_events
  for select to anon using (audience = 'public');
-- one policy for each role: PostgreSQL evaluates all that fit, for each row
create policy signed_in_read on public.registry_events
  for select to authenticated using ((select public.registry_is_publisher()) or (audience = 'public'));
