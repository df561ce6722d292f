-- One row that every effect locks first: publishes run one after the other, and seq follows their order without gaps.
create table public.registry_counter (
  only_row boolean primary key default true check (only_row),
  seq bigint not null default 0
);

insert into public.registry_counter default values;

alter table public.registry_counter enable row level security;
revoke all on public.registry_counter from public, anon, authenticated, service_role;
grant select on public.registry_counter to authenticated, service_role;
create policy publishers_read on public.registry_counter
  for select to authenticated using ((select public.registry_is_publisher()));
