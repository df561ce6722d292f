import type { Permissions } from '../../plugins/agents/manifest/schema.ts'

/** What an agent may do, apart from MCP servers. Without hosts it has no network; `*` is every host. */
export interface Powers {
  filesystem: 'none' | 'read' | 'write'
  shell: boolean
  hosts: readonly string[]
}

export const NO_POWERS: Powers = { filesystem: 'none', shell: false, hosts: [] }

const LEVELS: readonly Powers['filesystem'][] = ['none', 'read', 'write']

/**
 * The powers of permissions. Hosts of the agent's own servers are left out: the servers reach them, and a tool for the
 * web would reach more of them than the servers do.
 */
export function computePowers(permissions: Permissions | undefined, serverHosts: readonly string[]): Powers {
  const { filesystem = 'none', shell = false, network = false, hosts = [] } = permissions ?? {}
  const others = hosts.filter((host) => !serverHosts.includes(host))
  return { filesystem, shell, hosts: network ? others : [] }
}

/** Whether every power of `inner` is one of `outer`. */
export function isWithin(inner: Powers, outer: Powers): boolean {
  return (
    LEVELS.indexOf(inner.filesystem) <= LEVELS.indexOf(outer.filesystem) &&
    (!inner.shell || outer.shell) &&
    (outer.hosts.includes('*') || inner.hosts.every((host) => outer.hosts.includes(host)))
  )
}

/** The powers of either. */
export function joinPowers(one: Powers, other: Powers): Powers {
  const level = Math.max(LEVELS.indexOf(one.filesystem), LEVELS.indexOf(other.filesystem))
  const hosts = [...new Set([...one.hosts, ...other.hosts])].sort()
  return {
    filesystem: LEVELS[level] ?? 'none',
    shell: one.shell || other.shell,
    hosts: hosts.includes('*') ? ['*'] : hosts,
  }
}
