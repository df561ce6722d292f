import type { Guess } from '../sources/format.ts'
import { isDenied, type Restrictions, readRestrictions } from './restrictions.ts'
import { findGroup } from './tool-groups.ts'
import { isNegated } from './tool-list.ts'

/** The permissions that the source's tools need. Without tools, nothing is granted. */
export interface Grants {
  network: boolean
  hosts?: string[]
  filesystem: 'none' | 'read' | 'write'
  shell: boolean
}

type AddNote = (what: string, why: string) => void

const EVERYTHING = new Set(['*', 'all', 'All'])

/**
 * Permissions for a source's tools, less what it denies. Deny is the default: a source without tools (where the
 * original tool grants all of them), an unknown tool, or one limited by a rule that has no equal here is granted
 * nothing, and is reported.
 * @param hasServers whether the source itself gives the addresses of its MCP servers
 */
export function grantsFor(
  names: readonly string[] | undefined,
  limits: Restrictions = readRestrictions({}),
  hasServers = false,
): { grants: Grants; guesses: Guess[] } {
  const grants: Grants = { network: false, filesystem: 'none', shell: false }
  const guesses: Guess[] = []
  const note: AddNote = (what, why) => void guesses.push({ field: 'permissions', what, why, needs: true })
  const tools = (names ?? []).filter((name) => !EVERYTHING.has(name) && !isNegated(name))
  if (names === undefined || names.some((name) => EVERYTHING.has(name)))
    note('nothing granted', 'the source asks for every tool there is: grant what it needs')
  const open = tools.filter((name) => !isDenied(limits, name))
  const covered = open.filter((name) => isCovered(limits, name))
  const unknown = open.filter((name) => !covered.includes(name) && !grant(grants, name))
  if (grants.hosts?.includes('*'))
    note('every host', 'the source may fetch from anywhere: name the hosts it needs')
  if (covered.length > 0)
    note(`nothing for ${covered.join(', ')}`, 'its permission would allow what the source denies')
  noteUnknown(unknown, hasServers, note)
  return { grants, guesses }
}

/** Permissions with the hosts and the secrets of the source's own MCP servers. */
export function withServers(
  grants: Grants,
  { hosts, secrets }: { hosts: readonly string[]; secrets: readonly string[] },
): Grants & { secrets?: string[] } {
  const reached: Grants = { ...grants }
  for (const host of hosts) reach(reached, host)
  return secrets.length > 0 ? { ...reached, secrets: [...new Set(secrets)].sort() } : reached
}

/** Whether a tool's permission is coarser than what the source leaves of it. */
function isCovered({ groups }: Restrictions, name: string): boolean {
  const group = parseHost(name) === undefined ? findGroup(name) : 'network'
  return group !== undefined && group !== 'none' && groups.has(group)
}

function noteUnknown(unknown: readonly string[], hasServers: boolean, note: AddNote): void {
  const servers = unknown.filter((name) => name.startsWith('mcp__'))
  const limited = unknown.filter((name) => name.includes('('))
  const others = unknown.filter((name) => !servers.includes(name) && !limited.includes(name))
  if (servers.length > 0)
    note(
      `no server for ${servers.join(', ')}`,
      hasServers
        ? 'the source names its servers: move them from metadata.import.kept to "mcp"'
        : 'the address of an MCP server is unknown: add it to "mcp"',
    )
  if (limited.length > 0) note(`nothing for ${limited.join(', ')}`, 'limits inside of a tool have no equal')
  if (others.length > 0) note(`nothing for ${others.join(', ')}`, 'tools of the original host have no equal')
}

function grant(grants: Grants, name: string): boolean {
  const host = parseHost(name)
  const group = host === undefined ? findGroup(name) : 'network'
  if (group === 'network') reach(grants, host ?? '*')
  else if (group === 'shell') grants.shell = true
  else if (group === 'write') grants.filesystem = 'write'
  else if (group === 'read') grants.filesystem = grants.filesystem === 'write' ? 'write' : 'read'
  return group !== undefined
}

/** The one host that a rule on fetching leaves. */
function parseHost(name: string): string | undefined {
  return /^WebFetch\(domain:([a-z0-9.-]+)\)$/.exec(name)?.[1]
}

function reach(grants: Grants, host: string): void {
  const hosts = new Set([...(grants.hosts ?? []), host])
  grants.network = true
  grants.hosts = hosts.has('*') ? ['*'] : [...hosts].sort()
}
