-- Forgets what was staged and never committed.
create function public.registry_sweep(p_older interval)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count integer;
begin
  delete from public.registry_staged where created_at < now() - p_older;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

revoke all on function public.registry_sweep(interval) from public, anon, authenticated, service_role;
grant execute on function public.registry_sweep(interval) to service_role;
