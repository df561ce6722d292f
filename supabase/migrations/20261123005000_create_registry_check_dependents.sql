-- Refuses a release that takes away what something live needs, with everything that would break.
create function public.registry_check_dependents(p_release text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb := public.registry_broken_dependents(p_release);
  v_name text := format('%s/%s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id');
  v_lost text := format('%s/%s', v_rows -> 0 -> 'requires' ->> 'kind', v_rows -> 0 -> 'requires' ->> 'id');
  v_others bigint;
begin
  if v_rows is not null then
    select count(distinct (d.kind, d.id)) - 1 into v_others from jsonb_to_recordset(v_rows) as d(kind text, id text);
    perform public.registry_refuse(422, 'REFUSED',
      case v_rows -> 0 ->> 'why'
        when 'demand' then format('%s no longer offers "%s", which is demanded by %s', v_lost,
          v_rows -> 0 ->> 'provides', v_name)
        when 'range' then format('%s with %s is outside %s, which is required by %s', v_lost,
          coalesce('version ' || (v_rows -> 0 ->> 'version'), 'no version'), v_rows -> 0 ->> 'range', v_name)
        else format('%s is still required by %s', v_lost, v_name)
      end || case when v_others > 0 then format(' and %s more', v_others) else '' end,
      'change what requires it first, or use --force',
      jsonb_build_object('rule', 'NOFX_STILL_REQUIRED', 'dependents', v_rows));
  end if;
end
$$;

revoke all on function public.registry_check_dependents(text) from public, anon, authenticated, service_role;
