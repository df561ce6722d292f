// Makes dist/lite/prepared.bin: the database of an embedded cloud after its first open. A first open that finds this file
// writes it to the disk, instead of running initdb, the schemas of @supabase/lite and all migrations.
// src/cloud/embedded/database/prepared-folder.ts reads it.
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { PGlite } from '@electric-sql/pglite'
import { build } from 'esbuild'
import { listFiles } from '../list-files.mjs'

const CACHE = 'node_modules/.cache/nofx'
/** What a start removes, or makes again. */
const PASSING = /(?:^postmaster\.(?:pid|opts)|^pg_stat\/.*|\/pg_internal\.init)$/

// Making it takes seconds; a build after other changes takes the file of the one before.
const kept = join(CACHE, `prepared-${inputs()}`)
if (!existsSync(kept)) await make(kept)
copyFileSync(kept, 'dist/lite/prepared.bin')
// PGlite sets the status of its process.
process.exitCode = 0

async function make(file) {
  mkdirSync(CACHE, { recursive: true })
  const { createSchemaCache, openCloud, preparedHeader } = await loadSources()
  const root = mkdtempSync(join(CACHE, 'making-'))
  try {
    const cloud = await openCloud({ root })
    // lite reads the schema for its first answer, and keeps what it read.
    await cloud.client.from('registry_heads').select('id').limit(1).throwOnError()
    await cloud.close()
    await compact(join(root, '.nofx/db'))
    const introspection = await createSchemaCache(join(root, '.nofx/schema-cache.json')).get()
    const compressed = compress(pack(join(root, '.nofx/db'), introspection))
    writeFileSync(
      join(root, 'prepared'),
      Buffer.concat([Buffer.from(`${preparedHeader(compressed)}\n`), compressed]),
    )
    renameSync(join(root, 'prepared'), file)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** The parts of the product that open the cloud, on the embedded cloud as it was just built. */
async function loadSources() {
  const folder = mkdtempSync(join(CACHE, 'sources-'))
  const outfile = join(folder, 'sources.mjs')
  const lite = { '@supabase/lite': 'index', '@supabase/lite/postgres': 'postgres', kysely: 'kysely' }
  await build({
    stdin: {
      resolveDir: process.cwd(),
      contents: [
        "export { openCloud } from './src/cloud/embedded/open-cloud.ts'",
        "export { preparedHeader } from './src/cloud/embedded/database/prepared-folder.ts'",
        "export { createSchemaCache } from './src/cloud/embedded/database/schema-cache.ts'",
      ].join('\n'),
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    alias: Object.fromEntries(
      Object.entries(lite).map(([name, file]) => [name, resolve(`dist/lite/${file}.mjs`)]),
    ),
    external: [resolve('dist/lite/*')],
    logLevel: 'error',
  })
  try {
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Changes with everything that the database is made of. */
function inputs() {
  const hash = createHash('sha256')
  const files = ['supabase/migrations', 'src/cloud/embedded'].flatMap(listFiles).sort()
  for (const path of ['package-lock.json', 'scripts/bundle/prepared.mjs', ...files])
    hash.update(path).update(readFileSync(path))
  return hash.digest('hex').slice(0, 16)
}

/** Leaves in the database what the embedded cloud reads, without the templates of databases that it never creates. */
async function compact(folder) {
  const db = new PGlite(folder)
  for (const name of ['template0', 'template1']) {
    await db.exec(`alter database ${name} is_template false`)
    await db.exec(`drop database ${name}`)
  }
  for (const step of ['vacuum full', 'vacuum freeze', 'checkpoint', 'select pg_switch_wal()', 'checkpoint'])
    await db.exec(step)
  await db.close()
}

/** The content that `placePrepared` reads. */
function pack(folder, introspection) {
  const text = Buffer.from(introspection)
  const log = logSegment(folder)
  const isWanted = (path) =>
    !PASSING.test(path) && (!/^pg_wal\/[0-9A-F]{24}$/.test(path) || path === log.path)
  const paths = (all) => all.map((path) => relative(folder, path).replaceAll('\\', '/')).sort()
  const files = paths(listFiles(folder)).filter(isWanted)
  const contents = files.map((path) => {
    const all = readFileSync(join(folder, path))
    const end = path === log.path ? log.end : all.length
    return { path, size: all.length, bytes: all.subarray(0, endOfContent(all, end)) }
  })
  const list = {
    introspection: text.length,
    folders: paths(listFolders(folder)),
    files: contents.map(({ path, size, bytes }) => ({ path, bytes: bytes.length, size })),
  }
  return Buffer.concat([
    Buffer.from(`${JSON.stringify(list)}\n`),
    text,
    ...contents.map(({ bytes }) => bytes),
  ])
}

/** The folders below a folder, each after the one that it is in. */
function listFolders(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [join(folder, name), ...listFolders(join(folder, name))])
}

/**
 * The one segment of PostgreSQL's log that a start reads, and where in it the end is: behind the checkpoint that
 * pg_control names. What follows is an older segment's, which PostgreSQL does not read.
 */
function logSegment(folder) {
  const segmentSize = 16 * 1024 * 1024
  const pageSize = 8192
  const longestRecord = 256
  const checkpoint = readFileSync(join(folder, 'global/pg_control')).readBigUInt64LE(32)
  const segment = checkpoint / BigInt(segmentSize)
  const name = ['00000001', hex(segment / 256n), hex(segment % 256n)].join('')
  const offset = Number(checkpoint % BigInt(segmentSize))
  return { path: `pg_wal/${name}`, end: Math.ceil((offset + longestRecord) / pageSize) * pageSize }
}

function hex(number) {
  return number.toString(16).toUpperCase().padStart(8, '0')
}

function endOfContent(bytes, end) {
  let at = end
  while (at > 0 && bytes[at - 1] === 0) at--
  return at
}

/** A higher quality costs the build ten seconds, and saves a tenth of the bytes. */
function compress(content) {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants
  return brotliCompressSync(content, {
    params: { [BROTLI_PARAM_QUALITY]: 7, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: content.length },
  })
}
