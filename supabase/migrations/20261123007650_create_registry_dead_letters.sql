-- Batches that a destination did not take in any of its attempts. The events themselves are in the feed.
create table public.registry_dead_letters (
  webhook_id text not null references public.registry_webhooks (id) on delete cascade,
  -- events after `since` up to `cursor`
  since bigint not null,
  cursor bigint not null,
  attempts integer not null,
  last_status integer,
  last_error text,
  created_at timestamptz not null default now(),
  primary key (webhook_id, since)
);

alter table public.registry_dead_letters enable row level security;
revoke all on public.registry_dead_letters from public, anon, authenticated, service_role;
