import type { Guess } from '../../../core/import/format.ts'

/** What the source's tools ask for, as `permissions`. Nothing asked is nothing granted. */
export interface Grants {
  network: boolean
  hosts?: string[]
  filesystem: 'none' | 'read' | 'write'
  shell: boolean
}

const READ = new Set(['Read', 'Glob', 'Grep', 'LS', 'NotebookRead'])
const WRITE = new Set(['Write', 'Edit', 'MultiEdit', 'NotebookEdit'])
const SHELL = new Set(['Bash', 'BashOutput', 'KillBash', 'KillShell'])
const NETWORK = new Set(['WebFetch', 'WebSearch'])
const EVERYTHING = new Set(['*', 'all', 'All'])

/** `tools` as a list of names: it is written as one, or as text with commas. Undefined for anything else. */
export function toolNames(tools: unknown): string[] | undefined {
  if (Array.isArray(tools)) return tools.every((tool) => typeof tool === 'string') ? tools : undefined
  if (tools === null) return []
  if (typeof tools !== 'string') return undefined
  // A comma inside of parentheses belongs to a tool's own rule: Bash(git log:*, git diff:*).
  return (tools.match(/(?:[^,(]|\([^)]*\)?)+/g) ?? [])
    .map((tool) => tool.trim())
    .filter((tool) => tool !== '')
}

/**
 * Permissions for a source's tools. Deny is the default: a source without tools (where the original tool grants all
 * of them), a tool nobody knows, or one limited by a rule that has no equal here is granted nothing, and is reported.
 */
export function grantsFor(names: readonly string[] | undefined): { grants: Grants; guesses: Guess[] } {
  const grants: Grants = { network: false, filesystem: 'none', shell: false }
  const guesses: Guess[] = []
  const note = (what: string, why: string): void => void guesses.push({ field: 'permissions', what, why })
  if (names === undefined || names.some((name) => EVERYTHING.has(name)))
    note('nothing granted', 'the source asks for every tool there is: grant what it needs')
  const unknown = (names ?? []).filter((name) => !EVERYTHING.has(name) && !grant(grants, name))
  if (grants.hosts?.includes('*'))
    note('every host', 'the source may fetch from anywhere: name the hosts it needs')
  const servers = unknown.filter((name) => name.startsWith('mcp__'))
  const limited = unknown.filter((name) => name.includes('('))
  const others = unknown.filter((name) => !servers.includes(name) && !limited.includes(name))
  if (servers.length > 0)
    note(`no server for ${servers.join(', ')}`, 'where an MCP server is cannot be told: add it to "mcp"')
  if (limited.length > 0) note(`nothing for ${limited.join(', ')}`, 'limits inside of a tool have no equal')
  if (others.length > 0) note(`nothing for ${others.join(', ')}`, 'tools of the original host have no equal')
  return { grants, guesses }
}

function grant(grants: Grants, name: string): boolean {
  const host = NETWORK.has(name) ? '*' : /^WebFetch\(domain:([a-z0-9.-]+)\)$/.exec(name)?.[1]
  if (host !== undefined) reach(grants, host)
  else if (SHELL.has(name)) grants.shell = true
  else if (WRITE.has(name)) grants.filesystem = 'write'
  else if (READ.has(name)) grants.filesystem = grants.filesystem === 'write' ? 'write' : 'read'
  else return false
  return true
}

function reach(grants: Grants, host: string): void {
  const hosts = new Set([...(grants.hosts ?? []), host])
  grants.network = true
  grants.hosts = hosts.has('*') ? ['*'] : [...hosts].sort()
}
