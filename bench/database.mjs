import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadSource } from './load-source.mjs'
import { median } from './measure.mjs'

const COUNT = 2_000
/** Definitions per call: as many as fit into 1 MB. */
const PART = 100
const KIND = 'agents'

const COLUMNS = `kind, id, version, digest, prompt_hash, state, manifest, texts, files, refs, metadata, bundle_path, bundle_size,
  bundle_sha256, commit_sha, commit_rank, dirty, origin, actor, release_id, created_at`

/** The minimum cost of a publish: every definition as one row with its key and its indexes, in one statement. */
const FLOOR = `
  insert into public.floor (${COLUMNS})
  select '${KIND}', i.id, 1, i.digest, i.prompt_hash, i.state, i.manifest, i.texts, i.files, i.refs, i.metadata,
    i.bundle_path, i.bundle_size, i.bundle_sha256, repeat('c', 40), 1, false, 'publish', 'bench', 'release', now()
  from jsonb_to_recordset($1) as i(id text, digest text, prompt_hash text, state text, manifest jsonb, texts jsonb,
    files jsonb, refs jsonb, metadata jsonb, bundle_path text, bundle_size bigint, bundle_sha256 text)`

/**
 * The work of a publish in the database, in all its calls, compared with one `jsonb_to_recordset` statement on the
 * same rows.
 */
export async function measure({ project }) {
  const { createDatabase } = await loadSource('test/harness/postgres.ts')
  const { contentHash } = await loadSource('src/contract/digest.ts')
  const database = await createDatabase()
  const { sql } = database
  const sources = readAgents(join(project(COUNT), 'packages/shared/agents'))
  await database.run('create table public.floor (like public.registry_revisions including indexes)')
  const ratios = []
  const times = []
  try {
    for (let run = 0; run < 8; run++) {
      const items = sources.map((source, index) => itemOf(source, `run-${run}-${index}`))
      await sql`insert into storage.objects (bucket_id, name, metadata)
        select 'registry', i.bundle_path, jsonb_build_object('size', i.bundle_size)
        from jsonb_to_recordset(${sql.json(items)}) as i(bundle_path text, bundle_size bigint)`
      const ours = await time(() => publish(sql, items, `bench-key-${run}`, contentHash))
      const floor = await time(() => sql.unsafe(FLOOR, [items]))
      if (run > 0) ratios.push(ours / floor)
      times.push(ours)
    }
  } finally {
    await database.drop()
  }
  return [
    {
      what: `database part of a publish of ${COUNT}`,
      measured: `${median(ratios).toFixed(2)} × one statement`,
      goal: '<= 1.5',
      seconds: median(times),
    },
  ]
}

async function publish(sql, items, key, contentHash) {
  let parts = 0
  for (let at = 0; at < items.length; at += PART)
    await sql`select public.registry_stage(${key}, ${KIND}, 'agent', ${parts++}, ${sql.json(items.slice(at, at + PART))})`
  const content = contentHash(items.map(({ id, digest }) => ({ kind: KIND, id, digest, expectedVersion: 0 })))
  const commit = { sha: 'c'.repeat(40), rank: 1, dirty: false }
  await sql`select public.registry_commit(${sql.json({
    action: 'commit',
    key,
    actor: 'bench',
    commit,
    parts,
    content,
    removals: [],
    unhold: false,
    force: false,
  })})`
}

function readAgents(root) {
  const read = (id, path) => readFileSync(join(root, id, path), 'utf8')
  return Array.from({ length: COUNT }, (_, index) => {
    const id = `bench-agent-${String(index).padStart(5, '0')}`
    const paths = ['agent.json', 'mcp.json', 'prompts/system.md', 'prompts/task.md']
    return Object.fromEntries(paths.map((path) => [path, read(id, path)]))
  })
}

function itemOf(texts, id) {
  const manifest = { ...JSON.parse(texts['agent.json']), agentId: id }
  const files = Object.entries(texts).map(([path, text]) => ({
    path,
    size: text.length,
    sha256: sha256(text),
  }))
  const digest = sha256(id + JSON.stringify(files))
  const { name, description, tags, skills } = manifest
  return {
    id,
    digest,
    prompt_hash: sha256(texts['prompts/system.md']),
    state: 'active',
    declared_version: null,
    manifest,
    texts,
    files,
    refs: [],
    metadata: {
      name,
      summary: description,
      status: 'active',
      tags,
      provides: skills.map((skill) => skill.id),
      facts: {},
    },
    bundle_path: `${KIND}/${id}/${digest}.tar.gz`,
    bundle_size: 3000,
    bundle_sha256: digest,
    expected_version: 0,
  }
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex')

async function time(work) {
  const started = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - started) / 1e9
}
