-- The head that a request for one definition means: it exists and is where the caller saw it.
create function public.registry_expect_head(p_kind text, p_id text, p_expected integer)
returns public.registry_heads
language plpgsql
stable
set search_path = ''
as $$
declare
  v_head public.registry_heads;
begin
  select * into v_head from public.registry_heads where kind = p_kind and id = p_id;
  if v_head.kind is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('there is no %s/%s', p_kind, p_id),
      'nofx registry list shows what there is', jsonb_build_object('kind', p_kind, 'id', p_id));
  end if;
  if v_head.latest_version <> p_expected then
    perform public.registry_refuse(412, 'CONFLICT',
      format('%s/%s is at version %s (commit %s), not %s', p_kind, p_id, v_head.latest_version, v_head.commit_sha,
        p_expected),
      'look at its history and try again',
      jsonb_build_object('definitions', jsonb_build_array(jsonb_build_object('kind', p_kind, 'id', p_id,
        'expectedVersion', p_expected, 'version', v_head.latest_version, 'commit', v_head.commit_sha))));
  end if;
  return v_head;
end
$$;

revoke all on function public.registry_expect_head(text, text, integer)
  from public, anon, authenticated, service_role;
