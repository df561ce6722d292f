import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Kind } from '../contract/kind.ts'
import { findHeadsPlace } from '../core/registry/kept-heads.ts'
import type { Registry } from '../core/registry/registry.ts'
import { type HostedConfig, hostedConfig, type RegistryEnv } from './hosted/hosted-config.ts'

export interface OpenOptions {
  /** The project's folder: the embedded cloud is in its `.nofx/`. */
  root: string
  kinds: readonly Kind[]
  env: RegistryEnv
  /** Whether a server is opened by the first call that needs it: failures then come from that call. */
  late?: boolean
}

/**
 * Opens the registry that the environment names: hosted Supabase (with the credential of `hostedConfig`), the embedded
 * cloud on a PostgreSQL server, or, with no variable set, the embedded cloud in `.nofx/`; if a `nofx dev` serves that
 * folder, through it.
 * @throws Failure CONFIG, EMBEDDED_LOCKED, EMBEDDED_CORRUPT, REMOTE_FAILED, REMOTE_DENIED
 */
export async function openRegistry({ root, kinds, env, late }: OpenOptions): Promise<Registry> {
  const hosted = hostedConfig(env)
  if (hosted) return openProject(hosted, root)
  const databaseUrl = env.NOFX_DATABASE_URL || undefined
  if (!databaseUrl && existsSync(join(root, '.nofx/dev.lock'))) {
    const { openRunningDev } = await import('./embedded/running-dev.ts')
    const running = await openRunningDev(root)
    if (running) return running
  }
  const open = async () => {
    const { openEmbedded } = await import('./embedded/open-embedded.ts')
    return openEmbedded({ root, kinds, databaseUrl })
  }
  if (databaseUrl && late) {
    const { openOnServer } = await import('./embedded/open-on-server.ts')
    return openOnServer({ root, databaseUrl, kinds }, open) ?? open()
  }
  if (databaseUrl || !existsSync(join(root, '.nofx/at-rest'))) return open()
  const { openAtRest } = await import('./embedded/open-at-rest.ts')
  return openAtRest(root, open) ?? open()
}

async function openProject(hosted: HostedConfig, root: string): Promise<Registry> {
  if (hosted.via === 'ci') return (await import('./hosted/open-as-ci.ts')).openAsCi(hosted)
  if (hosted.via === 'secret') {
    const keepHeads = findHeadsPlace(root, [hosted.url, 'secret key'])
    return (await import('./hosted/open-hosted.ts')).openHosted({ ...hosted, keepHeads })
  }
  if (hosted.via === 'publishable') return (await import('./hosted/open-public.ts')).openPublic(hosted)
  return (await import('./hosted/open-as-publisher.ts')).openAsPublisher({ ...hosted, root })
}
