-- Held content: rolled back or withdrawn, so a publish does not make it live again.

-- Updates the holds, before the heads move. A rollback holds every content that was live after the version that it
-- restores, and the undone content, live or not; the restored content is no longer held. A hold ends when its own
-- content is published with "unhold", restored by a rollback or undeleted; other content that goes live ends no hold.
create function public.registry_move_holds(p_call jsonb, p_outcomes jsonb)
returns void
language sql
set search_path = ''
as $$
  with moved as (
    select
      r.kind, r.id, r.origin, o.after, o.undone, r.version,
      -- a tombstone restores no content
      case when r.state <> 'removed' then r.digest end as back,
      -- live content that a restored draft leaves live
      case when r.state = 'draft' and h.version is not null then h.digest end as stays
    from jsonb_to_recordset(p_outcomes) as o(
      kind text, id text, outcome text, version integer, after integer, undone integer)
    -- see registry_append_staged
    cross join lateral (
      select * from public.registry_revisions r where r.kind = o.kind and r.id = o.id and r.version = o.version limit 1
    ) r
    cross join lateral (
      select h.version, h.digest from public.registry_heads h where h.kind = o.kind and h.id = o.id limit 1
    ) h
    where r.release_id = p_call ->> 'release' and r.version > 1 and r.origin not in ('remove', 'rebase')
  ), taken as (
    select m.kind, m.id, t.digest, max(t.version) as version
    from moved m
    join public.registry_revisions t
      on t.kind = m.kind and t.id = m.id and t.version > m.after and t.version < m.version
    where m.origin = 'rollback' and t.digest is distinct from m.back and t.digest is distinct from m.stays
      and ((t.state not in ('draft', 'removed') and m.stays is null) or (t.version = m.undone and t.state <> 'removed'))
    group by m.kind, m.id, t.digest
  ), settled as (
    select h.kind, h.id, coalesce((
        select jsonb_agg(e.value order by e.place)
        from jsonb_array_elements(h.hold) with ordinality as e(value, place)
        where e.value ->> 'digest' is distinct from m.back or e.value ? 'withdrawn'), '[]')
      || coalesce((
        select jsonb_agg(jsonb_build_object(
            'digest', t.digest, 'version', t.version, 'reason', p_call ->> 'reason', 'by', p_call ->> 'actor',
            'since', to_char((p_call ->> 'at')::timestamptz at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
          order by t.version)
        from taken t
        where t.kind = m.kind and t.id = m.id
          and not h.hold @> jsonb_build_array(jsonb_build_object('digest', t.digest))), '[]') as hold
    from moved m
    join public.registry_heads h on h.kind = m.kind and h.id = m.id
    where m.origin = 'rollback' or h.hold <> '[]'
  )
  update public.registry_heads h set hold = s.hold
  from settled s
  where h.kind = s.kind and h.id = s.id and h.hold <> s.hold
$$;
revoke all on function public.registry_move_holds(jsonb, jsonb) from public, anon, authenticated, service_role;

-- Whether a content is held. Row security calls this function, because readers may not read the column, which has
-- reasons and names.
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
