-- Whether this is the first time that a place of a deployment sees the delivery: of two at once, one is told so.
create function public.registry_claim_delivery(p_place text, p_id text)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count integer;
begin
  -- rows that another call sweeps are left to it
  delete from public.registry_used_deliveries where id in (
    select id from public.registry_used_deliveries where expires_at < now() for update skip locked);
  insert into public.registry_used_deliveries (id, expires_at)
    values (p_place || ':' || p_id, now() + interval '15 minutes')
    on conflict (id) do nothing;
  get diagnostics v_count = row_count;
  return v_count = 1;
end
$$;

revoke all on function public.registry_claim_delivery(text, text) from public, anon, authenticated, service_role;
grant execute on function public.registry_claim_delivery(text, text) to service_role;
