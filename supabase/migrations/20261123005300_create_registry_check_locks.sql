-- What a plan was made from must be what is live: the same version and digest.
create function public.registry_check_locks(p_locks jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb;
begin
  select jsonb_agg(jsonb_build_object(
      'kind', l.kind, 'id', l.id, 'expectedVersion', l.version, 'expectedDigest', l.digest,
      'version', live.version, 'digest', live.digest, 'commit', live.commit_sha)
      order by l.kind collate "C", l.id collate "C") into v_rows
    from jsonb_to_recordset(p_locks) as l(kind text, id text, version integer, digest text)
    left join lateral (
      select h.version, h.digest, h.commit_sha from public.registry_heads h
      where h.kind = l.kind and h.id = l.id and h.version is not null and h.state in ('active', 'deprecated')
    ) live on true
    where live.version is distinct from l.version or live.digest is distinct from l.digest;
  if v_rows is not null then
    perform public.registry_refuse(409, 'CONFLICT',
      format('%s/%s is %s, the plan was made with version %s%s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id',
        coalesce('live as version ' || (v_rows -> 0 ->> 'version'), 'not live')
          || case when v_rows -> 0 -> 'version' = v_rows -> 0 -> 'expectedVersion' then ' with other content' else '' end,
        v_rows -> 0 ->> 'expectedVersion',
        case when jsonb_array_length(v_rows) > 1 then format('; and %s more', jsonb_array_length(v_rows) - 1) end),
      'try again: the plan is then made of what is live', jsonb_build_object('definitions', v_rows));
  end if;
end
$$;

revoke all on function public.registry_check_locks(jsonb) from public, anon, authenticated, service_role;
