import { promisify } from 'node:util'
import { gunzipSync, gzip, gzipSync } from 'node:zlib'

/**
 * Deterministic tar.gz: POSIX ustar (IEEE Std 1003.1-1988), with a pax header for a path that does not fit; mtime 0,
 * uid and gid 0, mode 0644 (0755 for executables), files in the given order. The digest of a bundle does not depend
 * on this encoding.
 */
const BLOCK = 512
/** Half the processor time of level 6, for bundles that are 1.6 % larger (the corpus of real definitions). */
const GZIP = { level: 4 }
const compressAside = promisify<Buffer, typeof GZIP, Buffer>(gzip)
/** Byte 9 of a gzip header names the operating system; 255 means "unknown" (RFC 1952) and is equal everywhere. */
const GZIP_OS = 9

/** The types of entries: a header for a long path, and a file. Links and devices are of other types. */
const [PAX, FILE] = ['x', '0']
const TYPES = [PAX, FILE]
const SIZE = /^[0-7]{11}$/

/** The path and content of one archived file. */
export interface ArchiveFile {
  path: string
  bytes: Uint8Array
  executable?: true | undefined
}

/** Packs files into one tar.gz. */
export function packArchive(files: readonly ArchiveFile[]): Uint8Array {
  return withoutSystem(gzipSync(writeTar(files), GZIP))
}

/** The same archive, compressed by Node's other threads. */
export async function packArchiveAside(files: readonly ArchiveFile[]): Promise<Uint8Array> {
  return withoutSystem(await compressAside(writeTar(files), GZIP))
}

function writeTar(files: readonly ArchiveFile[]): Buffer {
  const tar = Buffer.alloc(tarSize(files.map(({ path, bytes }) => ({ path, size: bytes.length }))))
  let offset = 0
  for (const file of files) offset = writeFile(tar, offset, file)
  return tar.subarray(0, offset + 2 * BLOCK)
}

function withoutSystem(packed: Buffer): Buffer {
  packed[GZIP_OS] = 255
  return packed
}

/** The size in bytes of the tar that `packArchive` makes of such files, before gzip. */
export function tarSize(files: readonly { path: string; size: number }[]): number {
  return files.reduce((sum, file) => sum + measureEntry(file), 2 * BLOCK)
}

/**
 * Unpacks an archive of `packArchive`.
 * @param most maximum size of the tar in bytes: a small archive can unpack into more than the memory holds
 * @throws Error if the bytes are not such an archive, or the tar is larger
 */
export function unpackArchive(archive: Uint8Array, most: number): ArchiveFile[] {
  const tar = gunzipSync(archive, { maxOutputLength: most })
  const files: ArchiveFile[] = []
  let paxPath: string | undefined
  for (let offset = 0; offset + BLOCK <= tar.length && tar[offset] !== 0; ) {
    const header = tar.subarray(offset, offset + BLOCK)
    const [type, digits] = [textAt(header, 156, 1), textAt(header, 124, 12)]
    const isOurs = textAt(header, 257, 5) === 'ustar' && TYPES.includes(type) && SIZE.test(digits)
    if (!isOurs) throw new Error('not an archive of packArchive')
    const size = Number.parseInt(digits, 8)
    const bytes = tar.subarray(offset + BLOCK, offset + BLOCK + size)
    if (bytes.length < size) throw new Error('the archive is cut off')
    if (type === PAX) paxPath = /^\d+ path=(.*)\n$/s.exec(bytes.toString('utf8'))?.[1]
    else {
      const prefix = textAt(header, 345, 155)
      const name = textAt(header, 0, 100)
      const path = paxPath ?? (prefix ? `${prefix}/${name}` : name)
      const executable = (Number.parseInt(textAt(header, 100, 8), 8) & 0o100) !== 0
      files.push({ path, bytes, ...(executable ? { executable } : {}) })
      paxPath = undefined
    }
    offset += BLOCK + padded(size)
  }
  return files
}

const padded = (size: number) => Math.ceil(size / BLOCK) * BLOCK

function measureEntry({ path, size }: { path: string; size: number }): number {
  return BLOCK + padded(size) + (splitPath(path) ? 0 : 2 * BLOCK + padded(paxRecord(path).length))
}

function writeFile(tar: Buffer, offset: number, file: ArchiveFile): number {
  const split = splitPath(file.path)
  let at = offset
  if (!split) at = writeEntry(tar, at, ['pax', ''], PAX, paxRecord(file.path))
  return writeEntry(tar, at, split ?? ['file', ''], FILE, file.bytes, file.executable)
}

function writeEntry(
  tar: Buffer,
  offset: number,
  [name, prefix]: [string, string],
  type: string,
  bytes: Uint8Array,
  executable?: boolean,
): number {
  const header = tar.subarray(offset, offset + BLOCK)
  header.write(name, 0)
  header.write(`${executable ? '0000755' : '0000644'}\0${'0000000\0'.repeat(2)}`, 100)
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0        ${type}`, 124)
  header.write('ustar\x0000', 257)
  header.write(prefix, 345)
  let sum = 0
  for (const byte of header) sum += byte
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  tar.set(bytes, offset + BLOCK)
  return offset + BLOCK + padded(bytes.length)
}

/** A path as ustar's `[name, prefix]`; undefined if it does not fit. */
function splitPath(path: string): [string, string] | undefined {
  if (Buffer.byteLength(path) <= 100) return [path, '']
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const name = path.slice(slash + 1)
    const prefix = path.slice(0, slash)
    if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return [name, prefix]
  }
  return undefined
}

/** One pax record: its own length in decimal, a space, `path=…` and a line feed. */
function paxRecord(path: string): Uint8Array {
  const rest = Buffer.byteLength(` path=${path}\n`)
  let length = rest + String(rest).length
  if (rest + String(length).length > length) length += 1
  return Buffer.from(`${length} path=${path}\n`)
}

function textAt(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}
