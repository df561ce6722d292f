import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { liveHolder } from '../../core/disk/lock.ts'
import { isRunning, startMark } from '../../core/disk/process-identity.ts'
import { findHeadsPlace } from '../../core/registry/kept-heads.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { withoutRealtime } from '../../edge/http/client-options.ts'
import { openHosted } from '../hosted/open-hosted.ts'
import { openDataFolder } from './database/data-folder.ts'
import { loadKeys } from './keys.ts'

const noteShape = z.object({
  url: z.url(),
  pid: z.int().positive(),
  host: z.string(),
  mark: z.string().optional(),
})

/**
 * Where a `nofx dev` serves, from `.nofx/dev.json`; `mark`
 * distinguishes its process from a later one with the same pid.
 */
export type RunningDev = z.infer<typeof noteShape>

/** How long a command waits for a `nofx dev` that is starting or stopping, milliseconds. */
const PATIENCE_MS = 10_000
const POLL_MS = 50

const notePath = (root: string) => join(root, '.nofx/dev.json')

/** The lock that `nofx dev` holds from its start to its end. */
export const devLock = (root: string) => join(root, '.nofx/dev.lock')

/** The name of a registry that `nofx dev` serves, for messages. */
export const devLabel = (url: string) => `nofx dev ${url}`

/** Writes where `nofx dev` serves, for other commands in this folder. */
export function noteRunningDev(root: string, url: string): void {
  const note: RunningDev = { url, pid: process.pid, host: hostname(), mark: startMark(process.pid) }
  writeFileSync(`${notePath(root)}.new`, `${JSON.stringify(note)}\n`)
  renameSync(`${notePath(root)}.new`, notePath(root))
}

/** Removes the note. Call it before the server closes, so that no command connects to it afterwards. */
export function forgetRunningDev(root: string): void {
  rmSync(notePath(root), { force: true })
}

/**
 * The `nofx dev` that serves `root`; undefined without one. The note of a killed process is ignored, and so is a note
 * that was copied with the folder: it cannot have the start time of a process of this machine.
 */
export function readRunningDev(root: string): RunningDev | undefined {
  try {
    const note = noteShape.parse(JSON.parse(readFileSync(notePath(root), 'utf8')))
    const isOurs = note.host === hostname() && note.mark === startMark(note.pid)
    return isOurs && isRunning(note.pid, note.mark) ? note : undefined
  } catch {
    return undefined
  }
}

/**
 * The registry that the `nofx dev` of `root` serves, opened with the folder's own key; undefined without one.
 * @throws Failure EMBEDDED_CORRUPT
 */
export async function openRunningDev(root: string): Promise<Registry | undefined> {
  return (await openRunningDevClient(root))?.registry
}

/** The same, with a client that reads with the same key. */
export async function openRunningDevClient(
  root: string,
): Promise<{ registry: Registry; client: SupabaseClient } | undefined> {
  const dev = await findRunningDev(root)
  if (!dev) return undefined
  const { secret } = loadKeys(openDataFolder(root))
  const keepHeads = findHeadsPlace(root, ['nofx dev'])
  const registry = openHosted({ url: dev.url, secretKey: secret, label: devLabel(dev.url), keepHeads })
  return { registry, client: createClient(dev.url, secret, withoutRealtime(globalThis.fetch)) }
}

/** Waits while a `nofx dev` is starting or stopping. */
async function findRunningDev(root: string): Promise<RunningDev | undefined> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const dev = readRunningDev(root)
    if (dev || Date.now() >= deadline || !(await isBusy(root))) return dev
    await sleep(POLL_MS)
  }
}

async function isBusy(root: string): Promise<boolean> {
  return existsSync(devLock(root)) && (await liveHolder(devLock(root))) !== undefined
}
