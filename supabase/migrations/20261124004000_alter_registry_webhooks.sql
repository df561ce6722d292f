-- What a destination has still to be told, and the secret that it may still check with while it takes a new one.
alter table public.registry_webhooks
  -- events that it never got are no longer kept, and no delivery since has said so
  add column missed boolean not null default false,
  add column old_secret text,
  add column old_secret_until timestamptz;
