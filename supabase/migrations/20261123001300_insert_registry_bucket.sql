-- Where bundles live; private, so that drafts and disabled definitions stay so. Of gzip
-- alone: whatever else is uploaded, no browser is ever given a page from here.
insert into storage.buckets (id, name, public, allowed_mime_types)
values ('registry', 'registry', false, array['application/gzip'])
on conflict (id) do update set allowed_mime_types = excluded.allowed_mime_types;
