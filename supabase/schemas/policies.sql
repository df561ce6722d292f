-- What the owner of the registry sets: a row a kind, and the row '*' for all kinds. A definition cannot lift any of it.
create table public.registry_policies (
  kind text primary key,
  -- dotted path in the manifest → greatest number allowed, as in {"resourceProfile.cpu": 4}
  caps jsonb not null default '{}' check (jsonb_typeof(caps) = 'object'),
  updated_at timestamptz not null default now(),
  -- CI jobs that may publish without a key, for one kind or for all kinds: which identity tokens count. Entries
  -- {"issuer", "audience", "repository", "refs": [...], "events": [...]}; a ref may end in /*
  identities jsonb not null default '[]' check (jsonb_typeof(identities) = 'array'),
  -- how long the feed keeps events: those of the last days, and the last ones however old; null: 90 days and 10,000
  -- events
  event_days integer check (event_days between 0 and 36500),
  event_count integer check (event_count >= 0),
  -- how many previews there may be at once, and for how long at most; null: 50 previews, 30 days
  preview_count integer check (preview_count between 0 and 1000),
  preview_days integer check (preview_days between 1 and 365),
  -- how long reports are kept; null: 90 days
  report_days integer check (report_days between 1 and 36500),
  -- a cap names a field of one kind's manifest
  constraint registry_policies_caps_of_a_kind check (kind <> '*' or caps = '{}'),
  -- the feed and the previews are for all kinds, and a report may be of several
  constraint registry_policies_events_of_all check (kind = '*' or (event_days is null and event_count is null)),
  constraint registry_policies_previews_of_all check (kind = '*' or (preview_count is null and preview_days is null)),
  constraint registry_policies_reports_of_all check (kind = '*' or report_days is null)
);
alter table public.registry_policies enable row level security;
revoke all on public.registry_policies from public, anon, authenticated, service_role;
grant select on public.registry_policies to authenticated, service_role;
create policy publishers_read on public.registry_policies
  for select to authenticated using ((select public.registry_is_publisher()));
