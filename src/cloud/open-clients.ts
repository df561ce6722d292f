import { existsSync } from 'node:fs'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type { Registry } from '../core/registry/registry.ts'
import { withoutRealtime } from '../edge/http/client-options.ts'
import { devLock, openRunningDevClient } from './embedded/running-dev.ts'
import { type HostedConfig, hostedConfig } from './hosted/hosted-config.ts'
import { retryingFetch } from './hosted/retrying-fetch.ts'
import type { OpenOptions } from './open-registry.ts'

/** A registry with a client that reads with the same rights. */
export interface OpenedClients {
  registry: Registry
  client: SupabaseClient
  /** The holder of the caller's idempotency keys; the owner of the registry unless given. */
  holder?: string
}

/**
 * Opens what `openRegistry` opens, with a client for reads of another form than the port has.
 * @throws Failure as `openRegistry`
 */
export async function openClients({ root, kinds, env }: OpenOptions): Promise<OpenedClients> {
  const hosted = hostedConfig(env)
  if (hosted) return openProject(hosted)
  const databaseUrl = env.NOFX_DATABASE_URL || undefined
  if (!databaseUrl && existsSync(devLock(root))) {
    const running = await openRunningDevClient(root)
    if (running) return running
  }
  const [{ openCloud }, { createEmbeddedRegistry }] = await Promise.all([
    import('./embedded/open-cloud.ts'),
    import('./embedded/open-embedded.ts'),
  ])
  const cloud = await openCloud({ root, databaseUrl })
  return { registry: createEmbeddedRegistry(cloud, kinds, 'embedded'), client: cloud.client }
}

async function openProject(hosted: HostedConfig): Promise<OpenedClients> {
  if (hosted.via === 'ci') return (await import('./hosted/open-as-ci.ts')).connectAsCi(hosted)
  if (hosted.via === 'token' || hosted.via === 'sign-in')
    return (await import('./hosted/open-as-publisher.ts')).connectAsPublisher(hosted)
  const key = hosted.via === 'secret' ? hosted.secretKey : hosted.publishableKey
  const client = createClient(hosted.url, key, withoutRealtime(retryingFetch(globalThis.fetch)))
  if (hosted.via === 'secret')
    return { registry: (await import('./hosted/open-hosted.ts')).openHosted(hosted), client }
  return { registry: (await import('./hosted/open-public.ts')).openPublic(hosted), client }
}
