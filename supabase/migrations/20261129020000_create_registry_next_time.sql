-- The time of the next effect, under the lock of the counter: later than everything before it, so that an order by time
-- is the order by number, whatever the server's clock does.
create function public.registry_next_time()
returns timestamptz
language sql
volatile
set search_path = ''
as $$
  select greatest(
    clock_timestamp(),
    (select created_at + interval '1 microsecond' from public.registry_releases order by seq desc limit 1),
    (select at + interval '1 microsecond' from public.registry_events order by seq desc limit 1))
$$;

revoke all on function public.registry_next_time() from public, anon, authenticated, service_role;
