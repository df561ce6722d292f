import { type Finding, findingMaker } from '../diagnostic.ts'
import { isObject } from '../fields/older-layout.ts'
import type { JsonObject, Kind } from '../kind.ts'
import { CORE_RULES } from '../rules.ts'
import type { Source, SourceFile } from '../source.ts'
import { parseJson } from './json-text.ts'
import { listManifestFiles } from './manifest-files.ts'
import { parseYaml, type YamlLibrary } from './yaml-text.ts'

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
  const parsed = file.path.endsWith('.json')
    ? parseJson(file.text, file.path, kind.limits)
    : parseYaml(file.text, file.path, kind.limits, requireYaml(yaml))
  if (parsed.findings.length) findings.push(...parsed.findings)
  if (parsed.value === undefined) return undefined
  if (isObject(parsed.value)) return { file, raw: parsed.value }
  findings.push(
    makeFinding(
      'NOFX_JSON_OBJECT',
      { file: file.path, pointer: [] },
      `${file.path} is not an object`,
      'start it with {',
    ),
  )
  return undefined
}

function findManifest(source: Source, kind: Kind, findings: Finding[]): SourceFile | undefined {
  const [jsonFile, yamlFile] = listManifestFiles(kind)
  let json: SourceFile | undefined
  let yaml: SourceFile | undefined
  for (const file of source.files)
    if (file.path === jsonFile) json = file
    else if (file.path === yamlFile) yaml = file
  if (json && yaml)
    findings.push(
      makeFinding(
        'NOFX_MANIFEST_TWICE',
        { file: yamlFile },
        `${source.id} has both ${kind.manifestFile} and ${yamlFile}`,
        `remove ${yamlFile}, or ${kind.manifestFile}`,
      ),
    )
  const manifest = json ?? yaml
  const explained = source.findings.some((one) => one.file === '.' || one.file === kind.manifestFile)
  if (!manifest && !explained) findings.push(missing(source, kind))
  return manifest
}

function missing(source: Source, kind: Kind): Finding {
  const close = source.files.find(({ path }) =>
    [kind.manifestFile, `${kind.singular}.yml`].includes(path.toLowerCase()),
  )
  const fileName = close?.path.endsWith('.yml') ? `${kind.singular}.yaml` : kind.manifestFile
  return makeFinding(
    'NOFX_MANIFEST_MISSING',
    { file: kind.manifestFile },
    `${source.id} has no ${kind.manifestFile}`,
    close ? `rename ${close.path} to ${fileName}` : `add ${kind.manifestFile}, or remove the folder`,
  )
}

function requireYaml(yaml: (() => YamlLibrary) | undefined): YamlLibrary {
  if (!yaml) throw new Error('checkDefinition met a .yaml manifest and was given no YAML library')
  return yaml()
}
