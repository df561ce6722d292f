import { type Finding, findingMaker, type Pointer } from '../diagnostic.ts'
import { quoted } from '../fields/shown.ts'
import type { Definition, Kind } from '../kind.ts'
import { CORE_RULES } from '../rules.ts'
import { nearest } from '../text/nearest.ts'

const makeFinding = findingMaker(CORE_RULES)

/**
 * Files that belong to a definition although the manifest does not name them. A second manifest is reported by
 * another rule.
 */
const knownFiles = (kind: Kind) => [
  kind.manifestFile,
  `${kind.singular}.yaml`,
  'docs.md',
  'README.md',
  'LICENSE',
]

/** Reports files that the manifest names and that do not exist, and files that the manifest does not name. */
export function checkNamedFiles(definition: Definition, kind: Kind, findings: Finding[]): void {
  const { files } = definition
  const known = knownFiles(kind)
  const named = namedBy(kind, definition)
  for (const path of named)
    if (!files.some((file) => file.path === path)) findings.push(missing(path, definition))
  for (const { path } of files)
    if (!named.includes(path) && !known.includes(path)) findings.push(unnamed(path, definition, kind))
}

function namedBy(kind: Kind, definition: Definition): string[] {
  return [...(kind.promptsOf?.(definition) ?? []), ...(kind.filesOf?.(definition) ?? [])]
}

function unnamed(path: string, definition: Definition, kind: Kind): Finding {
  const field = fieldFor(path, definition, kind)
  return makeFinding(
    'NOFX_FILE_UNNAMED',
    { file: path },
    `the manifest does not name ${quoted(path)}`,
    field ? `add ${quoted(field)}: ${quoted(path)}` : 'name it in the manifest, or remove the file',
  )
}

/** The missing field of the manifest that would name a file, such as `mcp` for `mcp.json`: the schema has to accept it. */
function fieldFor(path: string, definition: Definition, kind: Kind): string | undefined {
  const field = path.replace(/\.json$/, '')
  if (field === path || Object.hasOwn(definition.manifest as object, field)) return undefined
  const parsed = kind.schema.safeParse({ ...(definition.manifest as object), [field]: path })
  return parsed.success && kind.filesOf?.({ ...definition, manifest: parsed.data }).includes(path)
    ? field
    : undefined
}

function missing(path: string, { manifestPath, manifest, files }: Definition): Finding {
  const guess = nearest(path, pathsOf(files, manifestPath))
  return makeFinding(
    'NOFX_FILE_MISSING',
    { file: manifestPath, pointer: pointerOf(path, manifest) ?? [] },
    `the file ${quoted(path)} does not exist`,
    guess ? `write ${quoted(guess)}` : 'add the file, or correct the path',
  )
}

/** The paths one at a time, because `nearest` may stop early. */
function* pathsOf(files: Definition['files'], manifestPath: string): Generator<string> {
  for (const { path } of files) if (path !== manifestPath) yield path
}

/** The first place in a document that holds this string. */
function pointerOf(wanted: string, value: unknown): Pointer | undefined {
  if (value === wanted) return []
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const rest = pointerOf(wanted, inner)
    if (rest) return [Array.isArray(value) ? Number(key) : key, ...rest]
  }
  return undefined
}
