-- Where bundles live; private, so that drafts and disabled definitions stay so.
insert into storage.buckets (id, name, public)
values ('registry', 'registry', false)
on conflict do nothing;
