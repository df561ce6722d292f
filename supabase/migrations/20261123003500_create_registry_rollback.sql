-- Brings back an earlier revision of one definition, or undoes a release.
create function public.registry_rollback(p_request jsonb)
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
  v_target jsonb := jsonb_build_object('expectedVersion', p_request -> 'target' -> 'seenVersion') || (p_request -> 'target');
  v_outcomes jsonb;
  v_about jsonb;
  v_undoes text;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  if coalesce(btrim(p_request ->> 'reason'), '') = '' then
    perform public.registry_refuse(422, 'REFUSED', 'a rollback without a reason', 'say why with --reason');
  end if;
  if v_target ? 'release' then
    v_undoes := public.registry_find_release(v_target ->> 'release');
    v_outcomes := public.registry_plan_release_undo(v_undoes, coalesce((p_request ->> 'force')::boolean, false));
    select jsonb_build_object('sha', commit_sha, 'rank', commit_rank, 'ref', commit_ref, 'dirty', dirty)
      into v_about from public.registry_releases where id = v_undoes;
  else
    v_outcomes := public.registry_plan_rollback(v_target);
    select jsonb_build_object('sha', commit_sha, 'rank', commit_rank, 'ref', commit_ref, 'dirty', dirty)
      into v_about from public.registry_revisions
      where kind = v_target ->> 'kind' and id = v_target ->> 'id' and version = (v_target ->> 'toVersion')::integer;
  end if;
  return public.registry_take_back(
    v_call || jsonb_build_object('about', v_about, 'undoes', v_undoes), 'rollback', v_outcomes);
end
$$;

revoke all on function public.registry_rollback(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_rollback(jsonb) to service_role;
