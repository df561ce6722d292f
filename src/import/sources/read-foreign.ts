import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { lstatSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../../contract/diagnostic.ts'
import { foldLines } from '../../contract/manifest/fold-lines.ts'
import { importFinding } from './format.ts'
import { describeLink, linkTarget } from './link-target.ts'

/** The largest file in bytes, which is the limit of a prompt: a larger one could never be published. */
const MAX_BYTES = 256 * 1024

/** The text of a file (no BOM, LF) and the hash of its bytes, or why it cannot be had. */
export type ForeignTextResult = { ok: true; text: string; sha256: string } | { ok: false; finding: Finding }

/**
 * Reads one file below `base`, of at most `most` bytes. A link is followed to a file below `base`. Never throws: an
 * unreadable file becomes a finding.
 */
export function readForeign(base: string, path: string, most = MAX_BYTES): ForeignTextResult {
  const refuse = (
    rule: Parameters<typeof importFinding>[0],
    message: string,
    hint: string,
  ): ForeignTextResult => ({
    ok: false,
    finding: importFinding(rule, { file: path }, message, hint),
  })
  try {
    const isLink = lstatSync(join(base, path)).isSymbolicLink()
    if (isLink && linkTarget(base, path) === undefined)
      return refuse(
        'NOFX_IMPORT_UNREADABLE',
        `${path} is ${describeLink(base, path)}`,
        'import the file itself',
      )
    const entry = statSync(join(base, path))
    if (!entry.isFile())
      return refuse('NOFX_IMPORT_UNREADABLE', `${path} is not a regular file`, 'import the file itself')
    if (entry.size > most)
      return refuse('NOFX_IMPORT_SIZE', `${path} has ${entry.size} bytes, more than ${most}`, 'shorten it')
    const bytes = readFileSync(join(base, path))
    if (!isUtf8(bytes))
      return refuse('NOFX_IMPORT_ENCODING', `${path} is not valid UTF-8`, 'save it as UTF-8')
    const text = foldLines(bytes.toString('utf8').replace(/^\uFEFF/, ''))
    return { ok: true, text, sha256: createHash('sha256').update(text).digest('hex') }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    return refuse('NOFX_IMPORT_UNREADABLE', `${path} cannot be read (${code})`, 'check that you may read it')
  }
}
