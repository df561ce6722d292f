-- What a rollback of one definition appends: a copy of an earlier live revision.
create function public.registry_plan_rollback(p_target jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_name text := format('%s/%s', p_target ->> 'kind', p_target ->> 'id');
  v_to integer := (p_target ->> 'toVersion')::integer;
  v_head public.registry_heads := public.registry_expect_head(
    p_target ->> 'kind', p_target ->> 'id', (p_target ->> 'expectedVersion')::integer);
  v_state text;
  v_digest text;
  v_withdrawn timestamptz;
  v_problem text;
begin
  select state, digest, withdrawn_at into v_state, v_digest, v_withdrawn
    from public.registry_revisions where kind = v_head.kind and id = v_head.id and version = v_to;
  if v_state is null then
    perform public.registry_refuse(404, 'NOT_FOUND',
      format('%s has no version %s, its newest is %s', v_name, v_to, v_head.latest_version),
      'nofx registry history lists its versions', p_target);
  end if;
  v_problem := case
    when v_state = 'removed' then 'is a tombstone'
    when v_withdrawn is not null then 'was withdrawn'
    when v_state = 'draft' then 'is a draft and was never live'
    when v_to = v_head.version then 'is live already'
    when v_head.version is not null and v_digest = v_head.digest and v_state = v_head.state
      then format('has the content that is live already, as version %s', v_head.version)
  end;
  if v_problem is not null then
    perform public.registry_refuse(422, 'REFUSED', format('version %s of %s %s', v_to, v_name, v_problem),
      'choose another version from its history', p_target || '{"rule": "NOFX_ROLLBACK_TARGET"}');
  end if;
  return jsonb_build_array(jsonb_build_object('kind', v_head.kind, 'id', v_head.id, 'outcome', 'rolled-back',
    'version', v_head.latest_version + 1, 'digest', v_digest, 'source', v_to, 'after', v_to));
end
$$;

revoke all on function public.registry_plan_rollback(jsonb) from public, anon, authenticated, service_role;
