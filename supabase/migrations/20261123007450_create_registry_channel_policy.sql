-- Only publishers join the private channel that tells of drafts. Supabase owns the table and lets us make policies there.
do $$
begin
  if to_regclass('realtime.messages') is null then
    return;
  end if;
  drop policy if exists registry_publishers_listen on realtime.messages;
  create policy registry_publishers_listen on realtime.messages
    for select to authenticated using (
      extension = 'broadcast'
      and (select realtime.topic()) = 'registry:publisher'
      and (select public.registry_is_publisher()));
end
$$;
