-- Keeps the report of a validation, under the id that its maker gave it: made again, it is the same.
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
