-- How many previews there may be at once, and for how long at most. In the row '*'; null: 50 previews, 30 days.
alter table public.registry_policies
  add column preview_count integer check (preview_count between 0 and 1000),
  add column preview_days integer check (preview_days between 1 and 365),
  add constraint registry_policies_previews_of_all
    check (kind = '*' or (preview_count is null and preview_days is null));
