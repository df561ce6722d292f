-- All heads of a kind as one document: pages of 1,000 rows would cost ten round trips and could tear in between.
create or replace function public.registry_heads_json(p_kind text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if current_setting('role', true) in ('anon', 'authenticated') and not public.registry_is_publisher() then
    perform public.registry_refuse(403, 'REMOTE_DENIED', 'only publishers may read every head',
      'sign in as a publisher, or use the secret key');
  end if;
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
        'kind', kind, 'id', id, 'state', state, 'version', version, 'draftVersion', draft_version,
        'latestVersion', latest_version, 'digest', latest_digest,
        'liveDigest', case when version is not null then digest end,
        'commitSha', commit_sha, 'commitRank', commit_rank,
        'hold', hold, 'metadata', metadata, 'references', refs,
        'updatedAt', to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      order by id collate "C"), '[]')
    from public.registry_heads where kind = p_kind);
end
$$;
