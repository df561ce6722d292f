-- What undoing a whole release appends; refused when there is nothing left of it.
create function public.registry_plan_release_undo(p_release text, p_force boolean)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_outcomes jsonb;
begin
  select public.registry_plan_undo(
      jsonb_agg(jsonb_build_object('kind', kind, 'id', id, 'version', version)), 'rolled-back', p_force)
    into v_outcomes
    from public.registry_revisions where release_id = p_release;
  perform public.registry_check_decided(v_outcomes);
  if not exists (select from jsonb_array_elements(v_outcomes) as o where o ->> 'outcome' <> 'unchanged') then
    perform public.registry_refuse(422, 'REFUSED', format('nothing of release %s is left to take back', p_release),
      'nofx registry history shows what came after', jsonb_build_object('releaseId', p_release));
  end if;
  return v_outcomes;
end
$$;

revoke all on function public.registry_plan_release_undo(text, boolean)
  from public, anon, authenticated, service_role;
