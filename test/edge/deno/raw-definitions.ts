import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnostic } from '../../../src/contract/diagnostic.ts'
import { digestOf } from '../../../src/contract/digest.ts'
import type { Kind } from '../../../src/contract/kind.ts'
import type { WireFile, WireItem } from '../../../src/contract/protocol/sync.ts'
import { ASSETS } from '../../../src/contract/source.ts'
import { SILENT } from '../../../src/core/progress.ts'
import { findFolders } from '../../../src/core/tree/tree.ts'
import { checkTree } from '../../../src/core/validate/check-tree.ts'
import { createSurroundings } from '../../../src/core/validate/surroundings.ts'

/** A definition of a case as an unvalidating publisher sends it, and the CLI's findings about it. */
export interface RawDefinition {
  kind: string
  id: string
  item: WireItem
  /** The CLI's errors that are the definition's own: `<file> <rule> <message>`, sorted. */
  errors: string[]
}

/** Findings that need a disk: JSON cannot carry links, permissions and invalid bytes to the server. */
const OF_THE_DISK = /^NOFX_FILE_(SYMLINK|UNREADABLE|ENCODING)$/
/** Findings that depend on other definitions; the server decides these at the commit, in SQL. */
const OF_OTHERS = /^NOFX_REFERENCE_/

/**
 * Every definition under a definitions root. Its own findings are those of a validation with this definition alone and
 * a registry that answers `unknown`: rules about other definitions then report nothing, and findings about references,
 * which are always reported, have their own rule ids.
 */
export async function rawDefinitions(root: string, kinds: Kind[]): Promise<RawDefinition[]> {
  const tree = { root, shownPath: 'shared', kinds }
  const folders = findFolders(tree).filter((one) => !one.entry)
  return Promise.all(
    folders.map(async (folder) => {
      const { kind, id, dir, shownPath } = folder
      const diagnostics: Diagnostic[] = []
      const surroundings = createSurroundings(tree, new Set(), async () => 'missing')
      for await (const checked of checkTree(tree, [folder], surroundings, SILENT))
        diagnostics.push(...checked.diagnostics)
      const errors = diagnostics
        .filter(isOwnError)
        .map(({ path, rule, message }) => line(path.slice(shownPath.length + 1), rule, message))
      return { kind: kind.id, id, item: packFolder(kind.id, id, dir), errors: errors.sort() }
    }),
  )
}

/** Whether a finding is an error that the server also reports for the definition alone. */
export function isOwnError({ severity, rule }: { severity: string; rule: string }): boolean {
  return severity === 'error' && !OF_THE_DISK.test(rule) && !OF_OTHERS.test(rule)
}

/** A finding in one line; a finding about the whole folder has no file. */
export function line(file: string, rule: string, message: string): string {
  return `${file === '.' ? '' : file} ${rule} ${message}`
}

/** A folder as an unvalidating publisher sends it. */
export function packFolder(kind: string, id: string, dir: string): WireItem {
  const files = filesBelow(dir)
    .map((path) => wireFile(path.slice(dir.length + 1).replaceAll('\\', '/'), readFileSync(path)))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  const digest = digestOf(kind, id, files)
  const bundle = { path: `${kind}/${id}/${digest}.tar.gz`, size: 1, sha256: '0'.repeat(64) }
  return { id, digest, files, bundle, expectedVersion: 0 }
}

/** Links are left alone: Node.js 24 follows them with `recursive: true`. */
function filesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) return filesBelow(path)
    return entry.isFile() ? [path] : []
  })
}

function wireFile(path: string, raw: Buffer): WireFile {
  if (path.startsWith(ASSETS)) return { path, size: raw.length, sha256: hash(raw) }
  const text = raw.toString('utf8').replaceAll('\r\n', '\n')
  return { path, size: Buffer.byteLength(text), sha256: hash(text), text }
}

function hash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
