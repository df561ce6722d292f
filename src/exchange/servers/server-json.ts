import { type Finding, findingMaker } from '../../contract/diagnostic.ts'
import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { OWN_KEY, withoutOwnValues } from '../../plugins/servers/manifest/own-values.ts'
import type { ServerDefinition } from '../../plugins/servers/manifest/schema.ts'
import type { ExchangeFormat, FieldRow, ForeignText, ReadForeign } from '../contract/format.ts'
import { LedgerPage } from '../contract/ledger.ts'
import { SERVER_READ_ROWS } from './entry-rows.ts'
import { readServerEntry } from './read-server.ts'

/** The rule of imports that an entry breaks which cannot be read. */
export const SERVER_JSON_RULES = {
  NOFX_IMPORT_FIELD: { severity: 'error', summary: 'The fields of a file to import have a supported type.' },
} as const

const makeFinding = findingMaker(SERVER_JSON_RULES)

const WRITE_ROWS = {
  whole: { field: '*', outcome: 'mapped', reason: 'the file has the form that the MCP Registry reads' },
  own: {
    field: `_meta["${OWN_KEY}"]`,
    outcome: 'dropped',
    reason: 'status, owner, tags and license are values of this registry',
  },
  files: { field: 'files', outcome: 'dropped', reason: 'the MCP Registry takes one file' },
} as const satisfies Record<string, FieldRow>

/** The server.json of the MCP Registry, of every date, alone and in lists. */
export const serverJson: ExchangeFormat = {
  id: 'server-json',
  title: 'MCP Registry',
  kinds: ['servers'],
  places: ['<id>/server.json'],
  extension: '.json',
  limits: [],
  writes: Object.values(WRITE_ROWS),
  reads: SERVER_READ_ROWS,
  detect(path, text) {
    const isNamed = /(?:^|\/)servers?\.json$/.test(path)
    if (text === undefined) return isNamed ? 'sure' : undefined
    if (!isNamed && !/server\.schema\.json"|"version_detail"|"registry_?[tT]ype"/.test(text)) return undefined
    const value = parse(text)
    const [first] = listEntries(value) ?? [value]
    return isServer(first) ? 'sure' : undefined
  },
  split(text) {
    const entries = listEntries(parse(text))
    return entries?.map((entry, index) => ({
      name: String(nameIn(entry) || index),
      text: JSON.stringify(entry, null, 2),
    }))
  },
  read: async (file) => readServer(file),
  async write(items) {
    const pages = items.map(({ definition }) => {
      const page = new LedgerPage(nameOf(definition))
      page.note(WRITE_ROWS.whole)
      page.note(WRITE_ROWS.own)
      if (definition.files.length > 1) page.note(WRITE_ROWS.files)
      return page.rows
    })
    const files = items.map(({ definition }) => {
      const { kind, id, manifest } = definition as ServerDefinition
      const content = `${JSON.stringify(withoutOwnValues(manifest), null, 2)}\n`
      return { path: `${id}/server.json`, content, from: [{ kind, id }] }
    })
    return { files, findings: [], ledger: pages.flat() }
  },
}

function readServer({ path, text }: ForeignText): ReadForeign {
  const value = parse(text)
  if (!isObject(value)) return refused(path, `${path} is not a JSON object`, 'correct the file')
  const page = new LedgerPage(path)
  const read = readServerEntry(value, page)
  if ('problem' in read) return refused(path, read.problem, 'correct the field in the source')
  return {
    definitions: [{ ...read, kind: 'servers', files: {}, isNamed: true }],
    findings: [],
    ledger: page.rows,
  }
}

function refused(file: string, message: string, hint: string): ReadForeign {
  const finding: Finding = makeFinding('NOFX_IMPORT_FIELD', { file, offset: 0 }, message, hint)
  return { definitions: [], findings: [finding], ledger: [] }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The entries of a list: a bare one, or the answer of a registry. */
function listEntries(value: unknown): unknown[] | undefined {
  const list = isObject(value) && !('name' in value) ? value.servers : value
  return Array.isArray(list) ? list : undefined
}

function nameIn(entry: unknown): unknown {
  if (!isObject(entry)) return undefined
  return isObject(entry.server) ? entry.server.name : entry.name
}

function isServer(entry: unknown): boolean {
  if (!isObject(entry)) return false
  const server: JsonObject = isObject(entry.server) ? entry.server : entry
  const marks = ['version', 'version_detail', 'packages', 'remotes']
  return typeof server.name === 'string' && marks.some((field) => Object.hasOwn(server, field))
}
