import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { SignJWT } from 'jose'
import { sha256 } from '../../contract/digest.ts'
import type { CodeSignIn, OpenSession, Sessions } from './sessions.ts'

export interface DevSessionsOptions {
  /** The secret that the tokens of users are signed with. */
  jwtSecret: string
  issuer: string
  /** The name in the history: who runs `nofx dev`. */
  actor: string
  /** Milliseconds since 1970. */
  now?: () => number
}

/** Time limits, milliseconds. */
const CODE_LASTS = 10 * 60_000
const TOKEN_LASTS = 15 * 60_000
const SESSION_LASTS = 7 * 24 * 3_600_000
/** How long the value before the present one renews, too: an answer may have been lost on its way. */
const GRACE = 60_000

/** The most codes and sessions at a time; the oldest give way. */
const MOST = 100

/** What a value renews, and until when. */
interface Held {
  until: number
  session: string
}

/**
 * The sessions of `nofx dev`: who can read its terminal or its keys is the publisher. All is in memory, by hash, and ends
 * with the server.
 */
export function createDevSessions({ now = Date.now, ...signing }: DevSessionsOptions): Sessions {
  const renewals = new Map<string, Held>()
  const open = (session: string) => openDevSession(renewals, { session, now: now(), ...signing })
  return {
    waysAt: async (url) => (isOwnMachine(url) ? ['code'] : []),
    async renew(renewal) {
      const entry = renewals.get(sha256(renewal))
      if (!entry || entry.until <= now()) return undefined
      entry.until = Math.min(entry.until, now() + GRACE)
      return open(entry.session)
    },
    async end(renewal) {
      const ended = renewals.get(sha256(renewal))?.session
      for (const [key, { session }] of renewals) if (session === ended) renewals.delete(key)
    },
    codes: createCodes(now, () => open(randomBytes(16).toString('hex'))),
  }
}

/** Codes that are valid once and for ten minutes. */
function createCodes(now: () => number, open: () => Promise<OpenSession>): CodeSignIn {
  const codes = new Map<string, number>()
  return {
    create() {
      const code = randomBytes(16).toString('base64url')
      const ends = now() + CODE_LASTS
      keep(codes, sha256(code), ends)
      return { code, expiresAt: new Date(ends).toISOString() }
    },
    async redeem(code) {
      const key = sha256(code)
      const ends = codes.get(key)
      codes.delete(key)
      return ends !== undefined && ends > now() ? open() : undefined
    },
  }
}

interface Signing extends Omit<DevSessionsOptions, 'now'> {
  /** Milliseconds since 1970. */
  now: number
}

/** A token and a new value that renews the session. */
async function openDevSession(
  renewals: Map<string, Held>,
  { session, ...signing }: Signing & { session: string },
): Promise<OpenSession> {
  const renewal = randomBytes(32).toString('base64url')
  keep(renewals, sha256(renewal), { until: signing.now + SESSION_LASTS, session })
  const ends = signing.now + TOKEN_LASTS
  return {
    accessToken: await signToken(signing, ends),
    expiresAt: new Date(ends).toISOString(),
    actor: signing.actor,
    publisher: true,
    renewal,
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  const [oldest] = map.keys()
  if (map.size >= MOST && oldest !== undefined) map.delete(oldest)
  map.set(key, value)
}

/** Elsewhere a token would travel in the clear. */
function isOwnMachine({ hostname, protocol }: URL): boolean {
  const name = hostname.replace(/^\[|\]$/g, '')
  return (
    protocol === 'https:' ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    (isIP(name) === 4 && name.startsWith('127.'))
  )
}

/** A user's token as hosted Auth makes it. The id is the same for each session of one person. */
function signToken({ jwtSecret, issuer, actor, now }: Signing, ends: number): Promise<string> {
  return new SignJWT({ role: 'authenticated', email: actor, app_metadata: { nofx_role: 'publisher' } })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(computeUserId(actor))
    .setIssuer(issuer)
    .setAudience('authenticated')
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor(ends / 1000))
    .sign(new TextEncoder().encode(jwtSecret))
}

/** A UUID of version 8, which is made from a name. */
function computeUserId(actor: string): string {
  const hash = sha256(`nofx dev ${actor}`)
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-')
}
