-- What a publish means for each definition: one row each, sorted, with the version it will have.
create function public.registry_decide(p_call jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with wanted as (
    select
      s.kind, s.id, s.digest, s.expected_version,
      case
        when h.latest_digest = s.digest and s.state = case when h.draft_version is null then h.state else 'draft' end
          then 'unchanged'
        when h.commit_rank > (p_call -> 'commit' ->> 'rank')::integer then 'stale'
        when h.hold @> jsonb_build_array(jsonb_build_object('digest', s.digest)) and not coalesce((p_call ->> 'unhold')::boolean, false) then 'held'
        when coalesce(h.latest_version, 0) <> s.expected_version then 'conflict'
        when h.kind is null or h.state = 'removed' then 'added'
        else 'updated'
      end as outcome,
      h.version, h.latest_version, h.digest as head_digest
    from public.registry_staged s
    left join public.registry_heads h on h.kind = s.kind and h.id = s.id
    where s.principal = p_call ->> 'principal' and s.key = p_call ->> 'key'
    union all
    select
      r.kind, r.id, null, r."expectedVersion",
      case
        when h.kind is null then 'missing'
        when h.state = 'removed' then 'unchanged'
        when h.commit_rank > (p_call -> 'commit' ->> 'rank')::integer then 'stale'
        when h.latest_version <> r."expectedVersion" then 'conflict'
        else 'removed'
      end,
      h.version, h.latest_version, h.digest
    from jsonb_to_recordset(p_call -> 'removals') as r(kind text, id text, "expectedVersion" integer)
    left join public.registry_heads h on h.kind = r.kind and h.id = r.id
  )
  select coalesce(jsonb_agg(
    jsonb_build_object(
      'kind', kind, 'id', id, 'outcome', outcome,
      'version', case
        when outcome in ('added', 'updated', 'removed') then coalesce(latest_version, 0) + 1
        when outcome = 'unchanged' then latest_version
        else version
      end,
      'digest', case when outcome in ('stale', 'held') then head_digest else coalesce(digest, head_digest) end)
    || case outcome
      when 'removed' then jsonb_build_object('source', coalesce(version, latest_version), 'state', 'removed')
      when 'conflict' then jsonb_build_object('expectedVersion', expected_version)
      else '{}'
    end
    order by kind collate "C", id collate "C"), '[]')
  from wanted
$$;

revoke all on function public.registry_decide(jsonb) from public, anon, authenticated, service_role;
