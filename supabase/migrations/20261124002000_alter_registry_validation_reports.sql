-- What a report says besides its verdict: what it is of, where it was made, and how much there was to find.
alter table public.registry_validation_reports
  -- a publish, or `nofx validate --report`
  add column origin text not null default 'publish' check (origin in ('publish', 'validate')),
  -- the branch or tag, and the pull request that a CI job ran for
  add column commit_ref text,
  add column pull_request integer check (pull_request > 0),
  -- {"definitions", "errors", "warnings"}, all of them, however few findings are kept
  add column counts jsonb not null default '{}' check (jsonb_typeof(counts) = 'object'),
  -- the object in the bucket that holds the checked manifests
  add column manifests text;

create index registry_validation_reports_newest on public.registry_validation_reports (created_at desc, id);
create index registry_validation_reports_manifests on public.registry_validation_reports (manifests)
  where manifests is not null;
