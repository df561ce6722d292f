/** Anything that answers SQL: a test database, a connection of a CLI test, a wrapped PGlite. */
export interface Queryable {
  query(sql: string): Promise<Record<string, unknown>[]>
}

/** Asks the real storage, if it is more than a table. */
export interface StorageCheck {
  has(path: string, size: number): Promise<boolean>
}

/** Maximum number of rows that are named for one violation. */
const NAMED = 20

/** Each query returns a row `what` for every violation. The numbers are those of the guarantees. */
const CHECKS: readonly (readonly [invariant: string, sql: string])[] = [
  [
    'I1 versions are 1..n without gaps',
    `select kind || '/' || id || ' has versions ' || string_agg(version::text, ',' order by version) as what
     from public.registry_revisions group by kind, id
     having min(version) <> 1 or max(version) <> count(*) or count(distinct version) <> count(*)`,
  ],
  [
    'I2 every definition has one head, and every head a definition',
    `select coalesce(h.kind || '/' || h.id, r.kind || '/' || r.id)
       || case when h.kind is null then ' has no head' when r.kind is null then ' has no revision' else ' has two heads' end as what
     from (select kind, id, count(*) as n from public.registry_heads group by 1, 2) h
     full join (select distinct kind, id from public.registry_revisions) r on r.kind = h.kind and r.id = h.id
     where h.kind is null or r.kind is null or h.n > 1`,
  ],
  [
    'I2 the head is what its revisions say',
    `select h.kind || '/' || h.id || ' is ' || h.state || ', live ' || coalesce(h.version::text, '-') || ', draft '
       || coalesce(h.draft_version::text, '-') || ', newest ' || h.latest_version as what
     from public.registry_heads h
     join (select kind, id, max(version) as version from public.registry_revisions group by 1, 2) n
       on n.kind = h.kind and n.id = h.id
     left join public.registry_revisions newest
       on newest.kind = h.kind and newest.id = h.id and newest.version = n.version
     left join public.registry_revisions live on live.kind = h.kind and live.id = h.id and live.version = h.version
     left join lateral (
       select r.version, r.state from public.registry_revisions r
       where r.kind = h.kind and r.id = h.id and r.state <> 'draft' order by r.version desc limit 1
     ) settled on true
     where h.latest_version <> n.version
       or h.git_tree is distinct from newest.git_tree
       or h.latest_digest <> newest.digest or h.commit_sha <> newest.commit_sha or h.commit_rank <> newest.commit_rank
       or h.draft_version is distinct from case when newest.state = 'draft' then newest.version end
       or h.version is distinct from case when settled.state <> 'removed' then settled.version end
       or (h.version is not null and (live.version is null or h.digest <> live.digest or h.state <> live.state
         or h.metadata <> live.metadata or h.refs <> live.refs or h.prompt_hash <> live.prompt_hash))
       or (h.version is null and h.state <> newest.state)`,
  ],
  [
    'I2 the numbers of definitions are those of the heads',
    `select concat(kind, ' ', state, ' live ', live, ': ', c.amount, ' counted, ', h.amount, ' there') as what
     from public.registry_head_counts c
     full join (
       select kind, state, version is not null as live, count(*) as amount from public.registry_heads group by 1, 2, 3
     ) h using (kind, state, live)
     where coalesce(c.amount, 0) <> coalesce(h.amount, 0)`,
  ],
  [
    'I3 the kinds of a release are those that it moved',
    `select coalesce(k.kind, m.kind) || ' and release ' || coalesce(k.seq, m.seq) as what
     from public.registry_release_kinds k
     full join (
       select distinct o.kind, r.seq from public.registry_releases r
       cross join lateral jsonb_to_recordset(r.response -> 'outcomes') as o(kind text, outcome text)
       where o.outcome not in ('unchanged', 'stale', 'held')
     ) m on m.kind = k.kind and m.seq = k.seq
     where k.seq is null or m.seq is null`,
  ],
  [
    'I2 the operator’s switch is what its revisions say',
    `select h.kind || '/' || h.id || ' is ' || h.state || ', its switch is ' || coalesce(h.disabled::text, 'not set') as what
     from public.registry_heads h
     left join lateral (
       select r.origin from public.registry_revisions r
       where r.kind = h.kind and r.id = h.id and r.origin in ('disable', 'enable') order by r.version desc limit 1
     ) last on true
     where (h.disabled is not null) <> (last.origin is not distinct from 'disable')
       or (h.disabled is not null and h.state in ('active', 'deprecated'))`,
  ],
  [
    'I3 a release is whole or absent',
    `with moved as (
       select r.id as release_id, o.kind, o.id, o.version
       from public.registry_releases r
       cross join lateral jsonb_to_recordset(r.response -> 'outcomes')
         as o(kind text, id text, outcome text, version integer)
       where o.outcome in ('added', 'updated', 'removed', 'restored', 'rolled-back', 'promoted', 'rebased',
         'disabled', 'enabled')
     )
     select coalesce(m.kind, r.kind) || '/' || coalesce(m.id, r.id) || ' version ' || coalesce(m.version, r.version)
       || case when m.id is null then ' is in no answer of release ' else ' is missing from release ' end
       || coalesce(m.release_id, r.release_id) as what
     from moved m
     full join public.registry_revisions r
       on r.release_id = m.release_id and r.kind = m.kind and r.id = m.id and r.version = m.version
     where m.id is null or r.id is null`,
  ],
  [
    'I3 every revision has its event, and every event of a release its revision',
    `select coalesce(e.kind, r.kind) || '/' || coalesce(e.id, r.id) || ' version ' || coalesce(e.version, r.version)
       || case when e.seq is null then ' has no event' else ' has an event and no revision' end as what
     from (select * from public.registry_events where release_id is not null and type not like '%.withdrawn') e
     full join public.registry_revisions r
       on r.release_id = e.release_id and r.kind = e.kind and r.id = e.id and r.version = e.version
     where r.version is null or (e.seq is null
       -- unless its events are no longer kept, or not all of them
       and r.release_id not in (
         select id from public.registry_releases where seq <= (select floor from public.registry_counter))
       and r.release_id is distinct from (
         select release_id from public.registry_events
         where seq > 1 and seq = 1 + (select floor from public.registry_counter)))`,
  ],
  [
    'I4 seq has no gaps',
    `select 'events run from ' || e.first || ' to ' || e.last || ', they are ' || e.n || ', the counter is at ' || c.seq
       || ', the floor at ' || c.floor as what
     from public.registry_counter c
     cross join (select min(seq) as first, max(seq) as last, count(*) as n from public.registry_events) e
     where e.n <> c.seq - c.floor or e.first <> c.floor + 1 or e.last <> c.seq`,
  ],
  [
    'I4 seq follows commit order',
    `select 'release ' || r.id || ' ends at ' || r.seq || ', its events are ' || coalesce(e.first || '..' || e.last, 'none') as what
     from public.registry_releases r
     left join (select release_id, min(seq) as first, max(seq) as last, count(*) as n
       from public.registry_events where release_id is not null group by 1) e on e.release_id = r.id
     where r.seq > (select floor from public.registry_counter)
       and (e.last is distinct from r.seq or e.last - e.first + 1 <> e.n)
     union all
     select kind || '/' || id || ' version ' || version || ' was committed before version ' || version - 1
     from (
       select v.kind, v.id, v.version, r.seq, lag(r.seq) over (partition by v.kind, v.id order by v.version) as before
       from public.registry_revisions v join public.registry_releases r on r.id = v.release_id
     ) ordered where seq <= before`,
  ],
  [
    'I5 every referenced bundle exists with its size',
    `select r.kind || '/' || r.id || ' version ' || r.version || ' wants ' || r.bundle_path || ' of ' || r.bundle_size
       || ' bytes, storage has ' || coalesce(o.metadata ->> 'size', 'none') as what
     from public.registry_revisions r
     left join storage.objects o on o.bucket_id = 'registry' and o.name = r.bundle_path
     where r.state <> 'removed' and r.withdrawn_at is null and (o.metadata ->> 'size')::bigint is distinct from r.bundle_size`,
  ],
  [
    'I5 one content has one bundle',
    `select kind || '/' || id || ' ' || digest || ' has several bundles' as what
     from public.registry_revisions group by kind, id, digest
     having count(distinct (bundle_path, bundle_size, bundle_sha256)) > 1`,
  ],
  [
    'I6 rank never falls, but by a rollback or a rebase',
    `select kind || '/' || id || ' version ' || version || ' has rank ' || commit_rank || ' after ' || before as what
     from (
       select kind, id, version, origin, commit_rank,
         lag(commit_rank) over (partition by kind, id order by version) as before
       from public.registry_revisions
     ) ranked where commit_rank < before and origin not in ('rollback', 'rebase')`,
  ],
  [
    'I7 one effect per idempotency key',
    `select 'key ' || idempotency_key || ' has ' || count(*) || ' releases' as what
     from public.registry_releases group by principal, idempotency_key having count(*) > 1
     union all
     select 'release ' || id || ' answers with another id' from public.registry_releases
     where response ->> 'releaseId' is distinct from id or response -> 'seq' is distinct from to_jsonb(seq)`,
  ],
  [
    'I8 the public sees no draft and no disabled definition',
    `select h.kind || '/' || h.id || ' is public as ' || h.state || ' with a revision that is ' || r.state as what
     from public.registry_heads h
     join public.registry_revisions r on r.kind = h.kind and r.id = h.id and r.version = h.version
     where h.state in ('active', 'deprecated') and r.state not in ('active', 'deprecated')
     union all
     select 'event ' || e.seq || ' ' || e.type || ' tells the public of a revision that is ' || r.state
     from public.registry_events e
     join public.registry_revisions r on r.kind = e.kind and r.id = e.id and r.version = e.version
     where e.audience = 'public' and e.type not like '%.removed' and r.state not in ('active', 'deprecated')
     union all
     select 'event ' || seq || ' ' || type || ' is public' from public.registry_events
     where audience = 'public' and type like '%.validation_failed'
     union all
     select relname || ' has no row security' from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relrowsecurity
       and (relname like 'registry\\_%' or relname like '%\\_registry' or relname = 'template_instantiations')
     union all
     select n.nspname || ' is open to ' || r.rolname from pg_namespace n
     join pg_roles r on r.rolname in ('anon', 'authenticated', 'service_role')
     where n.nspname like 'preview\\_%' and has_schema_privilege(r.oid, n.oid, 'usage, create')`,
  ],
  [
    'what was withdrawn has no content, in no version, and is not live',
    `select r.kind || '/' || r.id || ' version ' || r.version || ' has content that was withdrawn' as what
     from public.registry_revisions r
     where exists (
       select from public.registry_revisions w
       where w.kind = r.kind and w.id = r.id and w.digest = r.digest and w.withdrawn_at is not null)
       and (r.withdrawn_at is null or r.texts <> '{}' or r.manifest <> '{}' or r.files <> '[]' or r.refs <> '[]')
     union all
     select h.kind || '/' || h.id || ' is live with content that was withdrawn'
     from public.registry_heads h
     join public.registry_revisions r on r.kind = h.kind and r.id = h.id and r.version = h.version
     where r.withdrawn_at is not null
     union all
     select o.name || ' is still in storage'
     from public.registry_revisions r
     join storage.objects o on o.bucket_id = 'registry' and o.name = r.bundle_path
     where r.withdrawn_at is not null`,
  ],
  [
    'every preview has its schema, and every schema its preview',
    `select coalesce(p.name || ' has no schema', n.nspname || ' has no preview') as what
     from public.registry_previews p
     full join (select nspname from pg_namespace where nspname like 'preview\\_%') n
       on n.nspname = 'preview_' || replace(p.name, '-', '_')
     where p.name is null or n.nspname is null`,
  ],
  [
    'heads of templates say what was live before',
    `select t.id || ' is live as ' || coalesce(t.version::text, '-') || ', before ' || coalesce(t.previous_version::text, '-')
       || ', advice ' || coalesce(t.rollback_advice::text, '-') as what
     from public.template_registry t
     join public.registry_revisions shown
       on shown.kind = t.kind and shown.id = t.id and shown.version = coalesce(t.version, t.latest_version)
     where t.rollback_advice is distinct from shown.manifest -> 'rollbackAdvice'
       or t.previous_version is distinct from (
         select max(r.version) from public.registry_revisions r
         where r.kind = t.kind and r.id = t.id and r.state not in ('draft', 'removed') and r.version < shown.version)`,
  ],
  [
    'plans are locked to revisions that were live',
    `select 'plan ' || p.plan_id || ' uses ' || coalesce(l.kind || '/' || l.id, '?') || ' version '
       || coalesce(l.version::text, '?') || coalesce(', which was ' || r.state, ', which does not exist with that digest') as what
     from public.template_instantiations p
     cross join lateral (
       select p.kind, p.id, p.version, p.digest
       union all
       select * from jsonb_to_recordset(p.locks) as l(kind text, id text, version integer, digest text)
     ) l
     left join public.registry_revisions r
       on r.kind = l.kind and r.id = l.id and r.version = l.version and r.digest = l.digest
     where r.state is null or r.state not in ('active', 'deprecated')`,
  ],
]

/**
 * Checks everything that the database shows of I1 to I8, of heads of templates and of plans, after any history. It
 * only reads.
 * @param storage asked for every bundle if given, because the table may list objects that the disk has lost
 * @returns a line per violation, with the rows that violate; empty if everything holds
 */
export async function checkInvariants(db: Queryable, storage?: StorageCheck): Promise<string[]> {
  const violations = await violationsOf(db, CHECKS)
  return storage ? [...violations, ...(await checkStorage(db, storage))] : violations
}

async function violationsOf(db: Queryable, checks: typeof CHECKS): Promise<string[]> {
  const violations: string[] = []
  for (const [invariant, sql] of checks) {
    const rows = await db.query(sql)
    for (const { what } of rows.slice(0, NAMED)) violations.push(`${invariant}: ${what}`)
    if (rows.length > NAMED) violations.push(`${invariant}: and ${rows.length - NAMED} more`)
  }
  return violations
}

/**
 * Checks the same for a preview as it shows its definitions; of releases and events only its own.
 * @param schema such as `preview_pr_1`
 */
export async function checkPreview(db: Queryable, schema: string): Promise<string[]> {
  const there = (sql: string) =>
    (/release_id|registry_releases/.test(sql)
      ? sql.replaceAll('public.registry_revisions', 'public.own_revisions')
      : sql
    )
      .replaceAll('public.registry_previews', 'registry_previews')
      .replaceAll('public.', `${schema}.`)
  return violationsOf(
    db,
    CHECKS.map(([invariant, sql]) => [invariant, there(sql)]),
  )
}

async function checkStorage(db: Queryable, storage: StorageCheck): Promise<string[]> {
  const bundles = await db.query(
    `select distinct bundle_path as path, bundle_size::integer as size from public.registry_revisions where state <> 'removed' and withdrawn_at is null`,
  )
  const missing: string[] = []
  for (const { path, size } of bundles)
    if (!(await storage.has(String(path), Number(size))))
      missing.push(`I5 storage holds every bundle: ${path} is not there`)
  return missing
}
