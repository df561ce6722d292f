import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { SERVER_NAME } from '../../plugins/servers/manifest/name.ts'
import { LedgerPage } from '../contract/ledger.ts'
import { type ReadEntry, readServerEntry } from '../servers/read-server.ts'
import { hasSecretUrl, readArguments, readNamed, readVariables, type ValueWords } from './input-values.ts'
import { exactVersion, readProgram } from './read-program.ts'
import { FIELD_ROWS, MCP_READ } from './read-rows.ts'

/** The namespace of a server whose file has none. */
const NAMESPACE = 'local'

/** An entry of a client's file, and what is known beside it. */
export interface McpEntry {
  name: string
  entry: JsonObject
  namespace?: string | undefined
  /** Whether a `url` without a type is one of SSE. */
  isSse: boolean
  words: ValueWords
}

type EntryPart = { part: JsonObject; version?: string } | { problem: string }

/** Reads an entry as a server of the MCP Registry, with a row in the ledger for each of its fields. */
export function readMcpEntry(source: McpEntry, page: LedgerPage): ReadEntry {
  const { name: own, entry, namespace = NAMESPACE } = source
  const keptFields = noteFields(entry, page)
  const name = `${namespace}/${own.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '')}`
  if (!SERVER_NAME.test(name)) return { problem: `"${own}" cannot be the name of a server` }
  const url = [entry.httpUrl, entry.http_url, entry.url, entry.serverUrl].find((one) => one !== undefined)
  const read = url === undefined ? readStdio(source, page) : readRemote(source, url, page)
  if ('problem' in read) return read
  page.note(MCP_READ.name)
  if (read.version === undefined) page.note(MCP_READ.version)
  const { description } = entry
  const manifest = {
    name,
    description: typeof description === 'string' ? description : '',
    version: read.version ?? '0.0.0',
    ...read.part,
  }
  const lifted = new LedgerPage('')
  const result = readServerEntry(manifest, lifted)
  for (const row of lifted.rows) if (row.outcome !== 'mapped') page.note(row, row.at)
  return 'problem' in result ? result : { ...result, kept: { ...result.kept, ...keptFields } }
}

/** A row for each field, and the fields that are kept. */
function noteFields(entry: JsonObject, page: LedgerPage): JsonObject {
  const fields = Object.entries(entry).map(([field, value]) => {
    const row = FIELD_ROWS.get(field) ?? MCP_READ.rest
    page.note(row, field)
    return row.outcome === 'kept' ? [[field, value] as const] : []
  })
  return Object.fromEntries(fields.flat())
}

function readRemote({ entry, words, isSse }: McpEntry, url: unknown, page: LedgerPage): EntryPart {
  const type = readTransport(entry, isSse)
  if (type === undefined) return { problem: 'its transport is not one of MCP over HTTP' }
  if (typeof url !== 'string') return { problem: 'its url is not a text' }
  const read = readVariables(url, words)
  if (typeof read === 'string') return { problem: read }
  if (hasSecretUrl(read.value)) return { problem: 'its url has a secret' }
  const { bearer_token_env_var: bearer, env_http_headers: byName, http_headers: plain, headers } = entry
  const values: [string, unknown][] = [
    ...(typeof bearer === 'string' ? [['Authorization', `Bearer \${${bearer}}`] as [string, string]] : []),
    ...[headers, plain].flatMap((all) => (isObject(all) ? Object.entries(all) : [])),
    ...(isObject(byName) ? Object.entries(byName) : []).map(([header, name]): [string, string] => [
      header,
      `\${${toText(name)}}`,
    ]),
  ]
  const inputs = readInputs('headers', values, words, page)
  if ('problem' in inputs) return inputs
  const { variables } = read
  const isFilled = Object.keys(variables).length > 0
  const remote = {
    type,
    url: read.value,
    ...some({ headers: inputs.list }),
    ...(isFilled ? { variables } : {}),
  }
  return { part: { remotes: [remote] } }
}

function readTransport(
  { type, transport, httpUrl, http_url }: JsonObject,
  isSse: boolean,
): string | undefined {
  const word = type ?? transport
  if (word === undefined)
    return isSse && httpUrl === undefined && http_url === undefined ? 'sse' : 'streamable-http'
  if (word === 'sse') return 'sse'
  return ['http', 'streamable-http', 'streamableHttp', 'streamable_http'].includes(toText(word))
    ? 'streamable-http'
    : undefined
}

function readStdio({ entry, words }: McpEntry, page: LedgerPage): EntryPart {
  const { command, args = [], env = {}, env_vars: names = [] } = entry
  if (typeof command !== 'string' || command.trim() === '')
    return { problem: 'it has neither a url nor a command' }
  const isList = Array.isArray(args) && args.every((word) => typeof word === 'string')
  if (!isList || !isObject(env))
    return { problem: 'its args are not a list of texts, or its env is not an object' }
  const run = readProgram(command, args)
  if ('problem' in run) return run
  const passed = (Array.isArray(names) ? names : []).map((one) => toText(isObject(one) ? one.name : one))
  const values = {
    ...run.variables,
    ...Object.fromEntries(passed.map((name) => [name, `\${${name}}`])),
    ...env,
  }
  const inputs = readInputs('env', Object.entries(values), words, page)
  const before = readArguments(run.before, words)
  const after = readArguments(run.after, words)
  for (const read of [inputs, before, after]) if ('problem' in read) return read
  if ('problem' in inputs || 'problem' in before || 'problem' in after) return { problem: '' }
  if (before.hasSecret || after.hasSecret) page.note(MCP_READ.secret, 'args')
  const { registryType, identifier, version, runtimeHint } = run
  const onePackage = {
    registryType,
    identifier,
    ...(version === undefined ? {} : { version }),
    runtimeHint,
    transport: { type: 'stdio' },
    ...some({
      runtimeArguments: before.inputs,
      packageArguments: after.inputs,
      environmentVariables: inputs.list,
    }),
  }
  return { part: { packages: [onePackage] }, version: exactVersion(run) }
}

function readInputs(
  field: string,
  values: readonly (readonly [string, unknown])[],
  words: ValueWords,
  page: LedgerPage,
): { list: JsonObject[] } | { problem: string } {
  const list: JsonObject[] = []
  for (const [name, value] of values) {
    const read = readNamed(name, value, words)
    if ('problem' in read) return { problem: `${field}.${name}: ${read.problem}` }
    if (read.secret) page.note(MCP_READ.secret, `${field}.${name}`)
    list.push(read.input)
  }
  return { list }
}

/** A text as it is; anything else is not a name. */
function toText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Lists that have something in them. */
function some(lists: Readonly<Record<string, readonly unknown[]>>): JsonObject {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0))
}
