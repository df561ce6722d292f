-- The history: every version of every definition, and every release.

-- Every version of every definition with its whole content, so that each can be shown, compared and restored.
-- No foreign keys: they would be checked row by row. The functions keep references valid, and
-- test/harness/invariants.ts checks that.
create table public.registry_revisions (
  kind text not null,
  id text not null,
  version integer not null check (version > 0),
  digest text not null,
  prompt_hash text not null,
  state text not null check (state in ('draft', 'active', 'deprecated', 'disabled', 'removed')),
  declared_version text,
  manifest jsonb not null,
  texts jsonb not null,
  files jsonb not null,
  -- the id that git (with SHA-1) gives the tree of these files, computed by the edge function from the texts that it checked;
  -- null with assets, whose bytes it does not have
  git_tree text,
  refs jsonb not null,
  metadata jsonb not null,
  bundle_path text not null,
  -- bytes and hash of the archive
  bundle_size bigint not null,
  bundle_sha256 text not null,
  commit_sha text not null,
  commit_rank integer not null,
  commit_ref text,
  dirty boolean not null,
  origin text not null check (origin in ('publish', 'rollback', 'remove', 'undelete', 'promote', 'rebase',
    'disable', 'enable')),
  actor text not null,
  reason text,
  release_id text not null,
  created_at timestamptz not null,
  -- set once, by registry_withdraw; the manifest, the texts and the files are then empty
  withdrawn_at timestamptz,
  withdrawn_by text,
  withdrawn_reason text,
  primary key (kind, id, version)
);
create index registry_revisions_release on public.registry_revisions (release_id);
create index registry_revisions_bundle on public.registry_revisions (bundle_path);
-- finds what was live at a time
create index registry_revisions_time on public.registry_revisions (kind, id, created_at, version) where state <> 'draft';
-- the order of registry_list_editions
create index registry_revisions_editions on public.registry_revisions (kind, id collate "C", version)
  where kind = 'servers' and declared_version is not null;
create index registry_revisions_withdrawn on public.registry_revisions (kind, id, version) where withdrawn_at is not null;
create trigger append_only before delete or truncate on public.registry_revisions
  for each statement execute function public.registry_refuse_change();
create trigger append_only_rows before update on public.registry_revisions
  for each row execute function public.registry_refuse_rewrite();
alter table public.registry_revisions enable row level security;
revoke all on public.registry_revisions from public, anon, authenticated, service_role;
grant select (kind, id, version, digest, prompt_hash, state, declared_version, manifest, texts, files, refs, metadata,
    bundle_path, bundle_size, bundle_sha256, commit_sha, commit_rank, origin, release_id, created_at, withdrawn_at)
  on public.registry_revisions to anon, authenticated;
grant select on public.registry_revisions to service_role;
-- Rolled-back content may be harmful: only publishers read it. A withdrawal is public, so that workers drop their
-- copies.
create policy live_is_public on public.registry_revisions
  for select to anon using (
    state in ('active', 'deprecated')
    and (
      withdrawn_at is not null
      or exists (
        select from public.registry_heads h
        where h.kind = registry_revisions.kind and h.id = registry_revisions.id
          and h.state in ('active', 'deprecated') and registry_revisions.version <= h.version
          and not (h.has_hold and public.registry_is_held(h.kind, h.id, registry_revisions.digest))
      )
    )
  );
create policy signed_in_read on public.registry_revisions
  for select to authenticated using (
    (select public.registry_is_publisher())
    -- the condition of live_is_public
    or (state in ('active', 'deprecated')
      and (
        withdrawn_at is not null
        or exists (
          select from public.registry_heads h
          where h.kind = registry_revisions.kind and h.id = registry_revisions.id
            and h.state in ('active', 'deprecated') and registry_revisions.version <= h.version
            and not (h.has_hold and public.registry_is_held(h.kind, h.id, registry_revisions.digest))
        )
      ))
  );

-- One row for each effect, with the answer that a retry with the same idempotency key gets. Keys belong to a principal:
-- two principals may use the same key.
create table public.registry_releases (
  id text primary key default gen_random_uuid()::text,
  -- the caller, the same for every retry: 'owner' (the secret key), 'user <sub>', 'ci <issuer> <repository>#<ref>'
  principal text not null default 'owner',
  idempotency_key text not null,
  request_hash text not null,
  origin text not null check (origin in ('publish', 'rollback', 'remove', 'undelete', 'promote', 'withdraw', 'rebase',
    'disable', 'enable')),
  commit_sha text not null,
  commit_rank integer not null,
  commit_ref text,
  dirty boolean not null,
  actor text not null,
  reason text,
  -- the release that this release undoes
  undoes text,
  -- the last event of the release
  seq bigint not null unique,
  response jsonb not null,
  created_at timestamptz not null,
  unique (principal, idempotency_key)
);
create index registry_releases_id_start on public.registry_releases (id text_pattern_ops);
create index registry_releases_sha_start on public.registry_releases (commit_sha text_pattern_ops);
create index registry_releases_undoes on public.registry_releases (undoes, seq) where undoes is not null;
create index registry_releases_origin on public.registry_releases (origin, seq);
create index registry_releases_actor on public.registry_releases (actor, seq);
create index registry_releases_time on public.registry_releases (created_at);
-- a withdrawal is of one definition
create index registry_releases_withdrawals on public.registry_releases
  ((response -> 'outcomes' -> 0 ->> 'kind'), (response -> 'outcomes' -> 0 ->> 'id'), seq) where origin = 'withdraw';
create trigger append_only before update or delete or truncate on public.registry_releases
  for each statement execute function public.registry_refuse_change();
alter table public.registry_releases enable row level security;
revoke all on public.registry_releases from public, anon, authenticated, service_role;
grant select on public.registry_releases to authenticated, service_role;
create policy publishers_read on public.registry_releases
  for select to authenticated using ((select public.registry_is_publisher()));

-- The kinds whose definitions a release moved, so that the releases of a kind are found without reading all answers.
create table public.registry_release_kinds (
  kind text not null,
  seq bigint not null,
  primary key (kind, seq)
);
alter table public.registry_release_kinds enable row level security;
revoke all on public.registry_release_kinds from public, anon, authenticated, service_role;
grant select on public.registry_release_kinds to service_role;
