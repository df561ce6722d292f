import { type Finding, findingMaker, type Pointer } from '../../../contract/diagnostic.ts'
import { dotted, quoted } from '../../../contract/fields/shown.ts'
import { isObject } from '../../../contract/is-object.ts'
import type { JsonObject } from '../../../contract/kind.ts'
import { CORE_RULES } from '../../../contract/rules.ts'
import { shownValue } from '../../../contract/text/shown-value.ts'
import { makeFinding } from './form-rules.ts'
import {
  contradictedType,
  findServers,
  inferType,
  RENAMED,
  UNSUPPORTED,
  WITHOUT_EFFECT,
} from './mcp-other-hosts.ts'
import {
  type Reshaped,
  reshapeArguments,
  reshapeCommand,
  reshapeServers,
  reshapeValues,
} from './mcp-shapes.ts'

const makeCoreFinding = findingMaker(CORE_RULES)

/** MCP servers in the form of `mcpConfig`, and one finding for each part that was written differently. */
export interface UsualMcp {
  value: unknown
  findings: Finding[]
  /** Where the servers are in the document as it is written. */
  at: Pointer
}

/** Where findings go, and the place of the servers in the file. */
interface Target {
  file: string
  at: Pointer
  findings: Finding[]
}

/**
 * Converts MCP servers from the forms that other hosts write to the form of `mcpConfig`. Parts with the same meaning are
 * converted with a warning, and fields that NOFX cannot obey are removed with an error, so that the schema judges the
 * rest in the same run. The input is not changed.
 * @param root the place of the document that has `mcpServers`
 */
export function usualMcp(value: unknown, file: string, root: Pointer = []): UsualMcp {
  const findings: Finding[] = []
  if (!isObject(value)) return { value, findings, at: [...root, 'mcpServers'] }
  const { $schema: _editor, ...rest } = value
  const { document, at } = usualDocument(rest, { file, at: root, findings })
  if (document.inputs !== undefined) {
    const beside = at.length > root.length ? at.slice(0, -1) : root
    const hint = `remove it, and refer to a secret by its name: "\${NAME}"`
    refuse({ file, at: beside, findings }, ['inputs'], hint)
    delete document.inputs
  }
  if (document.actions !== undefined) {
    const message = 'actions is a field of an older layout'
    const hint = 'move it into "metadata" of the manifest'
    refuse({ file, at: root, findings }, ['actions'], hint, message)
    delete document.actions
  }
  const target = { file, at, findings }
  const inList = reshapeServers(document.mcpServers)
  if (inList) {
    noteForm(target, [], 'write "mcpServers" as an object: {"<name>": {…}}', 'mcpServers is a list', false)
    document.mcpServers = inList
  }
  if (!isObject(document.mcpServers)) return { value: document, findings, at }
  const servers = Object.entries(document.mcpServers)
  document.mcpServers = Object.fromEntries(
    servers.map(([name, server]) => [name, usualServer(server, name, target)]),
  )
  return { value: document, findings, at }
}

/** Puts the servers into `mcpServers` if another host would look for them elsewhere. */
function usualDocument(document: JsonObject, target: Target): { document: JsonObject; at: Pointer } {
  const misplaced = document.mcpServers === undefined ? findServers(document) : undefined
  if (!misplaced) return { document, at: [...target.at, 'mcpServers'] }
  const { wrappers, servers, rest } = misplaced
  if (wrappers.length === 0) {
    const hint = 'write {"mcpServers": {…}} around the servers'
    noteForm(
      target,
      [],
      hint,
      `the servers are not in "mcpServers": ${Object.keys(servers).map(quoted).join(', ')}`,
      false,
    )
  } else
    noteForm(target, wrappers, 'write "mcpServers"', `"${wrappers.join('.')}" is the name of another host`)
  return { document: { ...rest, mcpServers: servers }, at: [...target.at, ...wrappers] }
}

function usualServer(server: unknown, name: string, target: Target): unknown {
  if (!isObject(server)) return server
  const own = { ...server }
  for (const field of Object.keys(server)) usualField(own, name, field, target)
  reshape(own, name, 'command', reshapeCommand(own), target)
  reshape(own, name, 'args', reshapeArguments(own), target)
  for (const field of ['env', 'headers']) {
    reshape(own, name, field, reshapeValues(field, own[field]), target)
    if (isObject(own[field])) own[field] = usualValues(own[field], [name, field], target)
  }
  requireOnePlace(own, name, target)
  if (isPlaceless(own)) {
    const place = { file: target.file, pointer: [...target.at, name], key: true, absent: 'type' }
    const message = `mcpServers.${name} has neither "command" nor "url"`
    const hint = 'add "command" with "type": "stdio", or "url" with "type": "streamable-http"'
    target.findings.push(makeCoreFinding('NOFX_FIELD_REQUIRED', place, message, hint))
    // Completed, so that the schema judges the other fields in the same run.
    return { ...own, type: 'stdio', command: 'node' }
  }
  setType(own, name, target)
  return own
}

function reshape(
  own: JsonObject,
  name: string,
  field: string,
  reshaped: Reshaped | undefined,
  target: Target,
): void {
  if (!reshaped) return
  const message = `mcpServers.${dotted([name, field])} is in the form of another host`
  noteForm(target, [name, field], reshaped.hint, message, false)
  Object.assign(own, reshaped.fields)
}

/** A server that is a program and a URL at once. The program is judged further. */
function requireOnePlace(own: JsonObject, name: string, { file, at, findings }: Target): void {
  if (own.command === undefined || own.url === undefined || own.type !== undefined) return
  const place = { file, pointer: [...at, name, 'url'], key: true }
  const message = `mcpServers.${name} has both "command" and "url"`
  const hint = 'keep "command" for a program, or "url" for a remote server'
  findings.push(makeCoreFinding('NOFX_FIELD_INVALID', place, message, hint))
  delete own.url
  own.type = 'stdio'
}

/** Whether no field says what the server is. */
function isPlaceless(own: JsonObject): boolean {
  return own.command === undefined && own.url === undefined && inferType(own) === undefined
}

/** Renames or removes a field that only other hosts have. */
function usualField(own: JsonObject, name: string, field: string, target: Target): void {
  const value = own[field]
  const path = [name, field]
  const isDefault = Object.hasOwn(WITHOUT_EFFECT, field) && WITHOUT_EFFECT[field]?.(value)
  const renamed = Object.hasOwn(RENAMED, field) ? RENAMED[field] : undefined
  if (isDefault) noteForm(target, path, 'remove it', `mcpServers.${dotted(path)} has no effect`)
  else if (renamed !== undefined && !Object.hasOwn(own, renamed)) {
    noteForm(target, path, `write "${renamed}"`, `mcpServers.${dotted(path)} is the name of another host`)
    own[renamed] = value
  } else if (renamed !== undefined) refuse(target, path, `remove it, because "${renamed}" is present`)
  else if (Object.hasOwn(UNSUPPORTED, field)) refuse(target, path, UNSUPPORTED[field]?.(value) ?? 'remove it')
  else return
  delete own[field]
}

/** Converts `${env:NAME}`, the spelling of several editors, to `${NAME}`. */
function usualValues(values: JsonObject, path: readonly string[], target: Target): JsonObject {
  const usual = Object.entries(values).map(([key, value]) => {
    const [, secret] = (typeof value === 'string' && /^\$\{env:([A-Za-z_]\w*)\}$/.exec(value)) || []
    if (secret === undefined) return [key, value]
    const reference = `\${${secret}}`
    noteForm(
      target,
      [...path, key],
      `write "${reference}"`,
      `mcpServers.${dotted([...path, key])} is in the form of an editor`,
      false,
    )
    return [key, reference]
  })
  return Object.fromEntries(usual)
}

/** Sets the type that a command or a URL implies, if the type is absent or has the name of another host. */
function setType(own: JsonObject, name: string, target: Target): void {
  const ownType = own.type
  const contradicted = contradictedType(own)
  const type = contradicted ?? inferType(own)
  if (type === undefined || type === ownType) return
  own.type = type
  const hint = `write "type": "${type}"`
  const { file, at, findings } = target
  if (ownType === undefined) {
    const place = { file, pointer: [...at, name], key: true }
    findings.push(makeFinding('NOFX_MCP_FORM', place, `mcpServers.${name} has no type`, hint))
  } else if (contradicted !== undefined) {
    const place = { file, pointer: [...at, name, 'type'] }
    const message = `mcpServers.${name}.type ${shownValue(ownType)} does not fit its ${own.url === undefined ? 'command' : 'url'}`
    findings.push(makeCoreFinding('NOFX_FIELD_INVALID', place, message, hint))
  } else if (inferType({ type: ownType }) !== undefined)
    noteForm(
      target,
      [name, 'type'],
      hint,
      `mcpServers.${name}.type ${shownValue(ownType)} is the name of another host`,
      false,
    )
  else
    findings.push(
      makeCoreFinding(
        'NOFX_FIELD_INVALID',
        { file, pointer: [...at, name, 'type'] },
        `mcpServers.${name}.type ${shownValue(ownType)} must be one of "streamable-http", "sse", "stdio"`,
        hint,
      ),
    )
}

function noteForm(
  { file, at, findings }: Target,
  path: Pointer,
  hint: string,
  message: string,
  key = true,
): void {
  findings.push(makeFinding('NOFX_MCP_FORM', { file, pointer: [...at, ...path], key }, message, hint))
}

function refuse(
  { file, at, findings }: Target,
  path: Pointer,
  hint: string,
  message = `${dotted([...at, ...path])} is a field of another host`,
): void {
  const place = { file, pointer: [...at, ...path], key: true }
  findings.push(makeFinding('NOFX_MCP_FIELD_UNSUPPORTED', place, message, hint))
}
