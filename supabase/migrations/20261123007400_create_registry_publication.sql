-- Supabase Realtime streams the feed (postgres_changes) with each subscriber's own rights, from this publication.
do $$
begin
  if not exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
  if not exists (
    select from pg_catalog.pg_publication_tables
    where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = 'registry_events'
  ) then
    alter publication supabase_realtime add table public.registry_events;
  end if;
exception when insufficient_privilege then
  -- a server without Supabase Realtime has no use for it, and its user need not own the database
  raise notice 'registry_events is in no publication: %', sqlerrm;
end
$$;
