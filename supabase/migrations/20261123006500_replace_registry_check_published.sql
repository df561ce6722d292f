-- Rules that only the registry can check, of what is published or promoted: a declared version names one content for
-- ever, and caps are the server's.
create or replace function public.registry_check_published(p_release text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb;
begin
  select jsonb_agg(jsonb_build_object(
      'kind', r.kind, 'id', r.id, 'declaredVersion', r.declared_version, 'version', e.version, 'commit', e.commit_sha)
      order by r.kind collate "C", r.id collate "C") into v_rows
    from public.registry_revisions r
    join lateral (
      select p.version, p.commit_sha from public.registry_revisions p
      where p.kind = r.kind and p.id = r.id and p.version < r.version and p.state not in ('draft', 'removed')
        and p.declared_version = r.declared_version and p.digest <> r.digest
      order by p.version desc limit 1
    ) e on true
    where r.release_id = p_release and r.version > 1 and r.origin in ('publish', 'promote') and r.state <> 'draft';
  if v_rows is not null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s %s is already published with other content, as version %s', v_rows -> 0 ->> 'kind',
        v_rows -> 0 ->> 'id', v_rows -> 0 ->> 'declaredVersion', v_rows -> 0 ->> 'version'),
      'raise "version" in the manifest', jsonb_build_object('rule', 'NOFX_VERSION_REUSED', 'definitions', v_rows));
  end if;
  select jsonb_agg(jsonb_build_object('kind', r.kind, 'id', r.id, 'field', c.key, 'value', v.value, 'cap', c.value)
      order by r.kind collate "C", r.id collate "C") into v_rows
    from public.registry_policies p
    cross join lateral jsonb_each(p.caps) as c
    join public.registry_revisions r
      on r.release_id = p_release and r.kind = p.kind and r.origin in ('publish', 'promote')
    -- a kind's facts have presets resolved to numbers; a manifest may name just the preset
    cross join lateral (
      select coalesce(r.metadata -> 'facts' #> string_to_array(c.key, '.'), r.manifest #> string_to_array(c.key, '.'))
        as value
    ) as v
    where jsonb_typeof(v.value) = 'number' and v.value > c.value;
  if v_rows is not null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s wants %s %s, this registry allows %s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id',
        v_rows -> 0 ->> 'field', v_rows -> 0 ->> 'value', v_rows -> 0 ->> 'cap'),
      'lower it in the manifest', jsonb_build_object('rule', 'NOFX_POLICY_CAP', 'definitions', v_rows));
  end if;
end
$$;
