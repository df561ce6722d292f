import { EXACT_VERSION } from '../../contract/fields/semver.ts'
import { dotted } from '../../contract/fields/shown.ts'
import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { valueAt } from '../../contract/manifest/value-at.ts'
import { liftServer } from '../../plugins/servers/manifest/lift.ts'
import { SERVER_NAME, serverId } from '../../plugins/servers/manifest/name.ts'
import { FORM_URL, serverSchema } from '../../plugins/servers/manifest/schema.ts'
import type { FieldRow } from '../contract/format.ts'
import type { LedgerPage } from '../contract/ledger.ts'
import { asDraft } from './draft-server.ts'
import { ENTRY_ROWS as ROWS } from './entry-rows.ts'

/** An entry as a definition, or why it cannot be one. */
export type ReadEntry = { id: string; manifest: JsonObject; kept: JsonObject } | { problem: string }

const DESCRIPTION = 100

/** Reads an entry of any dated form, with a row in the ledger for each of its fields. */
export function readServerEntry(raw: JsonObject, page: LedgerPage): ReadEntry {
  const entry = unwrap(raw)
  const { name } = entry
  if (typeof name !== 'string' || !SERVER_NAME.test(name) || name.length > 200)
    return {
      problem: `name ${JSON.stringify(name) ?? 'is missing'} is not a name such as "io.github.owner/name"`,
    }
  const { server, lifts } = liftServer(entry)
  for (const { at, outcome, now } of lifts) page.note(chooseRow(outcome, now), dotted(at))
  const keptFields: JsonObject = {}
  fitDescription(server, keptFields, page)
  fitVersion(server, keptFields, page)
  splitOptions(server, page)
  dropRemotes(server, keptFields, page)
  const fitted = fitShape({ ...server, $schema: FORM_URL }, keptFields, page)
  if (typeof fitted === 'string') return { problem: fitted }
  noteFields(entry, fitted, page)
  return { id: serverId(name), manifest: asDraft(fitted, page), kept: keptFields }
}

/** The server of an answer of a registry, with the status that the registry gives it. */
function unwrap(raw: JsonObject): JsonObject {
  if (!isObject(raw.server)) return raw
  const official = isObject(raw._meta) ? raw._meta['io.modelcontextprotocol.registry/official'] : undefined
  const status = isObject(official) ? official.status : undefined
  return status === undefined || status === 'active' ? raw.server : { status, ...raw.server }
}

function chooseRow(outcome: string, now: string): FieldRow {
  if (outcome === 'mapped') return { ...ROWS.lifted, reason: now }
  if (outcome === 'approximated') return ROWS.guessed
  return [ROWS.unknown, ROWS.empty].find(({ reason }) => reason.startsWith(now.slice(0, 20))) ?? ROWS.registry
}

function fitDescription(server: JsonObject, keptFields: JsonObject, page: LedgerPage): void {
  const { description, name } = server
  if (typeof description !== 'string') return
  const text = description.trim()
  if (text === '') {
    server.description = `MCP server ${name}`.slice(0, DESCRIPTION)
    page.note(ROWS.untold)
  } else if (text.length > DESCRIPTION) {
    keptFields.description = description
    server.description = cut(text)
    page.note(ROWS.cut)
  }
}

/** The start of a text, up to a word's end where one is near. */
function cut(text: string): string {
  const head = text.slice(0, DESCRIPTION - 1).replace(/[\uD800-\uDBFF]$/, '')
  return `${head.replace(/\s+\S{0,20}$/, '')}…`
}

/** `1.0`, `v1.2.3` and `2025.01.02` as exact versions; any other text becomes 0.0.0. */
function fitVersion(server: JsonObject, keptFields: JsonObject, page: LedgerPage): void {
  const { version } = server
  if (typeof version !== 'string' || EXACT_VERSION.test(version)) return
  const [, major = '0', minor = '0', patch = '0', rest = ''] =
    /^v?0*(\d+)(?:\.0*(\d+))?(?:\.0*(\d+))?([-+].+)?$/.exec(version.trim()) ?? []
  const exact = `${major}.${minor}.${patch}${rest}`
  keptFields.version = version
  server.version = EXACT_VERSION.test(exact) ? exact : '0.0.0'
  page.note(ROWS.version)
}

/** Remotes without a transport that a client could use are kept, and not listed. */
function dropRemotes(server: JsonObject, keptFields: JsonObject, page: LedgerPage): void {
  const { remotes } = server
  if (!Array.isArray(remotes)) return
  server.remotes = remotes.filter((one, index) => {
    if (!isObject(one) || one.type === 'sse' || one.type === 'streamable-http') return true
    keptFields[`remotes[${index}]`] = one
    page.note(ROWS.remote, `remotes[${index}]`)
    return false
  })
}

/** `--directory <path>` in the name of an option is an option and its value. */
function splitOptions(server: JsonObject, page: LedgerPage): void {
  const { packages } = server
  if (!Array.isArray(packages)) return
  server.packages = packages.map((one, index) => {
    if (!isObject(one)) return one
    const lists = ['packageArguments', 'runtimeArguments'].flatMap((field): [string, unknown][] => {
      const list = one[field]
      if (!Array.isArray(list)) return []
      return [
        [
          field,
          list.map((argument, at) => splitOption(argument, `packages[${index}].${field}[${at}]`, page)),
        ],
      ]
    })
    return { ...one, ...Object.fromEntries(lists) }
  })
}

function splitOption(argument: unknown, at: string, page: LedgerPage): unknown {
  if (!isObject(argument) || argument.type !== 'named' || typeof argument.name !== 'string') return argument
  const [, name, rest = ''] = /^(\S+)\s+(.*)$/s.exec(argument.name.trim()) ?? []
  if (name === undefined) return argument
  page.note(ROWS.option, `${at}.name`)
  const value = (field: string) => (argument[field] === argument.name ? { [field]: rest } : {})
  return {
    ...argument,
    name,
    ...(argument.value === undefined ? { value: rest } : {}),
    ...value('value'),
    ...value('default'),
  }
}

/** The manifest without fields that the form does not have, which are kept; a text says what is wrong with the others. */
function fitShape(server: JsonObject, keptFields: JsonObject, page: LedgerPage): JsonObject | string {
  const fitted = structuredClone(server)
  const first = serverSchema().safeParse(fitted)
  if (first.success) return fitted
  for (const issue of first.error.issues) {
    if (issue.code !== 'unrecognized_keys') continue
    const parent = valueAt(fitted, issue.path as (string | number)[])
    for (const key of isObject(parent) ? issue.keys : []) {
      const at = dotted([...(issue.path as (string | number)[]), key])
      keptFields[at] = (parent as JsonObject)[key]
      delete (parent as JsonObject)[key]
      page.note(ROWS.kept, at)
    }
  }
  const again = serverSchema().safeParse(fitted)
  if (again.success) return fitted
  const [issue] = again.error.issues
  return `${dotted((issue?.path ?? []) as (string | number)[]) || 'the entry'}: ${issue?.message ?? 'has another form'}`
}

/** A row for every field that has none yet. */
function noteFields(entry: JsonObject, fitted: JsonObject, page: LedgerPage): void {
  const noted = new Set(page.rows.map(({ at }) => at.split(/[.[]/)[0]))
  for (const field of new Set([...Object.keys(entry), ...Object.keys(fitted)]))
    if (!noted.has(field) && Object.hasOwn(entry, field))
      page.note({ ...ROWS.lifted, reason: `"${field}"` }, field)
}
