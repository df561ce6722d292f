-- Brings a removed definition back as it was before its tombstone.
create function public.registry_undelete(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join finds its rows by key: for one definition or 10,000, and whatever the statistics say after a first publish
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_head public.registry_heads;
  v_outcomes jsonb;
  v_about jsonb;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  v_head := public.registry_expect_head(
    p_request ->> 'kind', p_request ->> 'id', coalesce(p_request ->> 'expectedVersion', p_request ->> 'seenVersion')::integer);
  if v_head.state <> 'removed' then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s is not removed, it is %s', v_head.kind, v_head.id, v_head.state), 'there is nothing to undelete',
      jsonb_build_object('kind', v_head.kind, 'id', v_head.id, 'state', v_head.state));
  end if;
  v_outcomes := public.registry_plan_undo(
    jsonb_build_array(jsonb_build_object('kind', v_head.kind, 'id', v_head.id, 'version', v_head.latest_version)),
    'restored', false);
  select jsonb_build_object('sha', commit_sha, 'rank', commit_rank, 'ref', commit_ref, 'dirty', dirty)
    into v_about from public.registry_revisions
    where kind = v_head.kind and id = v_head.id and version = (v_outcomes -> 0 ->> 'source')::integer;
  return public.registry_take_back(v_call || jsonb_build_object('about', v_about), 'undelete', v_outcomes);
end
$$;

revoke all on function public.registry_undelete(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_undelete(jsonb) to service_role;
