import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import type { Guess } from '../sources/format.ts'
import { foldTool, groupsDeniedBy, matches, type PermissionGroup, withoutRule } from './tool-groups.ts'
import { deniedNames, denies, isNegated, toolNames } from './tool-list.ts'

/** What a source takes away from its agent. */
export interface Restrictions {
  /** Tools, as patterns over folded names. */
  denied: string[]
  /** The same as they are written. */
  names: string[]
  /** Permissions that are not granted, whatever the tools are. */
  groups: Set<PermissionGroup>
  /** Lists beside `tools`, folded: a tool counts if it is on each of them. */
  allowed: string[][]
  guesses: Guess[]
}

const DENIED_LISTS = words(
  'disallowedtools disallowtools deniedtools denytools denied deny disabledtools excludetools excludedtools blockedtools forbiddentools notools toolsdenied',
)
const ALLOWED_LISTS = words('allowedtools allowtools toolsallowed enabledtools tools')
const MODES = words('permissionmode defaultmode approvalmode sandbox sandboxmode mode')
/** Modes that refuse no tool; they differ in when the original tool asks a person. */
const OPEN_MODES = words(
  'default manual acceptedits autoedit auto bypasspermissions yolo inherit dangerfullaccess agent subagent primary all',
)
/** Fields that change what an agent may do and that only `metadata.import` can hold. */
const KEPT_FIELDS = words(
  'mcpservers hooks skills memory isolation maxturns agents handoffs background permissionmode approvalmode approvalpolicy sandbox sandboxmode permission permissions settings',
)

/** A field's name without case and joints. */
export function foldField(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '')
}

/** Whether a field limits its agent: text that merely looks like prose may not swallow it. */
export function isRestricting(name: string): boolean {
  const key = foldField(name)
  return (
    key === 'readonly' ||
    [DENIED_LISTS, ALLOWED_LISTS, MODES, KEPT_FIELDS].some((one) => one.has(key)) ||
    isRule(key)
  )
}

/** Reads every field by which a source limits its agent. What cannot be read denies everything. */
export function readRestrictions(data: JsonObject): Restrictions {
  const restrictions: Restrictions = { denied: [], names: [], groups: new Set(), allowed: [], guesses: [] }
  for (const [field, value] of Object.entries(data)) {
    if (value === null) continue
    limit(restrictions, field, field, value)
    if (KEPT_FIELDS.has(foldField(field)))
      restrictions.guesses.push({
        field,
        what: 'kept in metadata.import',
        why: 'the field changes what the agent may do and has no equal here: check it',
        needs: true,
      })
  }
  if (restrictions.names.length > 0)
    restrictions.guesses.push({
      field: 'permissions',
      what: `without ${[...new Set(restrictions.names)].join(', ')}`,
      why: 'the source denies these tools: no permission that covers one of them is granted',
    })
  return restrictions
}

/** Whether a tool is denied by its name, by a rule on it, by its server, by a pattern or by a list that lacks it. */
export function isDenied({ denied, allowed }: Restrictions, tool: string): boolean {
  const name = foldTool(withoutRule(tool))
  const isListed = (list: readonly string[]): boolean =>
    list.some((one) => one === '*' || one === 'all' || one === name || one === foldTool(tool))
  return denied.some((pattern) => isCovered(pattern, name)) || !allowed.every(isListed)
}

/** `mcp__github` stands for all tools of that server. */
function isCovered(pattern: string, name: string): boolean {
  return matches(pattern, name) || (pattern.startsWith('mcp') && matches(`${pattern}*`, name))
}

function limit(restrictions: Restrictions, path: string, field: string, value: unknown): void {
  const key = foldField(field)
  if (DENIED_LISTS.has(key)) denyList(restrictions, path, value)
  else if (path === 'tools') deny(restrictions, (toolNames(value) ?? []).filter(isNegated))
  else if (ALLOWED_LISTS.has(key)) allowOnly(restrictions, path, value)
  else if (key === 'permission' || key === 'permissions') denyPermissions(restrictions, path, value)
  else if (key === 'settings' && isObject(value))
    for (const [inner, one] of Object.entries(value)) limit(restrictions, `${path}.${inner}`, inner, one)
  else if (MODES.has(key)) limitMode(restrictions, path, value)
  else if (key === 'readonly' && value !== false) limitReading(restrictions, path, value)
  else if (isRule(key) && denies(value)) deny(restrictions, [field])
}

function deny(restrictions: Restrictions, names: readonly string[]): void {
  for (const name of names) {
    const pattern = foldTool(withoutRule(name))
    restrictions.names.push(name)
    if (pattern === '') continue
    restrictions.denied.push(pattern)
    if (!name.startsWith('mcp__')) for (const group of groupsDeniedBy(pattern)) restrictions.groups.add(group)
  }
}

function denyList(restrictions: Restrictions, path: string, value: unknown): void {
  const names = deniedNames(value)
  if (names) deny(restrictions, names)
  else denyAll(restrictions, path)
}

function allowOnly(restrictions: Restrictions, path: string, value: unknown): void {
  const names = toolNames(value)
  if (names) restrictions.allowed.push(names.map(foldTool))
  else denyAll(restrictions, path)
}

/** `{ deny: [...] }` as in settings, or `{ bash: deny, edit: false }`. */
function denyPermissions(restrictions: Restrictions, path: string, value: unknown): void {
  if (!isObject(value)) denyAll(restrictions, path)
  for (const [key, rule] of Object.entries(isObject(value) ? value : {})) {
    if (rule === null || key === 'allow' || key === 'ask') continue
    if (DENIED_LISTS.has(foldField(key)) || MODES.has(foldField(key)))
      limit(restrictions, `${path}.${key}`, key, rule)
    else if (denies(rule)) deny(restrictions, [key])
  }
}

/** A field that is called as a tool or a permission is: `bash: false`, `network: none`. */
function isRule(key: string): boolean {
  return /^(?:bash|shell|terminal|write|edit|editing|read|filesystem|network|internet|web|webfetch|websearch)$/.test(
    key,
  )
}

function limitMode(restrictions: Restrictions, path: string, value: unknown): void {
  const mode = typeof value === 'string' ? foldField(value.trim()) : undefined
  if (value === false || value === null || (mode !== undefined && OPEN_MODES.has(mode))) return
  if (mode !== 'plan') restrictions.groups.add('network')
  if (mode !== 'workspacewrite') limitReading(restrictions, path, value)
  else restrictions.guesses.push({ field: 'permissions', what: 'no network', why: isInSource(path, value) })
}

function limitReading(restrictions: Restrictions, path: string, value: unknown): void {
  restrictions.groups.add('write').add('shell')
  restrictions.guesses.push({ field: 'permissions', what: 'reading at most', why: isInSource(path, value) })
}

function denyAll(restrictions: Restrictions, path: string): void {
  restrictions.denied.push('*')
  restrictions.guesses.push({
    field: 'permissions',
    what: 'nothing granted',
    why: `what ${path} denies cannot be read: grant what it leaves`,
    needs: true,
  })
}

function isInSource(path: string, value: unknown): string {
  return `${path} is ${JSON.stringify(value).slice(0, 80)} in the source`
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '))
}
