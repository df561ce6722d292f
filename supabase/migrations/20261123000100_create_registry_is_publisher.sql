-- Who may see drafts: a signed-in user whose token was given the role of publisher, told without the auth schema.
create function public.registry_is_publisher()
returns boolean
language sql
stable
set search_path = ''
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claims', true), '')::jsonb
      -> 'app_metadata' ->> 'nofx_role' = 'publisher',
    false)
$$;

revoke all on function public.registry_is_publisher() from public, anon, authenticated, service_role;
grant execute on function public.registry_is_publisher() to anon, authenticated, service_role;
