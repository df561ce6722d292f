-- Refuses a whole publish when somebody else moved one of its definitions since it was planned.
create function public.registry_check_decided(p_outcomes jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb;
begin
  if p_outcomes @> '[{"outcome": "missing"}]' then
    select jsonb_agg(jsonb_build_object('kind', o ->> 'kind', 'id', o ->> 'id')) into v_rows
      from jsonb_array_elements(p_outcomes) as o where o ->> 'outcome' = 'missing';
    perform public.registry_refuse(404, 'NOT_FOUND',
      format('%s/%s is to be removed and does not exist', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id'), 'plan again',
      jsonb_build_object('definitions', v_rows));
  end if;
  if p_outcomes @> '[{"outcome": "conflict"}]' then
    select jsonb_agg(jsonb_build_object(
        'kind', o.kind, 'id', o.id, 'expectedVersion', o."expectedVersion", 'version', coalesce(h.latest_version, 0),
        'commit', h.commit_sha) order by o.kind collate "C", o.id collate "C") into v_rows
      from jsonb_to_recordset(p_outcomes) as o(kind text, id text, outcome text, "expectedVersion" integer)
      left join public.registry_heads h on h.kind = o.kind and h.id = o.id
      where o.outcome = 'conflict';
    perform public.registry_refuse(409, 'CONFLICT',
      format('%s/%s is at version %s (commit %s), the plan saw %s%s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id',
        v_rows -> 0 ->> 'version', coalesce(v_rows -> 0 ->> 'commit', 'none'), v_rows -> 0 ->> 'expectedVersion',
        case when jsonb_array_length(v_rows) > 1 then format('; and %s more', jsonb_array_length(v_rows) - 1) end),
      'plan again and publish that', jsonb_build_object('definitions', v_rows));
  end if;
  if exists (select from jsonb_to_recordset(p_outcomes) as o(kind text, id text) group by kind, id having count(*) > 1)
  then
    perform public.registry_refuse(422, 'REFUSED',
      'a definition is both published and removed by one release', 'publish again');
  end if;
end
$$;

revoke all on function public.registry_check_decided(jsonb) from public, anon, authenticated, service_role;
