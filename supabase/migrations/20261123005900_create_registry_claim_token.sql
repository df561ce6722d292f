-- Binds an identity token to the idempotency key it is first used with: one publish is several calls, two are two keys.
create function public.registry_claim_token(p_issuer text, p_token text, p_key text, p_expires_at timestamptz)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_key text;
begin
  -- an hour later no clock calls the token valid; rows that another call sweeps are left to it
  delete from public.registry_used_tokens where (issuer, token) in (
    select issuer, token from public.registry_used_tokens
    where expires_at < now() - interval '1 hour' for update skip locked);
  -- of two calls at once the second waits here for the first
  insert into public.registry_used_tokens (issuer, token, key, expires_at)
    values (p_issuer, p_token, p_key, p_expires_at)
    on conflict (issuer, token) do nothing;
  select key into strict v_key from public.registry_used_tokens where issuer = p_issuer and token = p_token;
  if v_key <> p_key then
    perform public.registry_refuse(401, 'REMOTE_DENIED', 'the identity token was used for another publish',
      'ask for a new one: each counts for one idempotency key');
  end if;
end
$$;

revoke all on function public.registry_claim_token(text, text, text, timestamptz)
  from public, anon, authenticated, service_role;
grant execute on function public.registry_claim_token(text, text, text, timestamptz) to service_role;
