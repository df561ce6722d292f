import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type { JSONWebKeySet } from 'jose'
import type { CheckPorts } from '../contract/check/check.ts'
import type { Kind } from '../contract/kind.ts'
import { createAuthenticate } from './auth/authenticate.ts'
import { type IdentityPolicy, identityPolicies } from './auth/identity-policy.ts'
import { pinRepository } from './auth/pin-repository.ts'
import { readSecretKeys } from './auth/secret-keys.ts'
import { userPublishes } from './auth/user-publishes.ts'
import { createGateway } from './gateway/gateway.ts'
import { createPreviewHandler } from './handlers/preview-handler.ts'
import { originIn, removeWith } from './handlers/preview-storage.ts'
import { removeDamagedWith } from './handlers/remove-damaged.ts'
import { createReportHandler } from './handlers/report-handler.ts'
import { readWith, storeWith } from './handlers/report-storage.ts'
import { createSyncHandler } from './handlers/sync-handler.ts'
import { withoutRealtime } from './http/client-options.ts'
import { unavailable } from './http/database-error.ts'
import { malformed } from './http/refusal.ts'
import { respond } from './http/respond.ts'

export interface RegistryFunctionOptions extends CheckPorts {
  kind: Kind
  /**
   * `SUPABASE_URL`, `SUPABASE_SECRET_KEYS` or `SUPABASE_SECRET_KEY`; optionally `SUPABASE_JWKS` (the key set of the
   * project's Auth) and `NOFX_JWT_SECRET` (the shared secret of a project that signs with HS256).
   */
  env: Record<string, string | undefined>
  fetch?: typeof globalThis.fetch
  /** Logs one line for each request, for machines. */
  log?: (line: Record<string, unknown>) => void
}

/** How long a change of `registry_policies` may take to have an effect, milliseconds. */
const POLICIES_FOR_MS = 10_000

/**
 * The whole edge function `registry_<kind>_sync`: the sync protocol at its own path, and below it `/previews`,
 * `/reports` and the gateway for publishers without a key. The platform may strip `/functions/v1` from the path.
 * @throws Error when the environment lacks the project's URL or keys
 */
export function createRegistryFunction(
  options: RegistryFunctionOptions,
): (request: Request) => Promise<Response> {
  const { kind, env, yaml, fetch = globalThis.fetch, log } = options
  const url = env.SUPABASE_URL?.replace(/\/+$/, '')
  if (!url) throw new Error('SUPABASE_URL is not set')
  const secretKeys = readSecretKeys(env)
  const [secretKey] = secretKeys
  const client = createClient(url, secretKey, withoutRealtime(fetch))
  const rpc = async (name: string, args: Record<string, unknown>) => client.rpc(name, args)
  const authenticate = createAuthenticate({
    secretKeys,
    publisher: {
      issuer: `${url}/auth/v1`,
      jwks: keySet(env),
      jwtSecret: env.NOFX_JWT_SECRET || undefined,
      fetch,
      isCurrent: userPublishes(rpc),
    },
    identity: { policies: remembered(() => readPolicies(client)), pin: pinRepository(rpc), fetch },
  })
  const common = { authenticate, originOf: originIn(client), log }
  const objects = { read: readWith(client), remove: removeWith(client) }
  const sync = createSyncHandler({ kinds: [kind], rpc, yaml, objects, remove: objects.remove, ...common })
  const removeDamaged = removeDamagedWith(rpc, objects)
  const gateway = createGateway({ kind: kind.id, url, secretKey, fetch, removeDamaged, ...common })
  const files = { store: storeWith(client), remove: removeWith(client) }
  const previews = createPreviewHandler({ rpc, ...files, ...common })
  const reports = createReportHandler({ rpc, ...files, ...common })
  const below = new RegExp(`^(?:/functions/v1)?/registry_${kind.id}_sync(/.*)?$`)
  return async (request) => {
    const [whole, path] = below.exec(new URL(request.url).pathname) ?? []
    if (whole === undefined) return nothingHere(kind.id)
    if (path === undefined) return sync(kind.id, request)
    if (path === '/previews') return previews(request)
    return path === '/reports' ? reports(request) : gateway(path, request)
  }
}

function nothingHere(kind: string): Response {
  const { status, error } = malformed(404, 'route', 'this path does not exist', `call registry_${kind}_sync`)
  return respond(status, { ok: false, error })
}

function keySet({ SUPABASE_JWKS: text }: Record<string, string | undefined>): JSONWebKeySet | undefined {
  if (!text) return undefined
  try {
    return JSON.parse(text) as JSONWebKeySet
  } catch {
    throw new Error('SUPABASE_JWKS is not JSON')
  }
}

async function readPolicies(client: SupabaseClient): Promise<IdentityPolicy[]> {
  const { data, error } = await client.from('registry_policies').select('kind,identities')
  if (error) throw unavailable(error)
  return identityPolicies(data)
}

/** Shares one read among calls within that time; a failed read is not kept. */
function remembered<T>(read: () => Promise<T>): () => Promise<T> {
  let last: { at: number; value: Promise<T> } | undefined
  return () => {
    if (last && Date.now() - last.at < POLICIES_FOR_MS) return last.value
    const reading = { at: Date.now(), value: read() }
    last = reading
    reading.value.catch(() => {
      if (last === reading) last = undefined
    })
    return reading.value
  }
}
