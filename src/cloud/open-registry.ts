import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../contract/failure.ts'
import type { Kind } from '../contract/kind.ts'
import type { Registry } from '../core/registry/registry.ts'
import type { CiEndpoint } from './hosted/ci-identity.ts'
import { withoutKeys } from './registry/without-keys.ts'

/** The variables that choose a registry. */
export interface RegistryEnv {
  SUPABASE_URL?: string
  SUPABASE_SECRET_KEY?: string
  NOFX_DATABASE_URL?: string
  [name: string]: string | undefined
}

export interface OpenOptions {
  /** The project's folder: the embedded cloud is in its `.nofx/`. */
  root: string
  kinds: readonly Kind[]
  env: RegistryEnv
}

/**
 * Opens the registry that the environment names: hosted Supabase (with its key, or as a trusted CI job), the embedded
 * cloud on a PostgreSQL server, or, with no variable set, the embedded cloud in `.nofx/`; if a `nofx dev` serves that
 * folder, through it.
 * @throws Failure CONFIG, EMBEDDED_LOCKED, EMBEDDED_CORRUPT, REMOTE_FAILED, REMOTE_DENIED
 */
export async function openRegistry({ root, kinds, env }: OpenOptions): Promise<Registry> {
  const hosted = hostedConfig(env)
  if (hosted && 'ci' in hosted) return (await import('./hosted/open-as-ci.ts')).openAsCi(hosted)
  if (hosted) return (await import('./hosted/open-hosted.ts')).openHosted(hosted)
  const databaseUrl = env.NOFX_DATABASE_URL || undefined
  if (!databaseUrl && existsSync(join(root, '.nofx/dev.lock'))) {
    const { openRunningDev } = await import('./embedded/running-dev.ts')
    const running = await openRunningDev(root)
    if (running) return running
  }
  const { openEmbedded } = await import('./embedded/open-embedded.ts')
  return openEmbedded({ root, kinds, databaseUrl })
}

/**
 * The hosted project that the variables name: with its secret key or, without one, the source of a CI job's identity.
 * Undefined when they name no project. No value is ever printed.
 * @throws Failure CONFIG
 */
export function hostedConfig(
  env: RegistryEnv,
): ({ url: string } & ({ secretKey: string } | { ci: CiEndpoint })) | undefined {
  const { SUPABASE_URL: url, SUPABASE_SECRET_KEY: secretKey } = env
  if (url && secretKey) return { url: checkedUrl(url), secretKey: checkedKey(secretKey) }
  if (secretKey) throw incomplete('SUPABASE_SECRET_KEY', 'SUPABASE_URL', 'set SUPABASE_URL')
  if (!url) return undefined
  const origin = checkedUrl(url)
  const ci = ciEndpoint(env, origin)
  if (ci) return { url: origin, ci }
  const ways = 'set SUPABASE_SECRET_KEY, give the GitHub Actions job "permissions: id-token: write"'
  throw incomplete('SUPABASE_URL', 'SUPABASE_SECRET_KEY', ways)
}

function incomplete(have: string, lack: string, ways: string): Failure {
  return new Failure('CONFIG', `${have} is set but ${lack} is not`, `${ways}, or unset ${have} to stay local`)
}

/** GitHub Actions sets both variables for a job that has the permission `id-token: write`. */
function ciEndpoint(env: RegistryEnv, origin: string): CiEndpoint | undefined {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: requestUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken } = env
  if (!requestUrl || !requestToken) return undefined
  return { requestUrl, requestToken, audience: env.NOFX_OIDC_AUDIENCE || origin }
}

function checkedUrl(text: string): string {
  requireNoBlanks('SUPABASE_URL', text)
  const url = URL.canParse(text) ? new URL(text) : undefined
  const local = url && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (url?.protocol === 'https:' || (local && url.protocol === 'http:')) return url.origin
  throw new Failure(
    'CONFIG',
    `SUPABASE_URL "${withoutKeys(text)}" is not the https URL of a project`,
    'set it to https://<project>.supabase.co',
  )
}

/** A value that was read from a file often ends with the line feed of the file. */
function requireNoBlanks(name: string, value: string): void {
  const what = /[\r\n]$/.test(value)
    ? 'ends with a line feed'
    : /^\s|\s$/.test(value)
      ? 'has blanks around it'
      : undefined
  if (what) throw new Failure('CONFIG', `${name} ${what}`, `set ${name} again without it`)
}

function checkedKey(key: string): string {
  requireNoBlanks('SUPABASE_SECRET_KEY', key)
  const publishable = key.startsWith('sb_publishable_')
  if (!publishable && /^[\w.-]{20,}$/.test(key)) return key
  const why = publishable ? 'holds a publishable key' : 'does not look like a key'
  throw new Failure('CONFIG', `SUPABASE_SECRET_KEY ${why}`, "set it to the project's sb_secret_… key")
}
