-- Answers of effects that moved nothing, by the idempotency key of a principal: a lost one is given again, and the key
-- stands for one request. Nothing happened, so they are kept for a day.
create table public.registry_answers (
  principal text not null,
  idempotency_key text not null,
  request_hash text not null,
  response jsonb not null,
  created_at timestamptz not null default now(),
  primary key (principal, idempotency_key)
);

create index registry_answers_created on public.registry_answers (created_at);

alter table public.registry_answers enable row level security;
revoke all on public.registry_answers from public, anon, authenticated, service_role;
