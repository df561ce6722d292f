-- CI jobs that may publish without a key: which identity tokens count, for one kind or, in the row '*', for all of them.
alter table public.registry_policies
  -- entries {"issuer", "audience", "repository", "refs": [...], "events": [...]}; a ref may end in /*
  add column identities jsonb not null default '[]' check (jsonb_typeof(identities) = 'array'),
  -- a cap names a field of one kind's manifest, so in the row of all kinds nobody would look for it
  add constraint registry_policies_caps_of_a_kind check (kind <> '*' or caps = '{}');
