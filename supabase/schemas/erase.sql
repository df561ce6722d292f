-- The part of a withdrawal that deletes content from the tables.

-- Deletes a content from all tables of a schema, of production or of a preview. The rows stay, with the publisher, the
-- withdrawal, its actor and its reason.
create function public.registry_erase(p_schema text, p_content jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_preview boolean := p_schema <> 'public';
  v_heads text := case when v_preview then 'own_heads' else 'registry_heads' end;
  v_revisions text := case when v_preview then 'own_revisions' else 'registry_revisions' end;
begin
  execute format($sql$
    update %I.%I set manifest = '{}', texts = '{}', files = '[]', refs = '[]',
      metadata = public.registry_blank_metadata(id), withdrawn_at = ($1 ->> 'since')::timestamptz,
      withdrawn_by = $1 ->> 'by', withdrawn_reason = $1 ->> 'reason'
    where kind = $1 ->> 'kind' and id = $1 ->> 'id' and digest = $1 ->> 'digest' and withdrawn_at is null
    $sql$, p_schema, v_revisions) using p_content;
  -- a head shows the live revision or, while no revision is live, the newest one
  execute format($sql$
    update %1$I.%2$I set metadata = public.registry_blank_metadata(id), refs = '[]' %3$s
    where kind = $1 ->> 'kind' and id = $1 ->> 'id' and digest = $1 ->> 'digest'
    $sql$, p_schema, v_heads, case when v_preview then ', rollback_advice = null' end) using p_content;
  if not v_preview then
    update public.template_registry set rollback_advice = null
    where kind = p_content ->> 'kind' and id = p_content ->> 'id' and digest = p_content ->> 'digest';
    delete from public.registry_archives a using public.registry_revisions r
    where r.kind = p_content ->> 'kind' and r.id = p_content ->> 'id' and r.digest = p_content ->> 'digest'
      and a.kind = r.kind and a.id = r.id and a.version = r.version;
  end if;
  execute format($sql$
    update %I.%I h set hold = coalesce((
        select jsonb_agg(e.value order by e.place)
        from jsonb_array_elements(h.hold) with ordinality as e(value, place)
        where e.value ->> 'digest' <> $1 ->> 'digest'), '[]')
      || jsonb_build_array($1 - 'kind' - 'id' || '{"withdrawn": true}')
    where h.kind = $1 ->> 'kind' and h.id = $1 ->> 'id'
    $sql$, p_schema, v_heads) using p_content;
  execute format($sql$
    delete from %I.registry_staged where kind = $1 ->> 'kind' and id = $1 ->> 'id' and digest = $1 ->> 'digest'
    $sql$, p_schema) using p_content;
  execute format($sql$
    update %I.template_instantiations set document = '{"withdrawn": true}'
    where kind = $1 ->> 'kind' and id = $1 ->> 'id' and digest = $1 ->> 'digest'
      and document <> '{"withdrawn": true}'
    $sql$, p_schema) using p_content;
  -- Findings quote the content without naming its version, and it is unknown which manifests a report kept: all reports
  -- lose their manifests, and all findings of this definition are deleted.
  execute format($sql$
    update %I.registry_validation_reports r set manifests = null, findings = coalesce((
        select jsonb_agg(f.value order by f.place)
        from jsonb_array_elements(r.findings) with ordinality as f(value, place)
        where (f.value ->> 'kind' = $1 ->> 'kind' and f.value ->> 'id' = $1 ->> 'id') is not true
          and (strpos(f.value ->> 'path', concat('/', $1 ->> 'kind', '/', $1 ->> 'id', '/')) > 0) is not true), '[]')
    where r.manifests is not null
      or r.findings @> jsonb_build_array(jsonb_build_object('kind', $1 ->> 'kind', 'id', $1 ->> 'id'))
      or strpos(r.findings::text, concat('/', $1 ->> 'kind', '/', $1 ->> 'id', '/')) > 0
    $sql$, p_schema) using p_content;
end
$$;
revoke all on function public.registry_erase(text, jsonb) from public, anon, authenticated, service_role;

-- The metadata of a definition whose content was withdrawn: its id alone.
create function public.registry_blank_metadata(p_id text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object('name', p_id, 'summary', '', 'status', 'draft', 'tags', '[]'::jsonb,
    'provides', '[]'::jsonb, 'facts', '{}'::jsonb)
$$;
revoke all on function public.registry_blank_metadata(text) from public, anon, authenticated, service_role;
