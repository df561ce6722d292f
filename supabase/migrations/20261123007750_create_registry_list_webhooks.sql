-- Every destination and how it stands, without its secret.
create function public.registry_list_webhooks()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'id', w.id, 'url', w.url, 'deployment', w.deployment, 'kinds', w.kinds, 'types', w.types, 'audience', w.audience,
      'state', case when w.disabled_at is not null then 'disabled' when w.attempts > 0 then 'failing' else 'active' end,
      'cursor', w.cursor, 'lag', greatest(c.seq - w.cursor, 0),
      'attempts', w.attempts, 'nextAt', case when w.attempts > 0 and w.disabled_at is null then w.next_at end,
      'lastStatus', w.last_status, 'lastError', w.last_error, 'deliveredAt', w.delivered_at,
      'disabledAt', w.disabled_at, 'createdBy', w.created_by, 'createdAt', w.created_at,
      'deadLetters', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'since', d.since, 'cursor', d.cursor, 'attempts', d.attempts, 'lastStatus', d.last_status,
            'lastError', d.last_error, 'at', d.created_at)
          order by d.since), '[]')
        from (select * from public.registry_dead_letters l where l.webhook_id = w.id order by l.since desc limit 20) d))
    order by w.created_at, w.id), '[]')
  from public.registry_webhooks w cross join public.registry_counter c
$$;

revoke all on function public.registry_list_webhooks() from public, anon, authenticated, service_role;
grant execute on function public.registry_list_webhooks() to service_role;
