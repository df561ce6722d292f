-- Keeps the rollback metadata of the templates that a release moved; runs after their heads have moved.
create function public.registry_move_templates(p_release text)
returns void
language sql
set search_path = ''
as $$
  with moved as (
    select t.id, shown.manifest -> 'rollbackAdvice' as advice, before.version as previous
    from public.registry_revisions r
    -- the limit keeps the planner to the key
    cross join lateral (
      select h.id, coalesce(h.version, h.latest_version) as version from public.template_registry h
      where h.kind = r.kind and h.id = r.id limit 1
    ) as t
    join public.registry_revisions shown on shown.kind = r.kind and shown.id = r.id and shown.version = t.version
    left join lateral (
      select p.version from public.registry_revisions p
      where p.kind = r.kind and p.id = r.id and p.version < t.version and p.state not in ('draft', 'removed')
      order by p.version desc limit 1
    ) before on true
    where r.release_id = p_release and r.kind = 'templates' and r.version > 1
  )
  update public.template_registry t
  set previous_version = m.previous, rollback_advice = m.advice
  from moved m
  where t.kind = 'templates' and t.id = m.id
    and (t.previous_version is distinct from m.previous or t.rollback_advice is distinct from m.advice)
$$;

revoke all on function public.registry_move_templates(text) from public, anon, authenticated, service_role;
