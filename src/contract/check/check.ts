import { type Finding, findingMaker } from '../diagnostic.ts'
import { definitionId, slugify } from '../fields/id.ts'
import { ID_PATTERN } from '../id-pattern.ts'
import { type Definition, type JsonObject, type Kind, manifestId, type Surroundings } from '../kind.ts'
import { parseShape } from '../manifest/accept.ts'
import { readManifest } from '../manifest/read-manifest.ts'
import type { YamlLibrary } from '../manifest/yaml-text.ts'
import { zodFindings } from '../manifest/zod-findings.ts'
import { CORE_RULES } from '../rules.ts'
import type { Source, SourceFile } from '../source.ts'
import { checkExamples, type ExampleSecrets, readExamples } from '../text/example-secrets.ts'
import { shownValue } from '../text/shown-value.ts'
import { checkFiles } from './file-rules.ts'
import { checkNamedFiles } from './named-files.ts'
import { checkTexts } from './text-rules.ts'

const makeFinding = findingMaker(CORE_RULES)

/**
 * The result of checking one folder: its findings, and the definition if the manifest could be read and has the right
 * shape.
 */
export interface CheckResult {
  findings: Finding[]
  definition?: Definition
  /** Files that may hold a credential. The verdict is complete only after `scanSuspects` has scanned them. */
  suspects: string[]
  /** Values that the manifest calls examples. */
  examples: ExampleSecrets
}

/** Libraries that a check may need and that this module does not load itself. */
export interface CheckPorts {
  /** Called only for a folder that has a `.yaml` manifest. */
  yaml?: () => YamlLibrary
}

/**
 * Checks one definition against every rule, except the rules about other definitions and those of secretlint. Never
 * throws because of a definition's content; an exception from a kind's rule is a bug and passes through.
 */
export function checkDefinition(
  source: Source,
  kind: Kind,
  surroundings: Surroundings,
  ports: CheckPorts = {},
): CheckResult {
  const findings: Finding[] = []
  checkFiles(source, kind.limits, findings)
  const inManifest: Finding[] = []
  const manifest = readManifest(source, kind, ports.yaml, inManifest)
  const examples = readExamples(manifest?.raw, kind)
  const suspects = checkTexts(source, findings, examples)
  findings.push(...inManifest)
  const result = { findings, suspects, examples }
  if (!manifest) return result
  checkExamples(source, manifest.file, examples, findings)
  const definition = shape(manifest.raw, manifest.file, source, kind, findings)
  if (!definition) return result
  const own = kind.check(definition, surroundings)
  if (own.length) findings.push(...own)
  checkNamedFiles(definition, kind, findings)
  return { ...result, definition }
}

/**
 * The definition that `checkDefinition` would return, without the rules about it: for what needs to know only what it
 * contains. Undefined if the manifest cannot be read or has another shape, which becomes a finding.
 */
export function parseDefinition(
  source: Source,
  kind: Kind,
  ports: CheckPorts = {},
  findings: Finding[] = [],
): Definition | undefined {
  const manifest = readManifest(source, kind, ports.yaml, findings)
  return manifest && shape(manifest.raw, manifest.file, source, kind, findings)
}

/** Converts a manifest to the current spelling and shape. */
function shape(
  raw: JsonObject,
  { path }: SourceFile,
  source: Source,
  kind: Kind,
  findings: Finding[],
): Definition | undefined {
  const normalized = kind.normalize?.(raw, path)
  if (normalized?.findings.length) findings.push(...normalized.findings)
  const manifest = normalized?.manifest ?? raw
  if (kind.idOf) checkFolder(manifest, path, source, kind, findings)
  else checkId(manifest[kind.idField], path, source, kind, findings)
  const parsed = parseShape(kind.schema, manifest)
  if (!parsed.success) {
    const shapeFindings = zodFindings(parsed.error.issues, kind.schema, manifest, path)
    findings.push(...shapeFindings.filter((one) => !isAboutId(one, kind)))
    return undefined
  }
  const texts = new Map<string, string>()
  for (const file of source.files) if (file.text !== undefined) texts.set(file.path, file.text)
  return {
    kind: kind.id,
    id: source.id,
    manifestPath: path,
    manifest: parsed.data,
    texts,
    files: source.files,
  }
}

/** True for a finding about the id field, which `checkId` reports with a better hint. */
function isAboutId({ rule, pointer }: Finding, kind: Kind): boolean {
  return !kind.idOf && rule === 'NOFX_FIELD_INVALID' && pointer?.length === 1 && pointer[0] === kind.idField
}

/** Checks the folder of a definition whose id is made of another field; the schema checks that field. */
function checkFolder(
  manifest: JsonObject,
  file: string,
  source: Source,
  kind: Kind,
  findings: Finding[],
): void {
  const id = manifestId(kind, manifest)
  if (typeof id !== 'string' || id === source.id || !definitionId.safeParse(id).success) return
  findings.push(
    makeFinding(
      'NOFX_ID_FOLDER',
      { file, pointer: [kind.idField] },
      `${kind.idField} ${shownValue(manifest[kind.idField])} is in a folder named ${shownValue(source.id)}`,
      `rename the folder to "${id}", which is made of the ${kind.idField}`,
    ),
  )
}

/**
 * A hint whose result is valid: it proposes the folder's name only if that is a valid id, and otherwise the id if
 * that is valid.
 */
function folderHint(id: string, folder: string, kind: Kind): string {
  const [isId, isFolder] = [id, folder].map((name) => definitionId.safeParse(name).success)
  if (isFolder)
    return isId
      ? `write "${folder}", or rename the folder to "${id}", the id in the manifest`
      : `write "${folder}"`
  const folderName = isId ? id : (slugify(id) ?? slugify(folder) ?? `code-${kind.singular}`)
  return isId
    ? `rename the folder to "${folderName}", the id in the manifest`
    : `write "${folderName}", and rename the folder to "${folderName}"`
}

/** Device names of Windows, where no folder can have such a name. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/i

/** Checks the id here for every kind, so that no kind's schema has to. */
function checkId(id: unknown, file: string, source: Source, kind: Kind, findings: Finding[]): void {
  if (typeof id !== 'string') return
  const place = { file, pointer: [kind.idField] }
  const shownId = () => `${kind.idField} ${shownValue(id)}`
  if (DEVICE.test(id))
    findings.push(
      makeFinding(
        'NOFX_ID_DEVICE',
        place,
        `${shownId()} is a device name reserved by Windows`,
        'choose another id',
      ),
    )
  else if (!ID_PATTERN.test(id) || id.length < 2 || id.length > 64)
    findings.push(
      makeFinding(
        'NOFX_ID_FORMAT',
        place,
        `${shownId()} is not 2 to 64 characters of lower-case words joined by single hyphens`,
        `write it like "code-${kind.singular}"`,
      ),
    )
  if (id !== source.id)
    findings.push(
      makeFinding(
        'NOFX_ID_FOLDER',
        place,
        `${shownId()} is in a folder named ${shownValue(source.id)}`,
        folderHint(id, source.id, kind),
      ),
    )
}
