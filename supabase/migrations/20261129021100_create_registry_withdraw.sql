-- Takes the content of a version out of reach, for a leaked secret or personal data: of all versions that have it, in
-- production and in previews. A tombstone stays. Answers with "objects" that the caller has to delete from storage, also
-- when the same is asked again.
create function public.registry_withdraw(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_result jsonb := v_call -> 'replay';
  v_found public.registry_revisions;
begin
  if v_result is null and coalesce(btrim(p_request ->> 'reason'), '') = '' then
    perform public.registry_refuse(422, 'REFUSED', 'a withdrawal without a reason', 'say why with --reason');
  end if;
  if v_result is null then
    v_found := public.registry_plan_withdraw(p_request);
  else
    select * into v_found from public.registry_revisions
      where kind = p_request ->> 'kind' and id = p_request ->> 'id' and version = (p_request ->> 'version')::integer;
  end if;
  if v_result is null and v_found.withdrawn_at is not null then
    v_result := jsonb_build_object('releaseId', null, 'replayed', false, 'dryRun', v_call -> 'dryRun',
      'seq', v_call -> 'seq', 'outcomes', jsonb_build_array(jsonb_build_object('kind', v_found.kind, 'id', v_found.id,
        'outcome', 'unchanged', 'version', v_found.version, 'digest', v_found.digest)));
  end if;
  v_result := coalesce(v_result, public.registry_erase_everywhere(v_call, v_found));
  return v_result || jsonb_build_object('objects', case
    when coalesce((p_request ->> 'dryRun')::boolean, false) then '[]'
    else public.registry_erased_objects(to_jsonb(v_found))
  end);
end
$$;

revoke all on function public.registry_withdraw(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_withdraw(jsonb) to service_role;
