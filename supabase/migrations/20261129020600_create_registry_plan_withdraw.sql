-- The content that a request withdraws: refused while it is live, because readers would be left with nothing.
create function public.registry_plan_withdraw(p_request jsonb)
returns public.registry_revisions
language plpgsql
stable
set search_path = ''
as $$
declare
  v_name text := format('%s/%s', p_request ->> 'kind', p_request ->> 'id');
  v_head public.registry_heads;
  v_found public.registry_revisions;
  v_other integer;
begin
  select * into v_head from public.registry_heads where kind = p_request ->> 'kind' and id = p_request ->> 'id';
  if v_head.kind is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('there is no %s', v_name),
      'nofx registry list shows the definitions', p_request - 'reason');
  end if;
  select * into v_found from public.registry_revisions
    where kind = v_head.kind and id = v_head.id and version = (p_request ->> 'version')::integer;
  if v_found.kind is null then
    perform public.registry_refuse(404, 'NOT_FOUND',
      format('%s has no version %s, its newest is %s', v_name, p_request ->> 'version', v_head.latest_version),
      'nofx registry history lists its versions', p_request - 'reason');
  end if;
  if v_head.version is not null and v_head.digest = v_found.digest then
    select max(version) into v_other from public.registry_revisions
      where kind = v_head.kind and id = v_head.id and digest <> v_head.digest and withdrawn_at is null
        and state not in ('draft', 'removed');
    perform public.registry_refuse(422, 'REFUSED',
      format('version %s of %s is live%s', v_found.version, v_name,
        case when v_found.version <> v_head.version then format(', as version %s', v_head.version) end),
      case
        when v_other is null then 'publish corrected content first, or remove the definition: nofx registry publish --prune'
        else format('first: nofx registry rollback %s %s --to %s --reason "takedown"', v_head.kind, v_head.id, v_other)
      end,
      jsonb_build_object('rule', 'NOFX_WITHDRAW_LIVE', 'kind', v_head.kind, 'id', v_head.id,
        'version', v_head.version));
  end if;
  return v_found;
end
$$;

revoke all on function public.registry_plan_withdraw(jsonb) from public, anon, authenticated, service_role;
