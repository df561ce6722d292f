-- Reports of validations and of refused publishes.

-- Reports of accepted and refused publishes and of checks: they answer why a definition is not in the registry.
create table public.registry_validation_reports (
  id text primary key default gen_random_uuid()::text,
  idempotency_key text not null,
  verdict text not null check (verdict in ('accepted', 'refused')),
  release_id text,
  code text,
  message text,
  findings jsonb not null default '[]',
  -- the number of definitions for each outcome
  summary jsonb not null default '{}',
  actor text,
  commit_sha text,
  created_at timestamptz not null,
  -- a publish, or `nofx validate --report`
  origin text not null default 'publish' check (origin in ('publish', 'validate')),
  -- the branch or tag, and the pull request that a CI job ran for
  commit_ref text,
  pull_request integer check (pull_request > 0),
  -- {"definitions", "errors", "warnings"}: totals, also when not all findings are kept
  counts jsonb not null default '{}' check (jsonb_typeof(counts) = 'object'),
  -- the object in the bucket that holds the checked manifests
  manifests text
);
create index registry_validation_reports_key on public.registry_validation_reports (idempotency_key);
create index registry_validation_reports_release on public.registry_validation_reports (release_id);
create index registry_validation_reports_newest on public.registry_validation_reports (created_at desc, id);
create index registry_validation_reports_verdict on public.registry_validation_reports (verdict, created_at desc, id);
create index registry_validation_reports_origin on public.registry_validation_reports (origin, created_at desc, id);
create index registry_validation_reports_id_start on public.registry_validation_reports (id text_pattern_ops);
create index registry_validation_reports_manifests on public.registry_validation_reports (manifests)
  where manifests is not null;
alter table public.registry_validation_reports enable row level security;
revoke all on public.registry_validation_reports from public, anon, authenticated, service_role;
grant select on public.registry_validation_reports to authenticated, service_role;
create policy publishers_read on public.registry_validation_reports
  for select to authenticated using ((select public.registry_is_publisher()));

-- Stores the report of a refused publish, and an event for each definition that has errors. The same refusal of the
-- same key again adds nothing.
create function public.registry_report(p jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_findings jsonb := coalesce(p -> 'findings', '[]');
  v_report text;
  v_seq bigint;
  v_count integer;
begin
  select seq into strict v_seq from public.registry_counter for update;
  select id into v_report from public.registry_validation_reports
    where idempotency_key = p ->> 'key' and verdict = 'refused' and findings = v_findings
      and code is not distinct from p ->> 'code' and message is not distinct from p ->> 'message';
  if v_report is not null then
    return jsonb_build_object('reportId', v_report, 'seq', v_seq);
  end if;
  insert into public.registry_validation_reports (
    id, idempotency_key, verdict, code, message, findings, counts, actor, commit_sha, commit_ref, pull_request,
    manifests, created_at)
  values (
    coalesce(p ->> 'id', gen_random_uuid()::text), p ->> 'key', 'refused', p ->> 'code', p ->> 'message', v_findings,
    coalesce(p -> 'counts', jsonb_build_object('errors', jsonb_array_length(v_findings))), p ->> 'actor',
    p -> 'commit' ->> 'sha', p -> 'commit' ->> 'ref', (p ->> 'pullRequest')::integer, p ->> 'manifests',
    clock_timestamp())
  returning id into v_report;
  insert into public.registry_events (seq, type, kind, id, audience, at)
  select
    v_seq + row_number() over (order by f.kind collate "C", f.id collate "C"),
    coalesce(k.singular, p -> 'singulars' ->> f.kind, p ->> 'singular', f.kind) || '.validation_failed', f.kind, f.id,
    'publisher', clock_timestamp()
  from (
    select distinct i.kind, i.id from jsonb_to_recordset(v_findings) as i(kind text, id text, severity text)
    where i.severity is distinct from 'warning'
  ) as f
  left join public.registry_kinds k on k.kind = f.kind
  where f.kind is not null and f.id is not null;
  get diagnostics v_count = row_count;
  update public.registry_counter set seq = v_seq + v_count;
  return jsonb_build_object('reportId', v_report, 'seq', v_seq + v_count);
end
$$;
revoke all on function public.registry_report(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_report(jsonb) to service_role;

-- Stores the report of a validation under the id that the caller chose; the same report again adds nothing.
create function public.registry_keep_report(p jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.registry_validation_reports (
    id, idempotency_key, origin, verdict, code, message, findings, summary, counts, actor, commit_sha, commit_ref,
    pull_request, manifests, created_at)
  values (
    p ->> 'id', p ->> 'key', 'validate', p ->> 'verdict', p ->> 'code', p ->> 'message',
    coalesce(p -> 'findings', '[]'), coalesce(p -> 'summary', '{}'), p -> 'counts', p ->> 'actor', p -> 'commit' ->> 'sha', p -> 'commit' ->> 'ref',
    (p ->> 'pullRequest')::integer, p ->> 'manifests', clock_timestamp())
  on conflict (id) do nothing;
  return jsonb_build_object('reportId', p ->> 'id');
end
$$;
revoke all on function public.registry_keep_report(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_keep_report(jsonb) to service_role;

-- Deletes reports that are too old, and returns the objects that no report names any more: SQL cannot delete objects,
-- so the caller deletes them. Objects younger than an hour are left out, because their report may still be being
-- written.
create function public.registry_prune_reports()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform public.registry_sweep('1 day');
  return (
    select coalesce(jsonb_agg(name), '[]')
    from (
      select o.name from storage.objects o
      where o.bucket_id = 'registry' and o.name like 'reports/%' and o.created_at < now() - interval '1 hour'
        and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
        and not exists (select from public.registry_validation_reports r where r.manifests = o.name)
      limit 1000
    ) as orphans);
end
$$;
revoke all on function public.registry_prune_reports() from public, anon, authenticated, service_role;
grant execute on function public.registry_prune_reports() to service_role;
