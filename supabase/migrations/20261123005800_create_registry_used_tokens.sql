-- Identity tokens that were used, each with the one idempotency key it counts for, until they have expired for long.
create table public.registry_used_tokens (
  issuer text not null,
  -- the token's id (claim "jti"), which is no secret
  token text not null,
  key text not null,
  expires_at timestamptz not null,
  primary key (issuer, token)
);

alter table public.registry_used_tokens enable row level security;
revoke all on public.registry_used_tokens from public, anon, authenticated, service_role;
grant select on public.registry_used_tokens to service_role;
