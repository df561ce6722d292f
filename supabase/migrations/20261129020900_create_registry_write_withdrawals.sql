-- Writes the events of a withdrawal, one for each version that had the content. What the public was shown, the public
-- hears of: workers drop their copies.
create function public.registry_write_withdrawals(p_call jsonb, p_content jsonb)
returns bigint
language sql
set search_path = ''
as $$
  insert into public.registry_events (seq, type, kind, id, version, digest, release_id, audience, at)
  select
    (select seq from public.registry_counter) + row_number() over (order by r.version),
    coalesce(k.singular, r.kind) || '.withdrawn', r.kind, r.id, r.version, r.digest, p_call ->> 'release',
    case when r.state in ('active', 'deprecated') then 'public' else 'publisher' end, (p_call ->> 'at')::timestamptz
  from public.registry_revisions r
  left join public.registry_kinds k on k.kind = r.kind
  where r.kind = p_content ->> 'kind' and r.id = p_content ->> 'id' and r.digest = p_content ->> 'digest'
    and r.state <> 'removed';

  update public.registry_counter
  set seq = seq + (select count(*) from public.registry_events where release_id = p_call ->> 'release')
  returning seq
$$;

revoke all on function public.registry_write_withdrawals(jsonb, jsonb) from public, anon, authenticated, service_role;
