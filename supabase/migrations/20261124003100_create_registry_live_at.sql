-- What was live at a time: of each definition the newest version until then that was no draft, tombstones and disabled
-- ones included, with who moved it, why, and until when it lasted. Times count in milliseconds, as they are shown.
create function public.registry_live_at(p_kind text, p_at timestamptz, p_id text default null)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if current_setting('role', true) in ('anon', 'authenticated') and not public.registry_is_publisher() then
    perform public.registry_refuse(403, 'REMOTE_DENIED', 'only publishers may read what was live',
      'sign in as a publisher, or use the secret key');
  end if;
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
        'kind', r.kind, 'id', r.id, 'version', r.version, 'digest', r.digest, 'prompt_hash', r.prompt_hash,
        'state', r.state, 'declared_version', r.declared_version, 'commit_sha', r.commit_sha,
        'commit_rank', r.commit_rank, 'commit_ref', r.commit_ref, 'dirty', r.dirty, 'origin', r.origin,
        'actor', r.actor, 'reason', r.reason, 'release_id', r.release_id, 'created_at', r.created_at,
        'withdrawn_at', r.withdrawn_at, 'withdrawn_by', r.withdrawn_by, 'withdrawn_reason', r.withdrawn_reason,
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
