-- Makes the registry in an empty database, from supabase/schemas/ (by npm run migration): read those.

-- A registry of an earlier NOFX has other migrations, and there is no way from them to this one.
do $$
begin
  if to_regprocedure('public.registry_is_publisher()') is not null or to_regclass('public.registry_heads') is not null then
    raise exception 'this database has the registry of an earlier NOFX, which cannot be migrated; nothing was changed'
      using errcode = 'object_not_in_prerequisite_state',
        hint = 'use an empty database or project, and publish again';
  end if;
end
$$;

-- One row that every effect locks first: publishes run one after the other, and seq follows their order without gaps.
create table public.registry_counter (
  only_row boolean primary key default true check (only_row),
  seq bigint not null default 0,
  -- the feed begins after this event: events up to it are deleted, and all later events are kept without a gap
  floor bigint not null default 0,
  constraint registry_counter_floor check (floor between 0 and seq)
);
alter table public.registry_counter enable row level security;
revoke all on public.registry_counter from public, anon, authenticated, service_role;
grant select on public.registry_counter to anon, authenticated, service_role;

-- The singular of every kind that was ever published, for the names of events; a new kind needs no migration.
create table public.registry_kinds (
  kind text primary key,
  singular text not null
);
alter table public.registry_kinds enable row level security;
revoke all on public.registry_kinds from public, anon, authenticated, service_role;
grant select on public.registry_kinds to anon, authenticated, service_role;

-- One row for each definition: its live revision, its newest revision, and the content that a publish may not bring
-- back.
-- Kinds with a table of their own inherit from this one; all others live in it (docs/decisions/002-head-tables.md).
-- Readers see live definitions, and publishers see everything. Each role has one policy, here and below, because
-- PostgreSQL evaluates all policies of a role for each row.
create table public.registry_heads (
  kind text not null,
  id text not null,
  state text not null check (state in ('draft', 'active', 'deprecated', 'disabled', 'removed')),
  version integer,
  draft_version integer,
  latest_version integer not null,
  -- content of the live revision, or of the newest revision while no revision is live
  digest text not null,
  metadata jsonb not null,
  refs jsonb not null,
  prompt_hash text not null,
  -- digest, git's tree (registry_revisions), commit and rank of the newest revision
  latest_digest text not null,
  git_tree text,
  commit_sha text not null,
  commit_rank integer not null,
  -- content that a publish does not make live, [{digest, version, reason, by, since, withdrawn}]: the content was
  -- rolled back or withdrawn
  hold jsonb not null default '[]' check (jsonb_typeof(hold) = 'array'),
  -- when the live revision, or the only draft, last moved
  updated_at timestamptz not null,
  -- the operator's switch, {reason, by, since}: set while an operator keeps the definition disabled
  disabled jsonb check (jsonb_typeof(disabled) = 'object'),
  -- for row security of the revisions, whose readers may not read the holds
  has_hold boolean not null generated always as (hold <> '[]') stored,
  primary key (kind, id),
  constraint kinds_without_table check (kind not in ('agents', 'templates')) no inherit
);
-- pages of a list are in byte order, in a database of any collation
create index registry_heads_order on public.registry_heads (kind, id collate "C");
create index registry_heads_newest on public.registry_heads (kind, updated_at desc, id collate "C");
create index registry_heads_drafts on public.registry_heads (kind, id) where draft_version is not null;
create index registry_heads_holds on public.registry_heads (kind, id) where has_hold;
create index registry_heads_refs on public.registry_heads using gin (refs jsonb_path_ops) with (fastupdate = off);
alter table public.registry_heads enable row level security;
revoke all on public.registry_heads from public, anon, authenticated, service_role;
grant select (kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at, has_hold)
  on public.registry_heads to anon, authenticated;
grant select on public.registry_heads to service_role;

-- Heads of agents, readable as a table of their own and, through inheritance, together with all kinds.
create table public.agent_registry (
  agent_id text generated always as (id) stored,
  primary key (kind, id),
  unique (agent_id),
  check (kind = 'agents')
) inherits (public.registry_heads);
create index agent_registry_order on public.agent_registry (kind, id collate "C");
create index agent_registry_newest on public.agent_registry (kind, updated_at desc, id collate "C");
create index agent_registry_drafts on public.agent_registry (kind, id) where draft_version is not null;
create index agent_registry_holds on public.agent_registry (kind, id) where has_hold;
create index agent_registry_refs on public.agent_registry using gin (refs jsonb_path_ops) with (fastupdate = off);
alter table public.agent_registry enable row level security;
revoke all on public.agent_registry from public, anon, authenticated, service_role;
grant select (agent_id, kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at, has_hold)
  on public.agent_registry to anon, authenticated;
grant select on public.agent_registry to service_role;

-- Heads of templates, with the previous version and the author's advice, which a rollback of a template needs.
create table public.template_registry (
  template_id text generated always as (id) stored,
  -- the version that was live before the live version, or the last live version while no version is live
  previous_version integer,
  -- from the manifest of the revision whose metadata this row has
  rollback_advice jsonb,
  primary key (kind, id),
  unique (template_id),
  check (kind = 'templates')
) inherits (public.registry_heads);
create index template_registry_order on public.template_registry (kind, id collate "C");
create index template_registry_newest on public.template_registry (kind, updated_at desc, id collate "C");
create index template_registry_drafts on public.template_registry (kind, id) where draft_version is not null;
create index template_registry_holds on public.template_registry (kind, id) where has_hold;
create index template_registry_refs on public.template_registry
  using gin (refs jsonb_path_ops) with (fastupdate = off);
alter table public.template_registry enable row level security;
revoke all on public.template_registry from public, anon, authenticated, service_role;
grant select (template_id, kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at, has_hold, previous_version,
    rollback_advice)
  on public.template_registry to anon, authenticated;
grant select on public.template_registry to service_role;

-- The number of definitions of each kind, by state and by whether a version is live: to count the rows takes longer the
-- more there are. A trigger of the heads keeps it.
create table public.registry_head_counts (
  kind text not null,
  state text not null,
  live boolean not null,
  amount bigint not null,
  primary key (kind, state, live)
);
alter table public.registry_head_counts enable row level security;
revoke all on public.registry_head_counts from public, anon, authenticated, service_role;
grant select on public.registry_head_counts to anon, authenticated, service_role;

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
alter table public.registry_revisions enable row level security;
revoke all on public.registry_revisions from public, anon, authenticated, service_role;
grant select (kind, id, version, digest, prompt_hash, state, declared_version, manifest, texts, files, refs, metadata,
    bundle_path, bundle_size, bundle_sha256, commit_sha, commit_rank, origin, release_id, created_at, withdrawn_at)
  on public.registry_revisions to anon, authenticated;
grant select on public.registry_revisions to service_role;

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
alter table public.registry_releases enable row level security;
revoke all on public.registry_releases from public, anon, authenticated, service_role;
grant select on public.registry_releases to authenticated, service_role;

-- The kinds whose definitions a release moved, so that the releases of a kind are found without reading all answers.
create table public.registry_release_kinds (
  kind text not null,
  seq bigint not null,
  primary key (kind, seq)
);
alter table public.registry_release_kinds enable row level security;
revoke all on public.registry_release_kinds from public, anon, authenticated, service_role;
grant select on public.registry_release_kinds to service_role;
-- The definitions of every kind.
create view public.registry_definitions with (security_invoker = true) as
  select kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at, has_hold
  from public.registry_heads;
revoke all on public.registry_definitions from public, anon, authenticated, service_role;
grant select on public.registry_definitions to anon, authenticated, service_role;
create view public.registry_agents with (security_invoker = true) as
  select agent_id, kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at, has_hold
  from public.agent_registry;
revoke all on public.registry_agents from public, anon, authenticated, service_role;
grant select on public.registry_agents to anon, authenticated, service_role;
create view public.registry_templates with (security_invoker = true) as
  select template_id, kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at, has_hold, previous_version,
    rollback_advice
  from public.template_registry;
revoke all on public.registry_templates from public, anon, authenticated, service_role;
grant select on public.registry_templates to anon, authenticated, service_role;
-- The versions of every definition, with their contents.
create view public.registry_versions with (security_invoker = true) as
  select kind, id, version, digest, prompt_hash, state, declared_version, manifest, texts, files, refs, metadata,
    bundle_path, bundle_size, bundle_sha256, commit_sha, commit_rank, origin, release_id, created_at, withdrawn_at
  from public.registry_revisions;
revoke all on public.registry_versions from public, anon, authenticated, service_role;
grant select on public.registry_versions to anon, authenticated, service_role;

-- Limits and rights that the owner of the registry sets: one row for each kind, and the row '*' for all kinds. A
-- definition cannot lift a limit.
create table public.registry_policies (
  kind text primary key,
  -- dotted path in the manifest → greatest number allowed, as in {"resourceProfile.cpu": 4}
  caps jsonb not null default '{}' check (jsonb_typeof(caps) = 'object'),
  updated_at timestamptz not null default now(),
  -- CI jobs that may publish without a key, for one kind or for all kinds: the accepted identity tokens. Entries
  -- {"issuer", "audience", "repository", "refs": [...], "events": [...]}; a ref may end in /*
  identities jsonb not null default '[]' check (jsonb_typeof(identities) = 'array'),
  -- retention of events: by age in days, and the newest events at any age; null: 90 days and 10,000 events
  event_days integer check (event_days between 0 and 36500),
  event_count integer check (event_count >= 0),
  -- the greatest number of previews, and the longest life of a preview; null: 50 previews, 30 days
  preview_count integer check (preview_count between 0 and 1000),
  preview_days integer check (preview_days between 1 and 365),
  -- retention of reports; null: 90 days
  report_days integer check (report_days between 1 and 36500),
  -- a cap names a field of one kind's manifest
  constraint registry_policies_caps_of_a_kind check (kind <> '*' or caps = '{}'),
  -- the feed and the previews have all kinds, and a report can have several kinds
  constraint registry_policies_events_of_all check (kind = '*' or (event_days is null and event_count is null)),
  constraint registry_policies_previews_of_all check (kind = '*' or (preview_count is null and preview_days is null)),
  constraint registry_policies_reports_of_all check (kind = '*' or report_days is null)
);
alter table public.registry_policies enable row level security;
revoke all on public.registry_policies from public, anon, authenticated, service_role;
grant select on public.registry_policies to authenticated, service_role;

-- Identity tokens that were used, each with the one idempotency key that it is valid for. Rows are deleted an hour
-- after the token expires.
create table public.registry_used_tokens (
  issuer text not null,
  -- the token's id (claim "jti"), which is not a secret
  token text not null,
  key text not null,
  expires_at timestamptz not null,
  primary key (issuer, token)
);
alter table public.registry_used_tokens enable row level security;
revoke all on public.registry_used_tokens from public, anon, authenticated, service_role;
grant select on public.registry_used_tokens to service_role;

-- The ids of each repository and of its owner, from the first accepted token with the repository's name. Another owner
-- can take over a name, but not the platform's ids. The owner of the registry deletes a row to accept new ids.
create table public.registry_known_repositories (
  issuer text not null,
  repository text not null,
  repository_id text not null,
  owner_id text not null,
  first_used_at timestamptz not null,
  primary key (issuer, repository)
);
alter table public.registry_known_repositories enable row level security;
revoke all on public.registry_known_repositories from public, anon, authenticated, service_role;
grant select on public.registry_known_repositories to service_role;

-- Staged definitions, under an idempotency key of a principal: invisible until a commit copies them. Unlogged, because
-- after a crash the publisher can publish again. One row for each definition, so that a commit copies compressed values
-- without parsing them again.
create unlogged table public.registry_staged (
  principal text not null default 'owner',
  key text not null,
  kind text not null,
  id text not null,
  part integer not null,
  singular text not null,
  digest text not null,
  prompt_hash text not null,
  state text not null check (state in ('draft', 'active', 'deprecated', 'disabled')),
  declared_version text,
  manifest jsonb not null,
  texts jsonb not null,
  files jsonb not null,
  git_tree text,
  refs jsonb not null,
  metadata jsonb not null,
  bundle_path text not null,
  bundle_size bigint not null,
  bundle_sha256 text not null,
  -- the stored object whose bytes were hashed at staging, '' when the object was missing; null when the caller is
  -- trusted with the hash
  bundle_object text,
  expected_version integer not null,
  created_at timestamptz not null default now(),
  primary key (principal, key, kind, id)
);
alter table public.registry_staged enable row level security;
revoke all on public.registry_staged from public, anon, authenticated, service_role;
grant select on public.registry_staged to service_role;

-- Answers of effects that changed nothing, by the idempotency key of a principal: a retry gets the same answer, and a
-- key belongs to one request. Kept for a day, because no release stores them.
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

-- The change feed, the one record of all changes in order. Notifications only announce that the feed has new events.
create table public.registry_events (
  seq bigint primary key,
  type text not null,
  kind text not null,
  id text not null,
  version integer,
  digest text,
  release_id text,
  -- `publisher`: drafts, disabled definitions and failed validations are for publishers alone
  audience text not null check (audience in ('public', 'publisher')),
  at timestamptz not null,
  -- what no other event with this number has: after a restore from a backup the numbers are given a second time
  mark uuid not null default gen_random_uuid()
);
create index registry_events_release on public.registry_events (release_id);
-- finds the last event by a time
create index registry_events_time on public.registry_events (at, seq);
-- finds the definitions that changed after an event
create index registry_events_definition on public.registry_events (kind, id, seq);
alter table public.registry_events enable row level security;
revoke all on public.registry_events from public, anon, authenticated, service_role;
grant select on public.registry_events to anon, authenticated, service_role;

-- Reports of accepted and refused publishes and of checks: they answer why a definition is not in the registry.
create table public.registry_validation_reports (
  id text primary key default gen_random_uuid()::text,
  idempotency_key text not null,
  verdict text not null check (verdict in ('accepted', 'refused')),
  release_id text,
  code text,
  message text,
  findings jsonb not null default '[]',
  -- the number of definitions for each outcome
  summary jsonb not null default '{}',
  actor text,
  commit_sha text,
  created_at timestamptz not null,
  -- a publish, or `nofx validate --report`
  origin text not null default 'publish' check (origin in ('publish', 'validate')),
  -- the branch or tag, and the pull request that a CI job ran for
  commit_ref text,
  pull_request integer check (pull_request > 0),
  -- {"definitions", "errors", "warnings"}: totals, also when not all findings are kept
  counts jsonb not null default '{}' check (jsonb_typeof(counts) = 'object'),
  -- the object in the bucket that holds the checked manifests
  manifests text
);
create index registry_validation_reports_key on public.registry_validation_reports (idempotency_key);
create index registry_validation_reports_release on public.registry_validation_reports (release_id);
create index registry_validation_reports_newest on public.registry_validation_reports (created_at desc, id);
create index registry_validation_reports_verdict on public.registry_validation_reports (verdict, created_at desc, id);
create index registry_validation_reports_origin on public.registry_validation_reports (origin, created_at desc, id);
create index registry_validation_reports_id_start on public.registry_validation_reports (id text_pattern_ops);
create index registry_validation_reports_manifests on public.registry_validation_reports (manifests)
  where manifests is not null;
alter table public.registry_validation_reports enable row level security;
revoke all on public.registry_validation_reports from public, anon, authenticated, service_role;
grant select on public.registry_validation_reports to authenticated, service_role;

-- Plans that were made from a live definition, each locked to the versions that it uses: later releases do not change a
-- plan.
create table public.template_instantiations (
  plan_id uuid primary key default gen_random_uuid(),
  -- keys belong to a principal, as those of releases
  principal text not null default 'owner',
  idempotency_key text not null,
  request_hash text not null,
  -- the instantiated definition, of any kind that supports it
  kind text not null,
  id text not null,
  version integer not null,
  digest text not null,
  -- [{kind, id, version, digest}] of the definitions that the plan uses
  locks jsonb not null check (jsonb_typeof(locks) = 'array'),
  -- never holds a secret; at most 2 MB as text
  document jsonb not null check (octet_length(document::text) <= 2097152),
  actor text not null,
  created_at timestamptz not null,
  unique (principal, idempotency_key)
);
create index template_instantiations_newest on public.template_instantiations (created_at desc, plan_id);
create index template_instantiations_definition on public.template_instantiations (kind, id, created_at desc, plan_id);
alter table public.template_instantiations enable row level security;
revoke all on public.template_instantiations from public, anon, authenticated, service_role;
grant select on public.template_instantiations to authenticated, service_role;

-- The destinations of the feed. Each has a cursor instead of a row for each event: it gets every event since it was
-- added, in order, and a slow destination does not delay the others.
create table public.registry_webhooks (
  id text primary key default 'wh_' || substr(md5(gen_random_uuid()::text), 1, 16),
  url text not null unique,
  -- the registry's own HTTP API: its secret is in the forwarder's environment, and new events matter more to it than
  -- old ones
  deployment boolean not null default false,
  secret text check (deployment = (secret is null)),
  -- empty: all kinds, all types
  kinds text[] not null default '{}',
  types text[] not null default '{}',
  audience text not null check (audience in ('public', 'publisher')),
  -- events up to this one were delivered, did not match, or are dead letters
  cursor bigint not null,
  -- the last event of the leased batch: it stays the same until the batch is settled, so that the batch keeps its id
  batch_to bigint,
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  lease_token uuid,
  lease_until timestamptz,
  last_status integer,
  last_error text,
  delivered_at timestamptz,
  disabled_at timestamptz,
  created_by text not null,
  created_at timestamptz not null default now(),
  -- undelivered events were deleted, and no delivery has reported it yet
  missed boolean not null default false,
  -- also accepted while the receiver is changed to the new secret
  old_secret text,
  old_secret_until timestamptz
);
-- The table has secrets: even the service role uses functions alone.
alter table public.registry_webhooks enable row level security;
revoke all on public.registry_webhooks from public, anon, authenticated, service_role;

-- Batches that a destination did not accept in any attempt. The events themselves are in the feed.
create table public.registry_dead_letters (
  webhook_id text not null references public.registry_webhooks (id) on delete cascade,
  -- events after `since` up to `cursor`
  since bigint not null,
  cursor bigint not null,
  attempts integer not null,
  last_status integer,
  last_error text,
  created_at timestamptz not null default now(),
  primary key (webhook_id, since)
);
alter table public.registry_dead_letters enable row level security;
revoke all on public.registry_dead_letters from public, anon, authenticated, service_role;

-- Ids of deliveries that a deployment has accepted, kept for longer than their signatures are valid: the same id again
-- is a replay.
create table public.registry_used_deliveries (
  id text primary key,
  expires_at timestamptz not null
);
alter table public.registry_used_deliveries enable row level security;
revoke all on public.registry_used_deliveries from public, anon, authenticated, service_role;
grant select on public.registry_used_deliveries to service_role;

-- Preview environments. Each has a schema that overlays the registry, until the preview expires
-- (docs/decisions/017-previews.md).
create table public.registry_previews (
  name text primary key,
  -- such as owner/repo#refs/pull/123/merge: a job of another origin cannot take the preview over
  origin text not null,
  actor text not null,
  commit_sha text,
  -- closing: its bundles are being deleted, and reads and writes are refused
  state text not null default 'open' check (state in ('open', 'closing')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  expires_at timestamptz not null
);
alter table public.registry_previews enable row level security;
revoke all on public.registry_previews from public, anon, authenticated, service_role;
grant select on public.registry_previews to service_role;

set check_function_bodies = off;

-- Refuses a request: raises an exception with the HTTP status as SQLSTATE and the CLI's code in the detail.
create function public.registry_refuse(
  p_status integer, p_code text, p_message text, p_hint text, p_detail jsonb default '{}'
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  raise exception using
    errcode = 'PT' || p_status,
    message = p_message,
    hint = p_hint,
    detail = (p_detail || jsonb_build_object('code', p_code))::text;
end
$$;
revoke all on function public.registry_refuse(integer, text, text, text, jsonb)
  from public, anon, authenticated, service_role;

-- Refuses every update, delete and truncate of a table of the history, also by the owner of the database.
create function public.registry_refuse_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise sqlstate 'PT403' using
    message = format('%s is append-only: %s refused', tg_table_name, lower(tg_op)),
    hint = 'append a revision with registry_commit or registry_rollback',
    detail = '{"code": "REFUSED"}';
end
$$;
revoke all on function public.registry_refuse_change() from public, anon, authenticated, service_role;

-- Refuses every update of a row of the history except the one of registry_withdraw, which deletes the published
-- content once and changes nothing else.
create function public.registry_refuse_rewrite()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_old jsonb := to_jsonb(old);
  v_new jsonb := to_jsonb(new);
  v_content text[];
  v_blank jsonb;
begin
  if v_old ? 'document' then
    v_content := array['document'];
    v_blank := '{"document": {"withdrawn": true}}';
  elsif v_old ? 'withdrawn_at' and v_old ->> 'withdrawn_at' is null and v_new ->> 'withdrawn_at' is not null then
    v_content := array['manifest', 'texts', 'files', 'refs', 'metadata', 'withdrawn_at', 'withdrawn_by',
      'withdrawn_reason'];
    v_blank := jsonb_build_object('manifest', '{}'::jsonb, 'texts', '{}'::jsonb, 'files', '[]'::jsonb,
      'refs', '[]'::jsonb, 'metadata', public.registry_blank_metadata(v_old ->> 'id'));
  end if;
  if v_new @> v_blank and v_new - v_content = v_old - v_content then
    return new;
  end if;
  raise sqlstate 'PT403' using
    message = format('%s is append-only: %s refused', tg_table_name, lower(tg_op)),
    hint = 'append a revision with registry_commit or registry_rollback',
    detail = '{"code": "REFUSED"}';
end
$$;
revoke all on function public.registry_refuse_rewrite() from public, anon, authenticated, service_role;

-- Adds what a statement changed to the numbers of definitions: few rows, however many definitions it moved.
create function public.registry_count_heads()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  execute format($sql$
    insert into public.registry_head_counts as t (kind, state, live, amount)
    select c.kind, c.state, c.live, sum(c.amount) from (%s) as c
    group by c.kind, c.state, c.live
    having sum(c.amount) <> 0
    order by c.kind, c.state, c.live
    on conflict (kind, state, live) do update set amount = t.amount + excluded.amount
    $sql$, concat_ws(' union all ',
      case when tg_op <> 'DELETE' then 'select kind, state, version is not null as live, 1 as amount from inserted' end,
      case when tg_op <> 'INSERT' then 'select kind, state, version is not null as live, -1 as amount from deleted' end));
  return null;
end
$$;
revoke all on function public.registry_count_heads() from public, anon, authenticated, service_role;

-- Whether the caller may see drafts: a signed-in user whose token has the role of publisher. The function works without
-- the auth schema.
create function public.registry_is_publisher()
returns boolean
language sql
stable
set search_path = ''
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claims', true), '')::jsonb
      -> 'app_metadata' ->> 'nofx_role' = 'publisher',
    false)
$$;
revoke all on function public.registry_is_publisher() from public, anon, authenticated, service_role;
grant execute on function public.registry_is_publisher() to anon, authenticated, service_role;

-- Whether a user may publish now, even when the role in the token is an hour old: the user exists, has the role, is not
-- banned or deleted, and the session of the token was not ended. Columns of Auth differ between releases, so rows are
-- read as JSON. Every token of Auth has a session. A token that the owner of the registry signed has no session, and
-- its subject is not a user of Auth: it is accepted. A database without Auth has no users, so every token is accepted.
create function public.registry_user_publishes(p_user text, p_session text default null)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_uuid constant text := '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
  v_user jsonb;
begin
  if p_user !~* v_uuid or to_regclass('auth.users') is null then
    return true;
  end if;
  select to_jsonb(u) into v_user from auth.users u where u.id = p_user::uuid;
  if v_user is null then
    return p_session is null;
  end if;
  if v_user -> 'raw_app_meta_data' ->> 'nofx_role' is distinct from 'publisher'
    or v_user ->> 'deleted_at' is not null
    or coalesce((v_user ->> 'banned_until')::timestamptz > clock_timestamp(), false)
  then
    return false;
  end if;
  if p_session is null or p_session !~* v_uuid or to_regclass('auth.sessions') is null then
    return true;
  end if;
  return exists (select from auth.sessions s where s.id = p_session::uuid and s.user_id = p_user::uuid);
end
$$;
revoke all on function public.registry_user_publishes(text, text) from public, anon, authenticated, service_role;
grant execute on function public.registry_user_publishes(text, text) to service_role;

-- Binds an identity token to the first idempotency key that it is used with. One publish makes several calls with one
-- key; a second publish has another key.
create function public.registry_claim_token(p_issuer text, p_token text, p_key text, p_expires_at timestamptz)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_key text;
begin
  -- An hour after its expiry a token is invalid by every clock. Rows that another call is deleting are skipped.
  delete from public.registry_used_tokens where (issuer, token) in (
    select issuer, token from public.registry_used_tokens
    where expires_at < now() - interval '1 hour' for update skip locked);
  -- the second of two concurrent calls waits here for the first
  insert into public.registry_used_tokens (issuer, token, key, expires_at)
    values (p_issuer, p_token, p_key, p_expires_at)
    on conflict (issuer, token) do nothing;
  select key into strict v_key from public.registry_used_tokens where issuer = p_issuer and token = p_token;
  if v_key <> p_key then
    perform public.registry_refuse(401, 'REMOTE_DENIED', 'the identity token was used for another publish',
      'request a new token: a token is valid for one idempotency key');
  end if;
end
$$;
revoke all on function public.registry_claim_token(text, text, text, timestamptz)
  from public, anon, authenticated, service_role;
grant execute on function public.registry_claim_token(text, text, text, timestamptz) to service_role;

-- The ids from the first token of a repository; stores the given ids when this token is the first. A token without both
-- ids does not count as the first.
create function public.registry_pin_repository(
  p_issuer text, p_repository text, p_repository_id text, p_owner_id text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_repository_id is not null and p_owner_id is not null then
    -- the second of two concurrent first tokens waits here for the first
    insert into public.registry_known_repositories (issuer, repository, repository_id, owner_id, first_used_at)
      values (p_issuer, p_repository, p_repository_id, p_owner_id, clock_timestamp())
      on conflict (issuer, repository) do nothing;
  end if;
  return coalesce((
    select jsonb_build_object('repositoryId', repository_id, 'ownerId', owner_id)
    from public.registry_known_repositories where issuer = p_issuer and repository = p_repository), '{}');
end
$$;
revoke all on function public.registry_pin_repository(text, text, text, text)
  from public, anon, authenticated, service_role;
grant execute on function public.registry_pin_repository(text, text, text, text) to service_role;

-- The bundles of a list that need no upload: the stored object has the same size, or the size that a revision has for
-- this path. Storage may keep older versions of an object and markers of deleted objects; every query leaves them out,
-- also when the table has no columns for them.
create function public.registry_stored_bundles(p_bundles jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(distinct b.path), '[]')
  from jsonb_to_recordset(p_bundles) as b(path text, size bigint)
  -- the offset makes the planner use the index, also when its statistics say that there are few objects
  cross join lateral (
    select (o.metadata ->> 'size')::bigint as size from storage.objects o
    where o.bucket_id = 'registry' and o.name = b.path
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
    offset 0
  ) as o
  where o.size = b.size
    or exists (
      select from public.registry_revisions r
      where r.bundle_path = b.path and r.bundle_size = o.size)
$$;
revoke all on function public.registry_stored_bundles(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_stored_bundles(jsonb) to service_role;

-- The stored objects with the given names: id and version of the object, its size, and the hash of the archive that
-- revisions have for this name, if there is one. The caller hashes the bytes and compares.
create function public.registry_stored_objects(p_paths jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'path', o.name, 'object', concat_ws(' ', o.id, o.version), 'size', (o.metadata ->> 'size')::bigint,
      'sha256', (select r.bundle_sha256 from public.registry_revisions r where r.bundle_path = o.name limit 1))), '[]')
  from jsonb_array_elements_text(p_paths) as p(path)
  cross join lateral (
    select o.id, o.name, o.version, o.metadata from storage.objects o
    where o.bucket_id = 'registry' and o.name = p.path
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
    offset 0
  ) as o
$$;
revoke all on function public.registry_stored_objects(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_stored_objects(jsonb) to service_role;

-- Stages one part of a publish; staging it again changes nothing. Parts may be staged concurrently, but not during the
-- commit of their key: a commit must append exactly the content that it checked.
create function public.registry_stage(
  p_key text, p_kind text, p_singular text, p_part integer, p_items jsonb, p_principal text default 'owner')
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count integer;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(p_principal || ' ' || p_key, 0));
  insert into public.registry_staged (
    principal, key, kind, id, part, singular, digest, prompt_hash, state, declared_version, manifest, texts, files, git_tree, refs, metadata,
    bundle_path, bundle_size, bundle_sha256, bundle_object, expected_version)
  select
    p_principal, p_key, p_kind, i.id, p_part, p_singular, i.digest, i.prompt_hash, i.state, i.declared_version, i.manifest, i.texts,
    i.files, i.git_tree, coalesce(i.refs, '[]'), i.metadata, i.bundle_path, i.bundle_size, i.bundle_sha256,
    i.bundle_object, i.expected_version
  from jsonb_to_recordset(p_items) as i(
    id text, digest text, prompt_hash text, state text, declared_version text, manifest jsonb, texts jsonb,
    files jsonb, git_tree text, refs jsonb, metadata jsonb, bundle_path text, bundle_size bigint, bundle_sha256 text,
    bundle_object text, expected_version integer)
  on conflict (principal, key, kind, id) do update set
    (part, singular, digest, prompt_hash, state, declared_version, manifest, texts, files, git_tree, refs, metadata,
     bundle_path, bundle_size, bundle_sha256, bundle_object, expected_version, created_at)
    = (excluded.part, excluded.singular, excluded.digest, excluded.prompt_hash, excluded.state,
       excluded.declared_version, excluded.manifest, excluded.texts, excluded.files, excluded.git_tree, excluded.refs, excluded.metadata,
       excluded.bundle_path, excluded.bundle_size, excluded.bundle_sha256, excluded.bundle_object,
       excluded.expected_version, excluded.created_at);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
revoke all on function public.registry_stage(text, text, text, integer, jsonb, text)
  from public, anon, authenticated, service_role;
grant execute on function public.registry_stage(text, text, text, integer, jsonb, text) to service_role;

-- Deletes staged definitions that were never committed, answers without changes, and reports that the retention policy
-- does not keep: at most 1,000 reports, so that no call takes long.
create function public.registry_sweep(p_older interval)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count integer;
  v_days integer := coalesce((select report_days from public.registry_policies where kind = '*'), 90);
begin
  delete from public.registry_staged where created_at < now() - p_older;
  get diagnostics v_count = row_count;
  delete from public.registry_answers where created_at < now() - p_older;
  delete from public.registry_validation_reports where id in (
    select id from public.registry_validation_reports
    where created_at < now() - make_interval(days => v_days)
    order by created_at limit 1000);
  return v_count;
end
$$;
revoke all on function public.registry_sweep(interval) from public, anon, authenticated, service_role;
grant execute on function public.registry_sweep(interval) to service_role;

-- Starts an effect: waits for the lock of the counter, returns the stored answer of a known idempotency key, and sets
-- release id and time. The time follows the order of releases and events, also when the server's clock goes back.
-- "answered" is the answer that the key got when nothing changed.
create function public.registry_begin(p_request jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_principal text := coalesce(p_request ->> 'principal', 'owner');
  -- the request itself, without the proven caller, the caller's rights, and the versions that the caller saw
  v_asked jsonb := (p_request #- '{target,seenVersion}') - array['principal', 'kinds', 'seenVersion']
    - case when v_principal = 'owner' then '' else 'actor' end;
  v_hash text := encode(sha256(convert_to(v_asked::text, 'UTF8')), 'hex');
  v_dry_run boolean := coalesce((p_request ->> 'dryRun')::boolean, false);
  v_seq bigint;
  v_known record;
  v_answer record;
begin
  if p_request ->> 'key' is null then
    perform public.registry_refuse(422, 'REFUSED', 'the request has no idempotency key', 'send "key"');
  end if;
  select seq into strict v_seq from public.registry_counter for update;
  select request_hash, response into v_known
    from public.registry_releases
    where principal = v_principal and idempotency_key = p_request ->> 'key' and not v_dry_run;
  select request_hash, response into v_answer
    from public.registry_answers
    where principal = v_principal and idempotency_key = p_request ->> 'key' and not v_dry_run;
  if coalesce(v_known.request_hash, v_answer.request_hash) <> v_hash then
    perform public.registry_refuse(422, 'IDEMPOTENCY_MISMATCH',
      format('the key %s was used for another request', p_request ->> 'key'), 'use a new key for a new request',
      jsonb_build_object('releaseId', v_known.response -> 'releaseId'));
  end if;
  if v_known.response is not null then
    return jsonb_build_object('replay', v_known.response || '{"replayed": true}');
  end if;
  return p_request || jsonb_build_object(
    'hash', v_hash, 'release', gen_random_uuid(), 'at', public.registry_next_time(), 'seq', v_seq,
    'dryRun', v_dry_run, 'principal', v_principal, 'answered', v_answer.response);
end
$$;
revoke all on function public.registry_begin(jsonb) from public, anon, authenticated, service_role;

-- The time of the next effect, read under the lock of the counter: later than every earlier effect, so that the order
-- by time is the order by number, also when the server's clock goes back.
create function public.registry_next_time()
returns timestamptz
language sql
volatile
set search_path = ''
as $$
  select greatest(
    clock_timestamp(),
    (select created_at + interval '1 microsecond' from public.registry_releases order by seq desc limit 1),
    (select at + interval '1 microsecond' from public.registry_events order by seq desc limit 1))
$$;
revoke all on function public.registry_next_time() from public, anon, authenticated, service_role;

-- Refuses a commit without a whole SHA or a possible rank; "uncommitted" is accepted for a dirty tree. The same rule as
-- in src/contract/commit.ts, for callers that do not use it.
create function public.registry_check_commit(p_commit jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  -- the greatest rank that is accepted
  v_most constant integer := 10000000;
begin
  if (p_commit ->> 'sha' ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'
    or (p_commit ->> 'sha' = 'uncommitted' and p_commit -> 'dirty' = 'true')) is not true
  then
    perform public.registry_refuse(422, 'REFUSED',
      format('"%s" is not a commit SHA of 40 or 64 hex digits', left(p_commit ->> 'sha', 80)),
      'name the commit by its whole SHA', '{"rule": "NOFX_COMMIT_SHA"}');
  end if;
  if (p_commit ->> 'rank' ~ '^[0-9]{1,8}$' and (p_commit ->> 'rank')::integer <= v_most) is not true then
    perform public.registry_refuse(422, 'REFUSED',
      format('the rank %s is not a commit height from 0 to %s', left(p_commit ->> 'rank', 40), v_most),
      'give the first-parent height of the commit: git rev-list --count --first-parent HEAD',
      jsonb_build_object('rule', 'NOFX_COMMIT_RANK', 'limit', v_most));
  end if;
end
$$;
revoke all on function public.registry_check_commit(jsonb) from public, anon, authenticated, service_role;

-- Disables a live definition: appends its live content in the state disabled, and sets the switch of its head. The
-- switch stays until registry_enable: publishes, promotions and rollbacks append their content in the state disabled.
-- Dependents do not stop it: an operator must always be able to disable a harmful definition.
create function public.registry_disable(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join must look up rows by key, as in a rollback
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_head public.registry_heads;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  v_head := public.registry_expect_switch(p_request);
  return public.registry_take_back(
    v_call || jsonb_build_object('about', public.registry_commit_of(v_head), 'force', true), 'disable',
    jsonb_build_array(public.registry_switched(v_head, 'disabled', 'disabled', v_head.disabled is null)));
end
$$;
revoke all on function public.registry_disable(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_disable(jsonb) to service_role;

-- Enables a definition that registry_disable disabled: appends its newest content that is not a draft, in the state of
-- its manifest. Everything that it requires must be live again, unless the request has "force".
create function public.registry_enable(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join must look up rows by key, as in a rollback
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_head public.registry_heads;
  v_status text;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  v_head := public.registry_expect_switch(p_request);
  v_status := v_head.metadata ->> 'status';
  if v_head.state = 'disabled' and v_status = 'disabled' then
    perform public.registry_refuse(422, 'REFUSED',
      format('version %s of %s/%s has the status "disabled" in its manifest', v_head.version, v_head.kind, v_head.id),
      'change "status" in the manifest and publish the definition, then enable it',
      jsonb_build_object('rule', 'NOFX_ENABLE_STATUS', 'kind', v_head.kind, 'id', v_head.id));
  end if;
  return public.registry_take_back(
    v_call || jsonb_build_object('about', public.registry_commit_of(v_head)), 'enable',
    jsonb_build_array(public.registry_switched(v_head, 'enabled', v_status, v_head.disabled is not null)));
end
$$;
revoke all on function public.registry_enable(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_enable(jsonb) to service_role;

-- The head of the definition that a request switches; refused without a reason, and when the definition has no version
-- that readers see or would see.
create function public.registry_expect_switch(p_request jsonb)
returns public.registry_heads
language plpgsql
stable
set search_path = ''
as $$
declare
  v_head public.registry_heads;
begin
  if coalesce(btrim(p_request ->> 'reason'), '') = '' then
    perform public.registry_refuse(422, 'REFUSED', 'the reason is empty',
      'say why: --reason "<1 to 2,000 characters>"');
  end if;
  v_head := public.registry_expect_head(
    p_request ->> 'kind', p_request ->> 'id', coalesce(p_request ->> 'expectedVersion', p_request ->> 'seenVersion')::integer);
  if v_head.version is null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s has no version to disable or enable, it is %s', v_head.kind, v_head.id,
        case v_head.state when 'draft' then 'a draft' else v_head.state end),
      format('see: nofx registry history %s/%s', v_head.kind, v_head.id),
      jsonb_build_object('rule', 'NOFX_SWITCH_NOT_LIVE', 'kind', v_head.kind, 'id', v_head.id, 'state', v_head.state));
  end if;
  return v_head;
end
$$;
revoke all on function public.registry_expect_switch(jsonb) from public, anon, authenticated, service_role;

-- The outcome of a switch: a copy of the version that is not a draft, or unchanged when the switch is set already.
create function public.registry_switched(p_head public.registry_heads, p_outcome text, p_state text, p_moves boolean)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object('kind', p_head.kind, 'id', p_head.id, 'digest', p_head.digest)
    || case when p_moves
      then jsonb_build_object('outcome', p_outcome, 'version', p_head.latest_version + 1, 'source', p_head.version,
        'state', p_state)
      else jsonb_build_object('outcome', 'unchanged', 'version', p_head.latest_version)
    end
$$;
revoke all on function public.registry_switched(public.registry_heads, text, text, boolean)
  from public, anon, authenticated, service_role;

-- The commit of the version that readers see, or would see if the definition were enabled.
create function public.registry_commit_of(p_head public.registry_heads)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('sha', commit_sha, 'rank', commit_rank, 'ref', commit_ref, 'dirty', dirty)
  from public.registry_revisions
  where kind = p_head.kind and id = p_head.id and version = p_head.version
$$;
revoke all on function public.registry_commit_of(public.registry_heads) from public, anon, authenticated, service_role;

-- The state of an appended revision. While a definition is disabled by an operator, what would be live is disabled; and
-- a copy of a revision that an operator disabled has the state of its manifest again.
create function public.registry_state_under_switch(p_origin text, p_state text, p_status text, p_disabled jsonb)
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when p_state in ('draft', 'removed') then p_state
    when p_origin = 'disable' or (p_origin <> 'enable' and p_disabled is not null) then 'disabled'
    when p_state = 'disabled' and p_status in ('active', 'deprecated') then p_status
    else p_state
  end
$$;
revoke all on function public.registry_state_under_switch(text, text, text, jsonb)
  from public, anon, authenticated, service_role;

-- Sets or clears the switch of the heads that a release disabled or enabled.
create function public.registry_move_switches(p_call jsonb)
returns void
language sql
set search_path = ''
as $$
  update public.registry_heads h
  set disabled = case r.origin when 'disable' then jsonb_build_object(
      'reason', p_call ->> 'reason', 'by', p_call ->> 'actor',
      'since', to_char((p_call ->> 'at')::timestamptz at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) end
  from public.registry_revisions r
  where r.release_id = p_call ->> 'release' and r.origin in ('disable', 'enable') and h.kind = r.kind and h.id = r.id
$$;
revoke all on function public.registry_move_switches(jsonb) from public, anon, authenticated, service_role;

-- Whether a definition is disabled, for a worker that starts a copy of one of its versions: readers see neither the head
-- of a disabled definition nor, when it is no longer kept, the event. Only for a content that was once public and whose
-- digest the caller knows.
create function public.registry_is_disabled(p_kind text, p_id text, p_digest text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
      select from public.registry_heads h
      where h.kind = p_kind and h.id = p_id and h.state = 'disabled')
    and exists (
      select from public.registry_revisions r
      where r.kind = p_kind and r.id = p_id and r.digest = p_digest and r.state in ('active', 'deprecated'))
$$;
revoke all on function public.registry_is_disabled(text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.registry_is_disabled(text, text, text) to anon, authenticated, service_role;

-- Publishes the definitions that were staged under a key and removes the definitions that the request names, as one
-- release or not at all. "kinds" are the kinds that the publisher may publish: another job of the same repository and
-- ref may have staged other kinds under the key.
create function public.registry_commit(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join must look up rows by key, for one definition or 10,000: after a first publish the statistics are wrong
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_key text := p_request ->> 'key';
  v_principal text := coalesce(p_request ->> 'principal', 'owner');
  v_parts integer := (p_request ->> 'parts')::integer;
  v_call jsonb := public.registry_begin(p_request);
  v_result jsonb := v_call -> 'replay';
  v_outcomes jsonb;
  v_origin text := case when v_parts = 0 then 'remove' else 'publish' end;
  v_other text;
begin
  -- A commit that changed nothing deleted its staged parts: a retry without parts gets the stored answer, a retry with
  -- parts is decided again.
  if v_parts > 0 and v_call ->> 'answered' is not null
      and not exists (select from public.registry_staged where principal = v_principal and key = v_key) then
    v_result := v_call -> 'answered' || '{"replayed": true}';
  end if;
  if v_result is null then
    -- registry_stage waits for this lock, and this call waits for a part that is being staged
    perform pg_advisory_xact_lock(hashtextextended(v_principal || ' ' || v_key, 0));
    select min(kind) into v_other
      from public.registry_staged
      where principal = v_principal and key = v_key and not p_request -> 'kinds' ? kind;
    if v_other is not null then
      perform public.registry_refuse(403, 'REMOTE_DENIED',
        format('this identity may not publish %s, which are staged under the same key', v_other),
        format('ask the owner of the registry to add %s to "identities" in registry_policies', v_other));
    end if;
    perform public.registry_check_staged(v_principal, v_key, v_parts, p_request ->> 'content');
    perform public.registry_check_objects(v_principal, v_key);
    perform public.registry_check_commit(p_request -> 'commit');
    v_outcomes := public.registry_decide(v_call);
    perform public.registry_check_decided(v_outcomes, false);
    perform public.registry_check_rank((p_request -> 'commit' ->> 'rank')::integer, v_outcomes);
    perform public.registry_append_staged(v_call, v_outcomes);
    perform public.registry_append_copies(v_call, 'remove', v_outcomes);
    perform public.registry_check_published(v_call ->> 'release');
    v_result := public.registry_finish(v_call, v_origin, v_outcomes);
  end if;
  delete from public.registry_staged where principal = v_principal and key = v_key;
  -- deletes parts that other publishers staged and never committed
  perform public.registry_sweep('1 day');
  return v_result;
end
$$;
revoke all on function public.registry_commit(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_commit(jsonb) to service_role;

-- Refuses a commit unless all its parts are staged with the content that the publisher hashed.
create function public.registry_check_staged(p_principal text, p_key text, p_parts integer, p_content text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_parts integer;
  v_content text;
begin
  select
    count(distinct (kind, part)),
    encode(sha256(convert_to(coalesce(string_agg(
      concat(kind, '/', id, ' ', digest, ' ', expected_version, E'\n'), ''
      order by concat(kind, '/', id, ' ', digest, ' ', expected_version) collate "C"), ''), 'UTF8')), 'hex')
  into v_parts, v_content
  from public.registry_staged where principal = p_principal and key = p_key;
  if v_parts <> p_parts then
    perform public.registry_refuse(409, 'CONFLICT',
      case v_parts
        when 0 then 'nothing is staged under this key: it was committed without changes, or it expired'
        else format('%s of %s parts of this publish are staged', v_parts, p_parts)
      end, 'publish again',
      jsonb_build_object('parts', v_parts, 'expectedParts', p_parts));
  end if;
  if v_content <> p_content then
    perform public.registry_refuse(422, 'REFUSED',
      'the content staged under this key is not the content that the publisher hashed', 'publish again',
      jsonb_build_object('content', v_content, 'expectedContent', p_content));
  end if;
end
$$;
revoke all on function public.registry_check_staged(text, text, integer, text)
  from public, anon, authenticated, service_role;

-- The outcome of a publish for each definition, sorted, with the version that it will have. A promoted draft is live
-- with content that the publisher's tree still has as a draft: publishing it again changes nothing. Withdrawn content
-- stays held, also with "unhold".
create function public.registry_decide(p_call jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with wanted as (
    select
      s.kind, s.id, s.digest, s.expected_version,
      case
        when h.hold @> jsonb_build_array(jsonb_build_object('digest', s.digest, 'withdrawn', true)) then 'held'
        when h.latest_digest = s.digest
          and case
              when h.draft_version is not null then 'draft'
              -- the state without the operator's switch
              when h.disabled is not null and h.state = 'disabled' then h.metadata ->> 'status'
              else h.state
            end in (s.state, case when s.state = 'draft' then 'active' end) then 'unchanged'
        when h.commit_rank > (p_call -> 'commit' ->> 'rank')::integer then 'stale'
        when h.hold @> jsonb_build_array(jsonb_build_object('digest', s.digest))
          and not coalesce((p_call ->> 'unhold')::boolean, false) then 'held'
        when coalesce(h.latest_version, 0) <> s.expected_version then 'conflict'
        when h.kind is null or h.state = 'removed' then 'added'
        else 'updated'
      end as outcome,
      h.version, h.latest_version, h.digest as head_digest
    from public.registry_staged s
    left join public.registry_heads h on h.kind = s.kind and h.id = s.id
    where s.principal = p_call ->> 'principal' and s.key = p_call ->> 'key'
    union all
    select
      r.kind, r.id, null, r."expectedVersion",
      case
        when h.kind is null then 'missing'
        when h.state = 'removed' then 'unchanged'
        when h.commit_rank > (p_call -> 'commit' ->> 'rank')::integer then 'stale'
        when h.latest_version <> r."expectedVersion" then 'conflict'
        else 'removed'
      end,
      h.version, h.latest_version, h.digest
    from jsonb_to_recordset(p_call -> 'removals') as r(kind text, id text, "expectedVersion" integer)
    left join public.registry_heads h on h.kind = r.kind and h.id = r.id
  )
  select coalesce(jsonb_agg(
    jsonb_build_object(
      'kind', kind, 'id', id, 'outcome', outcome,
      'version', case
        when outcome in ('added', 'updated', 'removed') then coalesce(latest_version, 0) + 1
        when outcome = 'unchanged' then latest_version
        else version
      end,
      'digest', case when outcome in ('stale', 'held') then head_digest else coalesce(digest, head_digest) end)
    || case outcome
      when 'removed' then jsonb_build_object('source', coalesce(version, latest_version), 'state', 'removed')
      when 'conflict' then jsonb_build_object('expectedVersion', expected_version)
      else '{}'
    end
    order by kind collate "C", id collate "C"), '[]')
  from wanted
$$;
revoke all on function public.registry_decide(jsonb) from public, anon, authenticated, service_role;

-- Refuses a whole publish, or the undo of a release, when one of its definitions was changed or removed meanwhile.
create function public.registry_check_decided(p_outcomes jsonb, p_undo boolean)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb;
begin
  if p_outcomes @> '[{"outcome": "missing"}]' then
    select jsonb_agg(jsonb_build_object('kind', o ->> 'kind', 'id', o ->> 'id')) into v_rows
      from jsonb_array_elements(p_outcomes) as o where o ->> 'outcome' = 'missing';
    perform public.registry_refuse(404, 'NOT_FOUND',
      format('%s/%s cannot be removed, it does not exist', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id'), 'plan again',
      jsonb_build_object('definitions', v_rows));
  end if;
  if p_outcomes @> '[{"outcome": "conflict"}]' then
    select jsonb_agg(jsonb_build_object(
        'kind', o.kind, 'id', o.id, 'expectedVersion', o."expectedVersion", 'version', coalesce(h.latest_version, 0),
        'commit', h.commit_sha, 'origin', r.origin, 'actor', r.actor) order by o.kind collate "C", o.id collate "C") into v_rows
      from jsonb_to_recordset(p_outcomes) as o(kind text, id text, outcome text, "expectedVersion" integer)
      left join public.registry_heads h on h.kind = o.kind and h.id = o.id
      left join public.registry_revisions r on r.kind = o.kind and r.id = o.id and r.version = h.latest_version
      where o.outcome = 'conflict';
    perform public.registry_refuse(409, 'CONFLICT',
      format('%s/%s is at version %s (%s), the %s version %s%s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id',
        v_rows -> 0 ->> 'version',
        -- a version that no publish made is named by the effect that made it: its commit has not changed
        case when coalesce(v_rows -> 0 ->> 'origin', 'publish') = 'publish'
          then 'commit ' || coalesce(v_rows -> 0 ->> 'commit', 'none')
          else format('%s by %s', v_rows -> 0 ->> 'origin', v_rows -> 0 ->> 'actor') end,
        case when p_undo then 'release made' else 'plan expected' end, v_rows -> 0 ->> 'expectedVersion',
        case when jsonb_array_length(v_rows) > 1 then format('; and %s more', jsonb_array_length(v_rows) - 1) end),
      case when p_undo then 'add --force to undo the release nevertheless'
        else 'plan again, then apply the new plan' end,
      jsonb_build_object('definitions', v_rows));
  end if;
  if exists (select from jsonb_to_recordset(p_outcomes) as o(kind text, id text) group by kind, id having count(*) > 1)
  then
    perform public.registry_refuse(422, 'REFUSED',
      'a definition is both published and removed by one release', 'publish again');
  end if;
end
$$;
revoke all on function public.registry_check_decided(jsonb, boolean) from public, anon, authenticated, service_role;

-- Appends the staged definitions as revisions. Content that was published before keeps its bundle: the digest does not
-- depend on the encoding of the archive, so a second archive of it may differ from the stored one. Each outcome looks up
-- its rows: "limit" keeps the planner from comparing all outcomes with all staged rows, which it would do here because
-- the statistics say that nothing is staged.
create function public.registry_append_staged(p_call jsonb, p_outcomes jsonb)
returns void
language sql
set search_path = ''
as $$
  insert into public.registry_kinds (kind, singular)
  select distinct kind, singular from public.registry_staged
  where principal = p_call ->> 'principal' and key = p_call ->> 'key'
  on conflict do nothing;

  insert into public.registry_revisions (
    kind, id, version, digest, prompt_hash, state, declared_version, manifest, texts, files, git_tree, refs, metadata,
    bundle_path, bundle_size, bundle_sha256, commit_sha, commit_rank, commit_ref, dirty,
    origin, actor, reason, release_id, created_at)
  select
    s.kind, s.id, o.version, s.digest, s.prompt_hash,
    public.registry_state_under_switch('publish', s.state, s.metadata ->> 'status', h.disabled), s.declared_version, s.manifest, s.texts, s.files,
    s.git_tree, s.refs, s.metadata, coalesce(b.bundle_path, s.bundle_path), coalesce(b.bundle_size, s.bundle_size),
    coalesce(b.bundle_sha256, s.bundle_sha256), p_call -> 'commit' ->> 'sha',
    (p_call -> 'commit' ->> 'rank')::integer, p_call -> 'commit' ->> 'ref',
    coalesce((p_call -> 'commit' ->> 'dirty')::boolean, false),
    'publish', p_call ->> 'actor', p_call ->> 'reason', p_call ->> 'release', (p_call ->> 'at')::timestamptz
  from jsonb_to_recordset(p_outcomes) as o(kind text, id text, outcome text, version integer)
  cross join lateral (
    select * from public.registry_staged s
    where s.principal = p_call ->> 'principal' and s.key = p_call ->> 'key' and s.kind = o.kind and s.id = o.id limit 1
  ) s
  left join lateral (
    select h.disabled from public.registry_heads h where h.kind = o.kind and h.id = o.id limit 1
  ) h on true
  left join lateral (
    select r.bundle_path, r.bundle_size, r.bundle_sha256 from public.registry_revisions r
    where o.version > 1 and r.kind = o.kind and r.id = o.id and r.digest = s.digest limit 1
  ) b on true
  where o.outcome in ('added', 'updated')
$$;
revoke all on function public.registry_append_staged(jsonb, jsonb) from public, anon, authenticated, service_role;

-- Refuses a rank far above every other rank of the registry for a definition that has a history: every later publish
-- would be stale. New definitions have no order yet, and a preview has no order (all its ranks are 0).
create function public.registry_check_rank(p_rank integer, p_outcomes jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  -- commits between two publishes of one history, with a wide margin (docs/decisions/021-order-of-commits.md)
  v_jump constant integer := 100000;
  v_newest integer;
begin
  if not (p_outcomes @> '[{"outcome": "updated"}]' or p_outcomes @> '[{"outcome": "removed"}]') then
    return;
  end if;
  -- In nearly all cases the definition that moved last has such a rank, and the others are not read.
  if (
    select h.commit_rank >= p_rank - v_jump
    from (select kind, id from public.registry_events order by seq desc limit 1) as e
    join public.registry_heads h on h.kind = e.kind and h.id = e.id
  ) then
    return;
  end if;
  v_newest := (select max(commit_rank) from public.registry_heads);
  if v_newest > 0 and p_rank - v_newest > v_jump then
    perform public.registry_refuse(422, 'REFUSED',
      format('the rank %s is %s above the highest rank of the registry, %s', p_rank, p_rank - v_newest, v_newest),
      'check --rank; after a move to another repository, the owner of the registry runs: nofx registry rebase-rank --reason "<why>"',
      jsonb_build_object('rule', 'NOFX_COMMIT_RANK', 'limit', v_newest + v_jump));
  end if;
end
$$;
revoke all on function public.registry_check_rank(integer, jsonb) from public, anon, authenticated, service_role;

-- Refuses a release when the bundle of a revision is missing from storage or has another size.
create function public.registry_check_bundles(p_release text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_missing jsonb;
begin
  select jsonb_agg(jsonb_build_object(
      'kind', r.kind, 'id', r.id, 'path', r.bundle_path, 'size', r.bundle_size, 'stored', o.size)
      order by r.bundle_path) into v_missing
    from public.registry_revisions r
    -- the limit makes the planner use the index, also when it expects few rows
    left join lateral (
      select (metadata ->> 'size')::bigint as size from storage.objects o
      where bucket_id = 'registry' and name = r.bundle_path
        and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
      limit 1
    ) o on true
    where r.release_id = p_release and r.state <> 'removed'
      -- a lost bundle must not keep an operator from disabling a definition
      and r.origin <> 'disable' and o.size is distinct from r.bundle_size;
  if v_missing is not null then
    perform public.registry_refuse(422, 'REFUSED',
      case when jsonb_array_length(v_missing) = 1
        then format('the bundle %s is missing from storage or has another size', v_missing -> 0 ->> 'path')
        else format('%s bundles are missing from storage or have another size, the first is %s',
          jsonb_array_length(v_missing), v_missing -> 0 ->> 'path')
      end,
      'publish again: missing bundles are uploaded',
      jsonb_build_object('rule', 'NOFX_BUNDLE_MISSING', 'bundles', v_missing));
  end if;
end
$$;
revoke all on function public.registry_check_bundles(text) from public, anon, authenticated, service_role;

-- Refuses a commit when a stored object was replaced after its bytes were hashed at staging. An object that was missing
-- then ('') was not hashed; registry_check_bundles refuses it when it is still missing.
create function public.registry_check_objects(p_principal text, p_key text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_changed jsonb;
begin
  select jsonb_agg(jsonb_build_object('kind', s.kind, 'id', s.id, 'path', s.bundle_path) order by s.bundle_path)
    into v_changed
    from public.registry_staged s
    -- the limit makes the planner use the index
    left join lateral (
      select concat_ws(' ', id, version) as object from storage.objects o
      where bucket_id = 'registry' and name = s.bundle_path
        and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
      limit 1
    ) o on true
    where s.principal = p_principal and s.key = p_key and s.bundle_object is not null
      and coalesce(o.object, '') <> s.bundle_object;
  if v_changed is not null then
    perform public.registry_refuse(409, 'CONFLICT',
      format('%s was stored or replaced after it was checked', v_changed -> 0 ->> 'path'),
      'publish again: missing bundles are uploaded and checked',
      jsonb_build_object('rule', 'NOFX_BUNDLE_CHANGED', 'bundles', v_changed));
  end if;
end
$$;
revoke all on function public.registry_check_objects(text, text) from public, anon, authenticated, service_role;

-- Refuses a publish or promotion that breaks a rule that only the registry can check: a declared version names one
-- content for ever, and values stay within the caps of the registry.
create function public.registry_check_published(p_release text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb;
begin
  select jsonb_agg(jsonb_build_object(
      'kind', r.kind, 'id', r.id, 'declaredVersion', r.declared_version, 'version', e.version, 'commit', e.commit_sha)
      order by r.kind collate "C", r.id collate "C") into v_rows
    from public.registry_revisions r
    join lateral (
      select p.version, p.commit_sha from public.registry_revisions p
      where p.kind = r.kind and p.id = r.id and p.version < r.version and p.state not in ('draft', 'removed')
        and p.declared_version = r.declared_version and p.digest <> r.digest
      order by p.version desc limit 1
    ) e on true
    where r.release_id = p_release and r.version > 1 and r.origin in ('publish', 'promote') and r.state <> 'draft';
  if v_rows is not null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s %s is already published with other content, as version %s', v_rows -> 0 ->> 'kind',
        v_rows -> 0 ->> 'id', v_rows -> 0 ->> 'declaredVersion', v_rows -> 0 ->> 'version'),
      'raise "version" in the manifest', jsonb_build_object('rule', 'NOFX_VERSION_REUSED', 'definitions', v_rows));
  end if;
  select jsonb_agg(jsonb_build_object('kind', r.kind, 'id', r.id, 'field', c.key, 'value', v.value, 'cap', c.value)
      order by r.kind collate "C", r.id collate "C") into v_rows
    from public.registry_policies p
    cross join lateral jsonb_each(p.caps) as c
    join public.registry_revisions r
      on r.release_id = p_release and r.kind = p.kind and r.origin in ('publish', 'promote')
    -- the facts of a kind have presets resolved to numbers; a manifest may name the preset alone
    cross join lateral (
      select coalesce(r.metadata -> 'facts' #> string_to_array(c.key, '.'), r.manifest #> string_to_array(c.key, '.'))
        as value
    ) as v
    where jsonb_typeof(v.value) = 'number' and v.value > c.value;
  if v_rows is not null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s has %s %s, this registry allows at most %s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id',
        v_rows -> 0 ->> 'field', v_rows -> 0 ->> 'value', v_rows -> 0 ->> 'cap'),
      format('lower %s in the manifest', v_rows -> 0 ->> 'field'),
      jsonb_build_object('rule', 'NOFX_POLICY_CAP', 'definitions', v_rows));
  end if;
end
$$;
revoke all on function public.registry_check_published(text) from public, anon, authenticated, service_role;

-- Finishes an effect: checks the appended revisions, moves heads, writes events, release and report. Without an
-- appended revision it stores the answer alone, for a retry.
create function public.registry_finish(p_call jsonb, p_origin text, p_outcomes jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_release text := p_call ->> 'release';
  v_force boolean := coalesce((p_call ->> 'force')::boolean, false);
  v_response jsonb;
  v_commit jsonb := coalesce(p_call -> 'commit', p_call -> 'about');
  v_seq bigint;
begin
  select jsonb_build_object('releaseId', null, 'replayed', false, 'dryRun', p_call -> 'dryRun', 'seq', p_call -> 'seq',
      'outcomes', coalesce(jsonb_agg(o - 'source' - 'state' - 'after' - 'undone'), '[]'))
    into v_response from jsonb_array_elements(p_outcomes) as o;
  if not exists (select from public.registry_revisions where release_id = v_release) then
    insert into public.registry_answers as a (principal, idempotency_key, request_hash, response)
      select p_call ->> 'principal', p_call ->> 'key', p_call ->> 'hash', v_response
      where not (p_call ->> 'dryRun')::boolean
      on conflict (principal, idempotency_key) do update set
        (request_hash, response, created_at) = (excluded.request_hash, excluded.response, excluded.created_at);
    return v_response || jsonb_build_object('replayed',
      coalesce(p_call -> 'answered' -> 'outcomes' = v_response -> 'outcomes', false));
  end if;
  perform public.registry_check_bundles(v_release);
  v_seq := public.registry_write_events(v_release);
  perform public.registry_move_holds(p_call, p_outcomes);
  perform public.registry_move_heads(v_release);
  perform public.registry_insert_heads(v_release);
  perform public.registry_move_templates(v_release);
  perform public.registry_move_switches(p_call);
  if p_origin in ('publish', 'remove') or not v_force then
    perform public.registry_check_references(v_release);
  end if;
  if not v_force then
    perform public.registry_check_dependents(v_release);
  end if;
  v_response := v_response || jsonb_build_object('releaseId', v_release, 'seq', v_seq);
  insert into public.registry_releases (
    id, principal, idempotency_key, request_hash, origin, commit_sha, commit_rank, commit_ref, dirty, actor, reason, undoes, seq,
    response, created_at)
  values (
    v_release, p_call ->> 'principal', p_call ->> 'key', p_call ->> 'hash', p_origin, v_commit ->> 'sha', (v_commit ->> 'rank')::integer,
    v_commit ->> 'ref', coalesce((v_commit ->> 'dirty')::boolean, false), p_call ->> 'actor', p_call ->> 'reason',
    p_call ->> 'undoes', v_seq, v_response, (p_call ->> 'at')::timestamptz);
  insert into public.registry_release_kinds (kind, seq)
    select distinct kind, v_seq from public.registry_revisions where release_id = v_release;
  insert into public.registry_validation_reports (
    idempotency_key, verdict, release_id, summary, counts, actor, commit_sha, commit_ref, created_at)
  select p_call ->> 'key', 'accepted', v_release, jsonb_object_agg(outcome, n),
    jsonb_build_object('definitions', sum(n), 'errors', 0), p_call ->> 'actor', v_commit ->> 'sha', v_commit ->> 'ref',
    (p_call ->> 'at')::timestamptz
  from (
    select o.outcome, count(*) as n from jsonb_to_recordset(p_outcomes) as o(outcome text) group by o.outcome
  ) as counted;
  return v_response;
end
$$;
revoke all on function public.registry_finish(jsonb, text, jsonb) from public, anon, authenticated, service_role;

-- Inserts the head of every definition that is new in a release, into the table of its kind. A kind with a table of its
-- own is named here, and in the check of registry_heads.
create function public.registry_insert_heads(p_release text)
returns void
language sql
set search_path = ''
as $$
  with fresh as materialized (
    select
      kind, id, state, version, digest, metadata, refs, prompt_hash, git_tree, commit_sha, commit_rank, created_at,
      case when state <> 'draft' then version end as live_version, case when state = 'draft' then version end as draft,
      case when kind = 'templates' then manifest -> 'rollbackAdvice' end as rollback_advice
    from public.registry_revisions
    where release_id = p_release and version = 1
  ), agents as (
    insert into public.agent_registry (
      kind, id, state, version, draft_version, latest_version, digest, metadata, refs, prompt_hash,
      latest_digest, git_tree, commit_sha, commit_rank, updated_at)
    select
      kind, id, state, live_version, draft, version, digest, metadata, refs, prompt_hash,
      digest, git_tree, commit_sha, commit_rank, created_at
    from fresh where kind = 'agents'
  ), templates as (
    insert into public.template_registry (
      kind, id, state, version, draft_version, latest_version, digest, metadata, refs, prompt_hash,
      latest_digest, git_tree, commit_sha, commit_rank, updated_at, rollback_advice)
    select
      kind, id, state, live_version, draft, version, digest, metadata, refs, prompt_hash,
      digest, git_tree, commit_sha, commit_rank, created_at, rollback_advice
    from fresh where kind = 'templates'
  )
  insert into public.registry_heads (
    kind, id, state, version, draft_version, latest_version, digest, metadata, refs, prompt_hash,
    latest_digest, git_tree, commit_sha, commit_rank, updated_at)
  select
    kind, id, state, live_version, draft, version, digest, metadata, refs, prompt_hash,
    digest, git_tree, commit_sha, commit_rank, created_at
  from fresh where kind not in ('agents', 'templates')
$$;
revoke all on function public.registry_insert_heads(text) from public, anon, authenticated, service_role;

-- Moves the heads to the revisions that a release appended. A draft does not change the live columns and lasts until
-- the next revision. registry_move_holds updates the holds before the heads move.
create function public.registry_move_heads(p_release text)
returns void
language sql
set search_path = ''
as $$
  with moved as (
    select
      r.kind, r.id, r.version, r.state, r.digest, r.metadata, r.refs, r.prompt_hash, r.git_tree, r.commit_sha, r.commit_rank,
      r.created_at,
      r.state = 'draft' and h.version is not null as keeps_face
    from public.registry_revisions r
    join public.registry_heads h on h.kind = r.kind and h.id = r.id
    where r.release_id = p_release and r.version > 1
  )
  update public.registry_heads h set
    state = case when m.keeps_face then h.state else m.state end,
    version = case m.state when 'draft' then h.version when 'removed' then null else m.version end,
    draft_version = case when m.state = 'draft' then m.version end,
    latest_version = m.version,
    digest = case when m.keeps_face then h.digest else m.digest end,
    metadata = case when m.keeps_face then h.metadata else m.metadata end,
    refs = case when m.keeps_face then h.refs else m.refs end,
    prompt_hash = case when m.keeps_face then h.prompt_hash else m.prompt_hash end,
    latest_digest = m.digest,
    git_tree = m.git_tree,
    commit_sha = m.commit_sha,
    commit_rank = m.commit_rank,
    updated_at = case when m.keeps_face then h.updated_at else m.created_at end
  from moved m
  where h.kind = m.kind and h.id = m.id
$$;
revoke all on function public.registry_move_heads(text) from public, anon, authenticated, service_role;

-- Updates the rollback columns of the templates that a release changed; runs after their heads have moved.
create function public.registry_move_templates(p_release text)
returns void
language sql
set search_path = ''
as $$
  with moved as (
    select t.id, shown.manifest -> 'rollbackAdvice' as advice, before.version as previous
    from public.registry_revisions r
    -- the limit makes the planner use the primary key
    cross join lateral (
      select h.id, coalesce(h.version, h.latest_version) as version from public.template_registry h
      where h.kind = r.kind and h.id = r.id limit 1
    ) as t
    join public.registry_revisions shown on shown.kind = r.kind and shown.id = r.id and shown.version = t.version
    left join lateral (
      select p.version from public.registry_revisions p
      where p.kind = r.kind and p.id = r.id and p.version < t.version and p.state not in ('draft', 'removed')
      order by p.version desc limit 1
    ) before on true
    where r.release_id = p_release and r.kind = 'templates' and r.version > 1
  )
  update public.template_registry t
  set previous_version = m.previous, rollback_advice = m.advice
  from moved m
  where t.kind = 'templates' and t.id = m.id
    and (t.previous_version is distinct from m.previous or t.rollback_advice is distinct from m.advice)
$$;
revoke all on function public.registry_move_templates(text) from public, anon, authenticated, service_role;

-- Updates the holds, before the heads move. A rollback holds every content that was live after the version that it
-- restores, and the undone content, live or not; the restored content is no longer held. A hold ends when its own
-- content is published with "unhold", restored by a rollback or undeleted; other content that goes live ends no hold.
create function public.registry_move_holds(p_call jsonb, p_outcomes jsonb)
returns void
language sql
set search_path = ''
as $$
  with moved as (
    select
      r.kind, r.id, r.origin, o.after, o.undone, r.version,
      -- a tombstone restores no content
      case when r.state <> 'removed' then r.digest end as back,
      -- live content that a restored draft leaves live
      case when r.state = 'draft' and h.version is not null then h.digest end as stays
    from jsonb_to_recordset(p_outcomes) as o(
      kind text, id text, outcome text, version integer, after integer, undone integer)
    -- see registry_append_staged
    cross join lateral (
      select * from public.registry_revisions r where r.kind = o.kind and r.id = o.id and r.version = o.version limit 1
    ) r
    cross join lateral (
      select h.version, h.digest from public.registry_heads h where h.kind = o.kind and h.id = o.id limit 1
    ) h
    where r.release_id = p_call ->> 'release' and r.version > 1 and r.origin not in ('remove', 'rebase')
  ), taken as (
    select m.kind, m.id, t.digest, max(t.version) as version
    from moved m
    join public.registry_revisions t
      on t.kind = m.kind and t.id = m.id and t.version > m.after and t.version < m.version
    where m.origin = 'rollback' and t.digest is distinct from m.back and t.digest is distinct from m.stays
      and ((t.state not in ('draft', 'removed') and m.stays is null) or (t.version = m.undone and t.state <> 'removed'))
    group by m.kind, m.id, t.digest
  ), settled as (
    select h.kind, h.id, coalesce((
        select jsonb_agg(e.value order by e.place)
        from jsonb_array_elements(h.hold) with ordinality as e(value, place)
        where e.value ->> 'digest' is distinct from m.back or e.value ? 'withdrawn'), '[]')
      || coalesce((
        select jsonb_agg(jsonb_build_object(
            'digest', t.digest, 'version', t.version, 'reason', p_call ->> 'reason', 'by', p_call ->> 'actor',
            'since', to_char((p_call ->> 'at')::timestamptz at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
          order by t.version)
        from taken t
        where t.kind = m.kind and t.id = m.id
          and not h.hold @> jsonb_build_array(jsonb_build_object('digest', t.digest))), '[]') as hold
    from moved m
    join public.registry_heads h on h.kind = m.kind and h.id = m.id
    where m.origin = 'rollback' or h.hold <> '[]'
  )
  update public.registry_heads h set hold = s.hold
  from settled s
  where h.kind = s.kind and h.id = s.id and h.hold <> s.hold
$$;
revoke all on function public.registry_move_holds(jsonb, jsonb) from public, anon, authenticated, service_role;

-- Whether a content is held. Row security calls this function, because readers may not read the column, which has
-- reasons and names.
create function public.registry_is_held(p_kind text, p_id text, p_digest text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from public.registry_heads h
    where h.kind = p_kind and h.id = p_id
      and h.hold @> jsonb_build_array(jsonb_build_object('digest', p_digest)))
$$;
revoke all on function public.registry_is_held(text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.registry_is_held(text, text, text) to anon, authenticated, service_role;

-- A key for a version whose byte order is semver's precedence; null for a text that is not a version. The first 48
-- characters are major, minor and patch; then `~`, or the identifiers of a prerelease.
create function public.registry_version_key(p_version text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_parts text[] := regexp_match(
    p_version, '^([0-9]+)\.([0-9]+)\.([0-9]+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$');
  v_key text := lpad(v_parts[1], 16, '0') || lpad(v_parts[2], 16, '0') || lpad(v_parts[3], 16, '0');
  v_identifier text;
begin
  if greatest(length(v_parts[1]), length(v_parts[2]), length(v_parts[3])) > 16 then
    return null;
  end if;
  if v_parts[4] is null then
    return v_key || '~';
  end if;
  foreach v_identifier in array string_to_array(v_parts[4], '.') loop
    -- `!` sorts before every character of an identifier; a number sorts by its length, and before a word
    v_key := v_key || case
      when v_identifier ~ '^[0-9]+$' then '0' || lpad(length(v_identifier)::text, 3, '0')
      else '1'
    end || v_identifier || '!';
  end loop;
  return v_key;
end
$$;
revoke all on function public.registry_version_key(text) from public, anon, authenticated, service_role;

-- Whether a version is in a range, given as the comparator sets of node-semver: all comparators of one set must hold.
-- As in node-semver, a prerelease is only in a range that names a prerelease of the same major, minor and patch.
create function public.registry_version_allowed(p_version text, p_allowed jsonb)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_key text := public.registry_version_key(p_version);
  v_set jsonb;
  v_comparator jsonb;
  v_bound text;
  v_holds boolean;
  v_named boolean;
begin
  for v_set in select s.value from jsonb_array_elements(p_allowed) as s loop
    v_holds := v_key is not null;
    v_named := right(v_key, 1) = '~';
    for v_comparator in select c.value from jsonb_array_elements(v_set) as c loop
      v_bound := public.registry_version_key(v_comparator ->> 'version');
      v_named := v_named or (right(v_bound, 1) <> '~' and left(v_bound, 48) = left(v_key, 48));
      v_holds := v_holds and coalesce(case v_comparator ->> 'op'
        when '>=' then v_key collate "C" >= v_bound
        when '<=' then v_key collate "C" <= v_bound
        when '>' then v_key collate "C" > v_bound
        when '<' then v_key collate "C" < v_bound
        when '=' then v_key = v_bound
      end, false);
    end loop;
    if v_holds and v_named then
      return true;
    end if;
  end loop;
  return false;
end
$$;
revoke all on function public.registry_version_allowed(text, jsonb) from public, anon, authenticated, service_role;

-- Refuses a release that refers to definitions that the registry does not have. Runs after the heads have moved.
-- registry_check_dependents checks the references of other definitions.
create function public.registry_check_references(p_release text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb := public.registry_broken_references(p_release);
  v_name text := format('%s/%s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id');
  v_target jsonb := v_rows -> 0 -> 'target';
begin
  if v_rows is not null then
    perform public.registry_refuse(422, 'REFUSED',
      case v_rows -> 0 ->> 'why'
        when 'demand' then format('%s demands "%s" of %s %s, and no live definition offers it', v_name,
          v_target ->> 'provides', v_target ->> 'kind',
          (select string_agg(id, ' or ') from jsonb_array_elements_text(v_target -> 'oneOf') as o(id)))
        when 'range' then format('%s requires %s/%s %s, the registry has %s', v_name, v_target ->> 'kind',
          v_target ->> 'id', v_target ->> 'range', coalesce(v_target ->> 'version', 'no version of it'))
        else format('%s %s %s/%s, which is not live in the registry', v_name, v_rows -> 0 ->> 'relation',
          v_target ->> 'kind', v_target ->> 'id')
      end,
      case v_rows -> 0 ->> 'why'
        when 'demand' then format('publish a definition that offers "%s", before %s or together with it',
          v_target ->> 'provides', v_name)
        when 'range' then format('publish %s/%s with a version in that range first, or change the range',
          v_target ->> 'kind', v_target ->> 'id')
        else format('publish %s/%s, before %s or together with it', v_target ->> 'kind', v_target ->> 'id', v_name)
      end,
      -- What the release would break besides, so that one refusal names everything that `force` would accept.
      jsonb_build_object('rule', 'NOFX_REFERENCE_MISSING', 'references', v_rows) || coalesce(
        (select jsonb_build_object('dependents', d)
          from public.registry_broken_dependents(p_release) as d where d is not null), '{}'));
  end if;
end
$$;
revoke all on function public.registry_check_references(text) from public, anon, authenticated, service_role;

-- The unmet references of the revisions that a release appended, after its heads have moved. A live revision needs each
-- required definition live and in the range that it names, and each demand offered by a live definition. Every other
-- reference needs a definition that exists.
create function public.registry_broken_references(p_release text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_agg(jsonb_build_object('kind', r.kind, 'id', r.id, 'file', f.file, 'pointer', f.pointer,
      'relation', f.relation, 'why', found.why) || case found.why
        when 'demand' then jsonb_build_object(
          'target', jsonb_build_object('kind', f.kind, 'oneOf', f."oneOf", 'provides', f.provides))
        when 'range' then jsonb_build_object('target', jsonb_build_object(
          'kind', f.kind, 'id', f.id, 'range', f.range, 'version', t.metadata -> 'version'))
        else jsonb_build_object('target', jsonb_build_object('kind', f.kind, 'id', f.id))
      end
      order by r.kind collate "C", r.id collate "C", f.place)
  from public.registry_revisions r
  cross join lateral rows from (jsonb_to_recordset(r.refs) as (
      kind text, id text, relation text, range text, allowed jsonb, "oneOf" jsonb, provides text,
      file text, pointer jsonb)) with ordinality
    as f(kind, id, relation, range, allowed, "oneOf", provides, file, pointer, place)
  -- the limit makes the planner use the primary key
  left join lateral (
    select h.metadata, h.state <> 'removed' as there,
      h.version is not null and h.state in ('active', 'deprecated') as live
    from public.registry_heads h where h.kind = f.kind and h.id = f.id limit 1
  ) t on true
  cross join lateral (
    select case
      when f.relation = 'mentions' or r.state not in ('active', 'deprecated') then case
        when f.relation <> 'demands' and t.there is not true then 'gone'
      end
      when f.relation = 'demands' then case
        when not exists (
          select from jsonb_array_elements_text(f."oneOf") as o(id)
          where (
            select h.version is not null and h.state in ('active', 'deprecated')
              and h.metadata -> 'provides' ? f.provides
            from public.registry_heads h where h.kind = f.kind and h.id = o.id)) then 'demand'
      end
      when t.live is not true then 'gone'
      when f.range is not null and not public.registry_version_allowed(t.metadata ->> 'version', f.allowed)
        then 'range'
    end as why
  ) as found
  where r.release_id = p_release and r.state <> 'removed' and found.why is not null
$$;
revoke all on function public.registry_broken_references(text) from public, anon, authenticated, service_role;

-- Refuses a release that breaks references of live definitions, and lists all of these definitions.
create function public.registry_check_dependents(p_release text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb := public.registry_broken_dependents(p_release);
  v_name text := format('%s/%s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id');
  v_lost text := format('%s/%s', v_rows -> 0 -> 'requires' ->> 'kind', v_rows -> 0 -> 'requires' ->> 'id');
  v_others bigint;
begin
  if v_rows is not null then
    select count(distinct (d.kind, d.id)) - 1 into v_others from jsonb_to_recordset(v_rows) as d(kind text, id text);
    perform public.registry_refuse(422, 'REFUSED',
      case v_rows -> 0 ->> 'why'
        when 'demand' then format('%s no longer offers "%s", which is demanded by %s', v_lost,
          v_rows -> 0 ->> 'provides', v_name)
        when 'range' then format('%s with %s is outside %s, which is required by %s', v_lost,
          coalesce('version ' || (v_rows -> 0 ->> 'version'), 'no version'), v_rows -> 0 ->> 'range', v_name)
        else format('%s is still required by %s', v_lost, v_name)
      end || case when v_others > 0 then format(' and %s more', v_others) else '' end,
      'change the definitions that require it first, or use --force',
      jsonb_build_object('rule', 'NOFX_STILL_REQUIRED', 'dependents', v_rows));
  end if;
end
$$;
revoke all on function public.registry_check_dependents(text) from public, anon, authenticated, service_role;

-- The live definitions outside a release whose references the release broke: it removed the definition, moved it out of
-- the range, or removed the last definition that offered what is demanded. References that were broken before do not
-- count.
create function public.registry_broken_dependents(p_release text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with dependents as materialized (
    select distinct on (d.kind, d.id) d.kind, d.id, d.version, d.refs
    from public.registry_revisions r
    -- The offset makes the planner use the index: one search for each changed definition. The search finds demands as
    -- well, because the definitions that may meet a demand are also in the list.
    cross join lateral (
      select h.kind, h.id, h.version, h.refs from public.registry_heads h
      where h.refs @> jsonb_build_array(jsonb_build_object('id', r.id))
        and h.version is not null and h.state in ('active', 'deprecated')
      offset 0
    ) as d
    where r.release_id = p_release and r.version > 1 and r.state <> 'draft'
  ), broken as (
    select distinct d.kind, d.id, jsonb_build_object('kind', d.kind, 'id', d.id, 'why', found.why,
        'requires', jsonb_build_object('kind', f.kind, 'id', target.id)) || case found.why
          when 'range' then jsonb_build_object('range', f.range, 'version', moved.metadata -> 'version')
          when 'demand' then jsonb_build_object('provides', f.provides)
          else '{}'
        end as dependent
    from dependents d
    cross join lateral jsonb_to_recordset(d.refs)
      as f(kind text, id text, relation text, range text, allowed jsonb, "oneOf" jsonb, provides text)
    cross join lateral (
      select f.id where f.relation = 'requires'
      union all
      select o.id from jsonb_array_elements_text(f."oneOf") as o(id) where f.relation = 'demands'
    ) as target
    cross join lateral (
      select r.version, r.state, r.metadata, r.release_id from public.registry_revisions r
      where r.kind = f.kind and r.id = target.id
      order by r.version desc limit 1
    ) as moved
    cross join lateral (
      select r.state, r.metadata from public.registry_revisions r
      where r.kind = f.kind and r.id = target.id and r.version < moved.version and r.state <> 'draft'
      order by r.version desc limit 1
    ) as was
    cross join lateral (
      select case
        when f.relation = 'demands' then case
          when was.metadata -> 'provides' ? f.provides and not exists (
            select from jsonb_array_elements_text(f."oneOf") as o(id)
            where (
              select h.version is not null and h.state in ('active', 'deprecated')
                and h.metadata -> 'provides' ? f.provides
              from public.registry_heads h where h.kind = f.kind and h.id = o.id)) then 'demand'
        end
        when moved.state not in ('active', 'deprecated') then 'gone'
        when f.range is not null and not public.registry_version_allowed(moved.metadata ->> 'version', f.allowed)
          and public.registry_version_allowed(was.metadata ->> 'version', f.allowed) then 'range'
      end as why
    ) as found
    where moved.release_id = p_release and moved.state <> 'draft' and was.state in ('active', 'deprecated')
      and p_release <> (
        select r.release_id from public.registry_revisions r
        where r.kind = d.kind and r.id = d.id and r.version = d.version)
      and found.why is not null
  )
  select jsonb_agg(dependent order by kind collate "C", id collate "C", dependent) from broken
$$;
revoke all on function public.registry_broken_dependents(text) from public, anon, authenticated, service_role;

-- The definitions that the caller may see and that refer to one, by kind and id, each with these references; `p_limit` of
-- them at most. The references of a definition without a live version are those of its draft. The conditions of row
-- security are here: under row security itself the planner may not use the index of the references.
create function public.registry_dependents(p_kind text, p_id text, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
-- plans for this definition, so that the index is used
set plan_cache_mode = force_custom_plan
as $$
declare
  v_all boolean := coalesce(current_setting('role', true), '') not in ('anon', 'authenticated')
    or public.registry_is_publisher();
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
        'kind', d.kind, 'id', d.id, 'version', d.version, 'refs', (
          select coalesce(jsonb_agg(r.value), '[]') from jsonb_array_elements(d.refs) as r(value)
          where r.value ->> 'kind' = p_kind and (r.value ->> 'id' = p_id or r.value -> 'oneOf' ? p_id)))
      order by d.kind collate "C", d.id collate "C"), '[]')
    from (
      select h.kind, h.id, h.version, h.refs from public.registry_heads h
      where h.refs @> jsonb_build_array(jsonb_build_object('kind', p_kind, 'id', p_id)) and h.state <> 'removed'
        and (v_all or (h.state in ('active', 'deprecated') and h.version is not null))
      order by h.kind collate "C", h.id collate "C"
      limit least(p_limit, 1000)
    ) as d);
end
$$;
revoke all on function public.registry_dependents(text, text, integer) from public, anon, authenticated, service_role;
grant execute on function public.registry_dependents(text, text, integer) to anon, authenticated, service_role;

-- Restores an earlier revision of one definition, or undoes a release.
create function public.registry_rollback(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join must look up rows by key, for one definition or 10,000: after a first publish the statistics are wrong
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_target jsonb := jsonb_build_object('expectedVersion', p_request -> 'target' -> 'seenVersion') || (p_request -> 'target');
  v_outcomes jsonb;
  v_about jsonb;
  v_undoes text;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  if coalesce(btrim(p_request ->> 'reason'), '') = '' then
    perform public.registry_refuse(422, 'REFUSED', 'the reason is empty',
      'say why: --reason "<1 to 2,000 characters>"');
  end if;
  if v_target ? 'release' then
    v_undoes := public.registry_find_release(v_target ->> 'release');
    perform public.registry_refuse_switch(v_undoes);
    v_outcomes := public.registry_plan_release_undo(v_undoes, coalesce((p_request ->> 'force')::boolean, false));
    select jsonb_build_object('sha', commit_sha, 'rank', commit_rank, 'ref', commit_ref, 'dirty', dirty)
      into v_about from public.registry_releases where id = v_undoes;
  else
    v_outcomes := public.registry_plan_rollback(v_target || jsonb_build_object('reason', p_request ->> 'reason'));
    select jsonb_build_object('sha', commit_sha, 'rank', commit_rank, 'ref', commit_ref, 'dirty', dirty)
      into v_about from public.registry_revisions
      where kind = v_target ->> 'kind' and id = v_target ->> 'id' and version = (v_outcomes -> 0 ->> 'source')::integer;
  end if;
  return public.registry_take_back(
    v_call || jsonb_build_object('about', v_about, 'undoes', v_undoes), 'rollback', v_outcomes);
end
$$;
revoke all on function public.registry_rollback(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_rollback(jsonb) to service_role;

-- Plans a rollback of one definition: a copy of an earlier live revision, the last good one if none is named.
create function public.registry_plan_rollback(p_target jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_name text := format('%s/%s', p_target ->> 'kind', p_target ->> 'id');
  v_head public.registry_heads := public.registry_expect_head(
    p_target ->> 'kind', p_target ->> 'id', (p_target ->> 'expectedVersion')::integer);
  v_to integer := coalesce((p_target ->> 'toVersion')::integer, public.registry_version_to_restore(v_head, p_target ->> 'reason'));
  v_state text;
  v_digest text;
  v_withdrawn timestamptz;
  v_after text;
  v_problem text;
begin
  select state, digest, withdrawn_at,
      public.registry_state_under_switch('rollback', state, metadata ->> 'status', v_head.disabled)
    into v_state, v_digest, v_withdrawn, v_after
    from public.registry_revisions where kind = v_head.kind and id = v_head.id and version = v_to;
  if v_state is null then
    perform public.registry_refuse(404, 'NOT_FOUND',
      format('%s has no version %s, its newest is %s', v_name, v_to, v_head.latest_version),
      format('see: nofx registry history %s/%s', v_head.kind, v_head.id), p_target - 'reason');
  end if;
  v_problem := case
    when v_state = 'removed' then 'is a tombstone'
    when v_withdrawn is not null then 'was withdrawn'
    when v_state = 'draft' then 'is a draft and was never live'
    when v_to = v_head.version then format('is already %s', case v_head.state when 'disabled' then 'the newest' else 'live' end)
    when v_head.version is not null and v_digest = v_head.digest and v_after = v_head.state
      then format('has the same content as version %s, which is %s', v_head.version,
        case v_head.state when 'disabled' then 'disabled' else 'live' end)
  end;
  if v_problem is not null then
    perform public.registry_refuse(422, 'REFUSED', format('version %s of %s %s', v_to, v_name, v_problem),
      format('choose another version: nofx registry history %s/%s', v_head.kind, v_head.id),
      (p_target - 'reason') || '{"rule": "NOFX_ROLLBACK_TARGET"}');
  end if;
  return jsonb_build_array(jsonb_build_object('kind', v_head.kind, 'id', v_head.id, 'outcome', 'rolled-back',
    'version', v_head.latest_version + 1, 'digest', v_digest, 'source', v_to, 'after', v_to));
end
$$;
revoke all on function public.registry_plan_rollback(jsonb) from public, anon, authenticated, service_role;

-- The version that a rollback goes to when none is named: the last live version before the present one whose content is
-- another one, and is neither held nor withdrawn. Refused when the definition has no such version. The same rollback
-- once more, with the same reason, has the same target: two operators who react at once do not go further back.
create function public.registry_version_to_restore(p_head public.registry_heads, p_reason text)
returns integer
language plpgsql
stable
set search_path = ''
as $$
declare
  v_name text := format('%s/%s', p_head.kind, p_head.id);
  v_to integer;
begin
  with present as (
    select version, state, digest from public.registry_revisions
    where kind = p_head.kind and id = p_head.id and state <> 'draft'
      and not (version = p_head.latest_version and origin = 'rollback' and reason = p_reason)
    order by version desc limit 1
  )
  select r.version into v_to
  from public.registry_revisions r, present p
  where r.kind = p_head.kind and r.id = p_head.id and r.version < p.version
    and r.state in ('active', 'deprecated') and r.withdrawn_at is null
    and (p.state = 'removed' or r.digest <> p.digest)
    and not exists (select from jsonb_array_elements(p_head.hold) as h where h ->> 'digest' = r.digest)
  order by r.version desc limit 1;
  if v_to is null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s has no earlier live version that is neither held nor withdrawn', v_name),
      format('disable it: nofx registry disable %s --reason "<why>"', v_name),
      jsonb_build_object('rule', 'NOFX_ROLLBACK_TARGET', 'kind', p_head.kind, 'id', p_head.id));
  end if;
  return v_to;
end
$$;
revoke all on function public.registry_version_to_restore(public.registry_heads, text)
  from public, anon, authenticated, service_role;

-- Finds a release by its id, by a unique prefix of the id, or by a commit, whose newest publish it is.
create function public.registry_find_release(p_ref text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_ids text[];
  v_shas text[];
begin
  if p_ref ~ '^[0-9A-Za-z-]+$' then
    select array_agg(id) into v_ids from public.registry_releases where id like p_ref || '%';
    select array_agg(distinct commit_sha) into v_shas
      from public.registry_releases
      where v_ids is null and commit_sha like p_ref || '%' and origin in ('publish', 'remove');
  end if;
  if cardinality(v_ids) > 1 or cardinality(v_shas) > 1 then
    perform public.registry_refuse(422, 'REFUSED', format('%s is the start of more than one id', p_ref),
      'give more characters', jsonb_build_object('matches', coalesce(v_ids, v_shas)));
  end if;
  if v_ids is null and v_shas is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('%s is not a release or a published commit', p_ref),
      'see: nofx registry releases', jsonb_build_object('release', p_ref));
  end if;
  return coalesce(v_ids[1], (
    select id from public.registry_releases
    where commit_sha = v_shas[1] and origin in ('publish', 'remove') order by seq desc limit 1));
end
$$;
revoke all on function public.registry_find_release(text) from public, anon, authenticated, service_role;

-- Refuses to undo a release that disabled or enabled a definition: an earlier content does not move the switch.
create function public.registry_refuse_switch(p_release text)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_found record;
begin
  select kind, id, origin into v_found
    from public.registry_revisions where release_id = p_release and origin in ('disable', 'enable');
  if v_found.kind is not null then
    perform public.registry_refuse(422, 'REFUSED',
      format('release %s %sd %s/%s, which a rollback does not undo', p_release, v_found.origin, v_found.kind, v_found.id),
      format('nofx registry %s %s/%s --reason "<why>"',
        case v_found.origin when 'disable' then 'enable' else 'disable' end, v_found.kind, v_found.id),
      jsonb_build_object('rule', 'NOFX_ROLLBACK_TARGET', 'releaseId', p_release));
  end if;
end
$$;
revoke all on function public.registry_refuse_switch(text) from public, anon, authenticated, service_role;

-- Plans the undo of a whole release; refused when the release has nothing left to undo.
create function public.registry_plan_release_undo(p_release text, p_force boolean)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_outcomes jsonb;
begin
  select public.registry_plan_undo(
      jsonb_agg(jsonb_build_object('kind', kind, 'id', id, 'version', version)), 'rolled-back', p_force)
    into v_outcomes
    from public.registry_revisions where release_id = p_release;
  perform public.registry_check_decided(v_outcomes, true);
  if not exists (select from jsonb_array_elements(v_outcomes) as o where o ->> 'outcome' <> 'unchanged') then
    perform public.registry_refuse(422, 'REFUSED', format('release %s has nothing left to undo', p_release),
      'choose another release: nofx registry releases', jsonb_build_object('releaseId', p_release));
  end if;
  return v_outcomes;
end
$$;
revoke all on function public.registry_plan_release_undo(text, boolean)
  from public, anon, authenticated, service_role;

-- Plans the undo of the given revisions: for each definition a copy of its state before the revision. Before a draft
-- that is an older draft or the live content. Before any other revision it is the live content, or a tombstone when
-- nothing was live.
create function public.registry_plan_undo(p_moved jsonb, p_outcome text, p_force boolean)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with undone as (
    select
      m.kind, m.id, m.version, m.digest, h.state as head_state, h.latest_version, h.latest_digest, h.draft_version,
      case m.state
        when 'draft' then coalesce(draft.version, live.version)
        when 'removed' then coalesce(live.version, draft.version)
        else live.version
      end as source,
      h.latest_version <> m.version and not p_force as moved_since
    from jsonb_to_recordset(p_moved) as o(kind text, id text, version integer)
    join public.registry_revisions m on m.kind = o.kind and m.id = o.id and m.version = o.version
    join public.registry_heads h on h.kind = o.kind and h.id = o.id
    left join lateral (
      select case when r.state <> 'removed' then r.version end as version from public.registry_revisions r
      where r.kind = m.kind and r.id = m.id and r.version < m.version and r.state <> 'draft'
      order by r.version desc limit 1
    ) live on true
    left join public.registry_revisions draft
      on draft.kind = m.kind and draft.id = m.id and draft.version = m.version - 1 and draft.state = 'draft'
  ), decided as (
    select u.*, s.digest as source_digest, case
      when u.moved_since then 'conflict'
      when u.source is null and u.head_state = 'removed' then 'unchanged'
      when s.digest = u.latest_digest
        and s.state = case when u.draft_version is null then u.head_state else 'draft' end then 'unchanged'
      when u.source is null then 'removed'
      else p_outcome
    end as outcome
    from undone u
    left join public.registry_revisions s on s.kind = u.kind and s.id = u.id and s.version = u.source
  )
  select coalesce(jsonb_agg(
    jsonb_build_object('kind', kind, 'id', id, 'outcome', outcome, 'digest', coalesce(source_digest, digest),
      'version', case when outcome in ('removed', p_outcome) then latest_version + 1 else latest_version end)
    || case outcome
      when 'conflict' then jsonb_build_object('expectedVersion', version)
      when 'removed' then jsonb_build_object('source', version, 'state', 'removed')
      when 'unchanged' then '{}'
      else jsonb_build_object('source', source)
    end
    -- registry_move_holds holds the content that was live after this version, and the undone revision, live or not
    || jsonb_build_object('after', coalesce(source, version - 1), 'undone', version)
    order by kind collate "C", id collate "C"), '[]')
  from decided
$$;
revoke all on function public.registry_plan_undo(jsonb, text, boolean) from public, anon, authenticated, service_role;

-- Restores a removed definition to its state before the tombstone.
create function public.registry_undelete(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join must look up rows by key, for one definition or 10,000: after a first publish the statistics are wrong
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_head public.registry_heads;
  v_outcomes jsonb;
  v_about jsonb;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  v_head := public.registry_expect_head(
    p_request ->> 'kind', p_request ->> 'id', coalesce(p_request ->> 'expectedVersion', p_request ->> 'seenVersion')::integer);
  if v_head.state <> 'removed' then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s is not removed, it is %s', v_head.kind, v_head.id, v_head.state),
      'see the removed definitions: nofx registry list --state removed',
      jsonb_build_object('kind', v_head.kind, 'id', v_head.id, 'state', v_head.state));
  end if;
  v_outcomes := public.registry_plan_undo(
    jsonb_build_array(jsonb_build_object('kind', v_head.kind, 'id', v_head.id, 'version', v_head.latest_version)),
    'restored', false);
  select jsonb_build_object('sha', commit_sha, 'rank', commit_rank, 'ref', commit_ref, 'dirty', dirty)
    into v_about from public.registry_revisions
    where kind = v_head.kind and id = v_head.id and version = (v_outcomes -> 0 ->> 'source')::integer;
  return public.registry_take_back(v_call || jsonb_build_object('about', v_about), 'undelete', v_outcomes);
end
$$;
revoke all on function public.registry_undelete(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_undelete(jsonb) to service_role;

-- Makes the newest draft of a definition live: appends its content as a new revision, under the rules of a publish, in
-- the state of its manifest; a draft whose manifest has the status draft becomes active.
create function public.registry_promote(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join must look up rows by key, as in a rollback
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_head public.registry_heads;
  v_about jsonb;
  v_state text;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  v_head := public.registry_expect_head(
    p_request ->> 'kind', p_request ->> 'id', coalesce(p_request ->> 'expectedVersion', p_request ->> 'seenVersion')::integer);
  if v_head.draft_version is null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s has no draft: its newest version, %s, is %s', v_head.kind, v_head.id, v_head.latest_version,
        v_head.state),
      format('change it and publish a draft: nofx registry publish --draft --only %s/%s', v_head.kind, v_head.id),
      jsonb_build_object('rule', 'NOFX_PROMOTE_NO_DRAFT', 'kind', v_head.kind, 'id', v_head.id, 'state', v_head.state));
  end if;
  select
      jsonb_build_object('sha', commit_sha, 'rank', commit_rank, 'ref', commit_ref, 'dirty', dirty),
      case metadata ->> 'status' when 'deprecated' then 'deprecated' when 'disabled' then 'disabled' else 'active' end
    into v_about, v_state from public.registry_revisions
    where kind = v_head.kind and id = v_head.id and version = v_head.draft_version;
  if v_state = 'disabled' then
    perform public.registry_refuse(422, 'REFUSED',
      format('the draft of %s/%s, version %s, has the status "disabled"', v_head.kind, v_head.id, v_head.draft_version),
      'change "status" in the manifest and publish the draft again',
      jsonb_build_object('rule', 'NOFX_PROMOTE_DISABLED', 'kind', v_head.kind, 'id', v_head.id));
  end if;
  return public.registry_take_back(v_call || jsonb_build_object('about', v_about), 'promote',
    jsonb_build_array(jsonb_build_object('kind', v_head.kind, 'id', v_head.id, 'outcome', 'promoted',
      'version', v_head.latest_version + 1, 'digest', v_head.latest_digest, 'source', v_head.draft_version,
      'state', v_state)));
end
$$;
revoke all on function public.registry_promote(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_promote(jsonb) to service_role;

-- Restarts the order of commits at a commit: every definition with a higher rank gets a revision of the same content
-- with the rank of this commit. All definitions get one when the rank is further above theirs than a publish may go.
-- The history keeps the actor, the time, the reason and both ranks. The commit of the content does not change.
create function public.registry_rebase(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join must look up rows by key, as in a rollback
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_target jsonb := p_request -> 'target';
  v_commit jsonb := p_request -> 'commit';
  v_rank integer;
  v_newest integer;
  v_head public.registry_heads;
  v_outcomes jsonb;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  if coalesce(btrim(p_request ->> 'reason'), '') = '' then
    perform public.registry_refuse(422, 'REFUSED', 'the reason is empty',
      'say why: --reason "<1 to 2,000 characters>"');
  end if;
  perform public.registry_check_commit(v_commit);
  v_rank := (v_commit ->> 'rank')::integer;
  if v_target is not null then
    -- refuses a definition that does not exist
    v_head := public.registry_expect_head(v_target ->> 'kind', v_target ->> 'id', null);
  end if;
  v_newest := (select max(commit_rank) from public.registry_heads);
  select coalesce(jsonb_agg(jsonb_build_object(
      'kind', h.kind, 'id', h.id, 'outcome', 'rebased', 'version', h.latest_version + 1, 'digest', h.latest_digest,
      'source', h.latest_version, 'rank', jsonb_build_object('from', h.commit_rank, 'to', v_rank))
      order by h.kind collate "C", h.id collate "C"), '[]') into v_outcomes
    from public.registry_heads h
    where (v_target is null or (h.kind = v_head.kind and h.id = v_head.id))
      and (h.commit_rank > v_rank or v_rank - v_newest > 100000);
  -- readers see no change, so references of other definitions are not checked (force)
  return public.registry_take_back(
    v_call - 'commit' || jsonb_build_object('about', v_commit, 'force', true), 'rebase', v_outcomes);
end
$$;
revoke all on function public.registry_rebase(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_rebase(jsonb) to service_role;

-- The head of the definition that a request names; refused when it does not exist or is not at the version that the
-- caller saw.
create function public.registry_expect_head(p_kind text, p_id text, p_expected integer)
returns public.registry_heads
language plpgsql
stable
set search_path = ''
as $$
declare
  v_head public.registry_heads;
begin
  select * into v_head from public.registry_heads where kind = p_kind and id = p_id;
  if v_head.kind is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('%s/%s does not exist', p_kind, p_id),
      'see: nofx registry list', jsonb_build_object('kind', p_kind, 'id', p_id));
  end if;
  if v_head.latest_version <> p_expected then
    perform public.registry_refuse(412, 'CONFLICT',
      format('%s/%s is at version %s (commit %s), not %s', p_kind, p_id, v_head.latest_version, v_head.commit_sha,
        p_expected),
      format('check what changed, then try again: nofx registry history %s/%s', p_kind, p_id),
      jsonb_build_object('definitions', jsonb_build_array(jsonb_build_object('kind', p_kind, 'id', p_id,
        'expectedVersion', p_expected, 'version', v_head.latest_version, 'commit', v_head.commit_sha))));
  end if;
  return v_head;
end
$$;
revoke all on function public.registry_expect_head(text, text, integer)
  from public, anon, authenticated, service_role;

-- Appends the copies of a rollback, an undelete, a promotion, a rebase or a switch and finishes the effect. A dry run does the
-- same and rolls the transaction back to its start, so that its result is the one of the real run.
create function public.registry_take_back(p_call jsonb, p_origin text, p_outcomes jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_result jsonb;
begin
  perform public.registry_refuse_withdrawn(p_outcomes);
  perform public.registry_append_copies(p_call, p_origin, p_outcomes);
  perform public.registry_check_published(p_call ->> 'release');
  v_result := public.registry_finish(p_call, p_origin, p_outcomes);
  if (p_call ->> 'dryRun')::boolean then
    raise sqlstate 'NXDRY';
  end if;
  return v_result;
exception when sqlstate 'NXDRY' then
  return v_result || jsonb_build_object('releaseId', null, 'seq', p_call -> 'seq');
end
$$;
revoke all on function public.registry_take_back(jsonb, text, jsonb) from public, anon, authenticated, service_role;

-- Appends copies of earlier revisions, for rollbacks, undeletes, promotions, tombstones, rebases and switches. The rank never
-- falls, so that a late publish of an older commit stays stale, with two exceptions. A rollback takes the rank of the
-- restored revision (0 when it restores nothing), so that a wrong rank goes away with its content. A rebase restarts
-- the order: revisions before the last rebase have ranks of another order, so a rollback to one of them keeps the rank
-- of the head. A promoted draft keeps its manifest; lists show it as active. The tombstone of a withdrawn draft is
-- withdrawn as well; every other copy of withdrawn content is refused.
create function public.registry_append_copies(p_call jsonb, p_origin text, p_outcomes jsonb)
returns void
language sql
set search_path = ''
as $$
  insert into public.registry_revisions (
    kind, id, version, digest, prompt_hash, state, declared_version, manifest, texts, files, git_tree, refs, metadata,
    bundle_path, bundle_size, bundle_sha256, commit_sha, commit_rank, commit_ref, dirty,
    origin, actor, reason, release_id, created_at, withdrawn_at, withdrawn_by, withdrawn_reason)
  select
    r.kind, r.id, o.version, r.digest, r.prompt_hash,
    public.registry_state_under_switch(p_origin, coalesce(o.state, r.state), r.metadata ->> 'status', h.disabled),
    r.declared_version, r.manifest,
    r.texts, r.files, r.git_tree, r.refs,
    r.metadata || case when p_origin = 'promote' then jsonb_build_object('status', o.state) else '{}' end,
    r.bundle_path, r.bundle_size, r.bundle_sha256,
    coalesce(p_call -> 'commit' ->> 'sha', r.commit_sha),
    case
      when p_origin = 'rebase' then (p_call -> 'about' ->> 'rank')::integer
      when p_origin <> 'rollback' then greatest(h.commit_rank, (p_call -> 'commit' ->> 'rank')::integer)
      when o.state = 'removed' then 0
      when exists (
        select from public.registry_revisions n
        where n.kind = r.kind and n.id = r.id and n.version > r.version and n.origin = 'rebase') then h.commit_rank
      else r.commit_rank
    end,
    coalesce(p_call -> 'commit' ->> 'ref', r.commit_ref),
    coalesce((p_call -> 'commit' ->> 'dirty')::boolean, r.dirty),
    p_origin, p_call ->> 'actor', p_call ->> 'reason', p_call ->> 'release', (p_call ->> 'at')::timestamptz,
    r.withdrawn_at, r.withdrawn_by, r.withdrawn_reason
  from jsonb_to_recordset(p_outcomes) as o(kind text, id text, version integer, source integer, state text)
  -- see registry_append_staged
  cross join lateral (
    select * from public.registry_revisions r where r.kind = o.kind and r.id = o.id and r.version = o.source limit 1
  ) r
  cross join lateral (
    select h.commit_rank, h.disabled from public.registry_heads h where h.kind = o.kind and h.id = o.id limit 1
  ) h
$$;
revoke all on function public.registry_append_copies(jsonb, text, jsonb)
  from public, anon, authenticated, service_role;

-- Withdraws the content of a version, such as a leaked secret or personal data: deletes it from all versions that have
-- it, in production and in previews. A tombstone stays. "objects" in the answer, also of a retry, are the objects that
-- the caller has to delete from storage.
create function public.registry_withdraw(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_result jsonb := v_call -> 'replay';
  v_found public.registry_revisions;
begin
  if v_result is null and coalesce(btrim(p_request ->> 'reason'), '') = '' then
    perform public.registry_refuse(422, 'REFUSED', 'the reason is empty',
      'say why: --reason "<1 to 2,000 characters>"');
  end if;
  if v_result is null then
    v_found := public.registry_plan_withdraw(p_request);
  else
    select * into v_found from public.registry_revisions
      where kind = p_request ->> 'kind' and id = p_request ->> 'id' and version = (p_request ->> 'version')::integer;
  end if;
  if v_result is null and v_found.withdrawn_at is not null then
    v_result := jsonb_build_object('releaseId', null, 'replayed', false, 'dryRun', v_call -> 'dryRun',
      'seq', v_call -> 'seq', 'outcomes', jsonb_build_array(jsonb_build_object('kind', v_found.kind, 'id', v_found.id,
        'outcome', 'unchanged', 'version', v_found.version, 'digest', v_found.digest)));
  end if;
  v_result := coalesce(v_result, public.registry_erase_everywhere(v_call, v_found));
  return v_result || jsonb_build_object('objects', case
    when coalesce((p_request ->> 'dryRun')::boolean, false) then '[]'
    else public.registry_erased_objects(to_jsonb(v_found))
  end);
end
$$;
revoke all on function public.registry_withdraw(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_withdraw(jsonb) to service_role;

-- The content that a request withdraws; refused while it is live, because readers would have no version.
create function public.registry_plan_withdraw(p_request jsonb)
returns public.registry_revisions
language plpgsql
stable
set search_path = ''
as $$
declare
  v_name text := format('%s/%s', p_request ->> 'kind', p_request ->> 'id');
  v_head public.registry_heads;
  v_found public.registry_revisions;
  v_other integer;
begin
  select * into v_head from public.registry_heads where kind = p_request ->> 'kind' and id = p_request ->> 'id';
  if v_head.kind is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('%s does not exist', v_name),
      'see: nofx registry list', p_request - 'reason');
  end if;
  select * into v_found from public.registry_revisions
    where kind = v_head.kind and id = v_head.id and version = (p_request ->> 'version')::integer;
  if v_found.kind is null then
    perform public.registry_refuse(404, 'NOT_FOUND',
      format('%s has no version %s, its newest is %s', v_name, p_request ->> 'version', v_head.latest_version),
      format('see: nofx registry history %s/%s', v_head.kind, v_head.id), p_request - 'reason');
  end if;
  if v_head.version is not null and v_head.digest = v_found.digest then
    select max(version) into v_other from public.registry_revisions
      where kind = v_head.kind and id = v_head.id and digest <> v_head.digest and withdrawn_at is null
        and state not in ('draft', 'removed');
    perform public.registry_refuse(422, 'REFUSED',
      format('version %s of %s is live%s', v_found.version, v_name,
        case when v_found.version <> v_head.version then format(', as version %s', v_head.version) end),
      case
        when v_other is null then 'publish corrected content first; or delete its folder, commit, then: nofx registry publish --prune'
        else format('first: nofx registry rollback %s/%s --to %s --reason "takedown"', v_head.kind, v_head.id, v_other)
      end,
      jsonb_build_object('rule', 'NOFX_WITHDRAW_LIVE', 'kind', v_head.kind, 'id', v_head.id,
        'version', v_head.version));
  end if;
  return v_found;
end
$$;
revoke all on function public.registry_plan_withdraw(jsonb) from public, anon, authenticated, service_role;

-- Deletes a content in production and in every preview, and returns the answer of a release.
create function public.registry_erase_everywhere(p_call jsonb, p_found public.registry_revisions)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_content jsonb := jsonb_build_object('kind', p_found.kind, 'id', p_found.id, 'digest', p_found.digest,
    'version', p_found.version, 'reason', p_call ->> 'reason', 'by', p_call ->> 'actor',
    'since', to_char((p_call ->> 'at')::timestamptz at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'));
  v_response jsonb;
  v_preview text;
  v_schema text;
begin
  perform public.registry_erase('public', v_content);
  for v_preview in select name from public.registry_previews order by name collate "C" loop
    v_schema := public.registry_preview_schema(v_preview);
    -- waits for the calls in the preview
    perform pg_advisory_xact_lock(hashtextextended(v_schema, 6));
    if public.registry_preview_shape() is distinct from obj_description(to_regnamespace(v_schema), 'pg_namespace') then
      -- made before a migration: its tables differ, and the next publish of its branch would make it again anyway
      perform public.registry_preview_make(v_schema, format('preview-%s/', v_preview));
    end if;
    perform public.registry_erase(v_schema, v_content);
  end loop;
  select jsonb_build_object('releaseId', p_call -> 'release', 'replayed', false, 'dryRun', p_call -> 'dryRun',
      'seq', public.registry_write_withdrawals(p_call, v_content),
      'outcomes', jsonb_agg(jsonb_build_object('kind', kind, 'id', id, 'outcome', 'withdrawn', 'version', version,
        'digest', digest) order by version))
    into v_response
    from public.registry_revisions
    where kind = p_found.kind and id = p_found.id and digest = p_found.digest and state <> 'removed';
  insert into public.registry_releases (
    id, idempotency_key, request_hash, origin, commit_sha, commit_rank, commit_ref, dirty, actor, reason, seq, response,
    created_at)
  values (
    p_call ->> 'release', p_call ->> 'key', p_call ->> 'hash', 'withdraw', p_found.commit_sha, p_found.commit_rank,
    p_found.commit_ref, p_found.dirty, p_call ->> 'actor', p_call ->> 'reason', (v_response ->> 'seq')::bigint,
    v_response, (p_call ->> 'at')::timestamptz);
  insert into public.registry_release_kinds (kind, seq) values (p_found.kind, (v_response ->> 'seq')::bigint);
  if (p_call ->> 'dryRun')::boolean then
    raise sqlstate 'NXDRY';
  end if;
  return v_response;
exception when sqlstate 'NXDRY' then
  return v_response || jsonb_build_object('releaseId', null, 'seq', p_call -> 'seq');
end
$$;
revoke all on function public.registry_erase_everywhere(jsonb, public.registry_revisions)
  from public, anon, authenticated, service_role;

-- Writes the events of a withdrawal, one for each version that had the content. The event of a version that was public
-- is public, so that workers drop their copies.
create function public.registry_write_withdrawals(p_call jsonb, p_content jsonb)
returns bigint
language sql
set search_path = ''
as $$
  insert into public.registry_events (seq, type, kind, id, version, digest, release_id, audience, at)
  select
    (select seq from public.registry_counter) + row_number() over (order by r.version),
    coalesce(k.singular, r.kind) || '.withdrawn', r.kind, r.id, r.version, r.digest, p_call ->> 'release',
    case when r.state in ('active', 'deprecated') then 'public' else 'publisher' end, (p_call ->> 'at')::timestamptz
  from public.registry_revisions r
  left join public.registry_kinds k on k.kind = r.kind
  where r.kind = p_content ->> 'kind' and r.id = p_content ->> 'id' and r.digest = p_content ->> 'digest'
    and r.state <> 'removed';

  update public.registry_counter
  set seq = seq + (select count(*) from public.registry_events where release_id = p_call ->> 'release')
  returning seq
$$;
revoke all on function public.registry_write_withdrawals(jsonb, jsonb) from public, anon, authenticated, service_role;

-- The objects in storage that have a content: its bundle, its bundles in previews, and the manifests of reports. SQL
-- cannot delete objects: the caller deletes them and asks again until the list is empty.
create function public.registry_erased_objects(p_content jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with bundle as (
    select format('%s/%s/%s.tar.gz', p_content ->> 'kind', p_content ->> 'id', p_content ->> 'digest') as path
  ), wanted as (
    select path from bundle
    union all
    select format('preview-%s/%s', p.name, path) from public.registry_previews p cross join bundle
  )
  select coalesce(jsonb_agg(name order by name collate "C"), '[]')
  from (
    select o.name from storage.objects o join wanted w on w.path = o.name
    where o.bucket_id = 'registry'
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
    union
    -- manifests that no report names any more
    select o.name from storage.objects o
    where o.bucket_id = 'registry' and o.name like 'reports/%'
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
      and not exists (select from public.registry_validation_reports r where r.manifests = o.name)
  ) as objects
$$;
revoke all on function public.registry_erased_objects(jsonb) from public, anon, authenticated, service_role;

-- Refuses to copy a version whose content was withdrawn, because nothing is left of it; a tombstone may be copied.
create function public.registry_refuse_withdrawn(p_outcomes jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_found record;
begin
  select r.kind, r.id, r.version, r.withdrawn_by, r.withdrawn_reason into v_found
    from jsonb_to_recordset(p_outcomes) as o(kind text, id text, source integer, state text)
    join public.registry_revisions r on r.kind = o.kind and r.id = o.id and r.version = o.source
    where r.withdrawn_at is not null and o.state is distinct from 'removed'
    order by r.kind collate "C", r.id collate "C" limit 1;
  if found then
    perform public.registry_refuse(422, 'WITHDRAWN',
      format('version %s of %s/%s was withdrawn by %s: %s', v_found.version, v_found.kind, v_found.id,
        v_found.withdrawn_by, v_found.withdrawn_reason),
      format('choose another version: nofx registry history %s/%s', v_found.kind, v_found.id),
      jsonb_build_object('kind', v_found.kind, 'id', v_found.id, 'version', v_found.version));
  end if;
end
$$;
revoke all on function public.registry_refuse_withdrawn(jsonb) from public, anon, authenticated, service_role;

-- Deletes a content from all tables of a schema, of production or of a preview. The rows stay, with the publisher, the
-- withdrawal, its actor and its reason.
create function public.registry_erase(p_schema text, p_content jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_preview boolean := p_schema <> 'public';
  v_heads text := case when v_preview then 'own_heads' else 'registry_heads' end;
  v_revisions text := case when v_preview then 'own_revisions' else 'registry_revisions' end;
begin
  execute format($sql$
    update %I.%I set manifest = '{}', texts = '{}', files = '[]', refs = '[]',
      metadata = public.registry_blank_metadata(id), withdrawn_at = ($1 ->> 'since')::timestamptz,
      withdrawn_by = $1 ->> 'by', withdrawn_reason = $1 ->> 'reason'
    where kind = $1 ->> 'kind' and id = $1 ->> 'id' and digest = $1 ->> 'digest' and withdrawn_at is null
    $sql$, p_schema, v_revisions) using p_content;
  -- a head shows the live revision or, while no revision is live, the newest one
  execute format($sql$
    update %1$I.%2$I set metadata = public.registry_blank_metadata(id), refs = '[]' %3$s
    where kind = $1 ->> 'kind' and id = $1 ->> 'id' and digest = $1 ->> 'digest'
    $sql$, p_schema, v_heads, case when v_preview then ', rollback_advice = null' end) using p_content;
  if not v_preview then
    update public.template_registry set rollback_advice = null
    where kind = p_content ->> 'kind' and id = p_content ->> 'id' and digest = p_content ->> 'digest';
    delete from public.registry_archives a using public.registry_revisions r
    where r.kind = p_content ->> 'kind' and r.id = p_content ->> 'id' and r.digest = p_content ->> 'digest'
      and a.kind = r.kind and a.id = r.id and a.version = r.version;
  end if;
  execute format($sql$
    update %I.%I h set hold = coalesce((
        select jsonb_agg(e.value order by e.place)
        from jsonb_array_elements(h.hold) with ordinality as e(value, place)
        where e.value ->> 'digest' <> $1 ->> 'digest'), '[]')
      || jsonb_build_array($1 - 'kind' - 'id' || '{"withdrawn": true}')
    where h.kind = $1 ->> 'kind' and h.id = $1 ->> 'id'
    $sql$, p_schema, v_heads) using p_content;
  execute format($sql$
    delete from %I.registry_staged where kind = $1 ->> 'kind' and id = $1 ->> 'id' and digest = $1 ->> 'digest'
    $sql$, p_schema) using p_content;
  execute format($sql$
    update %I.template_instantiations set document = '{"withdrawn": true}'
    where kind = $1 ->> 'kind' and id = $1 ->> 'id' and digest = $1 ->> 'digest'
      and document <> '{"withdrawn": true}'
    $sql$, p_schema) using p_content;
  -- Findings quote the content without naming its version, and it is unknown which manifests a report kept: all reports
  -- lose their manifests, and all findings of this definition are deleted.
  execute format($sql$
    update %I.registry_validation_reports r set manifests = null, findings = coalesce((
        select jsonb_agg(f.value order by f.place)
        from jsonb_array_elements(r.findings) with ordinality as f(value, place)
        where (f.value ->> 'kind' = $1 ->> 'kind' and f.value ->> 'id' = $1 ->> 'id') is not true
          and (strpos(f.value ->> 'path', concat('/', $1 ->> 'kind', '/', $1 ->> 'id', '/')) > 0) is not true), '[]')
    where r.manifests is not null
      or r.findings @> jsonb_build_array(jsonb_build_object('kind', $1 ->> 'kind', 'id', $1 ->> 'id'))
      or strpos(r.findings::text, concat('/', $1 ->> 'kind', '/', $1 ->> 'id', '/')) > 0
    $sql$, p_schema) using p_content;
end
$$;
revoke all on function public.registry_erase(text, jsonb) from public, anon, authenticated, service_role;

-- The metadata of a definition whose content was withdrawn: its id alone.
create function public.registry_blank_metadata(p_id text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object('name', p_id, 'summary', '', 'status', 'draft', 'tags', '[]'::jsonb,
    'provides', '[]'::jsonb, 'facts', '{}'::jsonb)
$$;
revoke all on function public.registry_blank_metadata(text) from public, anon, authenticated, service_role;

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

-- One page of the definitions that the caller may see, and the number and mark of the last event; the first page has the
-- total, too. Stable, so that all statements see one snapshot. If the event `since` is no longer kept, all definitions are
-- returned. With `at`, the definitions as they were at that time; with `heads`, what only publishers may read of each.
-- With `row`, the fields of a table alone, since the rest is most of a page. With `waiting`, those with a draft; with `onlyHeld`, those whose newest published content is held, so that their files
-- cannot be published as they are.
create function public.registry_list(p_kind text, p_query jsonb)
-- json, since building and copying jsonb takes most of the time of a page
returns json
language plpgsql
stable
set search_path = ''
-- plans for the lists of this call; a page is read in the order of an index, also before the tables were analyzed
set plan_cache_mode = force_custom_plan
set enable_sort = off
as $$
declare
  v_states text[];
  v_newest boolean := coalesce(p_query ->> 'sort' = '-updatedAt', false);
  v_order text := case when v_newest then 'updated_at desc, id collate "C"' else 'id collate "C"' end;
  v_after_at timestamptz;
  v_at timestamptz;
  v_limit integer;
  v_since bigint;
  v_seq bigint;
  v_floor bigint;
  -- the definitions that a filter other than those of the content leaves
  v_some text[];
  v_filters text;
  v_counted boolean := p_query ->> 'after' is null;
  v_items json;
  v_next text;
  v_next_at bigint;
  -- the id with which the next page begins: while it matches, this page is not the last one
  v_beyond text;
  v_total bigint;
  v_problem text := case
    when p_query ->> 'limit' !~ '^[1-9][0-9]{0,8}$' then 'the limit must be a whole number and at least 1'
    when p_query ->> 'since' !~ '^[0-9]{1,18}$' then '`since` is not an event number'
    when p_query ->> 'sort' not in ('id', '-updatedAt') then 'sort must be id or -updatedAt'
    when p_query ->> 'afterAt' !~ '^[0-9]{1,16}$' then '`afterAt` is not a number of microseconds'
    when p_query ->> 'at' !~ '^[0-9]{1,13}$' then '`at` is not a number of milliseconds'
    when jsonb_typeof(p_query -> 'status') not in ('array', 'null') then 'status is not a list'
    when exists (
      select from jsonb_array_elements(nullif(p_query -> 'status', 'null')) as s(value)
      where s.value #>> '{}' in ('active', 'deprecated', 'disabled', 'draft', 'removed') is not true
    ) then 'status must be active, deprecated, disabled, draft or removed'
  end;
begin
  if v_problem is not null then
    -- not by registry_refuse, which readers may not execute
    raise exception using errcode = 'PT422', message = v_problem, hint = 'fix the query',
      detail = '{"code": "REFUSED"}';
  end if;
  select seq, floor into strict v_seq, v_floor from public.registry_counter;
  v_limit := least(coalesce((p_query ->> 'limit')::integer, 25), 500);
  v_since := (p_query ->> 'since')::bigint;
  v_after_at := timestamptz 'epoch' + (p_query ->> 'afterAt')::bigint * interval '1 microsecond';
  v_at := timestamptz 'epoch' + (p_query ->> 'at')::bigint * interval '1 millisecond';
  v_states := array(select jsonb_array_elements_text(nullif(p_query -> 'status', 'null')));
  if v_states = '{}' then
    v_states := array['active', 'deprecated', 'disabled', 'draft'];
  end if;
  -- Few definitions changed in the last 1,000 events. For an older event each definition is checked instead, because
  -- their number does not grow with the history.
  if v_since > v_seq - 1000 and v_since >= v_floor then
    v_some := array(select distinct e.id from public.registry_events e where e.kind = p_kind and e.seq > v_since);
    v_since := null;
  end if;
  -- refused by the columns' rights for everybody but the service, as `heads` below
  if p_query ->> 'waiting' = 'true' then
    v_some := array(
      select h.id from public.registry_heads h
      where h.kind = p_kind and h.draft_version is not null and (v_some is null or h.id = any (v_some)));
  end if;
  if p_query ->> 'onlyHeld' = 'true' then
    v_some := array(
      select h.id from public.registry_heads h
      where h.kind = p_kind and h.has_hold and h.state <> 'removed' and (v_some is null or h.id = any (v_some))
        and h.hold @> jsonb_build_array(jsonb_build_object('digest', (
          select v.digest from public.registry_revisions v
          where v.kind = h.kind and v.id = h.id and v.origin in ('publish', 'promote', 'rebase')
          order by v.version desc limit 1))));
  end if;
  v_filters := concat(
    case when v_some is not null then ' and h.id = any ($4)' end,
    case when p_query ->> 'tag' is not null then $q$ and h.metadata -> 'tags' ? ($3 ->> 'tag')$q$ end,
    case when p_query ->> 'skill' is not null then $q$ and h.metadata -> 'provides' ? ($3 ->> 'skill')$q$ end,
    case when p_query ->> 'category' is not null then
      $q$ and h.metadata #>> '{facts,category}' = $3 ->> 'category'$q$ end,
    case when p_query ->> 'owner' is not null then $q$ and h.metadata ->> 'owner' = $3 ->> 'owner'$q$ end,
    case when p_query ->> 'search' is not null then $q$ and (strpos(lower(h.id), lower($3 ->> 'search')) > 0
      or strpos(lower(h.metadata ->> 'name'), lower($3 ->> 'search')) > 0
      or strpos(lower(h.metadata ->> 'summary'), lower($3 ->> 'search')) > 0
      or exists (
        select from jsonb_array_elements_text(h.metadata -> 'tags') as t(tag)
        where strpos(lower(t.tag), lower($3 ->> 'search')) > 0))$q$ end,
    case when v_since is not null then $q$ and ($3 ->> 'since')::bigint < coalesce((
      select e.seq from public.registry_events e where e.kind = h.kind and e.id = h.id
      order by e.seq desc limit 1), $5)$q$ end);
  -- A text, so that each query has a plan of its own: the page of a list without filters is read in the order of an index.
  -- The first page of any other list has the total, for which all that match are read, once.
  execute format($sql$
    with matching as %1$s materialized (
      select h.* from (%2$s) as h where h.state = any ($2)%3$s
    )
    select
      -- in the order of the page, whose rows are counted as they are read
      coalesce(json_agg(json_build_object(
          'kind', kind, 'id', id, 'state', state, 'version', version, 'digest', digest, 'metadata', %7$s,
          'promptHash', prompt_hash,
          'updatedAt', to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
        filter (where place <= $8), '[]'),
      case when count(*) > $8 then max(id) filter (where place = $8) end,
      case when count(*) > $8 and $9
        then max((extract(epoch from updated_at) * 1000000)::bigint) filter (where place = $8) end,
      max(id) filter (where place > $8),
      %5$s
    from (
      select found.*, row_number() over () as place
      from (select m.* from matching m where %6$s order by %4$s limit $8 + 1) as found
    ) as page
    $sql$,
    case when v_counted and (v_filters <> '' or v_at is not null) then '' else 'not' end,
    case
      when v_at is null then
        'select h.kind, h.id, h.state, h.version, h.digest, h.metadata, h.prompt_hash, h.updated_at
        from public.registry_heads h where h.kind = $1'
      else
        $q$select h.kind, h.id, r.state, case when r.state <> 'removed' then r.version end as version, r.digest,
          r.metadata, r.prompt_hash, r.created_at as updated_at
        from public.registry_heads h
        cross join lateral (
          select v.state, v.version, v.digest, v.metadata, v.prompt_hash, v.created_at
          from public.registry_revisions v
          where v.kind = h.kind and v.id = h.id and v.state <> 'draft'
            and v.created_at < $6 + interval '1 millisecond'
          -- the order of versions, in which an index has the times
          order by v.created_at desc, v.version desc limit 1
        ) as r
        where h.kind = $1$q$
    end,
    v_filters,
    v_order,
    case when v_counted and (v_filters <> '' or v_at is not null)
      then '(select count(*) from matching)' else 'null' end,
    case
      when v_counted then 'true'
      when v_newest then $q$m.updated_at <= $7 and (m.updated_at < $7 or m.id collate "C" > $3 ->> 'after')$q$
      else $q$m.id collate "C" > $3 ->> 'after'$q$
    end,
    case
      when p_query ->> 'row' = 'true' then
        $q$json_strip_nulls(json_build_object(
          'name', metadata -> 'name', 'owner', metadata -> 'owner', 'tags', metadata -> 'tags'))$q$
      else 'metadata'
    end)
    into v_items, v_next, v_next_at, v_beyond, v_total using p_kind, v_states, p_query, v_some, v_floor, v_at, v_after_at, v_limit, v_newest;
  if v_counted and v_total is null then
    v_total := (
      select coalesce(sum(c.amount), 0) from public.registry_head_counts c
      where c.kind = p_kind and c.state = any (v_states));
  end if;
  if p_query ->> 'heads' = 'true' then
    -- at a time, no draft waits and nothing is held: only what was live then is known
    v_items := (
      select coalesce(json_agg(i.item::jsonb || jsonb_build_object('head', jsonb_build_object(
          'latestVersion', case when v_at is null then h.latest_version else r.version end,
          'draftVersion', case when v_at is null then h.draft_version end,
          'held', case when v_at is null then (
            select coalesce(jsonb_agg(e.value -> 'digest' order by e.place), '[]')
            from jsonb_array_elements(h.hold) with ordinality as e(value, place)) else '[]'::jsonb end,
          'actor', r.actor, 'reason', r.reason, 'origin', r.origin, 'commitSha', r.commit_sha, 'dirty', r.dirty))
        order by i.place), '[]')
      from json_array_elements(v_items) with ordinality as i(item, place)
      cross join lateral (
        select h.latest_version, h.draft_version, h.hold from public.registry_heads h
        where h.kind = p_kind and h.id = i.item ->> 'id' limit 1
      ) as h
      cross join lateral (
        select v.version, v.actor, v.reason, v.origin, v.commit_sha, v.dirty from public.registry_revisions v
        where v_at is null and v.kind = p_kind and v.id = i.item ->> 'id'
          and v.version = coalesce((i.item ->> 'version')::integer, h.latest_version)
        union all (
          select v.version, v.actor, v.reason, v.origin, v.commit_sha, v.dirty from public.registry_revisions v
          where v_at is not null and v.kind = p_kind and v.id = i.item ->> 'id' and v.state <> 'draft'
            and v.created_at < v_at + interval '1 millisecond'
          order by v.created_at desc, v.version desc limit 1)
      ) as r);
  end if;
  return (
    select json_object_agg(e.name, e.value) from (values
      ('items', v_items), ('next', to_json(v_next)), ('nextAt', to_json(v_next_at)), ('beyond', to_json(v_beyond)), ('total', to_json(v_total)),
      ('seq', to_json(v_seq)), ('mark', to_json(public.registry_mark_of(v_seq)))
    ) as e(name, value)
    where e.name <> 'total' or v_counted);
end
$$;
revoke all on function public.registry_list(text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_list(text, jsonb) to anon, authenticated, service_role;

-- How many definitions of each kind the caller may see, by state, and the number of the last event. With `p_waiting`,
-- also how many have a draft that waits, and of how many the newest published content is held, which only the service
-- may read.
create function public.registry_counts(p_waiting boolean default false)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_waiting jsonb := '{}'::jsonb;
begin
  if p_waiting then
    v_waiting := (
      select coalesce(jsonb_object_agg(d.kind, jsonb_build_object('waiting', d.waiting, 'held', d.held)), '{}')
      from (
        select h.kind,
          count(*) filter (where h.draft_version is not null) as waiting,
          count(*) filter (where h.has_hold and h.state <> 'removed'
            and h.hold @> jsonb_build_array(jsonb_build_object('digest', (
              select v.digest from public.registry_revisions v
              where v.kind = h.kind and v.id = h.id and v.origin in ('publish', 'promote', 'rebase')
              order by v.version desc limit 1)))) as held
        from public.registry_heads h
        where h.draft_version is not null or h.has_hold
        group by h.kind
      ) as d);
  end if;
  return (
    select jsonb_build_object(
      'seq', (select c.seq from public.registry_counter c),
      'kinds', coalesce(jsonb_object_agg(k.kind, k.states || coalesce(v_waiting -> k.kind, '{}')), '{}'))
    from (
      select s.kind, jsonb_object_agg(s.state, s.amount) as states
      from (
        select c.kind, c.state, sum(c.amount)::bigint as amount
        from public.registry_head_counts c
        group by c.kind, c.state having sum(c.amount) > 0
      ) as s
      group by s.kind
    ) as k);
end
$$;
revoke all on function public.registry_counts(boolean) from public, anon, authenticated, service_role;
grant execute on function public.registry_counts(boolean) to anon, authenticated, service_role;

-- One page of the editions of a kind, and the number of the last event. An edition is what was public under one declared
-- version: its content is that of the newest such revision. Its place in the order is that of the first one, so that a
-- walk over the pages meets each edition once, whatever is published meanwhile. An edition is deleted when the
-- definition is not live any more, or when its content was rolled back or withdrawn; its manifest is then left out. It
-- changed when it was published, or when it last became deleted or available again.
create function public.registry_list_editions(p_kind text, p_query jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
-- plans for the filters of this call; a page is read in the order of an index, which ends with the page
set plan_cache_mode = force_custom_plan
set enable_sort = off
set enable_hashjoin = off
set enable_seqscan = off
as $$
declare
  v_id text := p_query ->> 'id';
  v_declared text := p_query ->> 'declared';
  v_search text := lower(p_query ->> 'search');
  v_since timestamptz := timestamptz 'epoch' + (p_query ->> 'since')::bigint * interval '1 millisecond';
  v_latest boolean := coalesce((p_query ->> 'latest')::boolean, false);
  v_deleted boolean := coalesce((p_query ->> 'deleted')::boolean, false);
  v_after text := p_query ->> 'after';
  v_after_place integer := (p_query ->> 'afterPlace')::integer;
  v_limit integer := least(coalesce((p_query ->> 'limit')::integer, 30), 1000);
  v_seq bigint;
begin
  select seq into strict v_seq from public.registry_counter;
  return (
    select jsonb_build_object('seq', v_seq, 'more', count(*) > v_limit,
      'items', coalesce(jsonb_agg(jsonb_build_object(
        'id', e.id, 'place', e.place, 'declared', e.declared, 'version', e.version, 'digest', e.digest,
        'status', e.status, 'latest', e.latest, 'metadata', e.metadata,
        'manifest', case when e.status <> 'deleted' then e.manifest end,
        'publishedAt', to_char(e.published_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'changedAt', to_char(e.changed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      order by e.number) filter (where e.number <= v_limit), '[]'))
    from (
      select f.id, f.version as place, f.declared_version as declared, f.created_at as published_at,
        n.version, n.digest, n.manifest, h.metadata, found.status, found.latest, found.changed_at,
        row_number() over (order by f.id collate "C", f.version) as number
      from public.registry_revisions f
      join public.registry_heads h on h.kind = f.kind and h.id = f.id
      cross join lateral (
        select r.version, r.digest, r.state, r.manifest, r.created_at, r.withdrawn_at
        from public.registry_revisions r
        where r.kind = f.kind and r.id = f.id and r.declared_version = f.declared_version
          and r.state in ('active', 'deprecated')
        order by r.version desc limit 1
      ) as n
      left join public.registry_revisions l on l.kind = h.kind and l.id = h.id and l.version = h.version
      cross join lateral (
        select max(m.created_at) as at from (
          select r.created_at, r.state in ('active', 'deprecated') as now,
            lag(r.state in ('active', 'deprecated')) over (order by r.version) as was
          from public.registry_revisions r
          where r.kind = f.kind and r.id = f.id and r.state <> 'draft'
        ) as m
        where m.now is distinct from m.was
      ) as moved
      left join lateral (
        select max((o.value ->> 'since')::timestamptz) as since
        from jsonb_array_elements(h.hold) as o(value) where o.value ->> 'digest' = n.digest
      ) as held on true
      cross join lateral (
        select h.version is not null and h.state in ('active', 'deprecated') as live
      ) as head
      cross join lateral (
        select
          case when head.live and held.since is null and n.withdrawn_at is null then n.state
            else 'deleted' end as status,
          head.live and l.declared_version = f.declared_version as latest,
          date_trunc('milliseconds', greatest(n.created_at, moved.at, held.since, n.withdrawn_at)) as changed_at
      ) as found
      where f.kind = p_kind and f.state in ('active', 'deprecated') and f.declared_version is not null
        and (v_id is null or f.id collate "C" = v_id)
        and (v_declared is null or f.declared_version = v_declared)
        and not exists (
          select from public.registry_revisions r
          where r.kind = f.kind and r.id = f.id and r.declared_version = f.declared_version
            and r.version < f.version and r.state in ('active', 'deprecated'))
        and (v_after is null or f.id collate "C" > v_after or (f.id = v_after and f.version > v_after_place))
        and (v_deleted or found.status <> 'deleted')
        and (not v_latest or (h.version is not null and l.declared_version = f.declared_version and found.latest))
        and (v_since is null or found.changed_at >= v_since)
        and (v_search is null
          or strpos(lower(n.manifest ->> 'name'), v_search) > 0
          or strpos(lower(n.manifest ->> 'title'), v_search) > 0
          or strpos(lower(n.manifest ->> 'description'), v_search) > 0)
      order by f.id collate "C", f.version
      limit v_limit + 1
    ) as e);
end
$$;
revoke all on function public.registry_list_editions(text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_list_editions(text, jsonb) to service_role;

-- The live versions at a time: for each definition the newest version until then that is not a draft, with tombstones
-- and disabled versions, and with actor, reason and end. Times are compared in milliseconds, as they are shown.
create function public.registry_live_at(p_kind text, p_at timestamptz, p_id text default null)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if current_setting('role', true) in ('anon', 'authenticated') and not public.registry_is_publisher() then
    perform public.registry_refuse(403, 'REMOTE_DENIED', 'only publishers may read what was live at a time',
      'sign in as a publisher, or use the secret key');
  end if;
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
        'kind', r.kind, 'id', r.id, 'version', r.version, 'digest', r.digest, 'promptHash', r.prompt_hash,
        'state', r.state, 'declaredVersion', r.declared_version, 'origin', r.origin, 'actor', r.actor,
        'reason', r.reason, 'releaseId', r.release_id, 'createdAt', r.created_at, 'sha', r.commit_sha,
        'rank', r.commit_rank, 'ref', r.commit_ref, 'dirty', r.dirty, 'withdrawnAt', r.withdrawn_at,
        'withdrawnBy', r.withdrawn_by, 'withdrawnReason', r.withdrawn_reason,
        'until', (
          select n.created_at from public.registry_revisions n
          where n.kind = r.kind and n.id = r.id and n.version > r.version and n.state <> 'draft'
          order by n.version limit 1))
      order by r.id collate "C"), '[]')
    from public.registry_heads h
    cross join lateral (
      select v.* from public.registry_revisions v
      where v.kind = h.kind and v.id = h.id and v.state <> 'draft'
        and v.created_at < date_trunc('milliseconds', p_at) + interval '1 millisecond'
      -- the order of versions, in which an index has the times
      order by v.created_at desc, v.version desc limit 1
    ) as r
    where h.kind = p_kind and (p_id is null or h.id = p_id));
end
$$;
revoke all on function public.registry_live_at(text, timestamptz, text) from public, anon, authenticated, service_role;
grant execute on function public.registry_live_at(text, timestamptz, text) to authenticated, service_role;

-- Refuses a question about kinds that would be read several times, or that names none: `p_kinds` has texts, or objects with a
-- `kind`.
create function public.registry_check_kinds(p_kinds jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_problem text := case
    when jsonb_typeof(p_kinds) is distinct from 'array' then 'the kinds are not a list'
    when jsonb_array_length(p_kinds) > 1000 then 'more than 1,000 kinds'
    when exists (
      select from jsonb_array_elements(p_kinds) as k(one)
      where jsonb_typeof(coalesce(one -> 'kind', one)) <> 'string') then 'a kind has no name'
    when (
      select count(*) <> count(distinct coalesce(one ->> 'kind', one #>> '{}')) from jsonb_array_elements(p_kinds) as k(one)
    ) then 'a kind is named twice'
  end;
begin
  if v_problem is not null then
    perform public.registry_refuse(422, 'REFUSED', v_problem, 'fix the query');
  end if;
end
$$;
revoke all on function public.registry_check_kinds(jsonb) from public, anon, authenticated, service_role;

-- All heads of some kinds, in the order of the kinds, as one document: pages of 1,000 rows would take ten round trips and
-- could be of different times, and so would one call for each kind. `p_ids` limits them to the definitions with these ids.
-- json and not jsonb, which takes twice the time to build and to write. A kind as an object (`kind`, `after`, `most`) is a page:
-- at most so many heads after the one with the id `after`, in the order of the database.
create function public.registry_heads_json(p_kinds jsonb, p_ids jsonb default null)
returns json
language plpgsql
stable
security definer
set search_path = ''
-- plans for these ids; the plan for any would read all heads
set plan_cache_mode = force_custom_plan
as $$
declare
  v_ids text[] := case when p_ids is not null then array(select jsonb_array_elements_text(p_ids)) end;
begin
  if current_setting('role', true) in ('anon', 'authenticated') and not public.registry_is_publisher() then
    perform public.registry_refuse(403, 'REMOTE_DENIED', 'only publishers may read all heads',
      'sign in as a publisher, or use the secret key');
  end if;
  perform public.registry_check_kinds(p_kinds);
  return (
    select coalesce(json_agg(json_build_object(
        'kind', kind, 'id', id, 'state', state, 'version', version, 'draftVersion', draft_version,
        'latestVersion', latest_version, 'digest', latest_digest,
        'liveDigest', case when version is not null then digest end,
        'commitSha', commit_sha, 'commitRank', commit_rank,
        'hold', hold, 'disabled', disabled, 'metadata', metadata, 'references', refs,
        'updatedAt', to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      order by place, case when one ? 'most' then '' else id end collate "C", id), '[]')
    from jsonb_array_elements(p_kinds) with ordinality as wanted(one, place)
    cross join lateral (
      select h.* from public.registry_heads h
      where h.kind = coalesce(one ->> 'kind', one #>> '{}') and h.id > coalesce(one ->> 'after', '')
        and (v_ids is null or h.id = any (v_ids))
      order by h.id limit (one ->> 'most')::integer
    ) as heads);
end
$$;
revoke all on function public.registry_heads_json(jsonb, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_heads_json(jsonb, jsonb) to authenticated, service_role;

-- The heads that moved since an event of the feed, for each kind of `p_known` (`kind`, and `seq` with its `mark`), as
-- registry_heads_json writes them. All heads of the kind without an event, with one that is not in the feed (of another
-- history, or no longer kept), and with one since which very many moved. `stamps` are for these heads, `count` and `sum`
-- for all: a stamp changes with every write to the row, also with one that no event tells of, so a client proves by the
-- sum that it has every head as it is. With `most`, all heads are a page as registry_heads_json has it, with stamps for the page
-- alone; the count and the sum are those of the kind in the first page, the one without `after`.
create function public.registry_heads_since(p_known jsonb)
returns json
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_seq bigint := (select seq from public.registry_counter);
  v_known record;
  v_moved jsonb;
  v_heads json;
  v_last text;
  v_kinds json[] := array[]::json[];
begin
  perform public.registry_check_kinds(p_known);
  for v_known in
    select * from jsonb_to_recordset(p_known) as k(kind text, seq bigint, mark uuid, after text, most integer)
  loop
    v_moved := null;
    v_last := null;
    if v_known.mark = public.registry_mark_of(v_known.seq) then
      select case when count(*) <= 1000 then coalesce(jsonb_agg(id), '[]') end into v_moved
        from (
          select distinct e.id from public.registry_events e where e.seq > v_known.seq and e.kind = v_known.kind
        ) as moved;
    end if;
    -- refuses callers that are not publishers
    if v_moved is null and v_known.most is not null then
      v_heads := public.registry_heads_json(jsonb_build_array(to_jsonb(v_known)));
      v_last := coalesce(v_heads -> -1 ->> 'id', '');
    else
      v_heads := public.registry_heads_json(jsonb_build_array(v_known.kind), v_moved);
    end if;
    select v_kinds || json_build_object('kind', v_known.kind, 'whole', v_moved is null, 'heads', v_heads,
        'stamps', coalesce(json_object_agg(h.id, h.stamp::text)
          filter (where (v_moved is null or v_moved ? h.id) and (v_last is null or h.id <= v_last)), '{}'),
        'count', count(*), 'sum', coalesce(sum(h.stamp), 0)::text)
      into v_kinds
      from (
        select id, hashtextextended(concat_ws(' ', id, xmin, latest_version, latest_digest, updated_at, hold), 0) as stamp
        from public.registry_heads
        where kind = v_known.kind
          and (v_last is null or v_known.after is null or id > v_known.after and id <= v_last)
      ) as h;
  end loop;
  return json_build_object('seq', v_seq, 'mark', public.registry_mark_of(v_seq), 'kinds', array_to_json(v_kinds));
end
$$;
revoke all on function public.registry_heads_since(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_heads_since(jsonb) to authenticated, service_role;

-- The heads that a publisher's commit does not prove to be the same, for each kind of `p_asked`. "buckets" are hashes of the
-- publisher's definitions in groups, by the first `digits` digits of the ids of git's trees: the start of the SHA-256 of the
-- lines `id tree`, sorted, with a line feed between them. Heads that only need to be equal (live, with nothing held, waiting,
-- switched off or required of others) are left out if their group has the same hash here; "apart" names the publisher's
-- groups that have not. All other heads are in "heads", unless there are more than `most`, or no buckets: then it is null. "trees" has the
-- newest version and git's tree of each of them. "count" and "sum" are those of registry_heads_since; in a preview the sum proves
-- nothing.
create function public.registry_heads_apart(p_asked jsonb)
returns json
language plpgsql
stable
security definer
set search_path = ''
set jit = off
as $$
declare
  v_asked record;
  v_kinds json[] := array[]::json[];
begin
  if current_setting('role', true) in ('anon', 'authenticated') and not public.registry_is_publisher() then
    perform public.registry_refuse(403, 'REMOTE_DENIED', 'only publishers may read all heads',
      'sign in as a publisher, or use the secret key');
  end if;
  perform public.registry_check_kinds(p_asked);
  if exists (
    select from jsonb_array_elements(p_asked) as a(one)
    where jsonb_typeof(one) <> 'object' or one ->> 'digits' !~ '^[0-3]$' or one ->> 'most' !~ '^[0-9]{1,9}$'
      or jsonb_typeof(one -> 'buckets') not in ('object', 'null')
  ) then
    perform public.registry_refuse(422, 'REFUSED', 'digits must be 0 to 3, `most` a whole number, and buckets an object',
      'fix the query');
  end if;
  for v_asked in
    select * from jsonb_to_recordset(p_asked) as a(kind text, digits integer, buckets jsonb, most integer)
  loop
    with every as materialized (
      select h.*
      -- the heads of a preview are a view, which has no xmin
      from (select '0'::xid as xmin) as otherwise
      cross join lateral (
        select id, latest_version, git_tree, case when state <> 'removed' then git_tree end as tree,
          state in ('active', 'deprecated') and version is not null and draft_version is null and disabled is null
            and not has_hold and refs = '[]' as plain,
          hashtextextended(concat_ws(' ', id, xmin, latest_version, latest_digest, updated_at, hold), 0) as stamp
        from public.registry_heads
        where kind = v_asked.kind
      ) as h
    ), own as materialized (
      select left(tree, v_asked.digits) as bucket,
        left(encode(sha256(convert_to(string_agg(concat(id, ' ', tree), E'\n' order by id collate "C"), 'UTF8')), 'hex'), 40)
          as hash
      from every
      where tree is not null and v_asked.buckets is not null
      group by 1
    ), same as materialized (
      select own.bucket from own where v_asked.buckets ->> own.bucket = own.hash
    ), apart as materialized (
      select id, latest_version, git_tree from every
      where v_asked.buckets is not null
        and (not plain or tree is null or not exists (select from same where same.bucket = left(tree, v_asked.digits)))
    )
    select v_kinds || json_build_object('kind', v_asked.kind,
        'count', (select count(*) from every), 'sum', (select coalesce(sum(stamp), 0)::text from every),
        'apart', (
          select coalesce(json_agg(b.name), '[]') from jsonb_object_keys(v_asked.buckets) as b(name)
          where not exists (select from same where same.bucket = b.name)),
        'trees', (
          select coalesce(json_object_agg(id, json_build_array(latest_version, git_tree)), '{}')
          from apart where git_tree is not null),
        'heads', (
          select case when count(*) <= v_asked.most then public.registry_heads_json(
            jsonb_build_array(v_asked.kind), coalesce(jsonb_agg(id), '[]')) end
          from apart where v_asked.buckets is not null having v_asked.buckets is not null))
      into v_kinds;
  end loop;
  return array_to_json(v_kinds);
end
$$;
revoke all on function public.registry_heads_apart(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_heads_apart(jsonb) to authenticated, service_role;

-- Writes the events of a release, before its heads move: the type of an event depends on what readers saw before and
-- see afterwards. A disabled definition is removed for the public, and its event has no digest.
create function public.registry_write_events(p_release text)
returns bigint
language sql
set search_path = ''
as $$
  with moved as (
    select
      r.kind, r.id, r.version, r.digest, r.state, r.created_at, coalesce(k.singular, r.kind) as singular,
      h.kind is null or h.state = 'removed' as fresh,
      r.state <> 'draft' and h.version is not null and h.state in ('active', 'deprecated') as was_public,
      r.state in ('active', 'deprecated') as is_public,
      (select seq from public.registry_counter)
        + row_number() over (order by r.kind collate "C", r.id collate "C") as seq
    from public.registry_revisions r
    left join public.registry_heads h on h.kind = r.kind and h.id = r.id
    left join public.registry_kinds k on k.kind = r.kind
    where r.release_id = p_release
  )
  insert into public.registry_events (seq, type, kind, id, version, digest, release_id, audience, at)
  select
    seq,
    singular || case
      when was_public and is_public then '.updated'
      when is_public then '.added'
      when was_public or state = 'removed' then '.removed'
      when fresh then '.added'
      else '.updated'
    end,
    kind, id, version,
    case when was_public and state = 'disabled' then null else digest end,
    p_release,
    case when was_public or is_public then 'public' else 'publisher' end,
    created_at
  from moved;

  update public.registry_counter
  set seq = seq + (select count(*) from public.registry_events where release_id = p_release)
  returning seq
$$;
revoke all on function public.registry_write_events(text) from public, anon, authenticated, service_role;

-- Announces new events at commit: NOTIFY on every PostgreSQL, and broadcasts where Supabase Realtime exists. Both are
-- hints that may be lost; readers read the feed by cursor.
create function public.registry_tell_events()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_from bigint;
  v_to bigint;
begin
  select min(seq), max(seq) into v_from, v_to from inserted;
  if v_to is null then
    return null;
  end if;
  perform pg_notify('nofx_events', format('{"from":%s,"to":%s}', v_from, v_to));
  -- every write deletes up to twice as many old events, so that the retention policy holds without a schedule
  perform public.registry_prune_events(jsonb_build_object('most', 2 * (v_to - v_from + 1)));
  if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
    begin
      perform realtime.send(payload, 'change', topic, private)
      from (
        select m.topic, m.private,
          jsonb_build_object('seq', m.seq, 'type', m.type, 'kind', m.kind, 'id', m.id, 'version', m.version) as payload
        from (
          select e.*, t.topic, t.private, row_number() over (partition by t.topic order by e.seq) as place,
            e.seq = max(e.seq) over (partition by t.topic) as is_last
          from inserted e
          join (values ('registry', false), ('registry:publisher', true)) as t(topic, private)
            on t.private or e.audience = 'public'
        ) as m
        -- the first hundred events of a large release and the last: enough to make subscribers read the feed
        where m.place <= 100 or m.is_last
        order by m.seq, m.topic
      ) as messages;
    exception when others then
      -- a release must not fail because a broadcast failed
      raise warning 'events % to % were not broadcast: %', v_from, v_to, sqlerrm;
    end;
  end if;
  return null;
end
$$;
revoke all on function public.registry_tell_events() from public, anon, authenticated, service_role;

-- Makes the policy by which only publishers join the private channel that announces drafts; true if Realtime is there.
-- Supabase owns the table and lets a migration add policies. Where Realtime starts after the migrations, as it may on a
-- self-hosted project, `nofx doctor --setup` calls this function again.
create function public.registry_allow_listening()
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  if to_regclass('realtime.messages') is null then
    return false;
  end if;
  execute $policy$
    drop policy if exists registry_publishers_listen on realtime.messages;
    create policy registry_publishers_listen on realtime.messages
      for select to authenticated using (
        extension = 'broadcast'
        and (select realtime.topic()) = 'registry:publisher'
        and (select public.registry_is_publisher()))
  $policy$;
  return true;
end
$$;
revoke all on function public.registry_allow_listening() from public, anon, authenticated, service_role;

-- The mark of an event; null if the event is no longer kept. Every caller may read it, because it says nothing about the
-- event, and a cursor may stand at an event that its reader may not see.
create function public.registry_mark_of(p_seq bigint)
returns uuid
language sql
stable
security definer
set search_path = ''
as $$
  select mark from public.registry_events where seq = p_seq
$$;
revoke all on function public.registry_mark_of(bigint) from public, anon, authenticated, service_role;
grant execute on function public.registry_mark_of(bigint) to anon, authenticated, service_role;

-- One page of the events after a cursor that the caller may see, and the cursor to continue from, with its mark. A caller
-- that gives the mark of its cursor is refused if the history is another one. Stable, so that all statements see one
-- snapshot: seq follows commit order, so every later event has a higher number than this cursor.
create function public.registry_events_since(p_since bigint, p_limit integer, p_mark uuid default null)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_limit integer := least(coalesce(p_limit, 100), 1000);
  v_floor bigint;
  v_seq bigint;
begin
  if v_limit < 1 or p_since < 0 then
    -- not by registry_refuse, which readers may not execute
    raise exception using errcode = 'PT422', detail = '{"code": "REFUSED"}', hint = 'fix the query',
      message = case when v_limit < 1 then 'the limit must be at least 1' else 'the cursor is not an event number' end;
  end if;
  select floor, seq into strict v_floor, v_seq from public.registry_counter;
  -- null asks for the present end of the feed
  if p_since is null then
    return jsonb_build_object('cursor', v_seq, 'mark', public.registry_mark_of(v_seq), 'events', '[]'::jsonb);
  end if;
  -- above the counter, or with another mark: the database was replaced or restored since it gave out the cursor
  if p_since < v_floor or p_since > v_seq
    or (p_mark is not null and p_mark is distinct from public.registry_mark_of(p_since))
  then
    raise exception using errcode = 'PT410',
      message = case
        when p_since < v_floor
          then format('the cursor %s is too old: events up to %s are no longer kept', p_since, v_floor)
        when p_since > v_seq
          then format('the cursor %s is not from this registry, whose last event is %s', p_since, v_seq)
        else format('the event of the cursor %s is not in this registry: a backup was restored, or it is no longer kept',
          p_since) end,
      hint = format('read everything again, then continue from the cursor %s', v_seq),
      detail = jsonb_build_object('code', 'CURSOR_GONE', 'floor', v_floor, 'seq', v_seq);
  end if;
  return (
    select jsonb_build_object(
      'cursor', case when count(*) < v_limit then v_seq else max(seq) end,
      'mark', public.registry_mark_of(case when count(*) < v_limit then v_seq else max(seq) end),
      'events', coalesce(jsonb_agg(jsonb_build_object(
          'seq', seq, 'type', type, 'kind', kind, 'id', id, 'version', version, 'digest', digest,
          'releaseId', release_id, 'at', to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        order by seq), '[]'))
    from (
      select e.seq, e.type, e.kind, e.id, e.version, e.digest, e.release_id, e.at
      from public.registry_events e
      where e.seq > p_since
      order by e.seq
      limit v_limit
    ) as page);
end
$$;
revoke all on function public.registry_events_since(bigint, integer, uuid) from public, anon, authenticated, service_role;
grant execute on function public.registry_events_since(bigint, integer, uuid) to anon, authenticated, service_role;

-- Deletes events that the retention policy does not keep, oldest first: at most `most` (10,000), so that no call takes
-- long. The newest event always stays: by its mark, readers that are up to date know that the history is the same.
create function public.registry_prune_events(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_most bigint := coalesce((p_request ->> 'most')::bigint, 10000);
  v_seq bigint;
  v_floor bigint;
  v_days integer;
  v_count integer;
  v_last bigint;
begin
  -- publishes and other calls wait for this lock, readers do not
  select seq, floor into strict v_seq, v_floor from public.registry_counter for update;
  select event_days, event_count into v_days, v_count from public.registry_policies where kind = '*';
  v_last := least(v_seq - greatest(coalesce(v_count, 10000), 1), v_floor + v_most);
  if v_last > v_floor then
    -- up to the first event within the age limit: the kept events have no gaps
    v_last := coalesce((
      select min(seq) - 1 from public.registry_events
      where seq <= v_last and at >= clock_timestamp() - make_interval(days => coalesce(v_days, 90))), v_last);
  end if;
  if v_last > v_floor then
    delete from public.registry_events where seq <= v_last;
    update public.registry_counter set floor = v_last;
  end if;
  return jsonb_build_object('pruned', greatest(v_last - v_floor, 0), 'floor', greatest(v_last, v_floor), 'seq', v_seq);
end
$$;
revoke all on function public.registry_prune_events(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_prune_events(jsonb) to service_role;

-- The numbers (`seq`) of the newest releases that a query finds, newest first; `limit` of them at most. A release is found
-- by a definition that it moved, by origin, actor, start of its commit, and time (milliseconds since 1970).
create function public.registry_find_releases(p_query jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_before bigint := (p_query ->> 'before')::bigint;
  v_kind text := p_query ->> 'kind';
  v_id text := p_query ->> 'id';
  v_origin text := p_query ->> 'origin';
  v_actor text := p_query ->> 'actor';
  v_commit text := p_query ->> 'commit';
  v_since timestamptz := timestamptz 'epoch' + (p_query ->> 'since')::bigint * interval '1 millisecond';
  v_until timestamptz := timestamptz 'epoch' + (p_query ->> 'until')::bigint * interval '1 millisecond';
  v_limit integer := least((p_query ->> 'limit')::integer, 1000);
  v_after bigint := -1;
  v_seqs bigint[];
  v_found jsonb;
begin
  -- The order by time is the order by number, so a time is a limit of the numbers. Times are shown in milliseconds.
  if v_since is not null then
    v_after := coalesce((
      select r.seq from public.registry_releases r where r.created_at < v_since
      order by r.created_at desc limit 1), -1);
  end if;
  if v_until is not null then
    v_before := least(v_before, (
      select r.seq from public.registry_releases r where r.created_at >= v_until order by r.created_at limit 1));
  end if;
  -- The releases of one definition are found by its versions; a withdrawal makes none.
  if v_id is not null then
    v_seqs := array(
      select r.seq from public.registry_releases r
      where r.id in (select v.release_id from public.registry_revisions v where v.kind = v_kind and v.id = v_id)
      union all
      select r.seq from public.registry_releases r
      where r.origin = 'withdraw' and r.response -> 'outcomes' -> 0 ->> 'kind' = v_kind
        and r.response -> 'outcomes' -> 0 ->> 'id' = v_id);
  end if;
  execute format($sql$
    select coalesce(jsonb_agg(found.seq order by found.seq desc), '[]')
    from (
      select r.seq from %s
      where r.seq > $1
        and ($2 is null or r.seq < $2)
        and ($3 is null or r.origin = $3)
        and ($4 is null or r.actor = $4)
        and ($5 is null or r.commit_sha like $5 || '%%')
        and ($6 is null or r.seq = any ($6))
      order by r.seq desc
      limit $8
    ) as found
    $sql$, case when v_kind is null or v_id is not null then 'public.registry_releases r'
      -- from the kind's own numbers, however few it has
      else 'public.registry_release_kinds k join public.registry_releases r on r.seq = k.seq and k.kind = $7' end)
    into v_found using v_after, v_before, v_origin, v_actor, v_commit, v_seqs, v_kind, v_limit;
  return v_found;
end
$$;
revoke all on function public.registry_find_releases(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_find_releases(jsonb) to service_role;

-- The releases that made events, by the events' numbers: origin, actor, reason, and the outcome for the event's own
-- definition. Events without a release are left out.
create function public.registry_causes(p_seqs jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with told as materialized (
    select e.seq, e.kind, e.id, e.release_id from public.registry_events e
    where e.seq = any (array(select value::bigint from jsonb_array_elements_text(p_seqs)))
  ), causes as materialized (
    select r.id, r.origin, r.actor, r.reason, r.response from public.registry_releases r
    where r.id = any (array(select t.release_id from told t))
  ), outcomes as materialized (
    select c.id as release, o.kind, o.id, min(o.outcome) as outcome
    from causes c
    cross join lateral jsonb_to_recordset(c.response -> 'outcomes') as o(kind text, id text, outcome text)
    group by c.id, o.kind, o.id
  )
  select coalesce(jsonb_agg(jsonb_build_object(
      'seq', t.seq, 'origin', c.origin, 'actor', c.actor, 'reason', c.reason, 'outcome', o.outcome)
    order by t.seq), '[]')
  from told t
  join causes c on c.id = t.release_id
  left join outcomes o on o.release = t.release_id and o.kind = t.kind and o.id = t.id
$$;
revoke all on function public.registry_causes(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_causes(jsonb) to service_role;

-- Stores the report of a refused publish, and an event for each definition that has errors. The same refusal of the
-- same key again adds nothing.
create function public.registry_report(p jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_findings jsonb := coalesce(p -> 'findings', '[]');
  v_report text;
  v_seq bigint;
  v_count integer;
begin
  select seq into strict v_seq from public.registry_counter for update;
  select id into v_report from public.registry_validation_reports
    where idempotency_key = p ->> 'key' and verdict = 'refused' and findings = v_findings
      and code is not distinct from p ->> 'code' and message is not distinct from p ->> 'message';
  if v_report is not null then
    return jsonb_build_object('reportId', v_report, 'seq', v_seq);
  end if;
  insert into public.registry_validation_reports (
    id, idempotency_key, verdict, code, message, findings, counts, actor, commit_sha, commit_ref, pull_request,
    manifests, created_at)
  values (
    coalesce(p ->> 'id', gen_random_uuid()::text), p ->> 'key', 'refused', p ->> 'code', p ->> 'message', v_findings,
    coalesce(p -> 'counts', jsonb_build_object('errors', jsonb_array_length(v_findings))), p ->> 'actor',
    p -> 'commit' ->> 'sha', p -> 'commit' ->> 'ref', (p ->> 'pullRequest')::integer, p ->> 'manifests',
    clock_timestamp())
  returning id into v_report;
  insert into public.registry_events (seq, type, kind, id, audience, at)
  select
    v_seq + row_number() over (order by f.kind collate "C", f.id collate "C"),
    coalesce(k.singular, p -> 'singulars' ->> f.kind, p ->> 'singular', f.kind) || '.validation_failed', f.kind, f.id,
    'publisher', clock_timestamp()
  from (
    select distinct i.kind, i.id from jsonb_to_recordset(v_findings) as i(kind text, id text, severity text)
    where i.severity is distinct from 'warning'
  ) as f
  left join public.registry_kinds k on k.kind = f.kind
  where f.kind is not null and f.id is not null;
  get diagnostics v_count = row_count;
  update public.registry_counter set seq = v_seq + v_count;
  return jsonb_build_object('reportId', v_report, 'seq', v_seq + v_count);
end
$$;
revoke all on function public.registry_report(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_report(jsonb) to service_role;

-- Stores the report of a validation under the id that the caller chose; the same report again adds nothing.
create function public.registry_keep_report(p jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.registry_validation_reports (
    id, idempotency_key, origin, verdict, code, message, findings, summary, counts, actor, commit_sha, commit_ref,
    pull_request, manifests, created_at)
  values (
    p ->> 'id', p ->> 'key', 'validate', p ->> 'verdict', p ->> 'code', p ->> 'message',
    coalesce(p -> 'findings', '[]'), coalesce(p -> 'summary', '{}'), p -> 'counts', p ->> 'actor', p -> 'commit' ->> 'sha', p -> 'commit' ->> 'ref',
    (p ->> 'pullRequest')::integer, p ->> 'manifests', clock_timestamp())
  on conflict (id) do nothing;
  return jsonb_build_object('reportId', p ->> 'id');
end
$$;
revoke all on function public.registry_keep_report(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_keep_report(jsonb) to service_role;

-- Deletes reports that are too old, and returns the objects that no report names any more: SQL cannot delete objects,
-- so the caller deletes them. Objects younger than an hour are left out, because their report may still be being
-- written.
create function public.registry_prune_reports()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform public.registry_sweep('1 day');
  return (
    select coalesce(jsonb_agg(name), '[]')
    from (
      select o.name from storage.objects o
      where o.bucket_id = 'registry' and o.name like 'reports/%' and o.created_at < now() - interval '1 hour'
        and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
        and not exists (select from public.registry_validation_reports r where r.manifests = o.name)
      limit 1000
    ) as orphans);
end
$$;
revoke all on function public.registry_prune_reports() from public, anon, authenticated, service_role;
grant execute on function public.registry_prune_reports() to service_role;

-- Stores a plan, or returns the plan that the idempotency key stored before. It takes the same lock as a publish: when
-- a definition is removed, every plan that is locked to it is stored, and no later plan can be locked to it.
create function public.registry_instantiate(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_source jsonb := p_request -> 'source';
  v_missing text;
  v_bytes integer := octet_length((p_request -> 'document')::text);
  v_plan public.template_instantiations;
  v_replayed boolean;
  v_principal text := coalesce(p_request ->> 'principal', 'owner');
begin
  select string_agg(name, ', ') into v_missing
    from unnest(array['key', 'hash', 'actor', 'source', 'locks', 'document']) as wanted(name)
    where p_request ->> name is null;
  if v_missing is not null then
    perform public.registry_refuse(422, 'REFUSED', format('the request has no %s', v_missing),
      format('add %s to the request', v_missing));
  end if;
  if v_bytes > 2097152 then
    perform public.registry_refuse(413, 'REFUSED', format('the plan has %s bytes, the limit is 2097152', v_bytes),
      'use smaller parameters', jsonb_build_object('bytes', v_bytes, 'limit', 2097152));
  end if;
  perform from public.registry_counter for update;
  select * into v_plan from public.template_instantiations
    where principal = v_principal and idempotency_key = p_request ->> 'key';
  v_replayed := found;
  if v_plan.request_hash <> p_request ->> 'hash' then
    perform public.registry_refuse(422, 'IDEMPOTENCY_MISMATCH',
      format('the key %s was used for another plan', p_request ->> 'key'), 'use a new key for a new plan',
      jsonb_build_object('planId', v_plan.plan_id));
  end if;
  if not v_replayed then
    perform public.registry_check_locks(jsonb_build_array(v_source) || (p_request -> 'locks'));
    insert into public.template_instantiations (
      principal, idempotency_key, request_hash, kind, id, version, digest, locks, document, actor, created_at)
    values (
      v_principal, p_request ->> 'key', p_request ->> 'hash', v_source ->> 'kind', v_source ->> 'id',
      (v_source ->> 'version')::integer, v_source ->> 'digest', p_request -> 'locks', p_request -> 'document',
      p_request ->> 'actor', clock_timestamp())
    returning * into v_plan;
  end if;
  return jsonb_build_object(
    'planId', v_plan.plan_id, 'replayed', v_replayed,
    'createdAt', to_char(v_plan.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'source', jsonb_build_object(
      'kind', v_plan.kind, 'id', v_plan.id, 'version', v_plan.version, 'digest', v_plan.digest),
    'locks', v_plan.locks, 'document', v_plan.document);
end
$$;
revoke all on function public.registry_instantiate(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_instantiate(jsonb) to service_role;

-- Refuses a plan when a definition that it was made from is not live with the same version and digest.
create function public.registry_check_locks(p_locks jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb;
begin
  select jsonb_agg(jsonb_build_object(
      'kind', l.kind, 'id', l.id, 'expectedVersion', l.version, 'expectedDigest', l.digest,
      'version', live.version, 'digest', live.digest, 'commit', live.commit_sha)
      order by l.kind collate "C", l.id collate "C") into v_rows
    from jsonb_to_recordset(p_locks) as l(kind text, id text, version integer, digest text)
    left join lateral (
      select h.version, h.digest, h.commit_sha from public.registry_heads h
      where h.kind = l.kind and h.id = l.id and h.version is not null and h.state in ('active', 'deprecated')
    ) live on true
    where live.version is distinct from l.version or live.digest is distinct from l.digest;
  if v_rows is not null then
    perform public.registry_refuse(409, 'CONFLICT',
      format('%s/%s is %s, the plan was made with version %s%s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id',
        coalesce('live as version ' || (v_rows -> 0 ->> 'version'), 'not live')
          || case when v_rows -> 0 -> 'version' = v_rows -> 0 -> 'expectedVersion' then ' with other content' else '' end,
        v_rows -> 0 ->> 'expectedVersion',
        case when jsonb_array_length(v_rows) > 1 then format('; and %s more', jsonb_array_length(v_rows) - 1) end),
      'instantiate again: the plan is then made from the live versions', jsonb_build_object('definitions', v_rows));
  end if;
end
$$;
revoke all on function public.registry_check_locks(jsonb) from public, anon, authenticated, service_role;

-- Adds a webhook, which gets all later events.
create function public.registry_add_webhook(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_url text := p_request ->> 'url';
  v_row public.registry_webhooks;
begin
  -- one call at a time, so that the limit holds
  lock table public.registry_webhooks in share row exclusive mode;
  select * into v_row from public.registry_webhooks where url = v_url;
  if v_row.id is not null then
    perform public.registry_refuse(409, 'CONFLICT', 'the URL is already a webhook: ' || v_row.id,
      'remove the webhook first: nofx webhooks remove ' || v_row.id, jsonb_build_object('id', v_row.id));
  end if;
  if (select count(*) from public.registry_webhooks) >= 100 then
    perform public.registry_refuse(422, 'REFUSED', 'the registry has reached its limit of webhooks: 100',
      'remove an unused webhook, with its id from: nofx webhooks list');
  end if;
  insert into public.registry_webhooks (url, deployment, secret, kinds, types, audience, cursor, created_by)
  select v_url, (p_request ->> 'deployment')::boolean, p_request ->> 'secret',
    array(select jsonb_array_elements_text(p_request -> 'kinds')),
    array(select jsonb_array_elements_text(p_request -> 'types')),
    p_request ->> 'audience', c.seq, p_request ->> 'actor'
  from public.registry_counter c
  returning * into v_row;
  return jsonb_build_object('id', v_row.id, 'cursor', v_row.cursor);
end
$$;
revoke all on function public.registry_add_webhook(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_add_webhook(jsonb) to service_role;

-- All webhooks with their state, without their secrets.
create function public.registry_list_webhooks()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'id', w.id, 'url', w.url, 'deployment', w.deployment, 'kinds', w.kinds, 'types', w.types, 'audience', w.audience,
      'state', case when w.disabled_at is not null then 'disabled' when w.attempts > 0 then 'failing' else 'active' end,
      'cursor', w.cursor, 'lag', greatest(c.seq - w.cursor, 0),
      'attempts', w.attempts, 'nextAt', case when w.attempts > 0 and w.disabled_at is null then w.next_at end,
      'lastStatus', w.last_status, 'lastError', w.last_error, 'deliveredAt', w.delivered_at,
      'disabledAt', w.disabled_at, 'createdBy', w.created_by, 'createdAt', w.created_at,
      'deadLetters', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'since', d.since, 'cursor', d.cursor, 'attempts', d.attempts, 'lastStatus', d.last_status,
            'lastError', d.last_error, 'at', d.created_at)
          order by d.since), '[]')
        from (select * from public.registry_dead_letters l where l.webhook_id = w.id order by l.since desc limit 20) d))
    order by w.created_at, w.id), '[]')
  from public.registry_webhooks w cross join public.registry_counter c
$$;
revoke all on function public.registry_list_webhooks() from public, anon, authenticated, service_role;
grant execute on function public.registry_list_webhooks() to service_role;

-- URL and secrets of a webhook for a test delivery, which does not move the cursor. The old secret is included while it
-- is valid.
create function public.registry_webhook_target(p_id text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_row public.registry_webhooks;
begin
  select * into v_row from public.registry_webhooks where id = p_id;
  if v_row.id is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('the webhook "%s" does not exist', p_id),
      'see: nofx webhooks list');
  end if;
  return jsonb_build_object('webhook', v_row.id, 'url', v_row.url, 'deployment', v_row.deployment,
    'secret', v_row.secret,
    'oldSecret', case when v_row.old_secret_until > now() then v_row.old_secret end);
end
$$;
revoke all on function public.registry_webhook_target(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_webhook_target(text) to service_role;

-- Gives a webhook a new secret. For a day deliveries are signed with the replaced secret as well, so that the receiver
-- can change to the new one without a refused delivery. A secret that was replaced earlier is deleted at once.
create function public.registry_rotate_webhook(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id text := p_request ->> 'id';
  v_row public.registry_webhooks;
begin
  select * into v_row from public.registry_webhooks where id = v_id for update;
  if v_row.id is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('the webhook "%s" does not exist', v_id),
      'see: nofx webhooks list');
  end if;
  if v_row.deployment then
    perform public.registry_refuse(422, 'REFUSED',
      format('the secret of the deployment %s is not stored in the registry', v_id),
      'set NOFX_EVENTS_SECRET to the new and the old secret, for the forwarder and for the deployment');
  end if;
  update public.registry_webhooks
    set secret = p_request ->> 'secret', old_secret = secret, old_secret_until = now() + interval '1 day'
    where id = v_id
    returning * into v_row;
  return jsonb_build_object('id', v_id, 'oldSecretUntil', v_row.old_secret_until);
end
$$;
revoke all on function public.registry_rotate_webhook(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_rotate_webhook(jsonb) to service_role;

-- Removes a webhook with its secret and its dead letters. A delivery that was leased before does not settle anything.
create function public.registry_remove_webhook(p_id text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_url text;
begin
  delete from public.registry_webhooks where id = p_id returning url into v_url;
  if v_url is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('the webhook "%s" does not exist', p_id),
      'see: nofx webhooks list');
  end if;
  return jsonb_build_object('id', p_id, 'url', v_url);
end
$$;
revoke all on function public.registry_remove_webhook(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_remove_webhook(text) to service_role;

-- Leases the next batch of each due webhook to a forwarder; no other forwarder gets the batch until the lease expires.
-- The batch of a forwarder that dies is leased again after that, under the same id. "missed" (events were deleted
-- before they were sent) stays set until a delivery has reported it. While the old secret is valid, a delivery is
-- signed with both secrets.
create function public.registry_lease_deliveries(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_row public.registry_webhooks;
  v_looked integer := 0;
  v_deliveries jsonb := '[]'::jsonb;
  v_lease uuid;
  v_floor bigint;
  v_since bigint;
  v_to bigint;
  v_last bigint;
  v_whole boolean;
  v_missed boolean;
  v_events jsonb;
begin
  for v_row in
    select w.* from public.registry_webhooks w
    where w.disabled_at is null and w.next_at <= now() and (w.lease_until is null or w.lease_until <= now())
      and w.cursor < (select seq from public.registry_counter)
    order by w.next_at, w.id
    limit (p_request ->> 'limit')::integer
    for update skip locked
  loop
    v_looked := v_looked + 1;
    -- One statement, so one snapshot: events that are forgotten between two would be missing without anybody saying so.
    -- One event more than a batch has, to see whether this batch is the last; 100 events are at most about 80 kB.
    select c.since, c.floor, c.until, page.events, page.last, page.whole
      into strict v_since, v_floor, v_to, v_events, v_last, v_whole
    from (
      select greatest(v_row.cursor, floor) as since, floor, coalesce(v_row.batch_to, seq) as until
      from public.registry_counter
    ) as c
    cross join lateral (
      select jsonb_agg(event order by seq) filter (where place <= 100) as events,
        max(seq) filter (where place <= 100) as last, coalesce(max(place), 0) <= 100 as whole
      from (
        select e.seq, row_number() over (order by e.seq) as place, jsonb_build_object(
          'seq', e.seq, 'type', e.type, 'kind', e.kind, 'id', e.id, 'version', e.version, 'digest', e.digest,
          'releaseId', e.release_id, 'at', to_char(e.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as event
        from public.registry_events e
        where e.seq > c.since and e.seq <= c.until
          and (v_row.audience = 'publisher' or e.audience = 'public')
          and (v_row.kinds = '{}' or e.kind = any (v_row.kinds))
          and (v_row.types = '{}' or e.type = any (v_row.types))
        order by e.seq
        limit 101
      ) as found
    ) as page;
    v_to := case when v_whole then greatest(v_to, v_since) else v_last end;
    v_missed := v_row.missed or v_row.cursor < v_floor;
    if v_events is null then
      update public.registry_webhooks set cursor = v_to, batch_to = null, attempts = 0, missed = v_missed
        where id = v_row.id;
      continue;
    end if;
    v_lease := gen_random_uuid();
    update public.registry_webhooks
      set batch_to = v_to, missed = v_missed, lease_token = v_lease,
        lease_until = now() + make_interval(secs => (p_request ->> 'seconds')::integer)
      where id = v_row.id;
    v_deliveries := v_deliveries || jsonb_build_object(
      'webhook', v_row.id, 'url', v_row.url, 'deployment', v_row.deployment, 'secret', v_row.secret,
      'oldSecret', case when v_row.old_secret_until > now() then v_row.old_secret end, 'lease', v_lease,
      'id', format('%s-%s-%s', v_row.id, v_since, v_to), 'since', v_since, 'cursor', v_to,
      -- undelivered events were deleted: the receiver has to read everything again
      'missed', v_missed, 'events', v_events);
  end loop;
  return jsonb_build_object('looked', v_looked, 'deliveries', v_deliveries);
end
$$;
revoke all on function public.registry_lease_deliveries(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_lease_deliveries(jsonb) to service_role;

-- Ends a lease with the outcome of the delivery. Only the holder of the lease settles it; a call after the lease was
-- given to another forwarder changes nothing. The receiver's Retry-After (seconds) is respected: up to a day, and up to
-- a minute for a deployment.
create function public.registry_settle_delivery(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  -- waits after each attempt, three days in all
  v_schedule constant interval[] := array['5 seconds', '5 minutes', '30 minutes', '2 hours', '5 hours', '10 hours',
    '14 hours', '20 hours', '24 hours']::interval[];
  v_row public.registry_webhooks;
  v_outcome text := p_request ->> 'outcome';
  v_status integer := (p_request ->> 'status')::integer;
  v_error text := left(p_request ->> 'error', 300);
  v_wait interval;
  v_asked interval := make_interval(secs => least(coalesce((p_request ->> 'retryAfter')::integer, 0), 86400));
begin
  select * into v_row from public.registry_webhooks
    where id = p_request ->> 'webhook' and lease_token = (p_request ->> 'lease')::uuid for update;
  if v_row.id is null then
    return jsonb_build_object('settled', false);
  end if;
  v_wait := case
    when v_row.deployment then least(interval '1 minute', interval '5 seconds' * 2 ^ least(v_row.attempts, 5))
    else v_schedule[v_row.attempts + 1]
  end;
  if v_outcome = 'failed' and v_wait is null then
    v_outcome := 'dead';
    insert into public.registry_dead_letters (webhook_id, since, cursor, attempts, last_status, last_error)
      values (v_row.id, v_row.cursor, v_row.batch_to, v_row.attempts + 1, v_status, v_error);
  end if;
  v_wait := greatest(v_wait, case when v_row.deployment then least(v_asked, interval '1 minute') else v_asked end);
  update public.registry_webhooks set
    lease_token = null,
    lease_until = null,
    last_status = v_status,
    last_error = v_error,
    cursor = case when v_outcome in ('delivered', 'dead') then batch_to else cursor end,
    -- a deployment gets a failed batch again together with all later events
    batch_to = case when v_outcome = 'failed' and not deployment then batch_to end,
    attempts = case when v_outcome = 'failed' then attempts + 1 else 0 end,
    next_at = case when v_outcome = 'failed' then now() + v_wait * (1 + random() / 10) else now() end,
    missed = missed and v_outcome <> 'delivered',
    delivered_at = case when v_outcome = 'delivered' then now() else delivered_at end,
    disabled_at = case when v_outcome = 'gone' then now() end
  where id = v_row.id;
  return jsonb_build_object('settled', true, 'outcome', v_outcome);
end
$$;
revoke all on function public.registry_settle_delivery(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_settle_delivery(jsonb) to service_role;

-- Whether a delivery is new to a place of a deployment; of two concurrent calls, one gets true.
create function public.registry_claim_delivery(p_place text, p_id text)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count integer;
begin
  -- rows that another call is deleting are skipped
  delete from public.registry_used_deliveries where id in (
    select id from public.registry_used_deliveries where expires_at < now() for update skip locked);
  insert into public.registry_used_deliveries (id, expires_at)
    values (p_place || ':' || p_id, now() + interval '15 minutes')
    on conflict (id) do nothing;
  get diagnostics v_count = row_count;
  return v_count = 1;
end
$$;
revoke all on function public.registry_claim_delivery(text, text) from public, anon, authenticated, service_role;
grant execute on function public.registry_claim_delivery(text, text) to service_role;

-- Sends due messages: calls the edge function, with the URL and the secret key that `registry_set_up` put into the
-- Vault. A webhook that is not disabled is the reason for a call. The schemas `net` and `vault` exist on Supabase alone.
create function public.registry_forward_events()
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not exists (select from public.registry_webhooks where disabled_at is null) then
    return;
  end if;
  execute $call$
    select net.http_post(
      url := (select decrypted_secret from vault.decrypted_secrets where name = 'nofx_url')
        || '/functions/v1/registry_events_forward',
      headers := jsonb_build_object('content-type', 'application/json',
        'apikey', (select decrypted_secret from vault.decrypted_secrets where name = 'nofx_secret_key')),
      body := '{"action": "forward"}'::jsonb,
      timeout_milliseconds := 90000)
  $call$;
end
$$;
revoke all on function public.registry_forward_events() from public, anon, authenticated, service_role;

-- Sends due messages after a release, before the schedule would. The trigger is made by `registry_set_up`.
create function public.registry_forward_at_once()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform public.registry_forward_events();
  return null;
exception when others then
  -- a failed call must not fail the release; the schedule calls again
  return null;
end
$$;
revoke all on function public.registry_forward_at_once() from public, anon, authenticated, service_role;

-- Stores a secret in the Vault, or replaces it.
create function public.registry_keep_secret(p_name text, p_value text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id uuid;
begin
  execute 'select id from vault.secrets where name = $1' into v_id using p_name;
  if v_id is null then
    execute 'select vault.create_secret($1, $2)' using p_value, p_name;
  else
    execute 'select vault.update_secret($1, $2)' using v_id, p_value;
  end if;
end
$$;
revoke all on function public.registry_keep_secret(text, text) from public, anon, authenticated, service_role;

-- Makes the parts that need no extension, also where the migrations made them and they are gone: the private bucket, and
-- the policy of the private channel if Realtime was started after the migrations. A function of its own, because a
-- project without the Vault gets them too. Answers `registry_setup_state`.
create function public.registry_set_up_parts()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into storage.buckets (id, name, public, allowed_mime_types)
  values ('registry', 'registry', false, array['application/gzip'])
  on conflict (id) do update set public = false, allowed_mime_types = excluded.allowed_mime_types;
  perform public.registry_allow_listening();
  return public.registry_setup_state();
end
$$;
revoke all on function public.registry_set_up_parts() from public, anon, authenticated, service_role;
grant execute on function public.registry_set_up_parts() to service_role;

-- Makes what a project needs besides the migrations: the parts above, the extensions pg_cron and pg_net, the secrets of
-- the forwarder in the Vault, its schedule, and the trigger that calls it after a release. May be called again: after a
-- rotation it stores the new key. Answers `registry_setup_state`.
create function public.registry_set_up(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform public.registry_set_up_parts();
  if to_regclass('vault.secrets') is null then
    perform public.registry_refuse(409, 'REFUSED', 'this project has no Vault for the secrets of the forwarder',
      'enable supabase_vault in the dashboard: Database → Extensions');
  end if;
  begin
    if to_regclass('cron.job') is null then
      create extension pg_cron with schema pg_catalog;
    end if;
    if to_regnamespace('net') is null then
      create extension pg_net with schema extensions;
    end if;
  exception when others then
    perform public.registry_refuse(409, 'REFUSED', 'the extensions pg_cron and pg_net cannot be enabled: ' || sqlerrm,
      'enable both in the dashboard: Database → Extensions');
  end;
  perform public.registry_keep_secret('nofx_url', p_request ->> 'url');
  perform public.registry_keep_secret('nofx_secret_key', p_request ->> 'key');
  execute 'select cron.schedule($1, $2, $3)'
    using 'nofx-events', '10 seconds', 'select public.registry_forward_events()';
  drop trigger if exists forward_at_once on public.registry_events;
  create trigger forward_at_once after insert on public.registry_events
    for each statement execute function public.registry_forward_at_once();
  return public.registry_setup_state();
end
$$;
revoke all on function public.registry_set_up(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_set_up(jsonb) to service_role;

-- What a project has of its parts: {migrations, bucket, listen, forwarder, secrets}. `bucket` is `private`, `public` or
-- `missing`; `listen` is null without Realtime, `forwarder` and `secrets` are null without pg_cron and the Vault.
create function public.registry_setup_state()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_migrations jsonb;
  v_bucket text;
  v_forwarder boolean;
  v_secrets boolean;
begin
  if to_regclass('supabase_migrations.schema_migrations') is not null then
    execute 'select jsonb_agg(version order by version) from supabase_migrations.schema_migrations' into v_migrations;
  end if;
  if to_regclass('storage.buckets') is not null then
    execute $bucket$
      select case when b.public then 'public' else 'private' end from storage.buckets b where b.id = 'registry'
    $bucket$ into v_bucket;
  end if;
  if to_regclass('cron.job') is not null then
    execute $job$
      select exists (select from cron.job where jobname = 'nofx-events' and active)
    $job$ into v_forwarder;
  end if;
  if to_regclass('vault.secrets') is not null then
    execute $secrets$
      select count(*) = 2 from vault.secrets where name in ('nofx_url', 'nofx_secret_key')
    $secrets$ into v_secrets;
  end if;
  return jsonb_build_object(
    'migrations', coalesce(v_migrations, '[]'),
    'bucket', coalesce(v_bucket, 'missing'),
    'listen', case when to_regclass('realtime.messages') is not null then exists (
      select from pg_catalog.pg_policies
      where schemaname = 'realtime' and tablename = 'messages' and policyname = 'registry_publishers_listen') end,
    'forwarder', v_forwarder,
    'secrets', v_secrets,
    'webhooks', (select count(*) from public.registry_webhooks where disabled_at is null));
end
$$;
revoke all on function public.registry_setup_state() from public, anon, authenticated, service_role;
grant execute on function public.registry_setup_state() to service_role;

-- Opens a preview for a call, and returns its schema: for publishers and secret keys, while the preview is open. The
-- call holds a shared lock that the end of the preview takes exclusively, so that no call finds half a schema. The lock
-- is advisory, because reads run in read-only transactions.
create function public.registry_preview_enter(p_env text)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_schema text;
begin
  if current_setting('role', true) in ('anon', 'authenticated') and not public.registry_is_publisher() then
    perform public.registry_refuse(403, 'REMOTE_DENIED', 'only publishers may read a preview',
      'sign in as a publisher, or use the secret key');
  end if;
  v_schema := public.registry_preview_schema(p_env);
  perform pg_advisory_xact_lock_shared(hashtextextended(v_schema, 6));
  -- a separate statement sees rows that were committed while this call waited
  if not exists (
    select from public.registry_previews where name = p_env and state = 'open' and expires_at > clock_timestamp())
  then
    perform public.registry_refuse(404, 'NOT_FOUND', format('the preview "%s" does not exist or has expired', p_env),
      'see: nofx preview list', jsonb_build_object('preview', p_env));
  end if;
  return v_schema;
end
$$;
revoke all on function public.registry_preview_enter(text) from public, anon, authenticated, service_role;

-- Makes a preview, or extends the preview of the same origin. A preview that was made before a migration is made again
-- without own rows: the next publish of its branch contains everything that was in it.
create function public.registry_preview_up(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_name text := p_request ->> 'name';
  v_schema text := public.registry_preview_schema(v_name);
  v_count integer;
  v_most integer;
  v_hours integer;
  v_row public.registry_previews;
  v_created boolean;
  v_now timestamptz;
begin
  if coalesce(p_request ->> 'origin', '') = '' or coalesce(p_request ->> 'actor', '') = '' then
    perform public.registry_refuse(422, 'REFUSED', 'the request has no preview origin or no actor',
      'send "origin" and "actor"');
  end if;
  select coalesce(p.preview_count, 50), 24 * coalesce(p.preview_days, 30) into v_count, v_most
    from (values ('*')) as everything(kind) left join public.registry_policies p on p.kind = everything.kind;
  v_hours := case
    when p_request ->> 'ttlHours' is null then least(168, v_most)
    when p_request ->> 'ttlHours' ~ '^[0-9]{1,5}$' then (p_request ->> 'ttlHours')::integer
    else 0
  end;
  if v_hours not between 1 and v_most then
    perform public.registry_refuse(422, 'REFUSED',
      format('a preview cannot live for %s hours', left(p_request ->> 'ttlHours', 20)),
      format('choose 1 to %s hours', v_most), jsonb_build_object('rule', 'NOFX_PREVIEW_TTL', 'limit', v_most));
  end if;
  -- waits for the calls in the preview
  perform pg_advisory_xact_lock(hashtextextended(v_schema, 6));
  select * into v_row from public.registry_previews where name = v_name;
  if v_row.origin <> p_request ->> 'origin' then
    perform public.registry_refuse(409, 'CONFLICT',
      format('the preview %s belongs to %s', v_name, v_row.origin), 'use another preview name',
      jsonb_build_object('preview', v_name, 'origin', v_row.origin));
  end if;
  if v_row.state = 'closing' then
    perform public.registry_refuse(409, 'CONFLICT', format('the preview %s is being taken down', v_name),
      format('finish taking it down: nofx preview down %s', v_name),
      jsonb_build_object('preview', v_name, 'origin', v_row.origin));
  end if;
  if v_row.name is null then
    -- concurrent calls wait here for each other, so that two do not take the last place
    perform pg_advisory_xact_lock(hashtextextended('previews', 6));
    if (select count(*) from public.registry_previews) >= v_count then
      perform public.registry_refuse(422, 'REFUSED',
        format('the registry has reached its limit of previews: %s', v_count),
        'take a preview down; see: nofx preview list',
        jsonb_build_object('rule', 'NOFX_PREVIEW_QUOTA', 'limit', v_count));
    end if;
    perform public.registry_preview_check_share(p_request ->> 'holder', p_request ->> 'repository', v_count);
  end if;
  v_created := public.registry_preview_shape()
    is distinct from obj_description(to_regnamespace(v_schema), 'pg_namespace');
  if v_created then
    perform public.registry_preview_make(v_schema, format('preview-%s/', v_name));
  end if;
  v_now := clock_timestamp();
  insert into public.registry_previews as p (name, origin, actor, commit_sha, created_at, updated_at, expires_at)
  values (v_name, p_request ->> 'origin', p_request ->> 'actor', p_request ->> 'commit', v_now,
    v_now, v_now + make_interval(hours => v_hours))
  on conflict (name) do update set
    actor = excluded.actor, commit_sha = excluded.commit_sha, updated_at = excluded.updated_at,
    expires_at = greatest(p.expires_at, excluded.expires_at)
  returning * into v_row;
  return public.registry_preview_json(v_row) || jsonb_build_object('created', v_created);
end
$$;
revoke all on function public.registry_preview_up(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_up(jsonb) to service_role;

-- Refuses a preview beyond the share of its holder. Every repository whose CI may write previews has an equal share,
-- and publishers have a tenth, at most five, and the remainder: no holder can use up the previews of another. The
-- owner's secret key is bound by the total alone.
create function public.registry_preview_check_share(p_holder text, p_repository text, p_count integer)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_listed text[];
  v_share integer;
  v_taken integer;
begin
  if p_holder is null then
    return;
  end if;
  select coalesce(array_agg(distinct e.entry ->> 'repository'), '{}') into v_listed
    from public.registry_policies p
    cross join lateral jsonb_array_elements(p.identities) as e(entry)
    where e.entry -> 'previews' = 'true';
  v_share := greatest(1, (p_count - least(5, p_count / 10)) / greatest(1, cardinality(v_listed)));
  if p_holder = 'publisher' then
    v_share := greatest(1, p_count - v_share * cardinality(v_listed));
  end if;
  select count(*) into v_taken from public.registry_previews
    where case p_holder
      when 'publisher' then split_part(origin, '#', 1) <> all (v_listed)
      else split_part(origin, '#', 1) = p_repository
    end;
  if v_taken >= v_share then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s have reached their share of this registry''s previews: %s',
        case p_holder when 'publisher' then 'publishers' else 'jobs of ' || p_repository end, v_share),
      'take a preview down; see: nofx preview list',
      jsonb_build_object('rule', 'NOFX_PREVIEW_QUOTA', 'limit', v_share));
  end if;
end
$$;
revoke all on function public.registry_preview_check_share(text, text, integer)
  from public, anon, authenticated, service_role;

-- A preview as JSON, for the answers of the functions.
create function public.registry_preview_json(p_row public.registry_previews)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'name', p_row.name, 'origin', p_row.origin, 'actor', p_row.actor, 'commit', p_row.commit_sha, 'state', p_row.state,
    'createdAt', to_char(p_row.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'updatedAt', to_char(p_row.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'expiresAt', to_char(p_row.expires_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'expired', p_row.expires_at <= now())
$$;
revoke all on function public.registry_preview_json(public.registry_previews)
  from public, anon, authenticated, service_role;

-- Closes a preview before its bundles are deleted: waits for the calls in it and refuses new ones. With `p_expired`, as
-- the sweeper calls it, a preview that was extended meanwhile stays open.
create function public.registry_preview_close(p_name text, p_expired boolean default false)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_row public.registry_previews;
begin
  perform pg_advisory_xact_lock(hashtextextended(public.registry_preview_schema(p_name), 6));
  update public.registry_previews set state = 'closing', updated_at = clock_timestamp()
    where name = p_name and state = 'open' and (not p_expired or expires_at <= clock_timestamp());
  select * into v_row from public.registry_previews where name = p_name;
  return jsonb_build_object('name', p_name, 'closed', v_row.state is distinct from 'open');
end
$$;
revoke all on function public.registry_preview_close(text, boolean) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_close(text, boolean) to service_role;

-- The bundles of a preview. SQL cannot delete objects: the caller that takes the preview down deletes them.
create function public.registry_preview_objects(p_name text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
-- plans for this prefix, so that the index of the names is used
set plan_cache_mode = force_custom_plan
as $$
declare
  v_pattern text := format('preview-%s/%%', p_name);
begin
  -- refuses an invalid name; a valid name has no wildcards of LIKE
  perform public.registry_preview_schema(p_name);
  return (
    select coalesce(jsonb_agg(name order by name collate "C"), '[]')
    from storage.objects o
    where bucket_id = 'registry' and name like v_pattern
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)'));
end
$$;
revoke all on function public.registry_preview_objects(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_objects(text) to service_role;

-- Takes a preview down for good, after its bundles were deleted.
create function public.registry_preview_down(p_name text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set client_min_messages = warning
as $$
declare
  v_schema text := public.registry_preview_schema(p_name);
  v_left integer;
  v_count integer;
begin
  perform pg_advisory_xact_lock(hashtextextended(v_schema, 6));
  v_left := jsonb_array_length(public.registry_preview_objects(p_name));
  if v_left > 0 then
    perform public.registry_refuse(409, 'CONFLICT',
      format('%s of the preview %s still in storage',
        case when v_left = 1 then '1 bundle' else v_left || ' bundles' end,
        p_name || case when v_left = 1 then ' is' else ' are' end),
      'take the preview down again: its bundles are deleted first',
      jsonb_build_object('preview', p_name, 'objects', v_left));
  end if;
  -- one schema is made or dropped at a time
  perform pg_advisory_xact_lock(hashtextextended('previews', 6));
  execute format('drop schema if exists %I cascade', v_schema);
  delete from public.registry_previews where name = p_name;
  get diagnostics v_count = row_count;
  return jsonb_build_object('name', p_name, 'removed', v_count > 0);
end
$$;
revoke all on function public.registry_preview_down(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_down(text) to service_role;

-- The previews that the sweeper takes down: expired ones, ones that are already closing, and ones of which only bundles
-- are left. The path of a production bundle has one folder less, for every kind.
create function public.registry_preview_expired()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(name order by name collate "C"), '[]')
  from (
    select name from public.registry_previews where state = 'closing' or expires_at <= now()
    union
    select left_over[1]
    from storage.objects o
    cross join lateral regexp_match(
      o.name, '^preview-([a-z0-9]|[a-z0-9][a-z0-9-]{0,38}[a-z0-9])/[^/]+/[^/]+/[^/]+$') as left_over
    where o.bucket_id = 'registry' and o.name like 'preview-%'
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
      and left_over is not null
      and not exists (select from public.registry_previews p where p.name = left_over[1])
  ) as names
$$;
revoke all on function public.registry_preview_expired() from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_expired() to service_role;

-- Makes the schema of a preview again, without own rows over production, and without rights for the roles of the API.
-- One schema is made or dropped at a time, because production shares the memory for locks.
create function public.registry_preview_make(p_schema text, p_prefix text)
returns void
language plpgsql
set search_path = ''
set client_min_messages = warning
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('previews', 6));
  execute format('drop schema if exists %I cascade', p_schema);
  execute format('create schema %I', p_schema);
  perform public.registry_preview_make_tables(p_schema);
  perform public.registry_preview_make_views(p_schema);
  perform public.registry_preview_make_triggers(p_schema, p_prefix);
  perform public.registry_preview_make_functions(p_schema);
  execute format('revoke all on all tables in schema %1$I from public, anon, authenticated, service_role;
    revoke all on all functions in schema %1$I from public, anon, authenticated, service_role;
    revoke all on schema %1$I from public, anon, authenticated, service_role;
    comment on schema %1$I is %2$L', p_schema, public.registry_preview_shape());
end
$$;
revoke all on function public.registry_preview_make(text, text) from public, anon, authenticated, service_role;

-- The schema name of a preview; refuses an invalid preview name. Two previews never share a schema, because a preview
-- name has no `_`.
create function public.registry_preview_schema(p_name text)
returns text
language plpgsql
set search_path = ''
as $$
begin
  if (p_name collate "C" ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$') is not true then
    perform public.registry_refuse(422, 'REFUSED', format('"%s" is not a valid preview name', left(p_name, 60)),
      'use up to 40 lower-case letters, digits and "-" between them, such as pr-123',
      '{"rule": "NOFX_PREVIEW_NAME"}');
  end if;
  return 'preview_' || replace(p_name, '-', '_');
end
$$;
revoke all on function public.registry_preview_schema(text) from public, anon, authenticated, service_role;

-- The functions that registry_preview_read and registry_preview_write can call in a preview. The functions that these
-- call, and the tables that they write, are the preview's own too.
create function public.registry_preview_entries()
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'read', jsonb_build_array('registry_list', 'registry_counts', 'registry_heads_json', 'registry_heads_apart',
      'registry_events_since',
      'registry_causes', 'registry_find_releases', 'registry_dependents',
      'registry_stored_bundles', 'registry_live_at', 'registry_plan_heads_json'),
    'write', jsonb_build_array('registry_stage', 'registry_commit', 'registry_rollback', 'registry_undelete',
      'registry_promote', 'registry_disable', 'registry_enable', 'registry_report', 'registry_instantiate', 'registry_stored_objects'))
$$;
revoke all on function public.registry_preview_entries() from public, anon, authenticated, service_role;

-- The functions that a preview has a copy of: its entries and all functions that these call, found in their texts. The
-- functions that read no table of the registry, or only the caller's token, are shared with production.
create function public.registry_preview_functions()
returns setof oid
language sql
stable
set search_path = ''
as $$
  with recursive used (oid) as (
    select p.oid from pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and exists (select from jsonb_each(public.registry_preview_entries()) as e where e.value ? p.proname)
    union
    select p.oid
    from used u
    join pg_proc caller on caller.oid = u.oid
    cross join lateral regexp_matches(caller.prosrc, '\mpublic\.(\w+)\(', 'g') as called
    join pg_proc p on p.pronamespace = 'public'::regnamespace and p.proname = called[1]
    where p.proname not in (
      'registry_is_publisher', 'registry_refuse', 'registry_version_allowed', 'registry_version_key')
  )
  select oid from used
$$;
revoke all on function public.registry_preview_functions() from public, anon, authenticated, service_role;

-- The tables that a preview has its own copy of: all tables that its functions write, so that none of the functions
-- writes a table of production.
create function public.registry_preview_tables()
returns setof oid
language sql
stable
set search_path = ''
as $$
  select distinct c.oid
  from public.registry_preview_functions() as f(oid)
  join pg_proc p on p.oid = f.oid
  cross join lateral regexp_matches(p.prosrc, '\m(?:insert\s+into|update|delete\s+from)\s+public\.(\w+)', 'g')
    as written
  join pg_class c on c.relnamespace = 'public'::regnamespace and c.relname = written[1]
$$;
revoke all on function public.registry_preview_tables() from public, anon, authenticated, service_role;

-- A hash of everything that a preview is made from. A migration that changes any of it changes the hash, and the
-- preview is made again.
create function public.registry_preview_shape()
returns text
language sql
stable
set search_path = ''
as $$
  select md5(string_agg(part, '|' order by part))
  from (
    select pg_get_functiondef(f.oid) from public.registry_preview_functions() as f(oid)
    union all
    select pg_get_functiondef(p.oid) from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname like 'registry\_preview\_make%'
    union all
    select format('%s.%s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod))
    from public.registry_preview_tables() as t(oid)
    join pg_class c on c.oid = t.oid
    join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  ) as parts(part)
$$;
revoke all on function public.registry_preview_shape() from public, anon, authenticated, service_role;

-- Makes the tables of a preview. The rows that overlay production are in own_heads, for all kinds, and in
-- own_revisions.
create function public.registry_preview_make_tables(p_schema text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_table record;
  v_trigger record;
  v_own text;
  -- Greater than every event number of an earlier preview of this name, so that a cursor of that preview is refused and
  -- its reader reads everything again; a safe integer in JavaScript until 2255.
  v_seq bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
begin
  for v_table in
    select c.oid, c.relname as name, case c.relpersistence when 'u' then 'unlogged' else '' end as kind
    from public.registry_preview_tables() as t(oid)
    join pg_class c on c.oid = t.oid
    where c.oid <> 'public.registry_heads'::regclass
      and not exists (select from pg_inherits where inhrelid = c.oid)
  loop
    v_own := case v_table.name when 'registry_revisions' then 'own_revisions' else v_table.name end;
    execute format('create %s table %I.%I (like public.%I including all)', v_table.kind, p_schema, v_own, v_table.name);
    for v_trigger in
      select tgname, pg_get_triggerdef(oid) as definition from pg_trigger
      where tgrelid = v_table.oid and starts_with(tgname, 'append_only')
    loop
      execute replace(v_trigger.definition, format(' ON public.%I ', v_table.name),
        format(' ON %I.%I ', p_schema, v_own));
    end loop;
  end loop;
  -- base_version: production's newest version when the definition was forked; 0 when production did not have it.
  -- Not all indexes of the heads: without statistics the planner takes the wrong one of two that begin with the same
  -- columns.
  execute format('create table %1$I.own_heads (
      like public.registry_heads including defaults including generated, base_version integer not null, primary key (kind, id));
    create index on %1$I.own_heads using gin (refs jsonb_path_ops) with (fastupdate = off)', p_schema);
  for v_table in
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as type
    from pg_inherits i
    join pg_attribute a on a.attrelid = i.inhrelid and a.attnum > 0 and not a.attisdropped
    where i.inhparent = 'public.registry_heads'::regclass and a.attislocal and a.attgenerated = ''
    order by a.attrelid, a.attnum
  loop
    execute format('alter table %I.own_heads add column %I %s', p_schema, v_table.name, v_table.type);
  end loop;
  execute format('insert into %I.registry_counter (seq, floor) values (%s, %s)', p_schema, v_seq, v_seq);
  execute format('insert into %I.registry_kinds select * from public.registry_kinds', p_schema);
end
$$;
revoke all on function public.registry_preview_make_tables(text) from public, anon, authenticated, service_role;

-- Makes the views of heads and revisions of a preview: its own rows, the production rows of definitions that it never
-- changed, and the production revisions of a changed definition up to its base version. Every rank is 0: a branch may
-- be behind or force-pushed, so no publish in a preview is stale.
create function public.registry_preview_make_views(p_schema text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_view record;
begin
  for v_view in
    select c.relname as name, c.relname = 'registry_revisions' as revisions,
      -- the condition for the kinds of a table of its own
      coalesce((select pg_get_expr(conbin, conrelid) from pg_constraint
        where conrelid = c.oid and contype = 'c' and conislocal and coninhcount = 0
          and exists (select from pg_inherits where inhrelid = c.oid)), 'true') as mine,
      string_agg(case
        when a.attname = 'commit_rank' then '0 as commit_rank'
        when a.attgenerated <> '' then format('%s as %I', pg_get_expr(d.adbin, d.adrelid), a.attname)
        else quote_ident(a.attname)
      end, ', ' order by a.attnum) as columns,
      -- an insert into a view does not use the defaults of the table
      string_agg(format('alter column %I set default %s', a.attname, pg_get_expr(d.adbin, d.adrelid)), ', ')
        filter (where d.adbin is not null and a.attgenerated = '') as defaults
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.oid in ('public.registry_revisions'::regclass, 'public.registry_heads'::regclass)
      or c.oid in (select inhrelid from pg_inherits where inhparent = 'public.registry_heads'::regclass)
    group by c.oid
  loop
    execute format(
      'create view %1$I.%2$I as select %3$s from %1$I.%4$I where %5$s
       union all
       select %3$s from public.%2$I p where not exists (
         select from %1$I.own_heads o where o.kind = p.kind and o.id = p.id %6$s)',
      p_schema, v_view.name, v_view.columns, case when v_view.revisions then 'own_revisions' else 'own_heads' end,
      v_view.mine, case when v_view.revisions then 'and o.base_version < p.version' end);
    if v_view.defaults is not null then
      execute format('alter table %I.%I %s', p_schema, v_view.name, v_view.defaults);
    end if;
  end loop;
  execute format('create view %1$I.registry_head_counts as
    select kind, state, version is not null as live, count(*) as amount from %1$I.registry_heads group by 1, 2, 3',
    p_schema);
end
$$;
revoke all on function public.registry_preview_make_views(text) from public, anon, authenticated, service_role;

-- Makes the triggers that turn writes to a preview's views into the preview's own rows. The first revision of a
-- definition in the preview forks it: its head is copied, and production no longer changes it there. Production does
-- not wait, so a definition may change between two statements of a commit; the trigger sees that by the version and
-- refuses the commit.
create function public.registry_preview_make_triggers(p_schema text, p_prefix text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_view record;
  v_joins text;
  v_columns text;
  v_values text;
begin
  select string_agg(format('left join public.%1$I on %1$I.kind = p.kind and %1$I.id = p.id', c.relname), ' ')
    into v_joins
    from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'public.registry_heads'::regclass;
  select string_agg(quote_ident(own.attname), ', ' order by own.attnum),
      string_agg(case own.attname
        when 'base_version' then 'p.latest_version'
        when 'commit_rank' then '0'
        else coalesce((
          select format('%I.%I', c.relname, a.attname)
          from pg_inherits i
          join pg_class c on c.oid = i.inhrelid
          join pg_attribute a on a.attrelid = c.oid and a.attname = own.attname and a.attislocal
        ), format('p.%I', own.attname))
      end, ', ' order by own.attnum)
    into v_columns, v_values
    from pg_attribute own
    where own.attrelid = format('%I.own_heads', p_schema)::regclass and own.attnum > 0 and own.attgenerated = '';
  execute format($sql$
    create function %1$I.fork(p_kind text, p_id text) returns void language plpgsql set search_path = '' as $f$
    begin
      insert into %1$I.own_heads (%2$s)
      select %3$s from public.registry_heads p %4$s where p.kind = p_kind and p.id = p_id;
    end $f$
    $sql$, p_schema, v_columns, v_values, v_joins);
  execute format($sql$
    create function %1$I.own_revision() returns trigger language plpgsql set search_path = '' as $f$
    declare
      v_latest integer := (select latest_version from %1$I.own_heads where kind = new.kind and id = new.id);
    begin
      if v_latest is null then
        perform %1$I.fork(new.kind, new.id);
        v_latest := (select latest_version from %1$I.own_heads where kind = new.kind and id = new.id);
      end if;
      if coalesce(v_latest, 0) <> new.version - 1 then
        perform public.registry_refuse(409, 'CONFLICT',
          format('%%s/%%s was changed in production during this publish', new.kind, new.id), 'publish again');
      end if;
      if not starts_with(new.bundle_path, %2$L)
        and not exists (select from public.registry_revisions where bundle_path = new.bundle_path)
      then
        perform public.registry_refuse(422, 'REFUSED',
          format('the bundle of %%s/%%s is neither in %%s nor in production', new.kind, new.id, %2$L),
          format('upload the bundle to %%s', %2$L),
          jsonb_build_object('rule', 'NOFX_PREVIEW_BUNDLE', 'path', new.bundle_path));
      end if;
      new.commit_rank := 0;
      insert into %1$I.own_revisions values (new.*);
      return new;
    end $f$
    $sql$, p_schema, p_prefix);
  execute format('create trigger own_revision instead of insert on %1$I.registry_revisions
    for each row execute function %1$I.own_revision()', p_schema);
  for v_view in
    select c.relname as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns,
      string_agg(case a.attname when 'commit_rank' then '0' else format('new.%I', a.attname) end, ', '
        order by a.attnum) as values
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.oid = 'public.registry_heads'::regclass
      or c.oid in (select inhrelid from pg_inherits where inhparent = 'public.registry_heads'::regclass)
    group by c.oid
  loop
    execute format($sql$
      create function %1$I.%2$I() returns trigger language plpgsql set search_path = '' as $f$
      begin
        if tg_op = 'INSERT' then
          insert into %1$I.own_heads (%3$s, base_version) values (%4$s, 0);
        else
          if not exists (select from %1$I.own_heads where kind = old.kind and id = old.id) then
            perform %1$I.fork(old.kind, old.id);
          end if;
          update %1$I.own_heads set (%3$s) = row(%4$s) where kind = old.kind and id = old.id;
        end if;
        return new;
      end $f$
      $sql$, p_schema, 'own_' || v_view.name, v_view.columns, v_view.values);
    execute format('create trigger own_head instead of insert or update on %1$I.%2$I
      for each row execute function %1$I.%3$I()', p_schema, v_view.name, 'own_' || v_view.name);
  end loop;
end
$$;
revoke all on function public.registry_preview_make_triggers(text, text) from public, anon, authenticated, service_role;

-- Makes a preview's copies of the functions: the same texts, with its tables, views and functions instead of
-- production's. Joins that look up rows by key in production are hash joins here, because a join cannot look up rows of
-- a view by key; and an advisory lock on a key is the preview's own.
create function public.registry_preview_make_functions(p_schema text)
returns void
language plpgsql
set search_path = ''
-- a function may call functions that are made after it
set check_function_bodies = off
as $$
declare
  v_names text;
  v_name text;
  v_text text;
begin
  select string_agg(distinct name, '|') into v_names
    from (
      select p.proname from public.registry_preview_functions() as f(oid) join pg_proc p on p.oid = f.oid
      union
      select c.relname from pg_class c where c.relnamespace = p_schema::regnamespace and c.relkind in ('r', 'v')
    ) as scoped(name);
  for v_name, v_text in
    select p.proname, pg_get_functiondef(p.oid)
    from public.registry_preview_functions() as f(oid) join pg_proc p on p.oid = f.oid
  loop
    -- a lookahead takes a quarter of the time of matching the names
    v_text := regexp_replace(v_text, '\mpublic\.(?=(' || v_names || ')\M)', p_schema || '.', 'g');
    v_text := regexp_replace(v_text, '\n SET enable_(seqscan|mergejoin) TO [^\n]+', '', 'g');
    v_text := replace(v_text, ' SET enable_hashjoin TO ', ' SET enable_nestloop TO ');
    -- A branch may publish a declared version many times: only in production does a declared version name one content
    -- for ever.
    if v_name = 'registry_check_published' then
      v_text := replace(v_text, p_schema || '.registry_revisions p', 'public.registry_revisions p');
    end if;
    execute replace(v_text, 'hashtextextended(', format('hashtextextended(%L || ', p_schema || ' '));
  end loop;
end
$$;
revoke all on function public.registry_preview_make_functions(text) from public, anon, authenticated, service_role;

-- All previews, each with the number of definitions that differ from production.
create function public.registry_preview_list()
returns jsonb
language plpgsql
security definer
set search_path = ''
-- the planner estimates far too many rows for the views
set jit = off
as $$
declare
  v_row public.registry_previews;
  v_schema text;
  v_list jsonb := '[]'::jsonb;
begin
  for v_row in select * from public.registry_previews order by name collate "C" loop
    v_schema := public.registry_preview_schema(v_row.name);
    perform pg_advisory_xact_lock_shared(hashtextextended(v_schema, 6));
    -- the preview may have been taken down while this call waited
    if to_regnamespace(v_schema) is not null then
      v_list := v_list || (public.registry_preview_json(v_row)
        || jsonb_build_object('changes', jsonb_array_length(public.registry_preview_compare(v_schema))));
    end if;
  end loop;
  return v_list;
end
$$;
revoke all on function public.registry_preview_list() from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_list() to service_role;

-- The changes that a merge of a preview's branch would make, if production does not change.
create function public.registry_preview_changes(p_env text)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- the planner estimates far too many rows for the views
set jit = off
as $$
begin
  return public.registry_preview_compare(public.registry_preview_enter(p_env));
end
$$;
revoke all on function public.registry_preview_changes(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_changes(text) to service_role;

-- The definitions of a preview whose newest or live revision differs from production's. A tombstone of a definition
-- that production does not have is not a difference.
create function public.registry_preview_compare(p_schema text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_changes jsonb;
begin
  execute format($sql$
    select coalesce(jsonb_agg(jsonb_build_object(
        'kind', kind, 'id', id, 'preview', own.face, 'production', production.face)
      order by kind collate "C", id collate "C"), '[]')
    from (select o.kind, o.id, %2$s from %1$I.own_heads o) as own
    left join lateral (
      select %2$s from public.registry_heads o where o.kind = own.kind and o.id = own.id
    ) as production on true
    where own.what is distinct from production.what
      and not (own.what = '["removed"]' and production.what is null)
    $sql$, p_schema, $face$
      jsonb_build_object('version', o.latest_version, 'digest', o.latest_digest,
        'state', case when o.draft_version is null then o.state else 'draft' end) as face,
      case when o.state = 'removed' and o.draft_version is null then '["removed"]'::jsonb
        else jsonb_build_array(o.state, o.latest_digest, o.draft_version is null,
          case when o.version is not null then o.digest end) end as what
    $face$) into v_changes;
  return v_changes;
end
$$;
revoke all on function public.registry_preview_compare(text) from public, anon, authenticated, service_role;

-- Calls a reading function in a preview, for publishers.
create function public.registry_preview_read(p_env text, p_function text, p_args jsonb)
returns jsonb
language sql
security definer
set search_path = ''
-- the planner estimates far too many rows for the views
set jit = off
as $$
  select public.registry_preview_call(p_env, 'read', p_function, p_args)
$$;
revoke all on function public.registry_preview_read(text, text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_read(text, text, jsonb) to authenticated, service_role;

-- Calls a writing function in a preview: the preview's own copy, which writes the preview's own tables.
create function public.registry_preview_write(p_env text, p_function text, p_args jsonb)
returns jsonb
language sql
security definer
set search_path = ''
-- the planner estimates far too many rows for the views
set jit = off
as $$
  select public.registry_preview_call(p_env, 'write', p_function, p_args)
$$;
revoke all on function public.registry_preview_write(text, text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_write(text, text, jsonb) to service_role;

-- Calls a function of a preview. The statement contains only function names that registry_preview_entries lists; names
-- and types of the arguments come from the function itself.
create function public.registry_preview_call(p_env text, p_mode text, p_function text, p_args jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_schema text := public.registry_preview_enter(p_env);
  v_values text;
  v_columns text;
  v_result jsonb;
begin
  if (public.registry_preview_entries() -> p_mode ? p_function) is not true then
    perform public.registry_refuse(404, 'NOT_FOUND',
      format('a preview has no %s function %s', p_mode, left(p_function, 60)),
      'call a function that registry_preview_entries lists', jsonb_build_object('preview', p_env));
  end if;
  select string_agg(format('%1$I => a.%1$I', a.name), ', '),
      string_agg(format('%I %s', a.name, format_type(a.type, null)), ', ')
    into v_values, v_columns
    from pg_proc p
    cross join lateral unnest(p.proargnames, p.proargtypes::oid[]) as a(name, type)
    where p.pronamespace = v_schema::regnamespace and p.proname = p_function and p_args ? a.name;
  execute format('select to_jsonb(%I.%I(%s)) %s', v_schema, p_function, v_values,
    'from jsonb_to_record($1) as a(' || v_columns || ')') into v_result using p_args;
  return v_result;
end
$$;
revoke all on function public.registry_preview_call(text, text, text, jsonb)
  from public, anon, authenticated, service_role;

-- The heads of some kinds for a CI job that may write previews and nothing else: the columns that a plan compares for all
-- heads, and metadata, references and holds for the heads alone that every reader sees.
create function public.registry_plan_heads_json(p_kinds jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(
      case when head ->> 'state' in ('active', 'deprecated') and head -> 'version' <> 'null' then head
        else head || jsonb_build_object('hold', jsonb_build_array(), 'references', jsonb_build_array(),
          'metadata', jsonb_build_object('name', head ->> 'id', 'summary', '',
            'status', case head ->> 'state' when 'removed' then 'disabled' else head ->> 'state' end,
            'tags', jsonb_build_array(), 'provides', jsonb_build_array(), 'facts', jsonb_build_object()))
      end order by place), '[]')
  from jsonb_array_elements(public.registry_heads_json(p_kinds)::jsonb) with ordinality as heads(head, place)
$$;
revoke all on function public.registry_plan_heads_json(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_plan_heads_json(jsonb) to service_role;

reset check_function_bodies;

create trigger count_inserts after insert on public.registry_heads
  referencing new table as inserted
  for each statement execute function public.registry_count_heads();
create trigger count_updates after update on public.registry_heads
  referencing old table as deleted new table as inserted
  for each statement execute function public.registry_count_heads();
create trigger count_deletes after delete on public.registry_heads
  referencing old table as deleted
  for each statement execute function public.registry_count_heads();
create trigger count_inserts after insert on public.agent_registry
  referencing new table as inserted
  for each statement execute function public.registry_count_heads();
create trigger count_updates after update on public.agent_registry
  referencing old table as deleted new table as inserted
  for each statement execute function public.registry_count_heads();
create trigger count_deletes after delete on public.agent_registry
  referencing old table as deleted
  for each statement execute function public.registry_count_heads();
create trigger count_inserts after insert on public.template_registry
  referencing new table as inserted
  for each statement execute function public.registry_count_heads();
create trigger count_updates after update on public.template_registry
  referencing old table as deleted new table as inserted
  for each statement execute function public.registry_count_heads();
create trigger count_deletes after delete on public.template_registry
  referencing old table as deleted
  for each statement execute function public.registry_count_heads();
create trigger append_only before delete or truncate on public.registry_revisions
  for each statement execute function public.registry_refuse_change();
create trigger append_only_rows before update on public.registry_revisions
  for each row execute function public.registry_refuse_rewrite();
create trigger append_only before update or delete or truncate on public.registry_releases
  for each statement execute function public.registry_refuse_change();
create trigger tell_events after insert on public.registry_events
  referencing new table as inserted
  for each statement execute function public.registry_tell_events();
create trigger append_only before delete or truncate on public.template_instantiations
  for each statement execute function public.registry_refuse_change();
create trigger append_only_rows before update on public.template_instantiations
  for each row execute function public.registry_refuse_rewrite();

-- The counter is public: readers compare one number and keep their copies while it is unchanged.
create policy everyone_reads on public.registry_counter for select to anon, authenticated using (true);
create policy everyone_reads on public.registry_kinds for select to anon, authenticated using (true);
create policy live_is_public on public.registry_heads
  for select to anon using (state in ('active', 'deprecated') and version is not null);
create policy signed_in_read on public.registry_heads
  for select to authenticated using (
    (select public.registry_is_publisher()) or (state in ('active', 'deprecated') and version is not null));
create policy live_is_public on public.agent_registry
  for select to anon using (state in ('active', 'deprecated') and version is not null);
create policy signed_in_read on public.agent_registry
  for select to authenticated using (
    (select public.registry_is_publisher()) or (state in ('active', 'deprecated') and version is not null));
create policy live_is_public on public.template_registry
  for select to anon using (state in ('active', 'deprecated') and version is not null);
create policy signed_in_read on public.template_registry
  for select to authenticated using (
    (select public.registry_is_publisher()) or (state in ('active', 'deprecated') and version is not null));
create policy live_is_public on public.registry_head_counts
  for select to anon using (state in ('active', 'deprecated') and live);
create policy signed_in_read on public.registry_head_counts
  for select to authenticated using (
    (select public.registry_is_publisher()) or (state in ('active', 'deprecated') and live));
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
create policy publishers_read on public.registry_releases
  for select to authenticated using ((select public.registry_is_publisher()));
create policy publishers_read on public.registry_policies
  for select to authenticated using ((select public.registry_is_publisher()));
-- Publishers read bundles with their own token; only the service role, which bypasses row security, writes bundles.
-- Supabase owns the table and has enabled row security: a migration may add policies alone.
drop policy if exists registry_publishers_read on storage.objects;
create policy registry_publishers_read on storage.objects
  for select to authenticated using (bucket_id = 'registry' and (select public.registry_is_publisher()));
create policy public_events on public.registry_events
  for select to anon using (audience = 'public');
create policy signed_in_read on public.registry_events
  for select to authenticated using ((select public.registry_is_publisher()) or (audience = 'public'));
create policy publishers_read on public.registry_validation_reports
  for select to authenticated using ((select public.registry_is_publisher()));
create policy publishers_read on public.template_instantiations
  for select to authenticated using ((select public.registry_is_publisher()));

insert into public.registry_counter default values;
-- The bucket of the bundles. It is private, so that drafts and disabled definitions are not public, and accepts gzip
-- alone, so that it never serves a page to a browser.
insert into storage.buckets (id, name, public, allowed_mime_types)
values ('registry', 'registry', false, array['application/gzip'])
on conflict (id) do update set allowed_mime_types = excluded.allowed_mime_types;

-- Supabase Realtime streams the feed (postgres_changes) with each subscriber's own rights, from this publication.
do $$
begin
  if not exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
  if not exists (
    select from pg_catalog.pg_publication_tables
    where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = 'registry_events'
  ) then
    alter publication supabase_realtime add table public.registry_events;
  end if;
exception when insufficient_privilege then
  -- a server without Supabase Realtime does not need the publication, and its user need not own the database
  raise notice 'registry_events was not added to the publication supabase_realtime: %', sqlerrm;
end
$$;

do $$
begin
  perform public.registry_allow_listening();
end
$$;

-- Makes preview_<table>(p_env, p_kind, p_id) for each table: the rows of the table in a preview, which PostgREST
-- filters, orders and selects from like the table. Kind and id are an early filter.
do $do$
declare
  v_table record;
begin
  for v_table in
    select c.relname as name, string_agg(format(' and ($%1$s is null or %2$I = $%1$s)', wanted.place, wanted.name), '' order by wanted.place)
        filter (where wanted.place is not null) as filter
    from pg_class c
    left join pg_attribute a on a.attrelid = c.oid and a.attname in ('kind', 'id') and not a.attisdropped
    left join (values ('kind', 1), ('id', 2)) as wanted(name, place) on wanted.name = a.attname
    where c.relnamespace = 'public'::regnamespace and c.relname in (
      'registry_heads', 'agent_registry', 'template_registry', 'registry_revisions', 'registry_releases',
      'registry_counter', 'registry_events', 'registry_validation_reports', 'template_instantiations')
    group by c.relname
  loop
    execute format($sql$ create function public.preview_%1$s(
  p_env text, p_kind text default null, p_id text default null)
returns setof public.%1$s
language plpgsql
security definer
set search_path = ''
set jit = off
as $$
declare
  v_schema text := public.registry_preview_enter(p_env);
begin
  return query execute format('select * from %%I.%1$s where true%2$s', v_schema) using p_kind, p_id;
exception when datatype_mismatch then
  perform public.registry_refuse(409, 'CONFLICT', format('the preview %%s was made before a migration', p_env),
    format('recreate the preview: nofx preview up %%s', p_env), jsonb_build_object('preview', p_env));
end
$$;
revoke all on function public.preview_%1$s(text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.preview_%1$s(text, text, text) to authenticated, service_role;
$sql$, v_table.name, v_table.filter);
  end loop;
end
$do$;

-- Makes plan_registry_heads and plan_registry_revisions: the rows for a CI job that may write previews and nothing
-- else, which PostgREST filters like the tables. They are the rows that every reader sees and, in a preview, its own
-- rows. Actor and reason of a publish to production are left out.
do $do$
declare
  v_table record;
begin
  for v_table in
    select c.relname as name,
      string_agg(case a.attname
        when 'actor' then $$case when %1$s then r.actor else 'a publisher' end$$
        when 'reason' then 'case when %1$s then r.reason end'
        when 'commit_ref' then 'case when %1$s then r.commit_ref end'
        else format('r.%I', a.attname)
      end, ', ' order by a.attnum) as columns,
      case c.relname when 'registry_heads' then 'own_heads' else 'own_revisions' end as own,
      case c.relname when 'registry_heads' then '' else 'and o.version = r.version' end as same,
      case c.relname when 'registry_heads' then '' else 'and r.version <= h.version' end as shown
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.oid in ('public.registry_heads'::regclass, 'public.registry_revisions'::regclass)
    group by c.relname
  loop
    execute format($sql$ create function public.plan_%1$s(
  p_env text default null, p_kind text default null, p_id text default null)
returns setof public.%1$s
language plpgsql
security definer
set search_path = ''
set jit = off
as $f$
declare
  v_schema text := case when p_env is null then 'public' else public.registry_preview_enter(p_env) end;
  v_own text := case when p_env is null then 'false' else format(
    'exists (select from %%I.%2$s o where o.kind = r.kind and o.id = r.id %3$s)', v_schema) end;
begin
  return query execute format(
    'select ' || %5$L || ' from %%2$I.%1$s r where ($1 is null or r.kind = $1) and ($2 is null or r.id = $2)
      and (%%1$s or (r.state in (''active'', ''deprecated'') and exists (
        select from public.registry_heads h
        where h.kind = r.kind and h.id = r.id and h.state in (''active'', ''deprecated'') and h.version is not null
          %4$s)))',
    v_own, v_schema) using p_kind, p_id;
exception when datatype_mismatch then
  perform public.registry_refuse(409, 'CONFLICT', format('the preview %%s was made before a migration', p_env),
    format('recreate the preview: nofx preview up %%s', p_env), jsonb_build_object('preview', p_env));
end
$f$;
revoke all on function public.plan_%1$s(text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.plan_%1$s(text, text, text) to service_role;
$sql$, v_table.name, v_table.own, v_table.same, v_table.shown, v_table.columns);
  end loop;
end
$do$;
