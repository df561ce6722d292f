import { Failure } from '../../contract/failure.ts'
import { NAME_HINT, previewName } from '../../contract/protocol/preview.ts'
import { POLL_MS } from '../feed/follow.ts'
import { ANSWER_WITHIN_MS } from '../feed/within.ts'
import { collectReaders, type Readers, type WorkerKind } from './definition.ts'

/** A long-lived token, or a function that returns a valid one. */
export type AccessToken = string | (() => Promise<string>)

export interface ConnectOptions {
  /** The Supabase project's URL: https, or http on this machine. */
  url: string
  /**
   * The project's publishable key is enough to read live
   * definitions; drafts need `accessToken` as well, or a secret key.
   */
  key: string
  /** A folder for the last known good states; created when missing, private, and safe to share between workers. */
  cacheDir: string
  /** The access token of a signed-in publisher. */
  accessToken?: AccessToken
  /** Whether to run the newest revision, draft or not. */
  drafts?: boolean
  /** A preview instead of production, for publishers and secret keys: `pr-123`. */
  env?: string
  /** Kinds of plugins whose definitions are read with `definition`; agents and templates need no entry. */
  kinds?: readonly WorkerKind[]
  /** Pause between two polls when no Realtime message arrives, milliseconds; 30,000 unless given. */
  pollMs?: number
  /** How long the registry may take to answer, milliseconds; 10,000 unless given. */
  answerWithinMs?: number
  /** Called with one line for each problem that does not stop the worker. The line never holds a key. */
  log?: (line: string) => void
}

/** Options without a default: a publisher's rights, a preview. */
type Optional = 'accessToken' | 'env'

/** The options with every default filled in. */
export type Connecting = Required<Omit<ConnectOptions, Optional | 'kinds'>> &
  Pick<ConnectOptions, Optional> & { readers: Readers }

const LONGEST_MS = 2 ** 31 - 1

/** @throws Failure CONFIG, which names the option and never a key */
export function checkOptions(options: ConnectOptions): Connecting {
  // A program without types may give none.
  if (!options) return checkOptions({} as ConnectOptions)
  const { key, cacheDir, accessToken, drafts = false, env, kinds = [], log = () => {} } = options
  const { pollMs = POLL_MS, answerWithinMs = ANSWER_WITHIN_MS } = options
  if (typeof log !== 'function') throw wrong('log', 'is not a function', 'give a function of one line')
  const url = requireOrigin(options.url)
  if (typeof key !== 'string' || !/^[\w.-]{20,}$/.test(key))
    throw wrong('key', 'is not a Supabase key', 'set it to the sb_publishable_… key of the project')
  if (typeof cacheDir !== 'string' || cacheDir === '')
    throw wrong('cacheDir', 'is not a folder', 'name a writable folder')
  if (accessToken !== undefined && typeof accessToken !== 'function' && !(isText(accessToken) && accessToken))
    throw wrong('accessToken', 'is not a token', 'give a token, or a function that returns one')
  if (typeof drafts !== 'boolean')
    throw wrong('drafts', 'is neither true nor false', 'leave it out, or give true')
  if (env !== undefined && !previewName.safeParse(env).success)
    throw wrong('env', 'is not a valid preview name', `give ${NAME_HINT}`)
  const forPublishers = drafts ? 'drafts' : env === undefined ? undefined : 'env'
  if (forPublishers && accessToken === undefined && key.startsWith('sb_publishable_'))
    throw wrong(
      forPublishers,
      'needs the rights of a publisher',
      "give a publisher's accessToken, or a secret key",
    )
  for (const [name, ms] of Object.entries({ pollMs, answerWithinMs }))
    if (!Number.isInteger(ms) || ms < 1 || ms > LONGEST_MS)
      throw wrong(name, `is ${String(ms)}`, 'give milliseconds: a whole number from 1')
  const isKind = (one: WorkerKind) => typeof one?.id === 'string' && typeof one.manifestFile === 'string'
  if (!Array.isArray(kinds) || !kinds.every(isKind))
    throw wrong('kinds', 'is not a list of kinds', 'give the objects that the plugins return')
  const readers = collectReaders(kinds)
  return { url, key, cacheDir, accessToken, drafts, env, readers, pollMs, answerWithinMs, log }
}

const isText = (value: unknown): value is string => typeof value === 'string'

function requireOrigin(text: string): string {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
  const local = url && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (url?.protocol === 'https:' || (local && url.protocol === 'http:')) return url.origin
  throw wrong('url', 'is not the https URL of a project', 'set it to https://<project>.supabase.co')
}

function wrong(option: string, why: string, hint: string): Failure {
  return new Failure('CONFIG', `the option ${option} ${why}`, hint)
}
