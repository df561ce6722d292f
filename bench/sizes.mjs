import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadSource } from './load-source.mjs'
import { startDev } from './start-dev.mjs'

const OBJECTS = Number(process.env.NOFX_BENCH_OBJECTS ?? 200_000)
/** Objects of 10,000 definitions, with their bytes. */
const PUT = `with o as (
    select 'agents/a-' || at % 10000 || '/' || encode(sha256(at::text::bytea), 'hex') || '.tar.gz' as name
    from generate_series(1, $1::int) as at), row as (
    insert into storage.objects (bucket_id, name, metadata)
    select 'registry', name, jsonb_build_object('size', 600, 'eTag', name) from o)
  insert into nofx_storage.bytes (bucket, key, etag, body)
  select 'registry', name, name, decode(repeat('00', 600), 'hex') from o`

/** The sizes of many bundles over HTTP, without the rows that `verify` compares. */
export async function measure({ bin }) {
  const { openedDatabase } = await loadSource('test/harness/cloud-database.ts')
  const { openHosted } = await loadSource('src/cloud/hosted/open-hosted.ts')
  const database = await openedDatabase()
  const cwd = mkdtempSync(join(tmpdir(), 'nofx-bench-sizes-'))
  try {
    await database.query(PUT, [OBJECTS])
    await database.query('analyze')
    const rows = await database.query('select name from storage.objects')
    const dev = await startDev(bin, cwd, database.url)
    try {
      const { fetch } = globalThis
      let requests = 0
      globalThis.fetch = (...given) => {
        requests++
        return fetch(...given)
      }
      const registry = openHosted({ url: dev.url, secretKey: dev.keys.secret })
      const started = performance.now()
      const { sizes, listed } = await registry.readSizes(rows.map(({ name }) => name))
      const seconds = (performance.now() - started) / 1000
      globalThis.fetch = fetch
      if (sizes.size !== OBJECTS) throw new Error(`${sizes.size} of ${OBJECTS} sizes`)
      const measured = `${requests} requests, ${listed} sizes from the list`
      return [{ what: `sizes of ${OBJECTS} bundles over HTTP`, measured, goal: '', seconds }]
    } finally {
      await dev.stop()
    }
  } finally {
    await database.drop()
    rmSync(cwd, { recursive: true, force: true })
  }
}
