import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import type { FieldRow } from '../contract/format.ts'
import type { LedgerPage } from '../contract/ledger.ts'
import { secretIn } from '../servers/server-clients.ts'
import { AGENT_ROWS, NOWHERE_ROWS } from './agent-rows.ts'
import type { AgentView } from './agent-view.ts'

const ROWS = AGENT_ROWS

/**
 * Notes what every format does alike: the description, the prompts, what no client has a field for.
 * @param handled fields of the manifest that the format notes itself
 */
export function noteShared(page: LedgerPage, view: AgentView, handled: readonly string[] = []): void {
  const { manifest, hasVariables, otherFiles, keptFields } = view
  page.note(ROWS.description)
  if (manifest.prompts?.system !== undefined) page.note(hasVariables ? ROWS.filled : ROWS.body)
  for (const name of Object.keys(manifest.prompts ?? {}))
    if (name !== 'system') page.note(ROWS.prompts, `prompts.${name}`)
  page.noteAll(
    manifest,
    NOWHERE_ROWS.filter(({ field }) => !handled.includes(field)),
  )
  for (const [name, value] of Object.entries(manifest.metadata ?? {})) {
    if (name === 'import' && isObject(value)) noteImport(page, value, keptFields !== undefined)
    else page.note(ROWS.metadata, `metadata.${name}`)
  }
  for (const path of otherFiles) page.note(ROWS.files, `files.${path}`)
}

/** The record of an import; what it kept for this client is noted where it is written. */
function noteImport(page: LedgerPage, record: JsonObject, isOwn: boolean): void {
  for (const name of Object.keys(record))
    if (name !== 'kept') page.note(ROWS.metadata, `metadata.import.${name}`)
  if (isOwn || !isObject(record.kept)) return
  for (const name of Object.keys(record.kept)) page.note(ROWS.keptElsewhere, `metadata.import.kept.${name}`)
}

/** Notes permissions, given the hosts that the client's tools name. */
export function notePermissions(
  page: LedgerPage,
  { manifest, powers, servers }: AgentView,
  writtenHosts: readonly string[],
  rows: { filesystem: FieldRow; shell: FieldRow; hosts?: FieldRow; lostHosts?: FieldRow },
): void {
  const { permissions } = manifest
  if (!permissions) return
  const { filesystem, shell, network, hosts, secrets } = permissions
  if (filesystem !== undefined) page.note(rows.filesystem, 'permissions.filesystem')
  if (shell !== undefined) page.note(rows.shell, 'permissions.shell')
  if (network !== undefined) page.note(ROWS.network)
  const isLost = !writtenHosts.includes('*') && powers.hosts.some((host) => !writtenHosts.includes(host))
  if (hosts !== undefined)
    page.note(isLost ? (rows.lostHosts ?? ROWS.lostHosts) : (rows.hosts ?? ROWS.hosts), 'permissions.hosts')
  if (secrets !== undefined)
    page.note(areNamed(secrets, servers) ? ROWS.secrets : ROWS.lostSecrets, 'permissions.secrets')
}

function areNamed(secrets: readonly string[], servers: AgentView['servers']): boolean {
  const serverSecrets = servers.flatMap(([, server]) =>
    Object.values(
      ('headers' in server ? server.headers : 'env' in server ? server.env : undefined) ?? {},
    ).map(secretIn),
  )
  return secrets.every((secret) => serverSecrets.includes(secret))
}

/** Notes the model, and gives its name where it is one of the client's provider. */
export function noteModel(
  page: LedgerPage,
  { manifest, keptFields }: AgentView,
  isOwn: (provider: string | undefined, name: string) => boolean,
  params: Readonly<Record<string, FieldRow>> = {},
  otherModel: FieldRow = ROWS.otherModel,
): string | undefined {
  const { model } = manifest
  if (!model) return undefined
  // Without a provider, the name is as the client's own file had it.
  const isKnown =
    isOwn(model.provider, model.name) || (keptFields !== undefined && model.provider === undefined)
  if (!isKnown) {
    page.note(otherModel)
    return undefined
  }
  page.note(ROWS.model)
  if (model.provider !== undefined) page.note(ROWS.provider)
  for (const name of Object.keys(model.params ?? {}))
    page.note(params[name] ?? ROWS.params, `model.params.${name}`)
  return model.name
}
