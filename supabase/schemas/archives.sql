-- Archives of versions in the forms of other programs. The bytes are made again when they are downloaded; their hash and
-- what a list says of them are here, so that a list makes none.

create table public.registry_archives (
  kind text not null,
  id text not null,
  version integer not null,
  -- the number of the code that makes the bytes: another code may make others
  form integer not null check (form > 0),
  -- both null: the manifest does not fit that code
  entry jsonb,
  sha256 text,
  primary key (kind, id, version)
);
alter table public.registry_archives enable row level security;
revoke all on public.registry_archives from public, anon, authenticated, service_role;

-- Whether a description fits the filters of a marketplace; each filter that is absent fits.
create function public.registry_fits(p_metadata jsonb, p_query jsonb)
returns boolean
language sql
immutable
set search_path = ''
as $$
  select (p_query ->> 'tag' is null or p_metadata -> 'tags' ? (p_query ->> 'tag'))
    and (p_query ->> 'category' is null or p_metadata #>> '{facts,category}' = p_query ->> 'category')
    and (p_query ->> 'owner' is null or p_metadata ->> 'owner' = p_query ->> 'owner')
$$;
revoke all on function public.registry_fits(jsonb, jsonb) from public, anon, authenticated, service_role;

-- A marketplace as every reader may see it: `items` are the live versions that fit, with their archives of the form, and
-- `gone` are the definitions that had such a version and have none now.
create function public.registry_marketplace(p_query jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  with heads as materialized (
    select h.kind, h.id, h.version, h.digest,
      h.state in ('active', 'deprecated') and h.version is not null and public.registry_fits(h.metadata, p_query) as live
    from public.registry_heads h
    where h.kind in (select jsonb_array_elements_text(p_query -> 'kinds'))
  )
  select jsonb_build_object(
    'items', (
      select coalesce(jsonb_agg(jsonb_build_object(
          'kind', h.kind, 'id', h.id, 'version', h.version, 'digest', h.digest, 'hasRow', a.kind is not null,
          'entry', a.entry, 'sha256', a.sha256)
        order by h.kind collate "C", h.id collate "C"), '[]')
      from heads h
      left join public.registry_archives a
        on a.kind = h.kind and a.id = h.id and a.version = h.version and a.form = (p_query ->> 'form')::integer
      where h.live),
    'gone', (
      select coalesce(jsonb_agg(jsonb_build_object('kind', h.kind, 'id', h.id)
        order by h.kind collate "C", h.id collate "C"), '[]')
      from heads h
      where not coalesce(h.live, false) and exists (
        select from public.registry_revisions r
        where r.kind = h.kind and r.id = h.id and r.state in ('active', 'deprecated')
          and public.registry_fits(r.metadata, p_query))))
$$;
revoke all on function public.registry_marketplace(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_marketplace(jsonb) to service_role;

-- Keeps what was made of versions, unless a newer form is kept or the content was withdrawn. The lock waits for a
-- withdrawal that runs, which deletes what is kept.
create function public.registry_keep_archives(p_form integer, p_rows jsonb)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into public.registry_archives as a (kind, id, version, form, entry, sha256)
  select r.kind, r.id, r.version, p_form, k.entry, k.sha256
  from jsonb_to_recordset(p_rows) as k(kind text, id text, version integer, entry jsonb, sha256 text)
  join public.registry_revisions r on r.kind = k.kind and r.id = k.id and r.version = k.version
  where r.withdrawn_at is null
  for share of r
  on conflict (kind, id, version) do update set
    (form, entry, sha256) = (excluded.form, excluded.entry, excluded.sha256)
    where a.form < excluded.form
$$;
revoke all on function public.registry_keep_archives(integer, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_keep_archives(integer, jsonb) to service_role;

-- What clients download of the live definitions of a kind, and its hash: the file, where a definition has one file, and
-- its bundle otherwise. Neither texts nor bundles are read.
create function public.registry_downloads(p_query jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
-- a plan for the kind of this call
set plan_cache_mode = force_custom_plan
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
        'id', r.id, 'description', r.manifest -> 'description',
        'path', case when one.file then r.files #> '{0,path}' end,
        'sha256', case when one.file then r.files #>> '{0,sha256}' else r.bundle_sha256 end)
      order by r.id collate "C"), '[]')
    from public.registry_heads h
    join public.registry_revisions r on r.kind = h.kind and r.id = h.id and r.version = h.version
    cross join lateral (select jsonb_array_length(r.files) = 1 as file) one
    where h.kind = p_query ->> 'kind' and h.state in ('active', 'deprecated') and r.withdrawn_at is null
      and public.registry_fits(h.metadata, p_query));
end
$$;
revoke all on function public.registry_downloads(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_downloads(jsonb) to service_role;
