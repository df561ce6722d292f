-- Where the feed begins: events up to `floor` are no longer kept, and all those after it are there without a gap.
alter table public.registry_counter
  add column floor bigint not null default 0,
  add constraint registry_counter_floor check (floor between 0 and seq);
