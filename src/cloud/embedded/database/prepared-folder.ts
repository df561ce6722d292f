import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import * as z from 'zod'
import { sha256 } from '../../../contract/digest.ts'
import type { DataFolder } from './data-folder.ts'
import { findPackage, listMigrations } from './migrations.ts'

/** The prepared database in this copy of NOFX, which the build makes (scripts/bundle/prepared.mjs). */
const PREPARED_FILE = join('dist', 'lite', 'prepared.bin')

/** Changes with the meaning of the file. */
const FORMAT = 'nofx-prepared-1'

/**
 * What the content begins with, in one line. `bytes` of a file follow it in this order; the rest of `size` is zeros,
 * which most of PostgreSQL's log is.
 */
const listShape = z.strictObject({
  /** Length of lite's introspection of the schema, which comes first. */
  introspection: z.int().min(0),
  folders: z.array(z.string()),
  files: z.array(z.strictObject({ path: z.string(), bytes: z.int().min(0), size: z.int().min(0) })),
})

/**
 * The first line of the file. A prepared database fits one version of PGlite and of the migrations, and is ignored by
 * every other.
 */
export function preparedHeader(compressed: Uint8Array): string {
  return [FORMAT, preparedKey(), sha256(compressed)].join(' ')
}

function preparedKey(): string {
  const hash = createHash('sha256').update(pgliteVersion())
  for (const { path } of listMigrations()) hash.update(readFileSync(path))
  return hash.digest('hex')
}

function pgliteVersion(): string {
  const main = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  return z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(main, '../../package.json'), 'utf8'))).version
}

/**
 * Fills `folder.partial` with the prepared database: that of a first open after initdb and all migrations, without
 * anything that two registries must not share.
 * @returns lite's introspection of its schema; undefined, and nothing is written, where this copy of NOFX has no such
 * database: a checkout without a build, other migrations than at the build, another PGlite, or a damaged file
 */
export function placePrepared(
  folder: Pick<DataFolder, 'partial'>,
  file = join(findPackage(), PREPARED_FILE),
): string | undefined {
  const content = readPrepared(file)
  if (!content) return undefined
  const listEnd = content.indexOf('\n')
  const { introspection, folders, files } = listShape.parse(JSON.parse(content.toString('utf8', 0, listEnd)))
  let at = listEnd + 1
  const next = (length: number): Buffer => {
    at += length
    return content.subarray(at - length, at)
  }
  const text = next(introspection).toString('utf8')
  try {
    for (const path of ['', ...folders]) mkdirSync(join(folder.partial, path), { mode: 0o700 })
    for (const { path, bytes, size } of files) writeWhole(join(folder.partial, path), next(bytes), size)
  } catch (error) {
    // A full disk gets back what this took.
    rmSync(folder.partial, { recursive: true, force: true })
    throw error
  }
  return text
}

/** The content of the file; undefined if it is missing, damaged or does not fit. */
function readPrepared(file: string): Buffer | undefined {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch {
    return undefined
  }
  const headerEnd = bytes.indexOf('\n')
  const compressed = bytes.subarray(headerEnd + 1)
  if (bytes.toString('utf8', 0, headerEnd) !== preparedHeader(compressed)) return undefined
  return brotliDecompressSync(compressed)
}

/** Zeros are written like other bytes: PostgreSQL takes the room in its log for reserved. */
function writeWhole(path: string, bytes: Uint8Array, size: number): void {
  const zeros = Buffer.alloc(size - bytes.length)
  writeFileSync(path, zeros.length > 0 ? Buffer.concat([bytes, zeros]) : bytes, { flag: 'wx', mode: 0o600 })
}
