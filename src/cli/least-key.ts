import { type Credential, hostedConfig, type RegistryEnv } from '../cloud/hosted/hosted-config.ts'
import { Failure } from '../contract/failure.ts'

/**
 * What a command needs of a hosted project, from less to more. `none`: it does not use the registry, or works without
 * it. `publishable`: SUPABASE_PUBLISHABLE_KEY. `publisher`: a publisher's token. `secret`: SUPABASE_SECRET_KEY.
 */
export type LeastKey = 'none' | 'publishable' | 'publisher' | 'secret'

/** The least key of each command, by oclif's id. The embedded cloud asks for none. */
export const LEAST_KEYS: Readonly<Record<string, LeastKey>> = {
  completion: 'none',
  console: 'none',
  dev: 'none',
  doctor: 'publishable',
  export: 'none',
  formats: 'none',
  import: 'none',
  'import:claude': 'none',
  init: 'none',
  login: 'none',
  logout: 'none',
  mcp: 'none',
  new: 'none',
  'preview:diff': 'publisher',
  'preview:down': 'publisher',
  'preview:list': 'publisher',
  'preview:sweep': 'publisher',
  'preview:up': 'publisher',
  'registry:diff': 'publisher',
  'registry:disable': 'publisher',
  'registry:enable': 'publisher',
  'registry:history': 'publishable',
  'registry:list': 'publishable',
  'registry:promote': 'publisher',
  'registry:publish': 'publisher',
  'registry:pull': 'publisher',
  'registry:rebase-rank': 'secret',
  'registry:releases': 'publisher',
  'registry:releases:show': 'publisher',
  'registry:rollback': 'publisher',
  'registry:show': 'publishable',
  'registry:status': 'publisher',
  'registry:undelete': 'publisher',
  'registry:verify': 'publisher',
  'registry:watch': 'publishable',
  'registry:withdraw': 'publisher',
  'reports:list': 'publisher',
  'reports:show': 'publisher',
  schema: 'none',
  'templates:instantiate': 'publisher',
  validate: 'none',
  'webhooks:add': 'secret',
  'webhooks:list': 'secret',
  'webhooks:remove': 'secret',
  'webhooks:rotate': 'secret',
  'webhooks:test': 'secret',
  whoami: 'none',
  'worker:run': 'publisher',
}

const ORDER: readonly LeastKey[] = ['none', 'publishable', 'publisher', 'secret']

/** The keys that a credential stands for; what an identity of a CI job may do is for the registry to say. */
const KEY_OF: Record<Credential['via'], LeastKey> = {
  publishable: 'publishable',
  token: 'publisher',
  'sign-in': 'publisher',
  ci: 'publisher',
  secret: 'secret',
}

const NAMES: Record<Credential['via'], string> = {
  publishable: 'SUPABASE_PUBLISHABLE_KEY',
  token: 'NOFX_TOKEN',
  'sign-in': 'the sign-in of nofx login',
  ci: 'the identity of a CI job',
  secret: 'SUPABASE_SECRET_KEY',
}

/** A use of a command that needs more than its other uses. */
export interface DearUse {
  flag: string
  least: LeastKey
}

/**
 * Checks, before the registry is asked, that the credential is enough for a command. Commands of plugins are for the
 * registry to refuse.
 * @throws Failure REMOTE_DENIED that names the key, CONFIG
 */
export function requireLeastKey(id: string, env: RegistryEnv, use?: DearUse): void {
  const least = use?.least ?? LEAST_KEYS[id] ?? 'none'
  const hosted = hostedConfig(env)
  if (!hosted || ORDER.indexOf(KEY_OF[hosted.via]) >= ORDER.indexOf(least)) return
  const command = ['nofx', ...id.split(':'), ...(use ? [use.flag] : [])].join(' ')
  const not = `${NAMES[hosted.via]} is not enough`
  if (least === 'secret') {
    const hint = `set SUPABASE_SECRET_KEY to the project's sb_secret_… key${hosted.via === 'token' ? ', and unset NOFX_TOKEN' : ''}`
    throw new Failure('REMOTE_DENIED', `${command} needs the secret key: ${not}`, hint, { at: hosted.url })
  }
  const message = `${command} needs the token of a publisher: ${not}`
  throw new Failure('REMOTE_DENIED', message, 'nofx login', { at: hosted.url })
}
