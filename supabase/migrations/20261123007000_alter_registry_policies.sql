-- How long the feed keeps events: those of the last days, and the last ones however old. In the row '*'; null: 90 days
-- and 10,000 events.
alter table public.registry_policies
  add column event_days integer check (event_days between 0 and 36500),
  add column event_count integer check (event_count >= 0),
  -- the feed is one for all kinds
  add constraint registry_policies_events_of_all check (kind = '*' or (event_days is null and event_count is null));
