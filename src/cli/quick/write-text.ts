import { writeSync } from 'node:fs'

const STDOUT = 1
/** How long a reader may take, milliseconds. These texts fit into an empty pipe; longer output is written by other commands. */
const WRITE_WITHIN_MS = 10_000
const PAUSE_MS = 5

/**
 * Writes a text to stdout without the streams of Node.js, which take a tenth of its start to begin. Returns false if it
 * could not be written, which a writer with streams then reports.
 */
export function writeText(text: string): boolean {
  const bytes = Buffer.from(text)
  const last = Date.now() + WRITE_WITHIN_MS
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(STDOUT, bytes, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // The reader has what it wants.
      if (code === 'EPIPE' && at > 0) return true
      if (code !== 'EAGAIN') return false
      if (Date.now() > last) return true
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
    }
  }
  return true
}
