-- Whether a content is held. For row security: readers may not read the column itself, which has reasons and names.
create function public.registry_is_held(p_kind text, p_id text, p_digest text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from public.registry_heads h
    where h.kind = p_kind and h.id = p_id
      and h.hold @> jsonb_build_array(jsonb_build_object('digest', p_digest)))
$$;

revoke all on function public.registry_is_held(text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.registry_is_held(text, text, text) to anon, authenticated, service_role;

-- What was rolled back was bad: the public reads it no longer, publishers do. That something was withdrawn is public, so
-- that a worker with a copy learns of it.
alter policy live_is_public on public.registry_revisions using (
  state in ('active', 'deprecated')
  and (
    withdrawn_at is not null
    or (exists (
        select from public.registry_heads h
        where h.kind = registry_revisions.kind and h.id = registry_revisions.id
          and h.state in ('active', 'deprecated') and registry_revisions.version <= h.version
      )
      and not public.registry_is_held(kind, id, digest)
    )
  )
);
