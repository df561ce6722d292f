-- Pages of a list in the order of bytes, whatever the database's collation; and which definitions moved since an event.
create index registry_heads_order on public.registry_heads (kind, id collate "C");
create index agent_registry_order on public.agent_registry (kind, id collate "C");
create index template_registry_order on public.template_registry (kind, id collate "C");
create index registry_events_definition on public.registry_events (kind, id, seq);
