-- Ends an effect: checks what was appended, moves heads, writes events, release and report. Nothing appended: nothing
-- written.
create function public.registry_finish(p_call jsonb, p_origin text, p_outcomes jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_release text := p_call ->> 'release';
  v_force boolean := coalesce((p_call ->> 'force')::boolean, false);
  v_response jsonb;
  v_commit jsonb := coalesce(p_call -> 'commit', p_call -> 'about');
  v_seq bigint;
begin
  select jsonb_build_object('releaseId', null, 'replayed', false, 'dryRun', p_call -> 'dryRun', 'seq', p_call -> 'seq',
      'outcomes', coalesce(jsonb_agg(o - 'source' - 'state'), '[]'))
    into v_response from jsonb_array_elements(p_outcomes) as o;
  if not exists (select from public.registry_revisions where release_id = v_release) then
    return v_response;
  end if;
  perform public.registry_check_bundles(v_release);
  v_seq := public.registry_write_events(v_release);
  perform public.registry_move_heads(v_release);
  perform public.registry_insert_heads(v_release);
  perform public.registry_check_references(v_release, p_origin in ('publish', 'remove') or not v_force, not v_force);
  v_response := v_response || jsonb_build_object('releaseId', v_release, 'seq', v_seq);
  insert into public.registry_releases (
    id, principal, idempotency_key, request_hash, origin, commit_sha, commit_rank, commit_ref, dirty, actor, reason, undoes, seq,
    response, created_at)
  values (
    v_release, p_call ->> 'principal', p_call ->> 'key', p_call ->> 'hash', p_origin, v_commit ->> 'sha', (v_commit ->> 'rank')::integer,
    v_commit ->> 'ref', coalesce((v_commit ->> 'dirty')::boolean, false), p_call ->> 'actor', p_call ->> 'reason',
    p_call ->> 'undoes', v_seq, v_response, (p_call ->> 'at')::timestamptz);
  insert into public.registry_validation_reports (
    idempotency_key, verdict, release_id, summary, actor, commit_sha, created_at)
  select p_call ->> 'key', 'accepted', v_release, jsonb_object_agg(outcome, n), p_call ->> 'actor', v_commit ->> 'sha',
    (p_call ->> 'at')::timestamptz
  from (
    select o.outcome, count(*) as n from jsonb_to_recordset(p_outcomes) as o(outcome text) group by o.outcome
  ) as counted;
  return v_response;
end
$$;

revoke all on function public.registry_finish(jsonb, text, jsonb) from public, anon, authenticated, service_role;
