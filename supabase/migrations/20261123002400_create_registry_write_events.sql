-- Writes a release's events, before its heads move: the feed tells what readers saw before and see now.
-- A definition that is disabled goes away for the public, and its event says no more than that.
create function public.registry_write_events(p_release text)
returns bigint
language sql
set search_path = ''
as $$
  with moved as (
    select
      r.kind, r.id, r.version, r.digest, r.state, r.created_at, coalesce(k.singular, r.kind) as singular,
      h.kind is null or h.state = 'removed' as fresh,
      r.state <> 'draft' and h.version is not null and h.state in ('active', 'deprecated') as was_public,
      r.state in ('active', 'deprecated') as is_public,
      (select seq from public.registry_counter)
        + row_number() over (order by r.kind collate "C", r.id collate "C") as seq
    from public.registry_revisions r
    left join public.registry_heads h on h.kind = r.kind and h.id = r.id
    left join public.registry_kinds k on k.kind = r.kind
    where r.release_id = p_release
  )
  insert into public.registry_events (seq, type, kind, id, version, digest, release_id, audience, at)
  select
    seq,
    singular || case
      when was_public and is_public then '.updated'
      when is_public then '.added'
      when was_public or state = 'removed' then '.removed'
      when fresh then '.added'
      else '.updated'
    end,
    kind, id, version,
    case when was_public and state = 'disabled' then null else digest end,
    p_release,
    case when was_public or is_public then 'public' else 'publisher' end,
    created_at
  from moved;

  update public.registry_counter
  set seq = seq + (select count(*) from public.registry_events where release_id = p_release)
  returning seq
$$;

revoke all on function public.registry_write_events(text) from public, anon, authenticated, service_role;
