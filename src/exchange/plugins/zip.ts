import { zipSync } from 'fflate'

/** A file to pack. */
export interface ZipFile {
  path: string
  content: string | Uint8Array
  executable?: boolean
}

/** Mode bits of a regular file in the attributes that Unix writes. */
const [PLAIN, EXECUTABLE] = [0o100644, 0o100755]
const UNIX = 3

/** Packs files into a zip whose bytes depend on the files alone: paths in order, no times, the same modes everywhere. */
export function packZip(files: readonly ZipFile[]): Uint8Array {
  const encoder = new TextEncoder()
  // The format stores local time, so the first moment that it knows is made in local time as well.
  const mtime = new Date(1980, 0, 1)
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1))
  const entries = sorted.map(({ path, content, executable }) => {
    const bytes = typeof content === 'string' ? encoder.encode(content) : new Uint8Array(content)
    const attrs = (executable ? EXECUTABLE : PLAIN) << 16
    return [path, [bytes, { mtime, os: UNIX, attrs, level: 6 }]] as const
  })
  return zipSync(Object.fromEntries(entries) as Parameters<typeof zipSync>[0])
}

/** Whether a file of an export is a program: a text below `scripts/` that names its interpreter. */
export function isProgram({ path, content }: ZipFile): boolean {
  const start =
    typeof content === 'string' ? content.slice(0, 2) : String.fromCharCode(...content.slice(0, 2))
  return /(?:^|\/)scripts\//.test(path) && start === '#!'
}
