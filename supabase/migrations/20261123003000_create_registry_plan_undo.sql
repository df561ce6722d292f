-- What takes back the given revisions: for each definition the copy that makes it what it was before. Before a draft
-- was an older draft or the live content; before anything else the live content, or nothing: then a tombstone.
create function public.registry_plan_undo(p_moved jsonb, p_outcome text, p_force boolean)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with undone as (
    select
      m.kind, m.id, m.version, m.digest, h.state as head_state, h.latest_version, h.latest_digest, h.draft_version,
      case m.state
        when 'draft' then coalesce(draft.version, live.version)
        when 'removed' then coalesce(live.version, draft.version)
        else live.version
      end as source,
      h.latest_version <> m.version and not p_force as moved_since
    from jsonb_to_recordset(p_moved) as o(kind text, id text, version integer)
    join public.registry_revisions m on m.kind = o.kind and m.id = o.id and m.version = o.version
    join public.registry_heads h on h.kind = o.kind and h.id = o.id
    left join lateral (
      select case when r.state <> 'removed' then r.version end as version from public.registry_revisions r
      where r.kind = m.kind and r.id = m.id and r.version < m.version and r.state <> 'draft'
      order by r.version desc limit 1
    ) live on true
    left join public.registry_revisions draft
      on draft.kind = m.kind and draft.id = m.id and draft.version = m.version - 1 and draft.state = 'draft'
  ), decided as (
    select u.*, s.digest as source_digest, case
      when u.moved_since then 'conflict'
      when u.source is null and u.head_state = 'removed' then 'unchanged'
      when s.digest = u.latest_digest
        and s.state = case when u.draft_version is null then u.head_state else 'draft' end then 'unchanged'
      when u.source is null then 'removed'
      else p_outcome
    end as outcome
    from undone u
    left join public.registry_revisions s on s.kind = u.kind and s.id = u.id and s.version = u.source
  )
  select coalesce(jsonb_agg(
    jsonb_build_object('kind', kind, 'id', id, 'outcome', outcome, 'digest', coalesce(source_digest, digest),
      'version', case when outcome in ('removed', p_outcome) then latest_version + 1 else latest_version end)
    || case outcome
      when 'conflict' then jsonb_build_object('expectedVersion', version)
      when 'removed' then jsonb_build_object('source', version, 'state', 'removed')
      when 'unchanged' then '{}'
      else jsonb_build_object('source', source)
    end
    -- what was live after this version is taken back, and so is the undone revision, live or not
    || jsonb_build_object('after', coalesce(source, version - 1), 'undone', version)
    order by kind collate "C", id collate "C"), '[]')
  from decided
$$;

revoke all on function public.registry_plan_undo(jsonb, text, boolean) from public, anon, authenticated, service_role;
