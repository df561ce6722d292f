-- Deletes a content in production and in every preview, and answers what a release answers.
create function public.registry_erase_everywhere(p_call jsonb, p_found public.registry_revisions)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_content jsonb := jsonb_build_object('kind', p_found.kind, 'id', p_found.id, 'digest', p_found.digest,
    'version', p_found.version, 'reason', p_call ->> 'reason', 'by', p_call ->> 'actor',
    'since', to_char((p_call ->> 'at')::timestamptz at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'));
  v_response jsonb;
  v_preview text;
  v_schema text;
begin
  perform public.registry_erase('public', v_content);
  for v_preview in select name from public.registry_previews order by name collate "C" loop
    v_schema := public.registry_preview_schema(v_preview);
    -- waits for callers inside
    perform pg_advisory_xact_lock(hashtextextended(v_schema, 6));
    if public.registry_preview_shape() is distinct from obj_description(to_regnamespace(v_schema), 'pg_namespace') then
      -- made before a migration: its tables are others, and the next publish of its branch makes it anew anyway
      perform public.registry_preview_make(v_schema, format('preview-%s/', v_preview));
    end if;
    perform public.registry_erase(v_schema, v_content);
  end loop;
  select jsonb_build_object('releaseId', p_call -> 'release', 'replayed', false, 'dryRun', p_call -> 'dryRun',
      'seq', public.registry_write_withdrawals(p_call, v_content),
      'outcomes', jsonb_agg(jsonb_build_object('kind', kind, 'id', id, 'outcome', 'withdrawn', 'version', version,
        'digest', digest) order by version))
    into v_response
    from public.registry_revisions
    where kind = p_found.kind and id = p_found.id and digest = p_found.digest and state <> 'removed';
  insert into public.registry_releases (
    id, idempotency_key, request_hash, origin, commit_sha, commit_rank, commit_ref, dirty, actor, reason, seq, response,
    created_at)
  values (
    p_call ->> 'release', p_call ->> 'key', p_call ->> 'hash', 'withdraw', p_found.commit_sha, p_found.commit_rank,
    p_found.commit_ref, p_found.dirty, p_call ->> 'actor', p_call ->> 'reason', (v_response ->> 'seq')::bigint,
    v_response, (p_call ->> 'at')::timestamptz);
  if (p_call ->> 'dryRun')::boolean then
    raise sqlstate 'NXDRY';
  end if;
  return v_response;
exception when sqlstate 'NXDRY' then
  return v_response || jsonb_build_object('releaseId', null, 'seq', p_call -> 'seq');
end
$$;

revoke all on function public.registry_erase_everywhere(jsonb, public.registry_revisions)
  from public, anon, authenticated, service_role;
