-- The definitions of a preview that differ from production's, by what is newest and what is live. A tombstone is a
-- difference to anything but nothing.
create function public.registry_preview_compare(p_schema text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_changes jsonb;
begin
  execute format($sql$
    select coalesce(jsonb_agg(jsonb_build_object(
        'kind', kind, 'id', id, 'preview', own.face, 'production', production.face)
      order by kind collate "C", id collate "C"), '[]')
    from (select o.kind, o.id, %2$s from %1$I.own_heads o) as own
    left join lateral (
      select %2$s from public.registry_heads o where o.kind = own.kind and o.id = own.id
    ) as production on true
    where own.what is distinct from production.what
      and not (own.what = '["removed"]' and production.what is null)
    $sql$, p_schema, $face$
      jsonb_build_object('version', o.latest_version, 'digest', o.latest_digest,
        'state', case when o.draft_version is null then o.state else 'draft' end) as face,
      case when o.state = 'removed' and o.draft_version is null then '["removed"]'::jsonb
        else jsonb_build_array(o.state, o.latest_digest, o.draft_version is null,
          case when o.version is not null then o.digest end) end as what
    $face$) into v_changes;
  return v_changes;
end
$$;

revoke all on function public.registry_preview_compare(text) from public, anon, authenticated, service_role;
