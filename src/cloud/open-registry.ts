import { Failure } from '../core/failure.ts'
import type { Kind } from '../core/kind.ts'
import type { Registry } from '../core/registry.ts'
import { withoutKeys } from './without-keys.ts'

/** The variables that choose a registry. */
export interface RegistryEnv {
  SUPABASE_URL?: string
  SUPABASE_SECRET_KEY?: string
  NOFX_DATABASE_URL?: string
  [name: string]: string | undefined
}

export interface OpenOptions {
  /** The project's folder: the embedded cloud lives in its `.nofx/`. */
  root: string
  kinds: readonly Kind[]
  env: RegistryEnv
}

/**
 * Opens the registry that the environment names: hosted Supabase, the embedded cloud on a PostgreSQL server, or, with
 * nothing set, the embedded cloud in `.nofx/`.
 * @throws Failure CONFIG, EMBEDDED_LOCKED, EMBEDDED_CORRUPT, REMOTE_FAILED, REMOTE_DENIED
 */
export async function openRegistry({ root, kinds, env }: OpenOptions): Promise<Registry> {
  const hosted = hostedConfig(env)
  if (hosted) {
    const { openHosted } = await import('./open-hosted.ts')
    return openHosted(hosted)
  }
  const { openEmbedded } = await import('./embedded/open-embedded.ts')
  return openEmbedded({ root, kinds, databaseUrl: env.NOFX_DATABASE_URL || undefined })
}

/** The two variables of hosted Supabase, or undefined when neither is set. Neither value is ever printed. */
export function hostedConfig(env: RegistryEnv): { url: string; secretKey: string } | undefined {
  const { SUPABASE_URL: url, SUPABASE_SECRET_KEY: secretKey } = env
  if (!url && !secretKey) return undefined
  if (!url || !secretKey) {
    const [have, lack] = url
      ? ['SUPABASE_URL', 'SUPABASE_SECRET_KEY']
      : ['SUPABASE_SECRET_KEY', 'SUPABASE_URL']
    throw new Failure(
      'CONFIG',
      `${have} is set but ${lack} is not`,
      `set ${lack}, or unset ${have} to stay local`,
    )
  }
  return { url: checkedUrl(url), secretKey: checkedKey(secretKey) }
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const local = url && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (url?.protocol === 'https:' || (local && url.protocol === 'http:')) return url.origin
  throw new Failure(
    'CONFIG',
    `SUPABASE_URL "${withoutKeys(text)}" is not the https URL of a project`,
    'set it to https://<project>.supabase.co',
  )
}

function checkedKey(key: string): string {
  const publishable = key.startsWith('sb_publishable_')
  if (!publishable && /^[\w.-]{20,}$/.test(key)) return key
  const why = publishable ? 'holds a publishable key' : 'does not look like a key'
  throw new Failure('CONFIG', `SUPABASE_SECRET_KEY ${why}`, "set it to the project's sb_secret_… key")
}
