import { createRequire } from 'node:module'
import { checkDefinition } from '../contract/check/check.ts'
import type { Diagnostic, Finding } from '../contract/diagnostic.ts'
import { isError } from '../contract/diagnostic.ts'
import { ALONE, type Kind } from '../contract/kind.ts'
import type { YamlLibrary } from '../contract/manifest/yaml-text.ts'
import { nameOf } from '../contract/name.ts'
import { ASSETS } from '../contract/source.ts'
import type { Files } from './again/existing.ts'
import { place } from './place.ts'

const PORTS = { yaml: () => createRequire(import.meta.url)('yaml') as YamlLibrary }

/**
 * Errors that the kind's own rules find in what an import makes. A finding in a text that stands in the source word
 * for word has its place there; any other one is in the file that is written.
 * @param foreign the foreign file as people see it, and its text
 */
export function problemsIn(
  kind: Kind,
  { id, files }: { id: string; files: Files },
  foreign: { path: string; text: string },
): Diagnostic[] {
  const entries = Object.entries(files)
    .map(([path, text]) => ({
      path,
      size: Buffer.byteLength(text),
      // An asset is not checked as text.
      ...(path.startsWith(ASSETS) ? {} : { text }),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  const source = { kind: kind.id, id, files: entries, findings: [] }
  const { findings } = checkDefinition(source, kind, ALONE, PORTS)
  const locate = (finding: Finding): Diagnostic => {
    const text = files[finding.file] ?? ''
    const isWhole = text !== '' && foreign.text.endsWith(text) && finding.offset !== undefined
    if (!isWhole) return place(`${nameOf({ kind: kind.id, id })}/${finding.file}`, text, finding)
    const offset = foreign.text.length - text.length + (finding.offset ?? 0)
    return place(foreign.path, foreign.text, { ...finding, offset })
  }
  return findings.filter(isError).map(locate)
}
