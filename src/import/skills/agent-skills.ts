import type { Finding } from '../../contract/diagnostic.ts'
import { definitionId, slugify } from '../../contract/fields/id.ts'
import { EXACT_VERSION } from '../../contract/fields/semver.ts'
import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { bodyFile } from '../again/front-form.ts'
import { describeSource } from '../description.ts'
import { guessDraft, guessLoose, NO_LATIN } from '../guesses.ts'
import { latinId } from '../latin-id.ts'
import {
  type Foreign,
  type ForeignFile,
  type Guess,
  type ImportFormat,
  importFinding,
  type ReadOptions,
} from '../sources/format.ts'
import { type FrontMatter, readFrontMatter } from '../sources/front-matter.ts'

const MANIFEST = 'SKILL.md'
const MAX_LICENSE = 256
const MAX_COMPATIBILITY = 500
/** Names in `metadata` that NOFX gives, and that a skill of another registry may keep. */
const OWN_NAMES = ['nofx-version', 'nofx-tags']

/** Agent Skills: folders with a SKILL.md, wherever they are. Every other file of the folder comes along. */
export const agentSkills = {
  id: 'agent-skills',
  kind: 'skills',
  manifestFile: MANIFEST,
  extension: '.md',
  usesPlugin: true,
  isFolder: true,
  isAnywhere: true,
  matches: (path) => /\/SKILL\.md$/.test(path),
  recognises: () => false,
  stray: () => undefined,
  read: readSkill,
} satisfies ImportFormat

async function readSkill(file: ForeignFile, options: ReadOptions): Promise<Foreign> {
  const matter = await readFrontMatter(file)
  if ('rule' in matter) return { ok: false, findings: [matter] }
  const { data, body } = matter
  const described = describeSource(typeof data.description === 'string' ? data.description : '', body)
  if (described.description === '') return { ok: false, findings: [noDescription(file, matter)] }
  const { folder } = file
  if (folder && folder.findings.length > 0) return { ok: false, findings: folder.findings }
  const { id, guesses: idGuesses } = chooseId(file, data.name, options)
  const { fields, kept: keptFields, guesses } = await readFields(file, matter)
  const { description, rest } = described
  return {
    ok: true,
    definition: {
      id,
      manifest: toManifest(id, description, fields, options.owner),
      files: { ...folder?.texts, [bodyFile(MANIFEST)]: body },
      ...(folder ? { bytes: folder.bytes, executable: folder.executable } : {}),
      unmapped: { ...keptFields, ...(rest === '' ? {} : { descriptionRest: rest }) },
      guesses: [
        ...guessLoose(matter.loose),
        ...guessDraft(options.owner),
        ...idGuesses,
        ...described.guesses,
        ...guesses,
      ],
    },
  }
}

function noDescription({ path }: ForeignFile, matter: FrontMatter): Finding {
  const place = { file: path, offset: matter.findOffset('description') }
  const hint = 'add "description: …" to the front matter: what the skill does, and when to use it'
  return importFinding('NOFX_IMPORT_FIELD', place, 'description is missing', hint)
}

function toManifest(
  name: string,
  description: string,
  { license, compatibility, values, tools }: SkillFields,
  owner: string | undefined,
): JsonObject {
  const own = owner === undefined ? { 'nofx-status': 'draft' } : { 'nofx-owner': owner }
  return { name, description, ...license, ...compatibility, ...tools, metadata: { ...values, ...own } }
}

interface SkillFields {
  license: JsonObject
  compatibility: JsonObject
  /** Of `metadata`. */
  values: Record<string, string>
  tools: JsonObject
}

/** Fields of the specification as it has them; every other field, and every value of another form, is kept. */
async function readFields(
  file: ForeignFile,
  { data }: FrontMatter,
): Promise<{ fields: SkillFields; kept: JsonObject; guesses: Guess[] }> {
  const { name: _, description: __, ...rest } = data
  const keptFields: JsonObject = { ...rest }
  const take = (field: string, value: string | undefined): JsonObject => {
    if (value === undefined) return {}
    delete keptFields[field]
    return { [field]: value }
  }
  const license = take('license', textUpTo(rest.license, MAX_LICENSE))
  const compatibility = take('compatibility', textUpTo(rest.compatibility, MAX_COMPATIBILITY))
  const tools = take('allowed-tools', readTools(rest['allowed-tools']))
  const values = isObject(rest.metadata) ? await readMetadata(file, rest.metadata) : {}
  const odd = isObject(rest.metadata)
    ? Object.fromEntries(
        Object.entries(rest.metadata).filter(
          ([name, value]) => typeof value === 'object' && !(name in values),
        ),
      )
    : {}
  if (isObject(rest.metadata)) delete keptFields.metadata
  if (Object.keys(odd).length > 0) keptFields.metadata = odd
  const guesses: Guess[] = []
  const version =
    typeof rest.version === 'string' && EXACT_VERSION.test(rest.version) ? rest.version : undefined
  if (version !== undefined && values['nofx-version'] === undefined) {
    delete keptFields.version
    values['nofx-version'] = version
    guesses.push({ field: 'metadata.nofx-version', what: version, why: 'the source has it as "version"' })
  }
  return { fields: { license, compatibility, values, tools }, kept: keptFields, guesses }
}

function textUpTo(value: unknown, most: number): string | undefined {
  return typeof value === 'string' && value.trim() !== '' && value.length <= most ? value : undefined
}

/** A text, or the list that some clients accept. */
function readTools(value: unknown): string | undefined {
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string')
  return textUpTo(isList ? value.join(' ') : value, 4096)
}

/** Values are texts, as they are sources: `1.0` is not `1`. */
async function readMetadata(file: ForeignFile, fields: JsonObject): Promise<Record<string, string>> {
  const sources = await readWritten(file.text)
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      if (typeof value === 'object' || (name.startsWith('nofx-') && !OWN_NAMES.includes(name))) return []
      const text = sources[name]
      return [[name, typeof text === 'string' ? text : String(value)]]
    }),
  )
}

async function readWritten(text: string): Promise<JsonObject> {
  const { parse } = await import('yaml')
  try {
    const front = /^---[ \t]*\n([\s\S]*?)^---[ \t]*$/m.exec(text)?.[1] ?? ''
    const value: unknown = parse(front, { schema: 'failsafe', logLevel: 'silent' })
    return isObject(value) && isObject(value.metadata) ? value.metadata : {}
  } catch {
    return {}
  }
}

/** The id is the name, with the plugin's before it where two plugins have skills of one name. */
function chooseId(
  { path }: ForeignFile,
  name: unknown,
  { id, prefix, plugin, base }: ReadOptions,
): { id: string; guesses: Guess[] } {
  if (id !== undefined) return { id, guesses: [] }
  const folder = `${base}/${path}`.split('/').at(-2) ?? ''
  const ownName = typeof name === 'string' && name.trim() !== '' ? name.trim() : folder
  const guess = (what: string, why: string): Guess[] => (what === name ? [] : [{ field: 'name', what, why }])
  const own = definitionId.safeParse(ownName).success ? ownName : (slugify(ownName) ?? slugify(folder))
  if (own === undefined) {
    const latin = latinId(path, ownName, 'skill')
    return { id: latin, guesses: [{ field: 'name', what: latin, why: NO_LATIN, needs: true }] }
  }
  const before = [prefix, plugin].filter((part) => part !== undefined).join('-')
  const longer = before === '' || own.startsWith(`${before}-`) ? own : (slugify(`${before}-${own}`) ?? own)
  const why =
    plugin === undefined ? 'the name does not fit an id' : 'skills of several plugins have the same name'
  return { id: longer, guesses: prefix === undefined ? guess(longer, why) : [] }
}
