-- Appends the copies of a rollback, an undelete or a promotion and ends it. A dry run does it all and takes it back, so
-- its verdict is the real one.
create or replace function public.registry_take_back(p_call jsonb, p_origin text, p_outcomes jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_result jsonb;
begin
  perform public.registry_refuse_withdrawn(p_outcomes);
  perform public.registry_append_copies(p_call, p_origin, p_outcomes);
  perform public.registry_check_published(p_call ->> 'release');
  v_result := public.registry_finish(p_call, p_origin, p_outcomes);
  if (p_call ->> 'dryRun')::boolean then
    raise sqlstate 'NXDRY';
  end if;
  return v_result;
exception when sqlstate 'NXDRY' then
  return v_result || jsonb_build_object('releaseId', null, 'seq', p_call -> 'seq');
end
$$;
