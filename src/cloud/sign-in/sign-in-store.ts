import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { Failure } from '../../contract/failure.ts'
import { asDiskFailure } from '../../core/disk/disk-failure.ts'
import { writeAtomically } from '../../core/disk/write-atomically.ts'

/** A sign-in as it is stored: one file for each project, which only its owner can read. */
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

const shape = z.strictObject({ url: z.string(), key: z.string(), session: z.string().optional() })
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
 * @throws Failure CONFIG for a file that other users can read, or that nofx did not write; never with its content
 */
export function readSignIn(env: PlaceEnv, url: string): StoredSignIn | undefined {
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

/** @throws Failure INPUT_UNREADABLE, DISK_FULL */
export function writeSignIn(env: PlaceEnv, signIn: StoredSignIn): void {
  const path = signInPath(env, signIn.url)
  createFolder(path)
  try {
    writeAtomically(path, `${JSON.stringify(signIn, null, 2)}\n`, PRIVATE)
  } catch (error) {
    throw asDiskFailure(error, path)
  }
}

/** Removes the stored sign-in to a project, also when its content cannot be read. */
export function removeSignIn(env: PlaceEnv, url: string): void {
  rmSync(signInPath(env, url), { force: true })
}
