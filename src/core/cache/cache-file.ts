import { createHash } from 'node:crypto'
import { closeSync, constants, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs'
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

/** Bytes of the header, which is a line: the format, and two hashes. */
const HEADER = `${FORMAT} `.length + 2 * 65
const LINE_FEED = 10

/** The character between the fields of a line, which JSON text never contains. */
export const FIELD_END = '\t'

/** With this flag, which Windows does not have, a pipe in the place of the file holds up no command. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** How much of a file is in memory at once, bytes. */
const CHUNK = 1024 * 1024

/**
 * Reads the lines of a cache by their first field, without that field. A file that is missing, damaged, incomplete or
 * of another maker has no lines.
 */
export function readCache(file: CacheFile): Map<string, string> {
  const lines = new Map<string, string>()
  return readLines(file, (key, rest) => lines.set(key, rest)) ? lines : new Map()
}

/**
 * Gives the lines of a cache one by one, so that the file is never in memory as a whole.
 * @returns whether they count: not if the file is missing, damaged, incomplete or of another maker, or if `take` throws
 */
export function readLines({ path, maker }: CacheFile, take: (key: string, rest: string) => unknown): boolean {
  let fd: number | undefined
  try {
    fd = openSync(path, READ)
    const header = Buffer.alloc(HEADER)
    if (readSync(fd, header) < HEADER || !header.toString('latin1').startsWith(renderStart(maker)))
      return false
    const hash = createHash('sha256')
    for (const line of eachLine(fd, (bytes) => hash.update(bytes))) {
      const keyEnd = line.indexOf(FIELD_END)
      take(line.slice(0, keyEnd), line.slice(keyEnd + 1))
    }
    return header.toString('latin1') === renderHeader(maker, hash.digest('hex'))
  } catch {
    return false
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

/** The lines from here to the end of a file. A last line without its end is left out. */
function* eachLine(fd: number, note: (bytes: Uint8Array) => void): Generator<string> {
  const chunk = Buffer.allocUnsafe(CHUNK)
  let rest: Buffer = Buffer.alloc(0)
  for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk)) {
    note(chunk.subarray(0, length))
    const bytes = Buffer.concat([rest, chunk.subarray(0, length)])
    const end = bytes.lastIndexOf(LINE_FEED) + 1
    rest = bytes.subarray(end)
    let at = 0
    for (let next = bytes.indexOf(LINE_FEED); next >= 0 && at < end; next = bytes.indexOf(LINE_FEED, at)) {
      yield bytes.toString('utf8', at, next)
      at = next + 1
    }
  }
}

/**
 * Replaces the file. Of two processes that write at the same time, the later one wins, which loses nothing that cannot
 * be made again. A folder that cannot be written to leaves everything as it was.
 */
export function writeCache({ path, maker }: CacheFile, lines: Iterable<readonly [string, string]>): void {
  const hash = createHash('sha256')
  const writeAll = (fd: number) => {
    writeSync(fd, Buffer.alloc(HEADER))
    for (const bytes of joinLines(lines)) {
      hash.update(bytes)
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
    }
    // Without its header, half a file does not count.
    writeSync(fd, renderHeader(maker, hash.digest('hex')), 0)
  }
  try {
    // Into a pipe, the content would go as it is written.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) return
    mkdirSync(dirname(path), { recursive: true })
    writeAtomically(path, writeAll, 0o600, { flush: false })
  } catch {
    // Without the cache the next command only takes longer.
  }
}

function* joinLines(lines: Iterable<readonly [string, string]>): Generator<Buffer> {
  let rows: string[] = []
  let length = 0
  for (const [key, rest] of lines) {
    rows.push(key, FIELD_END, rest, '\n')
    length += key.length + rest.length
    if (length < CHUNK) continue
    yield Buffer.from(rows.join(''))
    rows = []
    length = 0
  }
  yield Buffer.from(rows.join(''))
}

/** What the header begins with, whatever the lines are. */
function renderStart(maker: string): string {
  return `${FORMAT} ${sha256(maker)} `
}

function renderHeader(maker: string, bodyHash: string): string {
  return `${renderStart(maker)}${bodyHash}\n`
}
