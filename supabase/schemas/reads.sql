-- Documents for publishers.

-- The live versions at a time: for each definition the newest version until then that is not a draft, with tombstones
-- and disabled versions, and with actor, reason and end. Times are compared in milliseconds, as they are shown.
create function public.registry_live_at(p_kind text, p_at timestamptz, p_id text default null)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if current_setting('role', true) in ('anon', 'authenticated') and not public.registry_is_publisher() then
    perform public.registry_refuse(403, 'REMOTE_DENIED', 'only publishers may read what was live at a time',
      'sign in as a publisher, or use the secret key');
  end if;
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
        'kind', r.kind, 'id', r.id, 'version', r.version, 'digest', r.digest, 'promptHash', r.prompt_hash,
        'state', r.state, 'declaredVersion', r.declared_version, 'origin', r.origin, 'actor', r.actor,
        'reason', r.reason, 'releaseId', r.release_id, 'createdAt', r.created_at, 'sha', r.commit_sha,
        'rank', r.commit_rank, 'ref', r.commit_ref, 'dirty', r.dirty, 'withdrawnAt', r.withdrawn_at,
        'withdrawnBy', r.withdrawn_by, 'withdrawnReason', r.withdrawn_reason,
        'until', (
          select n.created_at from public.registry_revisions n
          where n.kind = r.kind and n.id = r.id and n.version > r.version and n.state <> 'draft'
          order by n.version limit 1))
      order by r.id collate "C"), '[]')
    from public.registry_heads h
    cross join lateral (
      select v.* from public.registry_revisions v
      where v.kind = h.kind and v.id = h.id and v.state <> 'draft'
        and date_trunc('milliseconds', v.created_at) <= p_at
      order by v.version desc limit 1
    ) as r
    where h.kind = p_kind and (p_id is null or h.id = p_id));
end
$$;
revoke all on function public.registry_live_at(text, timestamptz, text) from public, anon, authenticated, service_role;
grant execute on function public.registry_live_at(text, timestamptz, text) to authenticated, service_role;

-- All heads of some kinds, in the order of the kinds, as one document: pages of 1,000 rows would take ten round trips and
-- could be of different times, and so would one call for each kind.
create function public.registry_heads_json(p_kinds jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if current_setting('role', true) in ('anon', 'authenticated') and not public.registry_is_publisher() then
    perform public.registry_refuse(403, 'REMOTE_DENIED', 'only publishers may read all heads',
      'sign in as a publisher, or use the secret key');
  end if;
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
        'kind', kind, 'id', id, 'state', state, 'version', version, 'draftVersion', draft_version,
        'latestVersion', latest_version, 'digest', latest_digest,
        'liveDigest', case when version is not null then digest end,
        'commitSha', commit_sha, 'commitRank', commit_rank,
        'hold', hold, 'disabled', disabled, 'metadata', metadata, 'references', refs,
        'updatedAt', to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      order by place, id collate "C"), '[]')
    from jsonb_array_elements_text(p_kinds) with ordinality as wanted(wanted_kind, place)
    join public.registry_heads on kind = wanted_kind);
end
$$;
revoke all on function public.registry_heads_json(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_heads_json(jsonb) to authenticated, service_role;
