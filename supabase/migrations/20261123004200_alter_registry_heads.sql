-- Templates have a table of their own from now on.
alter table public.registry_heads
  drop constraint kinds_without_table,
  add constraint kinds_without_table check (kind not in ('agents', 'templates')) no inherit;
