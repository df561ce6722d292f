-- Limits and rights that the owner of the registry sets: one row for each kind, and the row '*' for all kinds. A
-- definition cannot lift a limit.
create table public.registry_policies (
  kind text primary key,
  -- dotted path in the manifest → greatest number allowed, as in {"resourceProfile.cpu": 4}
  caps jsonb not null default '{}' check (jsonb_typeof(caps) = 'object'),
  updated_at timestamptz not null default now(),
  -- CI jobs that may publish without a key, for one kind or for all kinds: the accepted identity tokens. Entries
  -- {"issuer", "audience", "repository", "refs": [...], "events": [...]}; a ref may end in /*
  identities jsonb not null default '[]' check (jsonb_typeof(identities) = 'array'),
  -- retention of events: by age in days, and the newest events at any age; null: 90 days and 10,000 events
  event_days integer check (event_days between 0 and 36500),
  event_count integer check (event_count >= 0),
  -- the greatest number of previews, and the longest life of a preview; null: 50 previews, 30 days
  preview_count integer check (preview_count between 0 and 1000),
  preview_days integer check (preview_days between 1 and 365),
  -- retention of reports; null: 90 days
  report_days integer check (report_days between 1 and 36500),
  -- a cap names a field of one kind's manifest
  constraint registry_policies_caps_of_a_kind check (kind <> '*' or caps = '{}'),
  -- the feed and the previews have all kinds, and a report can have several kinds
  constraint registry_policies_events_of_all check (kind = '*' or (event_days is null and event_count is null)),
  constraint registry_policies_previews_of_all check (kind = '*' or (preview_count is null and preview_days is null)),
  constraint registry_policies_reports_of_all check (kind = '*' or report_days is null)
);
alter table public.registry_policies enable row level security;
revoke all on public.registry_policies from public, anon, authenticated, service_role;
grant select on public.registry_policies to authenticated, service_role;
create policy publishers_read on public.registry_policies
  for select to authenticated using ((select public.registry_is_publisher()));
