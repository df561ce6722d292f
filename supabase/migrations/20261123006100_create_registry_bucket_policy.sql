-- Publishers read bundles with their own token; only the service role, which row security does not bind, writes them.
-- Supabase has row security on for storage and owns the table: a policy is all that a migration may add there.
drop policy if exists registry_publishers_read on storage.objects;
create policy registry_publishers_read on storage.objects
  for select to authenticated using (bucket_id = 'registry' and (select public.registry_is_publisher()));
