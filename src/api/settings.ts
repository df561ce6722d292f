import * as z from 'zod'
import { DEPLOY_HOOK } from '../cloud/hosted/deploy-hook.ts'
import { Failure } from '../contract/failure.ts'
import { eventsSecrets } from '../contract/protocol/events-secrets.ts'
import { STREAM_LIMITS, type StreamLimits } from './events/stream-slots.ts'
import { DEFAULT_LIMITS, type RateLimits } from './http/limiter.ts'

/** The settings of a deployment, from its environment. */
export interface ApiSettings {
  url: string
  publishableKey: string
  /** All valid keys; the first one is used for calls. */
  secretKeys: [string, ...string[]]
  /** The shared secret of a project that still signs users' tokens with one. */
  jwtSecret?: string
  /** Called when a definition is promoted; a secret, since its holder can deploy. */
  deployHookUrl?: string
  /** The registry's name for people. */
  name?: string
  /** Whether the console signs in with passwords, too. */
  consolePassword: boolean
  /** The secrets that verify deliveries of the feed; without any, deliveries are refused. */
  eventsSecrets: string[]
  /** Host names of pages that may call the MCP server, beside the deployment's own. */
  mcpOrigins: string[]
  limits: RateLimits
  /** Whether `x-forwarded-for` is reliable: Vercel overwrites it; elsewhere a caller may write any address. */
  forwarded: boolean
  streams: Pick<StreamLimits, 'most' | 'lastMs'>
}

/**
 * Reads the variables of NOFX and those that Supabase's integration with Vercel sets. No message contains a value.
 * @throws Failure CONFIG that names the variable
 */
export function readSettings(env: NodeJS.ProcessEnv): ApiSettings {
  const url = env.SUPABASE_URL ?? ''
  if (url === '') throw missing('SUPABASE_URL', 'https://<project>.supabase.co')
  if (!URL.canParse(url))
    throw new Failure(
      'CONFIG',
      'SUPABASE_URL is not the URL of a project',
      'set it to https://<project>.supabase.co',
    )
  const [publishableKey] = readKeys(env, 'SUPABASE_PUBLISHABLE_KEY')
  if (!publishableKey) throw missing('SUPABASE_PUBLISHABLE_KEY', "the project's sb_publishable_… key")
  const [first, ...more] = readKeys(env, 'SUPABASE_SECRET_KEY')
  if (!first) throw missing('SUPABASE_SECRET_KEY', "the project's sb_secret_… key")
  return {
    url: new URL(url).origin,
    publishableKey,
    secretKeys: [first, ...more],
    jwtSecret: env.NOFX_JWT_SECRET || undefined,
    deployHookUrl: env[DEPLOY_HOOK]?.trim() || undefined,
    name: env.NOFX_REGISTRY_NAME?.trim().slice(0, 100) || undefined,
    consolePassword: env.NOFX_CONSOLE_PASSWORD === '1',
    eventsSecrets: eventsSecrets(env),
    mcpOrigins: (env.NOFX_MCP_ORIGINS ?? '')
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter(Boolean),
    forwarded: env.VERCEL === '1',
    limits: {
      anonymous: count(env, 'NOFX_RATE_LIMIT', DEFAULT_LIMITS.anonymous),
      known: count(env, 'NOFX_RATE_LIMIT_KNOWN', DEFAULT_LIMITS.known),
    },
    streams: {
      most: count(env, 'NOFX_EVENT_STREAMS', STREAM_LIMITS.most, STREAMS),
      lastMs: 1000 * count(env, 'NOFX_EVENT_STREAM_SECONDS', STREAM_LIMITS.lastMs / 1000, SECONDS),
    },
  }
}

/** The unit of a limit, and the hint for an invalid one. */
const REQUESTS = { what: 'requests a minute', hint: 'set it to 0 to count nothing' }
const STREAMS = { what: 'streams', hint: 'set it to 0 to open none' }
const SECONDS = { what: 'seconds', hint: 'set it to less than `maxDuration` in vercel.json' }

/** One key in `<name>`, or several in `<name>S`: a JSON object of names and keys, `default` first. */
function readKeys(env: NodeJS.ProcessEnv, name: string): string[] {
  const one = env[name] ? [env[name]] : []
  const many = env[`${name}S`]
  if (!many) return one
  try {
    const keysByName = z.record(z.string(), z.string().min(1)).parse(JSON.parse(many))
    const { default: first, ...others } = keysByName
    return [...new Set([...one, ...(first ? [first] : []), ...Object.values(others)])]
  } catch {
    throw new Failure(
      'CONFIG',
      `${name}S is not a JSON object of names and keys`,
      `set it to {"default":"…"}, or set ${name}`,
    )
  }
}

function count(env: NodeJS.ProcessEnv, name: string, usual: number, unit = REQUESTS): number {
  const text = env[name]
  if (text === undefined || text === '') return usual
  if (/^\d{1,7}$/.test(text)) return Number(text)
  throw new Failure('CONFIG', `${name} is not a number of ${unit.what}`, unit.hint)
}

function missing(name: string, what: string): Failure {
  return new Failure('CONFIG', `${name} is not set`, `set it to ${what}`)
}
