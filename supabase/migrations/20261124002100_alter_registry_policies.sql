-- How long reports are kept. In the row '*'; null: 90 days.
alter table public.registry_policies
  add column report_days integer check (report_days between 1 and 36500),
  -- a report may be of several kinds
  add constraint registry_policies_reports_of_all check (kind = '*' or report_days is null);
