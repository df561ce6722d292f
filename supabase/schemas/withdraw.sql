-- Withdrawal: the content of a version is deleted everywhere, and a tombstone stays.

-- Withdraws the content of a version, such as a leaked secret or personal data: deletes it from all versions that have
-- it, in production and in previews. A tombstone stays. "objects" in the answer, also of a retry, are the objects that
-- the caller has to delete from storage.
create function public.registry_withdraw(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_result jsonb := v_call -> 'replay';
  v_found public.registry_revisions;
begin
  if v_result is null and coalesce(btrim(p_request ->> 'reason'), '') = '' then
    perform public.registry_refuse(422, 'REFUSED', 'the reason is empty',
      'say why: --reason "<1 to 2,000 characters>"');
  end if;
  if v_result is null then
    v_found := public.registry_plan_withdraw(p_request);
  else
    select * into v_found from public.registry_revisions
      where kind = p_request ->> 'kind' and id = p_request ->> 'id' and version = (p_request ->> 'version')::integer;
  end if;
  if v_result is null and v_found.withdrawn_at is not null then
    v_result := jsonb_build_object('releaseId', null, 'replayed', false, 'dryRun', v_call -> 'dryRun',
      'seq', v_call -> 'seq', 'outcomes', jsonb_build_array(jsonb_build_object('kind', v_found.kind, 'id', v_found.id,
        'outcome', 'unchanged', 'version', v_found.version, 'digest', v_found.digest)));
  end if;
  v_result := coalesce(v_result, public.registry_erase_everywhere(v_call, v_found));
  return v_result || jsonb_build_object('objects', case
    when coalesce((p_request ->> 'dryRun')::boolean, false) then '[]'
    else public.registry_erased_objects(to_jsonb(v_found))
  end);
end
$$;
revoke all on function public.registry_withdraw(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_withdraw(jsonb) to service_role;

-- The content that a request withdraws; refused while it is live, because readers would have no version.
create function public.registry_plan_withdraw(p_request jsonb)
returns public.registry_revisions
language plpgsql
stable
set search_path = ''
as $$
declare
  v_name text := format('%s/%s', p_request ->> 'kind', p_request ->> 'id');
  v_head public.registry_heads;
  v_found public.registry_revisions;
  v_other integer;
begin
  select * into v_head from public.registry_heads where kind = p_request ->> 'kind' and id = p_request ->> 'id';
  if v_head.kind is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('%s does not exist', v_name),
      'see: nofx registry list', p_request - 'reason');
  end if;
  select * into v_found from public.registry_revisions
    where kind = v_head.kind and id = v_head.id and version = (p_request ->> 'version')::integer;
  if v_found.kind is null then
    perform public.registry_refuse(404, 'NOT_FOUND',
      format('%s has no version %s, its newest is %s', v_name, p_request ->> 'version', v_head.latest_version),
      format('see: nofx registry history %s/%s', v_head.kind, v_head.id), p_request - 'reason');
  end if;
  if v_head.version is not null and v_head.digest = v_found.digest then
    select max(version) into v_other from public.registry_revisions
      where kind = v_head.kind and id = v_head.id and digest <> v_head.digest and withdrawn_at is null
        and state not in ('draft', 'removed');
    perform public.registry_refuse(422, 'REFUSED',
      format('version %s of %s is live%s', v_found.version, v_name,
        case when v_found.version <> v_head.version then format(', as version %s', v_head.version) end),
      case
        when v_other is null then 'publish corrected content first; or delete its folder, commit, then: nofx registry publish --prune'
        else format('first: nofx registry rollback %s/%s --to %s --reason "takedown"', v_head.kind, v_head.id, v_other)
      end,
      jsonb_build_object('rule', 'NOFX_WITHDRAW_LIVE', 'kind', v_head.kind, 'id', v_head.id,
        'version', v_head.version));
  end if;
  return v_found;
end
$$;
revoke all on function public.registry_plan_withdraw(jsonb) from public, anon, authenticated, service_role;

-- Deletes a content in production and in every preview, and returns the answer of a release.
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
    -- waits for the calls in the preview
    perform pg_advisory_xact_lock(hashtextextended(v_schema, 6));
    if public.registry_preview_shape() is distinct from obj_description(to_regnamespace(v_schema), 'pg_namespace') then
      -- made before a migration: its tables differ, and the next publish of its branch would make it again anyway
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
  insert into public.registry_release_kinds (kind, seq) values (p_found.kind, (v_response ->> 'seq')::bigint);
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

-- Writes the events of a withdrawal, one for each version that had the content. The event of a version that was public
-- is public, so that workers drop their copies.
create function public.registry_write_withdrawals(p_call jsonb, p_content jsonb)
returns bigint
language sql
set search_path = ''
as $$
  insert into public.registry_events (seq, type, kind, id, version, digest, release_id, audience, at)
  select
    (select seq from public.registry_counter) + row_number() over (order by r.version),
    coalesce(k.singular, r.kind) || '.withdrawn', r.kind, r.id, r.version, r.digest, p_call ->> 'release',
    case when r.state in ('active', 'deprecated') then 'public' else 'publisher' end, (p_call ->> 'at')::timestamptz
  from public.registry_revisions r
  left join public.registry_kinds k on k.kind = r.kind
  where r.kind = p_content ->> 'kind' and r.id = p_content ->> 'id' and r.digest = p_content ->> 'digest'
    and r.state <> 'removed';

  update public.registry_counter
  set seq = seq + (select count(*) from public.registry_events where release_id = p_call ->> 'release')
  returning seq
$$;
revoke all on function public.registry_write_withdrawals(jsonb, jsonb) from public, anon, authenticated, service_role;

-- The objects in storage that have a content: its bundle, its bundles in previews, and the manifests of reports. SQL
-- cannot delete objects: the caller deletes them and asks again until the list is empty.
create function public.registry_erased_objects(p_content jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with bundle as (
    select format('%s/%s/%s.tar.gz', p_content ->> 'kind', p_content ->> 'id', p_content ->> 'digest') as path
  ), wanted as (
    select path from bundle
    union all
    select format('preview-%s/%s', p.name, path) from public.registry_previews p cross join bundle
  )
  select coalesce(jsonb_agg(name order by name collate "C"), '[]')
  from (
    select o.name from storage.objects o join wanted w on w.path = o.name
    where o.bucket_id = 'registry'
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
    union
    -- manifests that no report names any more
    select o.name from storage.objects o
    where o.bucket_id = 'registry' and o.name like 'reports/%'
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
      and not exists (select from public.registry_validation_reports r where r.manifests = o.name)
  ) as objects
$$;
revoke all on function public.registry_erased_objects(jsonb) from public, anon, authenticated, service_role;

-- Refuses to copy a version whose content was withdrawn, because nothing is left of it; a tombstone may be copied.
create function public.registry_refuse_withdrawn(p_outcomes jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_found record;
begin
  select r.kind, r.id, r.version, r.withdrawn_by, r.withdrawn_reason into v_found
    from jsonb_to_recordset(p_outcomes) as o(kind text, id text, source integer, state text)
    join public.registry_revisions r on r.kind = o.kind and r.id = o.id and r.version = o.source
    where r.withdrawn_at is not null and o.state is distinct from 'removed'
    order by r.kind collate "C", r.id collate "C" limit 1;
  if found then
    perform public.registry_refuse(422, 'WITHDRAWN',
      format('version %s of %s/%s was withdrawn by %s: %s', v_found.version, v_found.kind, v_found.id,
        v_found.withdrawn_by, v_found.withdrawn_reason),
      format('choose another version: nofx registry history %s/%s', v_found.kind, v_found.id),
      jsonb_build_object('kind', v_found.kind, 'id', v_found.id, 'version', v_found.version));
  end if;
end
$$;
revoke all on function public.registry_refuse_withdrawn(jsonb) from public, anon, authenticated, service_role;
