import { mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { sha256 } from '../../contract/digest.ts'
import { writeAtomically } from '../disk/write-atomically.ts'

/** A file whose content can be made again at any time. */
export interface CacheFile {
  path: string
  /** Everything besides the keys that the lines depend on. A file with another maker is ignored. */
  maker: string
}

/** Changes with the meaning of the lines. */
const FORMAT = 'nofx-cache-1'

/** The character between the fields of a line, which JSON text never contains. */
export const FIELD_END = '\t'

/**
 * Reads the lines of a cache by their first field, without that field. A file that is missing, damaged, incomplete or
 * of another maker has no lines.
 */
export function readCache({ path, maker }: CacheFile): Map<string, string> {
  const lines = new Map<string, string>()
  const bytes = readIfPossible(path)
  const headerEnd = bytes.indexOf('\n')
  if (headerEnd < 0) return lines
  const body = bytes.subarray(headerEnd + 1)
  if (bytes.toString('utf8', 0, headerEnd) !== header(maker, body)) return lines
  const text = body.toString('utf8')
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at)
    const keyEnd = text.indexOf(FIELD_END, at)
    lines.set(text.slice(at, keyEnd), text.slice(keyEnd + 1, end))
    at = end + 1
  }
  return lines
}

/**
 * Replaces the file. Of two processes that write at the same time, the later one wins, which loses nothing that cannot
 * be made again. A folder that cannot be written to leaves everything as it was.
 */
export function writeCache({ path, maker }: CacheFile, lines: ReadonlyMap<string, string>): void {
  const rows = Array.from(lines, ([key, rest]) => `${key}${FIELD_END}${rest}\n`)
  const body = Buffer.from(rows.join(''))
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeAtomically(path, Buffer.concat([Buffer.from(`${header(maker, body)}\n`), body]), 0o600, {
      flush: false,
    })
  } catch {
    // Without the cache the next command only takes longer.
  }
}

function header(maker: string, body: Uint8Array): string {
  return [FORMAT, sha256(maker), sha256(body)].join(' ')
}

function readIfPossible(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
}
