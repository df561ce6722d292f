import { Failure } from '../../contract/failure.ts'
import { withoutKeys } from '../../contract/text/without-keys.ts'
import { findSignIn } from '../sign-in/sign-in-store.ts'
import type { CiEndpoint } from './ci-identity.ts'

/** The variables that choose a registry, and the credential for it. */
export interface RegistryEnv {
  SUPABASE_URL?: string
  SUPABASE_SECRET_KEY?: string
  SUPABASE_PUBLISHABLE_KEY?: string
  NOFX_TOKEN?: string
  NOFX_DATABASE_URL?: string
  [name: string]: string | undefined
}

/** A hosted project and the credential for it. */
export type HostedConfig = { url: string } & Credential

/**
 * `token`: a publisher's token from NOFX_TOKEN. `ci`: the identity of a CI job. `sign-in`: the user that `nofx login`
 * signed in. `publishable`: anonymous, for reads of what is public.
 */
export type Credential =
  | { via: 'token'; token: string }
  | { via: 'secret'; secretKey: string }
  | { via: 'ci'; ci: CiEndpoint }
  | { via: 'sign-in'; env: RegistryEnv }
  | { via: 'publishable'; publishableKey: string }

/**
 * The hosted project that the variables name, with the first credential of: NOFX_TOKEN, SUPABASE_SECRET_KEY, the
 * identity of a CI job, the sign-in that `nofx login` stored, SUPABASE_PUBLISHABLE_KEY. Undefined when they name no
 * project. No value is ever printed.
 * @throws Failure CONFIG
 */
export function hostedConfig(env: RegistryEnv): HostedConfig | undefined {
  const { SUPABASE_URL: url, SUPABASE_SECRET_KEY: secret, NOFX_TOKEN: token } = env
  if (!url) {
    const alone = secret ? 'SUPABASE_SECRET_KEY' : token ? 'NOFX_TOKEN' : undefined
    if (!alone) return undefined
    const ways = `set SUPABASE_URL, or unset ${alone} to stay local`
    throw new Failure('CONFIG', `${alone} is set but SUPABASE_URL is not`, ways)
  }
  const origin = projectUrl(url)
  return { url: origin, ...credentialFor(origin, env) }
}

function credentialFor(url: string, env: RegistryEnv): Credential {
  const { SUPABASE_SECRET_KEY: secret, SUPABASE_PUBLISHABLE_KEY: publishable, NOFX_TOKEN: token } = env
  if (token) return { via: 'token', token: checkedToken(token) }
  if (secret) return { via: 'secret', secretKey: checkedSecret(secret) }
  const ci = ciEndpoint(env, url)
  if (ci) return { via: 'ci', ci }
  if (findSignIn(env, url)?.hasSession) return { via: 'sign-in', env }
  if (publishable) return { via: 'publishable', publishableKey: publishableKey(publishable) }
  throw new Failure(
    'CONFIG',
    `SUPABASE_URL is set, and no credential for ${url} is`,
    'sign in with nofx login, set SUPABASE_PUBLISHABLE_KEY (to read) or SUPABASE_SECRET_KEY, give the GitHub ' +
      'Actions job "permissions: id-token: write", or unset SUPABASE_URL to stay local',
  )
}

/** GitHub Actions sets both variables for a job that has the permission `id-token: write`. */
function ciEndpoint(env: RegistryEnv, origin: string): CiEndpoint | undefined {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: requestUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken } = env
  if (!requestUrl || !requestToken) return undefined
  return { requestUrl, requestToken, audience: env.NOFX_OIDC_AUDIENCE || origin }
}

/**
 * The origin of a project's URL.
 * @throws Failure CONFIG
 */
export function projectUrl(text: string): string {
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

function checkedSecret(key: string): string {
  const name = 'SUPABASE_SECRET_KEY'
  if (!key.startsWith('sb_publishable_')) return checked(name, key, "set it to the project's sb_secret_… key")
  const hint = 'move it to SUPABASE_PUBLISHABLE_KEY, which is enough to read'
  throw new Failure('CONFIG', `${name} holds a publishable key`, hint)
}

/** @throws Failure CONFIG */
export function publishableKey(key: string): string {
  const name = 'SUPABASE_PUBLISHABLE_KEY'
  if (!key.startsWith('sb_secret_'))
    return checked(name, key, "set it to the project's sb_publishable_… key, from Settings → API Keys")
  const hint = 'move it to SUPABASE_SECRET_KEY, and rotate it if the publishable key was public'
  throw new Failure('CONFIG', `${name} holds a secret key`, hint)
}

/**
 * The token of NOFX_TOKEN, if it is set.
 * @throws Failure CONFIG
 */
export function publisherToken({ NOFX_TOKEN: token }: RegistryEnv): string | undefined {
  return token ? checkedToken(token) : undefined
}

function checkedToken(token: string): string {
  const hint = 'set it to the access token of a signed-in user, or unset it and run: nofx login'
  const text = checked('NOFX_TOKEN', token, hint)
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return text
  throw new Failure('CONFIG', 'NOFX_TOKEN is not a JSON Web Token', hint)
}

function checked(name: string, key: string, hint: string): string {
  requireNoBlanks(name, key)
  if (/^[\w.-]{20,}$/.test(key)) return key
  const what = name === 'NOFX_TOKEN' ? 'does not look like a token' : 'does not look like a key'
  throw new Failure('CONFIG', `${name} ${what}`, hint)
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
