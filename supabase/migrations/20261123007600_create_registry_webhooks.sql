-- Where the feed is sent: one row a destination, with a cursor instead of a row an event, so that each gets every event
-- since it was added, in order, and a slow one keeps nobody else waiting.
create table public.registry_webhooks (
  id text primary key default 'wh_' || substr(md5(gen_random_uuid()::text), 1, 16),
  url text not null unique,
  -- the registry's own HTTP API: its secret is in the forwarder's environment, and it wants news rather than history
  deployment boolean not null default false,
  secret text check (deployment = (secret is null)),
  -- empty: all of them
  kinds text[] not null default '{}',
  types text[] not null default '{}',
  audience text not null check (audience in ('public', 'publisher')),
  -- events up to here were delivered, are not wanted, or are dead letters
  cursor bigint not null,
  -- the last event of the batch under way: it stays the same until it is settled, and with it its id
  batch_to bigint,
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  lease_token uuid,
  lease_until timestamptz,
  last_status integer,
  last_error text,
  delivered_at timestamptz,
  disabled_at timestamptz,
  created_by text not null,
  created_at timestamptz not null default now()
);

-- The secrets are in here: even the service role comes in by functions only.
alter table public.registry_webhooks enable row level security;
revoke all on public.registry_webhooks from public, anon, authenticated, service_role;
