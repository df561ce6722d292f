-- A preview as the functions tell of it.
create function public.registry_preview_json(p_row public.registry_previews)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'name', p_row.name, 'origin', p_row.origin, 'actor', p_row.actor, 'commit', p_row.commit_sha, 'state', p_row.state,
    'createdAt', to_char(p_row.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'updatedAt', to_char(p_row.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'expiresAt', to_char(p_row.expires_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'expired', p_row.expires_at <= now())
$$;

revoke all on function public.registry_preview_json(public.registry_previews)
  from public, anon, authenticated, service_role;
