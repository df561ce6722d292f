import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { Failure } from '../../core/failure.ts'
import { isRunning, startMark } from './process-identity.ts'

const holderShape = z.object({
  pid: z.int().positive(),
  host: z.string(),
  startedAt: z.string(),
  mark: z.string().optional(),
  token: z.string(),
})

/** Who holds a lock file. `token` is new for every lock that was ever taken. */
export type Holder = z.infer<typeof holderShape>

/** A lock that this process holds; `release` may be called twice. */
export interface Lock {
  release(): void
}

export interface LockOptions {
  /** Milliseconds to wait for another holder before giving up. */
  waitMs: number
  /** Called once when there is somebody to wait for. */
  onWait?: (holder: Holder) => void
}

const POLL_MS = 50

/**
 * Takes the lock file at `path`, waiting up to `waitMs` for a live holder and taking over from a dead one at once.
 * A process that dies by a signal leaves its file behind; the next one sees that its pid is gone or reused.
 * @throws Failure EMBEDDED_LOCKED, INPUT_UNREADABLE
 */
export async function acquireLock(path: string, options: LockOptions): Promise<Lock> {
  const deadline = Date.now() + options.waitMs
  for (let first = true; ; first = false) {
    const held = tryLock(path)
    if ('release' in held) return held
    if (Date.now() >= deadline) throw locked(path, held)
    if (first) options.onWait?.(held)
    await sleep(POLL_MS + Math.random() * POLL_MS)
  }
}

/** Who holds the lock file at `path` now; undefined when nobody does, or its holder died. */
export function liveHolder(path: string): Holder | undefined {
  const holder = readHolder(path)
  return holder && isLive(holder) ? holder : undefined
}

/** One attempt: the lock, or the live holder. */
function tryLock(path: string): Lock | Holder {
  for (let attempt = 0; ; attempt++) {
    const mine = createExclusive(path)
    if (mine) return ownLock(path, mine)
    const holder = readHolder(path)
    if (holder === undefined) continue
    if (attempt > 20 || isLive(holder)) return holder
    removeStale(path, holder)
  }
}

/** Appears at `path` with its whole content or not at all: `link` fails when the name is taken. */
function createExclusive(path: string): Holder | undefined {
  const mine: Holder = {
    pid: process.pid,
    host: hostname(),
    startedAt: new Date().toISOString(),
    mark: startMark(process.pid),
    token: randomUUID(),
  }
  const draft = `${path}.${mine.token}`
  try {
    writeFileSync(draft, `${JSON.stringify(mine)}\n`)
    linkSync(draft, path)
    return mine
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Undefined when the file has just gone away. A file that is no lock of ours belongs to nobody we could ask. */
function readHolder(path: string): Holder | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return holderShape.parse(JSON.parse(text))
  } catch (cause) {
    throw new Failure(
      'EMBEDDED_CORRUPT',
      `"${path}" is not a lock file of nofx`,
      `make sure that no nofx runs here, then: rm ${JSON.stringify(path)}`,
      { at: path, cause },
    )
  }
}

/** On another host (a shared folder, a container) nothing can be said of a pid, so the holder counts as alive. */
function isLive(holder: Holder): boolean {
  return holder.host !== hostname() || isRunning(holder.pid, holder.mark)
}

/**
 * Removes a dead holder's file. Only the holder of the guard named after the dead one's token may do that, and only
 * while the file still carries that token, so a lock taken in between is never removed. A guard whose own holder died
 * is removed by the same rule.
 */
function removeStale(path: string, stale: Holder): void {
  const guard = `${path}.${stale.token}.stale`
  const mine = createExclusive(guard)
  if (!mine) {
    const other = readHolder(guard)
    if (other && !isLive(other)) removeStale(guard, other)
    return
  }
  try {
    if (readHolder(path)?.token === stale.token) unlinkSync(path)
  } finally {
    rmSync(guard, { force: true })
  }
}

function ownLock(path: string, mine: Holder): Lock {
  const release = () => {
    process.removeListener('exit', release)
    try {
      if (readHolder(path)?.token === mine.token) unlinkSync(path)
    } catch {
      // The folder may be gone by now; then so is the lock.
    }
  }
  process.once('exit', release)
  return { release }
}

function locked(path: string, holder: Holder): Failure {
  const where = holder.host === hostname() ? '' : ` on ${holder.host}`
  const who = `process ${holder.pid}${where}, since ${holder.startedAt}`
  const hint =
    where === ''
      ? `wait for it, or stop it with: kill ${holder.pid}`
      : `wait for it; if that machine or container is gone: rm ${JSON.stringify(path)}`
  return new Failure('EMBEDDED_LOCKED', `the embedded cloud is in use by ${who}`, hint, {
    at: path,
    detail: { pid: holder.pid, host: holder.host, startedAt: holder.startedAt },
  })
}
