import { type Finding, findingMaker } from '../diagnostic.ts'
import { isObject } from '../is-object.ts'
import type { JsonObject, Kind } from '../kind.ts'
import { CORE_RULES } from '../rules.ts'
import type { Source, SourceFile } from '../source.ts'
import { findManifestName, listManifestFiles, parseManifest } from './manifest-file.ts'
import type { YamlLibrary } from './yaml-text.ts'

const makeFinding = findingMaker(CORE_RULES)

/** A manifest that could be parsed, in the spelling that its author used. */
export interface Manifest {
  file: SourceFile
  raw: JsonObject
}

/** Finds and parses the single manifest of a folder. */
export function readManifest(
  source: Source,
  kind: Kind,
  yaml: (() => YamlLibrary) | undefined,
  findings: Finding[],
): Manifest | undefined {
  const file = findManifest(source, kind, findings)
  if (file?.text === undefined) return undefined
  if (file.size > kind.limits.manifestBytes) {
    // A larger text has already been reported, because the limit for texts is the same or lower.
    if (file.size <= kind.limits.textBytes)
      findings.push(
        makeFinding(
          'NOFX_MANIFEST_SIZE',
          { file: file.path },
          `${file.path} is ${file.size} bytes, more than ${kind.limits.manifestBytes}`,
          'move long texts to files of their own',
        ),
      )
    return undefined
  }
  const parsed = parseManifest(file.text, file.path, kind.limits, () => requireYaml(yaml))
  if (parsed.findings.length) findings.push(...parsed.findings)
  if (parsed.value === undefined) return undefined
  if (isObject(parsed.value)) return { file, raw: parsed.value }
  findings.push(
    makeFinding(
      'NOFX_JSON_OBJECT',
      { file: file.path, pointer: [] },
      `${file.path} is not an object`,
      file.path.endsWith('.json') ? 'start it with {' : 'write fields, each as "name: value"',
    ),
  )
  return undefined
}

function findManifest(source: Source, kind: Kind, findings: Finding[]): SourceFile | undefined {
  const byPath = new Map(source.files.map((file) => [file.path, file]))
  const name = findManifestName(kind, (path) => byPath.has(path))
  const second = listManifestFiles(kind).find((path) => path !== name && byPath.has(path))
  if (name !== undefined && second !== undefined)
    findings.push(
      makeFinding(
        'NOFX_MANIFEST_TWICE',
        { file: second },
        `${source.id} has both ${name} and ${second}`,
        `remove ${second}, or ${name}`,
      ),
    )
  const explained = source.findings.some((one) => one.file === '.' || one.file === kind.manifestFile)
  if (name === undefined && !explained) findings.push(missing(source, kind))
  return name === undefined ? undefined : byPath.get(name)
}

function missing(source: Source, kind: Kind): Finding {
  const [usual = kind.manifestFile, other] = listManifestFiles(kind)
  const close = source.files.find(({ path }) =>
    [usual.toLowerCase(), other?.replace(/yaml$/, 'yml')].includes(path.toLowerCase()),
  )
  const fileName = other !== undefined && close?.path.endsWith('.yml') ? other : usual
  return makeFinding(
    'NOFX_MANIFEST_MISSING',
    { file: usual },
    `${source.id} has no ${usual}`,
    close ? `rename ${close.path} to ${fileName}` : `add ${usual}, or remove the folder`,
  )
}

function requireYaml(yaml: (() => YamlLibrary) | undefined): YamlLibrary {
  if (!yaml) throw new Error('checkDefinition met a manifest in YAML and was given no YAML library')
  return yaml()
}
