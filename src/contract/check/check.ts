import { type Finding, findingMaker } from '../diagnostic.ts'
import { definitionId, ID_PATTERN, slugify } from '../fields/id.ts'
import type { Definition, JsonObject, Kind, Surroundings } from '../kind.ts'
import { parseShape } from '../manifest/accept.ts'
import { readManifest } from '../manifest/read-manifest.ts'
import type { YamlLibrary } from '../manifest/yaml-text.ts'
import { zodFindings } from '../manifest/zod-findings.ts'
import { CORE_RULES } from '../rules.ts'
import type { Source, SourceFile } from '../source.ts'
import { shownValue } from '../text/shown-value.ts'
import { checkFiles } from './file-rules.ts'
import { checkNamedFiles } from './named-files.ts'
import { checkTexts } from './text-rules.ts'

const makeFinding = findingMaker(CORE_RULES)

/** What checking one folder gives: findings, and the definition when its manifest could be read and has its shape. */
export interface Checked {
  findings: Finding[]
  definition?: Definition
  /** Files that could hold a credential: to be given to `scanSuspects`, without which no verdict is complete. */
  suspects: string[]
}

/** Libraries that checking may need and does not load itself. */
export interface CheckPorts {
  /** Called only for a folder with a `.yaml` manifest. */
  yaml?: () => YamlLibrary
}

/**
 * Checks one definition with every rule there is, except those on other definitions and secretlint's.
 * Never throws on content; a kind's rule that throws is a bug and surfaces.
 */
export function checkDefinition(
  source: Source,
  kind: Kind,
  surroundings: Surroundings,
  ports: CheckPorts = {},
): Checked {
  const findings: Finding[] = []
  checkFiles(source, kind.limits, findings)
  const suspects = checkTexts(source, findings)
  const manifest = readManifest(source, kind, ports.yaml, findings)
  if (!manifest) return { findings, suspects }
  const definition = shape(manifest.raw, manifest.file, source, kind, findings)
  if (!definition) return { findings, suspects }
  const own = kind.check(definition, surroundings)
  if (own.length) findings.push(...own)
  checkNamedFiles(definition, kind, findings)
  return { findings, definition, suspects }
}

/** Brings a manifest to today's spelling and shape. */
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
  checkId(manifest[kind.idField], path, source, kind, findings)
  const parsed = parseShape(kind.schema, manifest)
  if (!parsed.success) {
    const found = zodFindings(parsed.error.issues, kind.schema, manifest, path)
    findings.push(...found.filter((one) => !isAboutId(one, kind)))
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

/** `checkId` has said it better. */
function isAboutId({ rule, pointer }: Finding, kind: Kind): boolean {
  return rule === 'NOFX_FIELD_INVALID' && pointer?.length === 1 && pointer[0] === kind.idField
}

/** A change that validates: the folder's name is written only where it can be an id, and the id where it can. */
function folderHint(id: string, folder: string, kind: Kind): string {
  const [isId, isFolder] = [id, folder].map((name) => definitionId.safeParse(name).success)
  if (isFolder) return isId ? `write "${folder}", or rename the folder to "${id}"` : `write "${folder}"`
  const wanted = isId ? id : (slugify(id) ?? slugify(folder) ?? `code-${kind.singular}`)
  return isId ? `rename the folder to "${wanted}"` : `write "${wanted}", and rename the folder to "${wanted}"`
}

/** Windows' devices, which no folder there can be named after. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/i

/** Checked here for every kind, so that no schema has to. */
function checkId(id: unknown, file: string, source: Source, kind: Kind, findings: Finding[]): void {
  if (typeof id !== 'string') return
  const place = { file, pointer: [kind.idField] }
  const shown = `${kind.idField} ${shownValue(id)}`
  if (DEVICE.test(id))
    findings.push(
      makeFinding(
        'NOFX_ID_DEVICE',
        place,
        `${shown} is a device name reserved by Windows`,
        'choose another id',
      ),
    )
  else if (!ID_PATTERN.test(id) || id.length < 2 || id.length > 64)
    findings.push(
      makeFinding(
        'NOFX_ID_FORMAT',
        place,
        `${shown} is not 2 to 64 characters of lower-case words joined by single hyphens`,
        `write it like "code-${kind.singular}"`,
      ),
    )
  if (id !== source.id)
    findings.push(
      makeFinding(
        'NOFX_ID_FOLDER',
        place,
        `${shown} is in a folder named ${shownValue(source.id)}`,
        folderHint(id, source.id, kind),
      ),
    )
}
