-- Records a refused publish: a report, and an event for each definition that has findings. The same refusal of the same
-- key again is no news.
create or replace function public.registry_report(p jsonb)
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
