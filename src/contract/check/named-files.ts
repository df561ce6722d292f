import { type Finding, type Pointer, reporter } from '../diagnostic.ts'
import { quoted } from '../fields/shown.ts'
import type { Definition, Kind } from '../kind.ts'
import { CORE_RULES } from '../rules.ts'
import { nearest } from '../text/nearest.ts'

const report = reporter(CORE_RULES)

/** Files that belong to a definition although no manifest names them; a second manifest is an error of its own. */
const knownFiles = (kind: Kind) => [
  kind.manifestFile,
  `${kind.singular}.yaml`,
  'docs.md',
  'README.md',
  'LICENSE',
]

/** Every file that the manifest names exists, and every other file is named by it. */
export function checkNamedFiles(definition: Definition, kind: Kind, findings: Finding[]): void {
  const { manifestPath, files } = definition
  const known = knownFiles(kind)
  const named = [...kind.promptsOf(definition), ...kind.filesOf(definition)]
  for (const path of named)
    if (!files.some((file) => file.path === path)) findings.push(missing(path, definition))
  for (const { path } of files)
    if (!named.includes(path) && !known.includes(path))
      findings.push(
        report(
          'NOFX_FILE_UNNAMED',
          { file: path },
          `${quoted(path)} is not named in ${manifestPath}`,
          'name it in the manifest, or remove the file',
        ),
      )
}

function missing(path: string, { manifestPath, manifest, files }: Definition): Finding {
  const guess = nearest(path, pathsOf(files, manifestPath))
  return report(
    'NOFX_FILE_MISSING',
    { file: manifestPath, pointer: pointerOf(path, manifest) ?? [] },
    `the file ${quoted(path)} does not exist`,
    guess ? `write ${quoted(guess)}` : 'add the file, or correct the path',
  )
}

/** One at a time: only as many are made as are looked at. */
function* pathsOf(files: Definition['files'], manifestPath: string): Generator<string> {
  for (const { path } of files) if (path !== manifestPath) yield path
}

/** Where in a document a string stands, first one first. */
function pointerOf(wanted: string, value: unknown): Pointer | undefined {
  if (value === wanted) return []
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const rest = pointerOf(wanted, inner)
    if (rest) return [Array.isArray(value) ? Number(key) : key, ...rest]
  }
  return undefined
}
