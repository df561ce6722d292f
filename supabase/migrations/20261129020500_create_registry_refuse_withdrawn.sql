-- Refuses to copy a version whose content was withdrawn, but for a tombstone: there is nothing left of it.
create function public.registry_refuse_withdrawn(p_outcomes jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_found record;
begin
  select r.kind, r.id, r.version, r.withdrawn_by, r.withdrawn_reason into v_found
    from jsonb_to_recordset(p_outcomes) as o(kind text, id text, source integer, state text)
    join public.registry_revisions r on r.kind = o.kind and r.id = o.id and r.version = o.source
    where r.withdrawn_at is not null and o.state is distinct from 'removed'
    order by r.kind collate "C", r.id collate "C" limit 1;
  if found then
    perform public.registry_refuse(422, 'WITHDRAWN',
      format('version %s of %s/%s was withdrawn by %s: %s', v_found.version, v_found.kind, v_found.id,
        v_found.withdrawn_by, v_found.withdrawn_reason),
      format('choose another version: nofx registry history %s %s', v_found.kind, v_found.id),
      jsonb_build_object('kind', v_found.kind, 'id', v_found.id, 'version', v_found.version));
  end if;
end
$$;

revoke all on function public.registry_refuse_withdrawn(jsonb) from public, anon, authenticated, service_role;
