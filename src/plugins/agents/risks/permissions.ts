import { shownList } from '../../../contract/fields/compare.ts'
import { type Resources, resolveResources } from '../../../contract/fields/resources.ts'
import type { Risk } from '../../../contract/kind.ts'
import type { CheckedAgentManifest } from '../manifest/schema.ts'

const FILESYSTEM = ['none', 'read', 'write'] as const

/**
 * Permissions and limits that grow. A new agent is compared with an agent without permissions; its limits are not
 * compared.
 */
export function permissionRisks(
  before: CheckedAgentManifest | undefined,
  after: CheckedAgentManifest,
): Risk[] {
  const old = before?.permissions ?? {}
  const now = after.permissions ?? {}
  const risks: Risk[] = []
  const add = (id: string, level: Risk['level'], field: string, message: string) =>
    void risks.push({ id, level, field: `permissions.${field}`, message })
  if (now.shell && !old.shell) add('permission-shell', 'high', 'shell', 'gains shell access')
  const files = now.filesystem ?? 'none'
  const filesBefore = old.filesystem ?? 'none'
  if (FILESYSTEM.indexOf(files) > FILESYSTEM.indexOf(filesBefore))
    add(
      'permission-filesystem',
      files === 'write' ? 'high' : 'medium',
      'filesystem',
      `filesystem ${filesBefore} → ${files}`,
    )
  if (now.network && !old.network)
    add('permission-network', 'medium', 'network', 'may open network connections')
  const hosts = added(old.hosts, now.hosts)
  if (hosts.length > 0)
    add(
      'permission-host',
      hosts.includes('*') ? 'high' : 'medium',
      'hosts',
      hosts.includes('*') ? 'may reach every host' : `may reach ${shownList(hosts)}`,
    )
  const secrets = added(old.secrets, now.secrets)
  if (secrets.length > 0)
    add('permission-secret', 'high', 'secrets', `is given the secret ${shownList(secrets)}`)
  return before ? [...risks, ...limitRisks(before, after)] : risks
}

function added(before: readonly string[] = [], after: readonly string[] = []): string[] {
  return after.filter((entry) => !before.includes(entry))
}

function limitRisks(before: CheckedAgentManifest, after: CheckedAgentManifest): Risk[] {
  const old = resolveResources(before.resourceProfile)
  const now = resolveResources(after.resourceProfile)
  return (Object.keys(now) as (keyof Resources)[])
    .filter((limit) => now[limit] > old[limit])
    .map((limit) => ({
      id: 'limit-raised',
      level: now[limit] >= old[limit] * 10 ? 'high' : now[limit] >= old[limit] * 2 ? 'medium' : 'low',
      field: `resourceProfile.${limit}`,
      message: `${limit} ${old[limit]} → ${now[limit]}`,
    }))
}
