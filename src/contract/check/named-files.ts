import { type Finding, findingMaker, type Pointer } from '../diagnostic.ts'
import { escaped, quoted } from '../fields/shown.ts'
import type { Definition, Kind } from '../kind.ts'
import { listManifestFiles } from '../manifest/manifest-file.ts'
import { CORE_RULES } from '../rules.ts'
import { nearest } from '../text/nearest.ts'

const makeFinding = findingMaker(CORE_RULES)

/**
 * Files that belong to a definition although the manifest does not name them. A second manifest is reported by
 * another rule.
 */
const knownFiles = (kind: Kind) => [...listManifestFiles(kind), 'docs.md', 'README.md', 'LICENSE']

type ManifestText = Pick<Definition, 'manifestPath' | 'manifest'>

/** Reports files that the manifest names and that do not exist, and files that the manifest does not name. */
export function checkNamedFiles(definition: Definition, kind: Kind, findings: Finding[]): void {
  const { files } = definition
  const ownFiles = knownFiles(kind)
  const namedPaths = namedBy(kind, definition)
  for (const path of namedPaths)
    if (!files.some((file) => file.path === path)) findings.push(missing(path, definition))
  const others = files.filter(({ path }) => !namedPaths.includes(path) && !ownFiles.includes(path))
  if (others.length === 0) return
  const forms = new Set(namedPaths.map(formC))
  // A file that is named in another Unicode form is missing under its name, and needs no second finding.
  for (const { path } of others) if (!forms.has(formC(path))) findings.push(unnamed(path))
}

function namedBy(kind: Kind, definition: Definition): string[] {
  return [...(kind.promptsOf?.(definition) ?? []), ...(kind.filesOf?.(definition) ?? [])]
}

function unnamed(path: string): Finding {
  return makeFinding(
    'NOFX_FILE_UNNAMED',
    { file: path },
    `the manifest does not name ${quoted(path)}`,
    'name it in the manifest, or remove the file',
  )
}

const formC = (path: string) => path.normalize('NFC')

function missing(path: string, { manifestPath, manifest, files }: Definition): Finding {
  const twin = files.find((file) => formC(file.path) === formC(path))
  if (twin) return otherForm(path, twin.path, { manifestPath, manifest })
  const guess = nearest(path, listPaths(files, manifestPath))
  return makeFinding(
    'NOFX_FILE_MISSING',
    { file: manifestPath, pointer: findPointer(path, manifest) ?? [] },
    `the file ${quoted(path)} does not exist`,
    guess ? `write ${quoted(guess)}` : 'add the file, or correct the path',
  )
}

/** A name that has the letters of a file, in another Unicode form: a definition's files have form C. */
function otherForm(path: string, file: string, { manifestPath, manifest }: ManifestText): Finding {
  const right = formC(path)
  return makeFinding(
    'NOFX_FILE_MISSING',
    { file: manifestPath, pointer: findPointer(path, manifest) ?? [] },
    `${escaped(path)} and the file ${escaped(file)} look the same and are different names`,
    path === right ? `rename the file to ${escaped(right)} in JSON's notation` : `write ${escaped(right)}`,
  )
}

/** The paths one at a time, because `nearest` may stop early. */
function* listPaths(files: Definition['files'], manifestPath: string): Generator<string> {
  for (const { path } of files) if (path !== manifestPath) yield path
}

/** The first place in a document that holds this string. */
function findPointer(path: string, value: unknown): Pointer | undefined {
  if (value === path) return []
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const rest = findPointer(path, inner)
    if (rest) return [Array.isArray(value) ? Number(key) : key, ...rest]
  }
  return undefined
}
