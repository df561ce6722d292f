import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { Failure } from '../../contract/failure.ts'
import { acquireLock } from '../../core/disk/lock.ts'
import { withoutRealtime } from '../../edge/http/client-options.ts'
import { quietly } from '../embedded/quiet.ts'
import {
  createFolder,
  type PlaceEnv,
  readSignIn,
  type StoredSignIn,
  signInPath,
  writeSignIn,
} from './sign-in-store.ts'

/** How long Auth may take for an answer, milliseconds. */
const ANSWER_WITHIN_MS = 30_000
/** How long to wait for another process that refreshes the same sign-in, milliseconds. */
const WAIT_MS = 60_000

/** Where the sign-in of a client is stored, and the project that it belongs to. */
export interface AuthPlace {
  env: PlaceEnv
  url: string
  key: string
}

/** An unmodified supabase-js client whose session is the stored sign-in. It refreshes a token only when asked for one. */
export function authClient({ env, url, key }: AuthPlace): SupabaseClient {
  const readStored = (): StoredSignIn => readSignIn(env, url) ?? { url, key }
  const { auth: _, ...options } = withoutRealtime(withinTime)
  return createClient(url, key, {
    ...options,
    auth: {
      persistSession: true,
      autoRefreshToken: false,
      detectSessionInUrl: false,
      storageKey: 'session',
      storage: {
        getItem: (name: string) => (name === 'session' ? (readStored().session ?? null) : null),
        setItem: (name: string, session: string) => {
          if (name === 'session') writeSignIn(env, { url, key, session })
        },
        removeItem: (name: string) => {
          const signIn = name === 'session' ? readSignIn(env, url) : undefined
          if (signIn) writeSignIn(env, { url, key })
        },
      },
    },
  })
}

/**
 * Runs a task while no other process changes the stored sign-in: a refresh token is valid once, so of two processes
 * that refresh at the same time the second would end the session.
 * @throws Failure EMBEDDED_LOCKED when another process holds the lock for too long
 */
export async function alone<T>({ env, url }: AuthPlace, task: () => Promise<T>): Promise<T> {
  const path = signInPath(env, url)
  createFolder(path)
  const lock = await acquireLock(`${path}.lock`, { waitMs: WAIT_MS }).catch((error: unknown) => {
    if (!(error instanceof Failure && error.code === 'EMBEDDED_LOCKED')) throw error
    const { pid } = error.detail as { pid: number }
    const message = `process ${pid} is changing the sign-in to ${url}`
    throw new Failure('EMBEDDED_LOCKED', message, error.hint, { at: path, cause: error })
  })
  try {
    return await withoutConsole(task)
  } finally {
    lock.release()
  }
}

/** Runs a task of supabase-js, which prints its failures with their stacks before it returns them. */
export function withoutConsole<T>(task: () => Promise<T>): Promise<T> {
  return quietly(task)
}

function withinTime(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const late = AbortSignal.timeout(ANSWER_WITHIN_MS)
  const signal = init?.signal ? AbortSignal.any([init.signal, late]) : late
  return fetch(input, { ...init, signal })
}
