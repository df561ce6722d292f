import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { Failure } from '../../contract/failure.ts'
import { asDiskFailure } from '../../core/disk/disk-failure.ts'
import { writeAtomically } from '../../core/disk/write-atomically.ts'
import { findKeyring, type KeyringName, openKeyring } from './keyring.ts'
import { requestKey, seal, unseal } from './sealed-session.ts'

/** A sign-in: it has one file for each project, which only its owner can read. */
export interface StoredSignIn {
  /** The project's URL. */
  url: string
  /** The project's publishable key, which Auth asks for when a token is refreshed. */
  key: string
  /** The session as supabase-js writes it; undefined once it ended. */
  session?: string
}

/** The variables that say where a user's settings are. */
export interface PlaceEnv {
  XDG_CONFIG_HOME?: string
  APPDATA?: string
  HOME?: string
  [name: string]: string | undefined
}

/**
 * What the file holds. With a keyring of the system, the session is encrypted with a key that the keyring keeps
 * (docs/decisions/079-where-tokens-are-kept.md).
 */
const shape = z.strictObject({
  url: z.string(),
  key: z.string(),
  session: z.string().optional(),
  sealed: z.strictObject({ keyring: z.enum(['security', 'secret-tool']), session: z.string() }).optional(),
})
type SignInFile = z.output<typeof shape>
const PRIVATE = 0o600

/** The file of the sign-in to a project: `~/.config/nofx/<host>-<hash>.json`, the hash being of the whole URL. */
export function signInPath(env: PlaceEnv, url: string): string {
  const name = new URL(url).host.replace(/[^a-z0-9.-]/g, '-')
  const hash = createHash('sha256').update(url).digest('hex').slice(0, 8)
  return join(settingsFolder(env), 'nofx', `${name}-${hash}.json`)
}

function settingsFolder(env: PlaceEnv): string {
  if (env.XDG_CONFIG_HOME) return env.XDG_CONFIG_HOME
  if (process.platform === 'win32' && env.APPDATA) return env.APPDATA
  return join(env.HOME || homedir(), '.config')
}

/**
 * The stored sign-in to a project; undefined when there is no file.
 * @throws Failure CONFIG for a file that other users can read, or that nofx did not write, or whose key the keyring
 * does not give; never with its content
 */
export function readSignIn(env: PlaceEnv, url: string): StoredSignIn | undefined {
  const file = readFile(env, url)
  if (!file) return undefined
  const { sealed, ...signIn } = file
  if (!sealed) return signIn
  const key = openKeyring(sealed.keyring, env).read(url)
  const session = key === undefined ? undefined : unseal(sealed.session, key)
  if (session !== undefined) return { ...signIn, session }
  const message = `the keyring (${sealed.keyring}) does not give the key of the sign-in to ${url}`
  throw new Failure('CONFIG', message, 'unlock the keyring, or sign in again: nofx login', {
    at: signInPath(env, url),
  })
}

/** What can be read of a stored sign-in without the keyring. */
export interface SignInSummary {
  key: string
  hasSession: boolean
  /** The keyring that keeps the key of the session; null for a session in the file. */
  keyring: KeyringName | null
}

/**
 * The same without the session, so that the keyring is not asked.
 * @throws Failure CONFIG for a file that other users can read, or that nofx did not write
 */
export function findSignIn(env: PlaceEnv, url: string): SignInSummary | undefined {
  const file = readFile(env, url)
  if (!file) return undefined
  const { key, session, sealed } = file
  return { key, hasSession: (session ?? sealed) !== undefined, keyring: sealed?.keyring ?? null }
}

function readFile(env: PlaceEnv, url: string): SignInFile | undefined {
  const path = signInPath(env, url)
  const text = readPrivate(path)
  if (text === undefined) return undefined
  try {
    return shape.parse(JSON.parse(text))
  } catch {
    throw new Failure('CONFIG', `"${path}" is not a stored sign-in`, 'nofx login', { at: path })
  }
}

function readPrivate(path: string): string | undefined {
  try {
    const { mode } = statSync(path)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw new Failure('CONFIG', `other users can read "${path}"`, `chmod 600 "${path}"`, { at: path })
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw asDiskFailure(error, path)
  }
}

/**
 * Creates the folder of a stored sign-in, for its owner alone.
 * @throws Failure INPUT_UNREADABLE, DISK_FULL
 */
export function createFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw asDiskFailure(error, dirname(path))
  }
}

/**
 * Stores a sign-in. The session is encrypted if the system has a keyring that keeps the key.
 * @throws Failure INPUT_UNREADABLE, DISK_FULL, CONFIG
 */
export function writeSignIn(env: PlaceEnv, signIn: StoredSignIn): void {
  const path = signInPath(env, signIn.url)
  createFolder(path)
  const file = sealSignIn(env, signIn)
  try {
    writeAtomically(path, `${JSON.stringify(file, null, 2)}\n`, PRIVATE)
  } catch (error) {
    throw asDiskFailure(error, path)
  }
}

function sealSignIn(env: PlaceEnv, { url, key, session }: StoredSignIn): SignInFile {
  if (session === undefined) {
    forgetKey(env, url)
    return { url, key }
  }
  const keyring = findKeyring(env)
  const secret = keyring && requestKey(keyring, url)
  if (!keyring || secret === undefined) return { url, key, session }
  return { url, key, sealed: { keyring: keyring.name, session: seal(session, secret) } }
}

/** Removes the stored sign-in to a project and its key, also when its content cannot be read. */
export function removeSignIn(env: PlaceEnv, url: string): void {
  forgetKey(env, url)
  rmSync(signInPath(env, url), { force: true })
}

/** Removes the key of the stored session from the keyring that the file names. */
function forgetKey(env: PlaceEnv, url: string): void {
  const keyring = findKeyringName(env, url)
  if (keyring) openKeyring(keyring, env).remove(url)
}

function findKeyringName(env: PlaceEnv, url: string): KeyringName | null {
  try {
    return findSignIn(env, url)?.keyring ?? null
  } catch {
    return null
  }
}
