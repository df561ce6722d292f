import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { readBody } from '../../contract/manifest/front-matter.ts'
import { nameOf } from '../../contract/name.ts'
import type { SkillDefinition } from '../../plugins/skills/manifest/schema.ts'
import type { ExchangeFormat, ExportItem, FieldRow, WriteOptions, WrittenFile } from '../contract/format.ts'
import { LedgerPage } from '../contract/ledger.ts'
import { withMatter } from '../texts/matter.ts'

/** The field of `metadata` with the record of an import. */
export const IMPORT_FIELD = 'nofx-import'

const WHOLE = 'the file is written as it is'
const ROWS = {
  name: { field: 'name', outcome: 'mapped', reason: 'name, and the folder' },
  description: { field: 'description', outcome: 'mapped', reason: WHOLE },
  license: { field: 'license', outcome: 'mapped', reason: WHOLE },
  compatibility: { field: 'compatibility', outcome: 'mapped', reason: WHOLE },
  metadata: { field: 'metadata.*', outcome: 'mapped', reason: WHOLE },
  'allowed-tools': { field: 'allowed-tools', outcome: 'mapped', reason: WHOLE },
  files: { field: 'files.*', outcome: 'mapped', reason: 'below the folder of the skill' },
  record: {
    field: `metadata.${IMPORT_FIELD}`,
    outcome: 'dropped',
    reason: 'it is the record of the import; the record of the export names the definition',
  },
  kept: {
    field: `metadata.${IMPORT_FIELD}.kept.*`,
    outcome: 'mapped',
    reason: 'the field of the source that the import kept',
  },
  keptEffect: {
    field: `metadata.${IMPORT_FIELD}.kept.*`,
    outcome: 'dropped',
    reason: 'it runs commands: --allow-effects writes it',
  },
  keptElsewhere: {
    field: `metadata.${IMPORT_FIELD}.kept.*`,
    outcome: 'dropped',
    reason: 'it is a field of another client',
  },
} as const satisfies Record<string, FieldRow>

/** What becomes of each field of a skill. */
export const SKILL_ROWS: readonly FieldRow[] = Object.values(ROWS)

/** Where the files of skills lie. */
export const SKILL_PLACE = 'skills/<id>/'

/** Fields of a skill that make its client run something. */
const EFFECTS = ['hooks']

/**
 * The `write` of skills: the folder as it is, which every client reads.
 * @param hasOwnFields whether the client takes the fields that an import kept beside those of the specification
 */
export function writeSkills(hasOwnFields: boolean): NonNullable<ExchangeFormat['write']> {
  return async (items, options) => {
    const parts = items.map((item) => writeSkill(item, options, hasOwnFields))
    return {
      files: parts.flatMap(({ files }) => files),
      findings: [],
      ledger: parts.flatMap(({ page }) => page.rows),
    }
  }
}

function writeSkill(item: ExportItem, options: WriteOptions, hasOwnFields: boolean) {
  const definition = item.definition as SkillDefinition
  const { kind, id, manifestPath, texts } = definition
  const page = new LedgerPage(nameOf(definition))
  const manifestText = writeManifest(page, item, options, hasOwnFields)
  const from = [{ kind, id }]
  const files = definition.files.flatMap(({ path }): WrittenFile[] => {
    const content = path === manifestPath ? manifestText : (texts.get(path) ?? item.asset(path))
    if (path !== manifestPath) page.note(ROWS.files, `files.${path}`)
    return content === undefined ? [] : [{ path: `skills/${id}/${path}`, content, from }]
  })
  return { files, page }
}

/** The text of a skill that was not imported is not touched: its digest can be checked against the registry. */
function writeManifest(
  page: LedgerPage,
  { definition, asset }: ExportItem,
  { allowEffects }: WriteOptions,
  hasOwnFields: boolean,
): string {
  const { manifest, texts, manifestPath } = definition as SkillDefinition
  const text = texts.get(manifestPath) ?? ''
  for (const field of ['name', 'description', 'license', 'compatibility', 'allowed-tools'] as const)
    if (manifest[field] !== undefined) page.note(ROWS[field])
  const { [IMPORT_FIELD]: record, ...values } = manifest.metadata ?? {}
  for (const name of Object.keys(values)) page.note(ROWS.metadata, `metadata.${name}`)
  if (record === undefined) return text
  page.note(ROWS.record)
  const restored: JsonObject = {}
  for (const [name, value] of Object.entries(keptIn(record, asset))) {
    const isEffect = EFFECTS.includes(name) && !allowEffects
    page.note(
      !hasOwnFields ? ROWS.keptElsewhere : isEffect ? ROWS.keptEffect : ROWS.kept,
      `metadata.${IMPORT_FIELD}.kept.${name}`,
    )
    if (hasOwnFields && !isEffect && !Object.hasOwn(manifest, name)) restored[name] = value
  }
  const rest = { metadata: Object.keys(values).length > 0 ? values : undefined }
  return withMatter({ ...manifest, ...rest, ...restored }, readBody(text))
}

/** What an import kept, in the record or in the asset that the record names. */
function keptIn(record: string, asset: ExportItem['asset']): JsonObject {
  const keptFields = objectIn(record).kept
  if (!isObject(keptFields)) return {}
  const { file } = keptFields
  const bytes = typeof file === 'string' && file.startsWith('assets/') ? asset(file) : undefined
  return bytes === undefined ? keptFields : objectIn(new TextDecoder().decode(bytes))
}

function objectIn(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}
