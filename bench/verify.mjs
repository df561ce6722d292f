import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadSource } from './load-source.mjs'
import { runOnce } from './measure.mjs'
import { startDev } from './start-dev.mjs'

const DEFINITIONS = Number(process.env.NOFX_BENCH_DEFINITIONS ?? 10_000)
const VERSIONS = Number(process.env.NOFX_BENCH_VERSIONS ?? 20)
/** Revisions in one statement. */
const PART = 1_000
const STARTED = Date.parse('2026-01-01T00:00:00Z')

const REVISIONS = `insert into public.registry_revisions (kind, id, version, digest, prompt_hash, state, declared_version,
    manifest, texts, files, refs, metadata, bundle_path, bundle_size, bundle_sha256, commit_sha, commit_rank, dirty, origin,
    actor, release_id, created_at)
  select 'agents', i.id, i.version, i.digest, i.prompt_hash, 'active', i.declared_version, i.manifest, i.texts, i.files,
    i.refs, i.metadata, i.path, i.size, i.digest, repeat('a', 40), 1, false, 'publish', 'bench', 'bench', i.at
  from jsonb_to_recordset($1) as i(id text, version integer, digest text, prompt_hash text, declared_version text,
    manifest jsonb, texts jsonb, files jsonb, refs jsonb, metadata jsonb, path text, size bigint, at timestamptz)`

/** Bytes of the recorded size: what is compared without `--deep`. */
const BYTES = `insert into nofx_storage.bytes (bucket, key, etag, body)
  select 'registry', i.path, i.digest, decode(repeat('00', i.size), 'hex')
  from jsonb_to_recordset($1) as i(path text, digest text, size integer)`
const OBJECTS = `insert into storage.objects (bucket_id, name, metadata)
  select 'registry', i.path, jsonb_build_object('size', i.size, 'eTag', i.digest, 'mimetype', 'application/gzip')
  from jsonb_to_recordset($1) as i(path text, digest text, size integer)`

const HEADS = `insert into public.agent_registry (kind, id, state, version, latest_version, digest, metadata, refs,
    prompt_hash, latest_digest, commit_sha, commit_rank, updated_at)
  select kind, id, state, version, version, digest, metadata, refs, prompt_hash, digest, commit_sha, commit_rank, created_at
  from public.registry_revisions where version = $1`

/**
 * `nofx registry verify` of a registry whose rows and objects were written by SQL: publishing them takes hours. In this
 * process, and over HTTP as for a hosted project.
 */
export async function measure({ bin }) {
  const { openedDatabase } = await loadSource('test/harness/cloud-database.ts')
  const makeRow = await rowMaker()
  const database = await openedDatabase()
  const cwd = mkdtempSync(join(tmpdir(), 'nofx-bench-verify-'))
  try {
    for (let at = 0; at < DEFINITIONS * VERSIONS; at += PART) {
      const count = Math.min(PART, DEFINITIONS * VERSIONS - at)
      const rows = Array.from({ length: count }, (_, nth) => makeRow(at + nth))
      for (const statement of [REVISIONS, BYTES, OBJECTS]) await database.query(statement, [rows])
    }
    await database.query(HEADS, [VERSIONS])
    await database.query('analyze')
    const bundles = DEFINITIONS * VERSIONS
    const verify = (where, env) => {
      const run = runOnce({ args: [bin, 'registry', 'verify', 'agents'], cwd, env })
      const what = `nofx registry verify ${where}, ${bundles} bundles of ${DEFINITIONS} definitions`
      return { what, measured: `${(bundles / run.seconds).toFixed(0)} a second`, goal: '', ...run }
    }
    const inside = verify('in the process', { NOFX_DATABASE_URL: database.url })
    const dev = await startDev(bin, cwd, database.url)
    try {
      const env = { SUPABASE_URL: dev.url, SUPABASE_SECRET_KEY: dev.keys.secret }
      return [inside, verify('over HTTP', env)]
    } finally {
      await dev.stop()
    }
  } finally {
    await database.drop()
    rmSync(cwd, { recursive: true, force: true })
  }
}

/** Gives the row of a revision by its place, as a publish would have written it. */
async function rowMaker() {
  const { agents } = await loadSource('src/plugins/agents/kind.ts')
  const { digestOf, sha256 } = await loadSource('src/contract/digest.ts')
  const { derivedColumns } = await loadSource('src/contract/protocol/derived-columns.ts')
  return (place) => {
    const id = `bench-agent-${String(place % DEFINITIONS).padStart(5, '0')}`
    const version = 1 + Math.floor(place / DEFINITIONS)
    const texts = textsOf(id, version)
    const files = Object.entries(texts).map(([path, text]) => ({
      path,
      size: Buffer.byteLength(text),
      sha256: sha256(text),
    }))
    const digest = digestOf('agents', id, files)
    const definition = {
      kind: 'agents',
      id,
      manifestPath: 'agent.json',
      manifest: agents.schema.parse(agents.normalize(JSON.parse(texts['agent.json'])).manifest),
      texts: new Map(Object.entries(texts)),
      files,
    }
    const at = new Date(STARTED + place * 1_000).toISOString()
    const bundle = { path: `agents/${id}/${digest}.tar.gz`, size: 600 }
    return { id, version, digest, texts, files, at, ...bundle, ...derivedColumns(agents, definition, files) }
  }
}

function textsOf(id, version) {
  const manifest = {
    agentId: id,
    name: 'Bench',
    description: 'An agent of a large registry.',
    owner: '@acme/platform',
    skills: [{ id: 'review', name: 'Review', description: 'Reviews a change.' }],
    prompts: { system: 'prompts/system.md' },
  }
  return {
    'agent.json': JSON.stringify(manifest),
    'prompts/system.md': `You are version ${version} of ${id}.\n`,
  }
}
