-- Finds a release as people name it: by id or a unique start of it, else the newest publish of a commit.
create function public.registry_find_release(p_ref text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_ids text[];
  v_shas text[];
begin
  if p_ref ~ '^[0-9A-Za-z-]+$' then
    select array_agg(id) into v_ids from public.registry_releases where id like p_ref || '%';
    select array_agg(distinct commit_sha) into v_shas
      from public.registry_releases
      where v_ids is null and commit_sha like p_ref || '%' and origin in ('publish', 'remove');
  end if;
  if cardinality(v_ids) > 1 or cardinality(v_shas) > 1 then
    perform public.registry_refuse(422, 'REFUSED', format('%s is the start of more than one release', p_ref),
      'give more of it', jsonb_build_object('matches', coalesce(v_ids, v_shas)));
  end if;
  if v_ids is null and v_shas is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('there is no release or published commit %s', p_ref),
      'nofx registry history lists them', jsonb_build_object('release', p_ref));
  end if;
  return coalesce(v_ids[1], (
    select id from public.registry_releases
    where commit_sha = v_shas[1] and origin in ('publish', 'remove') order by seq desc limit 1));
end
$$;

revoke all on function public.registry_find_release(text) from public, anon, authenticated, service_role;
