-- The ids that the first token of a repository had: these, when it is the first. A token without both ids is not one.
create function public.registry_pin_repository(
  p_issuer text, p_repository text, p_repository_id text, p_owner_id text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_repository_id is not null and p_owner_id is not null then
    -- of two first ones at once the second waits here for the first
    insert into public.registry_known_repositories (issuer, repository, repository_id, owner_id, first_used_at)
      values (p_issuer, p_repository, p_repository_id, p_owner_id, clock_timestamp())
      on conflict (issuer, repository) do nothing;
  end if;
  return coalesce((
    select jsonb_build_object('repositoryId', repository_id, 'ownerId', owner_id)
    from public.registry_known_repositories where issuer = p_issuer and repository = p_repository), '{}');
end
$$;

revoke all on function public.registry_pin_repository(text, text, text, text)
  from public, anon, authenticated, service_role;
grant execute on function public.registry_pin_repository(text, text, text, text) to service_role;
