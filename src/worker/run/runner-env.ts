import type { JsonObject } from '../../contract/kind.ts'
import type { WorkerRevision } from '../connection/definition.ts'

/** Keys to the registry and to systems around it: a runner works for an agent, and an agent does not publish. */
const REGISTRY_KEYS =
  /^(?:SUPABASE_(?:DB_URL|.*(?:KEYS?|TOKEN|PASSWORD|SECRET))|NOFX_(?:DATABASE_URL|DEPLOY_HOOK_URL|.*(?:KEY|SECRET))|ACTIONS_ID_TOKEN_REQUEST_.*)$/

/** Names of the secrets that an agent may use. */
export function permittedSecrets({ manifest }: WorkerRevision): string[] {
  const { secrets } = (manifest.permissions ?? {}) as JsonObject
  return Array.isArray(secrets) ? secrets.filter((name) => typeof name === 'string') : []
}

/**
 * The environment of a runner: the worker's, without the registry's keys, the plan's secret parameters and the secrets
 * that only other agents of the plan may use.
 * @param parameters variables that the values of secret parameters came from
 */
export function runnerEnv(
  env: NodeJS.ProcessEnv,
  agent: WorkerRevision,
  agents: readonly WorkerRevision[],
  parameters: readonly string[] = [],
): NodeJS.ProcessEnv {
  const own = new Set(permittedSecrets(agent))
  const hidden = new Set(
    [...agents.flatMap(permittedSecrets), ...parameters].filter((name) => !own.has(name)),
  )
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !hidden.has(name) && (own.has(name) || !REGISTRY_KEYS.test(name))),
  )
}
