import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { Failure } from '../../contract/failure.ts'
import { quoteWord } from '../../contract/text/quote-word.ts'
import { removeLeftovers } from './lock-leftovers.ts'
import { askLockSocket, findOtherHolder, type LockSocket, openLockSocket } from './lock-socket.ts'
import { isSharedFolder, thisPlace } from './machine.ts'
import { isRunning, startMark } from './process-identity.ts'

const holderShape = z.object({
  pid: z.int().positive(),
  host: z.string(),
  boot: z.string().optional(),
  pids: z.string().optional(),
  startedAt: z.string(),
  mark: z.string().optional(),
  token: z.string(),
})

/** The holder of a lock file. `token` is new for every lock that is taken. */
export type LockHolder = z.infer<typeof holderShape>

/** A lock that this process holds; `release` may be called twice. */
export interface FileLock {
  /** Whether the lock file still has this lock's token. */
  isOurs(): boolean
  release(): void
}

export interface LockOptions {
  /** Milliseconds to wait for another holder before giving up. */
  waitMs: number
  /** Called once, before waiting for another holder. */
  onWait?: (holder: LockHolder) => void
}

const POLL_MS = 50

/**
 * Takes the lock file at `path`. Waits up to `waitMs` milliseconds for a live holder, and takes over from a dead
 * holder at once. A process that is killed leaves its file behind; the next process learns from the kernel that the
 * socket beside it has no listener, or, without a socket, that its pid is gone or reused.
 * @throws Failure EMBEDDED_LOCKED, EMBEDDED_CORRUPT, INPUT_UNREADABLE
 */
export async function acquireLock(path: string, options: LockOptions): Promise<FileLock> {
  const deadline = Date.now() + options.waitMs
  for (let first = true; ; first = false) {
    const lockOrHolder = await tryLock(path)
    if ('release' in lockOrHolder) return lockOrHolder
    if (Date.now() >= deadline) throw locked(path, lockOrHolder)
    if (first) options.onWait?.(lockOrHolder)
    await sleep(POLL_MS + Math.random() * POLL_MS)
  }
}

/** The current holder of the lock file at `path`; undefined if the lock is free or its holder died. */
export async function liveHolder(path: string): Promise<LockHolder | undefined> {
  const holder = readHolder(path)
  return holder && (await isLive(path, holder)) ? holder : undefined
}

/** One attempt: returns the lock, or the live holder. */
async function tryLock(path: string): Promise<FileLock | LockHolder> {
  for (let attempt = 0; ; attempt++) {
    const lockOrHolder = existsSync(path) ? undefined : await takeFree(path)
    if (lockOrHolder) return lockOrHolder
    const holder = readHolder(path)
    if (holder === undefined) continue
    if (attempt > 20 || (await isLive(path, holder))) return holder
    await removeStale(path, holder)
  }
}

/**
 * Takes a lock that has no file. Undefined if another process was faster. Returns a holder if the lock is held
 * although its file was removed.
 */
async function takeFree(path: string): Promise<FileLock | LockHolder | undefined> {
  const mine = newHolder()
  // The socket listens before the lock file appears, so that a reader of the file can query it.
  const socket = await openLockSocket(path, mine.token)
  if (!createExclusive(path, mine)) {
    socket?.remove()
    return undefined
  }
  const lock = ownLock(path, mine, socket)
  let isTaken = false
  try {
    const other = await findOtherHolder(path, mine.token)
    if (other) return { ...mine, pid: Number.parseInt(other, 10), token: other }
    isTaken = socket?.hold() ?? true
    if (isTaken) await removeLeftovers(path, readHolder, isLive)
    return isTaken ? lock : undefined
  } finally {
    if (!isTaken) lock.release()
  }
}

function newHolder(): LockHolder {
  return {
    pid: process.pid,
    ...thisPlace(),
    startedAt: new Date().toISOString(),
    mark: startMark(process.pid),
    // Short, because it is part of the sockets' names.
    token: `${process.pid}-${randomBytes(8).toString('hex')}`,
  }
}

/** Creates the file at `path` with its whole content or not at all: `link` fails if the name is taken. */
function createExclusive(path: string, mine: LockHolder): boolean {
  const draft = `${path}.${mine.token}`
  try {
    writeFileSync(draft, `${JSON.stringify(mine)}\n`)
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Undefined if the file has just disappeared. A file that is not a lock names no holder to ask. */
function readHolder(path: string): LockHolder | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code === 'EISDIR') throw notALock(path, error)
    throw error
  }
  try {
    return holderShape.parse(JSON.parse(text))
  } catch (cause) {
    throw notALock(path, cause)
  }
}

function notALock(path: string, cause: unknown): Failure {
  const isFolder = (cause as NodeJS.ErrnoException).code === 'EISDIR'
  return new Failure(
    'EMBEDDED_CORRUPT',
    `"${path}" is ${isFolder ? 'a folder and ' : ''}not a lock file of nofx`,
    `make sure that no nofx runs here, then: rm ${isFolder ? '-r ' : ''}${quoteWord(path)}`,
    { at: path, cause },
  )
}

/**
 * Whether the process that took a lock is alive. The kernel knows, if it has the lock's socket. Otherwise the pid is
 * checked, but only if it identifies the process: in the same namespace and the same boot of the same machine. In all
 * other cases the holder counts as alive.
 */
async function isLive(path: string, holder: LockHolder): Promise<boolean> {
  const here = thisPlace()
  const tellsBoot = holder.boot !== undefined && here.boot !== undefined
  const isHere = tellsBoot ? holder.boot === here.boot : holder.host === here.host
  if (!isHere) return holder.host !== here.host || isSharedFolder(dirname(path))
  const socketState = await askLockSocket(path, holder.token)
  if (socketState !== 'unknown') return socketState === 'live'
  const pidMeansIt = holder.host === here.host && (holder.pids ?? here.pids) === here.pids
  if (!pidMeansIt) return true
  return isRunning(holder.pid, holder.mark)
}

/**
 * Removes a dead holder's file. Only the holder of the guard named after the dead holder's token may remove it, and
 * only while the file still has that token, so that a lock taken in between is never removed. A guard whose own
 * holder died is removed by the same rule.
 */
async function removeStale(path: string, stale: LockHolder): Promise<void> {
  const guard = `${path}.${stale.token}.stale`
  const mine = newHolder()
  const socket = await openLockSocket(guard, mine.token)
  if (!createExclusive(guard, mine)) {
    socket?.remove()
    const other = readHolder(guard)
    if (other && !(await isLive(guard, other))) await removeStale(guard, other)
    return
  }
  try {
    if (readHolder(path)?.token === stale.token) unlinkSync(path)
  } finally {
    rmSync(guard, { force: true })
    socket?.remove()
  }
}

function ownLock(path: string, mine: LockHolder, socket: LockSocket | undefined): FileLock {
  const isOurs = () => {
    try {
      return readHolder(path)?.token === mine.token
    } catch {
      return false
    }
  }
  const release = () => {
    process.removeListener('exit', release)
    try {
      // The order matters: a live socket without its lock file would look like a lock whose file was removed.
      socket?.remove()
      if (isOurs()) unlinkSync(path)
    } catch {
      // If the folder is gone, the lock is gone too.
    }
  }
  process.once('exit', release)
  return { isOurs, release }
}

function locked(path: string, holder: LockHolder): Failure {
  const { host, pids } = thisPlace()
  const [where, hint] =
    holder.host !== host
      ? [` on ${holder.host}`, `wait for it; if that machine or container is gone: rm ${quoteWord(path)}`]
      : (holder.pids ?? pids) !== pids
        ? [' of another container', 'wait for it, or stop it in the container where it runs']
        : ['', `wait for it, or stop it with: kill ${holder.pid}`]
  const who = `process ${holder.pid}${where}, since ${holder.startedAt}`
  return new Failure('EMBEDDED_LOCKED', `the embedded cloud is in use by ${who}`, hint, {
    at: path,
    detail: { pid: holder.pid, host: holder.host, startedAt: holder.startedAt },
  })
}

/** The failure of work that was in progress when its lock was lost. */
export function lockLost(path: string): Failure {
  return new Failure(
    'EMBEDDED_LOCKED',
    `"${path}" was removed or replaced while this process worked; nothing was written since`,
    'run the command again, and leave that file alone while nofx runs',
    { at: path },
  )
}
