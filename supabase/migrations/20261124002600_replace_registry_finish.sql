-- Ends an effect: checks what was appended, moves heads, writes events, release and report. Nothing appended: nothing
-- but the answer is written, so that a lost one can be given again.
create or replace function public.registry_finish(p_call jsonb, p_origin text, p_outcomes jsonb)
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
      'outcomes', coalesce(jsonb_agg(o - 'source' - 'state' - 'after' - 'undone'), '[]'))
    into v_response from jsonb_array_elements(p_outcomes) as o;
  if not exists (select from public.registry_revisions where release_id = v_release) then
    insert into public.registry_answers as a (principal, idempotency_key, request_hash, response)
      select p_call ->> 'principal', p_call ->> 'key', p_call ->> 'hash', v_response
      where not (p_call ->> 'dryRun')::boolean
      on conflict (principal, idempotency_key) do update set
        (request_hash, response, created_at) = (excluded.request_hash, excluded.response, excluded.created_at);
    return v_response || jsonb_build_object('replayed',
      coalesce(p_call -> 'answered' -> 'outcomes' = v_response -> 'outcomes', false));
  end if;
  perform public.registry_check_bundles(v_release);
  v_seq := public.registry_write_events(v_release);
  perform public.registry_move_holds(p_call, p_outcomes);
  perform public.registry_move_heads(v_release);
  perform public.registry_insert_heads(v_release);
  perform public.registry_move_templates(v_release);
  if p_origin in ('publish', 'remove') or not v_force then
    perform public.registry_check_references(v_release);
  end if;
  if not v_force then
    perform public.registry_check_dependents(v_release);
  end if;
  v_response := v_response || jsonb_build_object('releaseId', v_release, 'seq', v_seq);
  insert into public.registry_releases (
    id, principal, idempotency_key, request_hash, origin, commit_sha, commit_rank, commit_ref, dirty, actor, reason, undoes, seq,
    response, created_at)
  values (
    v_release, p_call ->> 'principal', p_call ->> 'key', p_call ->> 'hash', p_origin, v_commit ->> 'sha', (v_commit ->> 'rank')::integer,
    v_commit ->> 'ref', coalesce((v_commit ->> 'dirty')::boolean, false), p_call ->> 'actor', p_call ->> 'reason',
    p_call ->> 'undoes', v_seq, v_response, (p_call ->> 'at')::timestamptz);
  insert into public.registry_validation_reports (
    idempotency_key, verdict, release_id, summary, counts, actor, commit_sha, commit_ref, created_at)
  select p_call ->> 'key', 'accepted', v_release, jsonb_object_agg(outcome, n),
    jsonb_build_object('definitions', sum(n), 'errors', 0), p_call ->> 'actor', v_commit ->> 'sha', v_commit ->> 'ref',
    (p_call ->> 'at')::timestamptz
  from (
    select o.outcome, count(*) as n from jsonb_to_recordset(p_outcomes) as o(outcome text) group by o.outcome
  ) as counted;
  return v_response;
end
$$;
