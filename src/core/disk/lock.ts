import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { Failure } from '../../contract/failure.ts'
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

/** Who holds a lock file. `token` is new for every lock that was ever taken. */
export type Holder = z.infer<typeof holderShape>

/** A lock that this process holds; `release` may be called twice. */
export interface FileLock {
  /** Whether the lock file still carries our token. */
  isOurs(): boolean
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
 * A process that dies by a signal leaves its file behind; the next one hears from the kernel that nobody listens any
 * more at the socket beside it, or where there is no socket, that its pid is gone or reused.
 * @throws Failure EMBEDDED_LOCKED, EMBEDDED_CORRUPT, INPUT_UNREADABLE
 */
export async function acquireLock(path: string, options: LockOptions): Promise<FileLock> {
  const deadline = Date.now() + options.waitMs
  for (let first = true; ; first = false) {
    const held = await tryLock(path)
    if ('release' in held) return held
    if (Date.now() >= deadline) throw locked(path, held)
    if (first) options.onWait?.(held)
    await sleep(POLL_MS + Math.random() * POLL_MS)
  }
}

/** Who holds the lock file at `path` now; undefined when nobody does, or its holder died. */
export async function liveHolder(path: string): Promise<Holder | undefined> {
  const holder = readHolder(path)
  return holder && (await isLive(path, holder)) ? holder : undefined
}

/** One attempt: the lock, or the live holder. */
async function tryLock(path: string): Promise<FileLock | Holder> {
  for (let attempt = 0; ; attempt++) {
    const taken = existsSync(path) ? undefined : await takeFree(path)
    if (taken) return taken
    const holder = readHolder(path)
    if (holder === undefined) continue
    if (attempt > 20 || (await isLive(path, holder))) return holder
    await removeStale(path, holder)
  }
}

/**
 * Takes a lock that has no file: undefined when another was faster. The lock may be held all the same: when somebody
 * removed the file from under a process that still works.
 */
async function takeFree(path: string): Promise<FileLock | Holder | undefined> {
  const mine = newHolder()
  // It listens before the lock file appears, so who reads the file can ask.
  const socket = await openLockSocket(path, mine.token)
  if (!createExclusive(path, mine)) {
    socket?.remove()
    return undefined
  }
  const lock = ownLock(path, mine, socket)
  let isHeld = false
  try {
    const other = await findOtherHolder(path, mine.token)
    if (other) return { ...mine, pid: Number.parseInt(other, 10), token: other }
    isHeld = socket?.hold() ?? true
    if (isHeld) await removeLeftovers(path, readHolder, isLive)
    return isHeld ? lock : undefined
  } finally {
    if (!isHeld) lock.release()
  }
}

function newHolder(): Holder {
  return {
    pid: process.pid,
    ...thisPlace(),
    startedAt: new Date().toISOString(),
    mark: startMark(process.pid),
    // Short: it stands in the names of sockets.
    token: `${process.pid}-${randomBytes(8).toString('hex')}`,
  }
}

/** Appears at `path` with its whole content or not at all: `link` fails when the name is taken. */
function createExclusive(path: string, mine: Holder): boolean {
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

/** Undefined when the file has just gone away. A file that is not a lock of ours belongs to nobody we could ask. */
function readHolder(path: string): Holder | undefined {
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
    `make sure that no nofx runs here, then: rm ${isFolder ? '-r ' : ''}${JSON.stringify(path)}`,
    { at: path, cause },
  )
}

/**
 * Whether the process that took a lock still lives. The kernel that has its socket knows; else its pid is asked for, but
 * only where that pid means this process: in the same namespace of the same start of the same machine. Everywhere else
 * the holder counts as alive.
 */
async function isLive(path: string, holder: Holder): Promise<boolean> {
  const here = thisPlace()
  const tellsBoot = holder.boot !== undefined && here.boot !== undefined
  const isHere = tellsBoot ? holder.boot === here.boot : holder.host === here.host
  if (!isHere) return holder.host !== here.host || isSharedFolder(dirname(path))
  const said = await askLockSocket(path, holder.token)
  if (said !== 'unknown') return said === 'live'
  const pidMeansIt = holder.host === here.host && (holder.pids ?? here.pids) === here.pids
  if (!pidMeansIt) return true
  return isRunning(holder.pid, holder.mark)
}

/**
 * Removes a dead holder's file. Only the holder of the guard named after the dead one's token may do that, and only
 * while the file still carries that token, so a lock taken in between is never removed. A guard whose own holder died
 * is removed by the same rule.
 */
async function removeStale(path: string, stale: Holder): Promise<void> {
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

function ownLock(path: string, mine: Holder, socket: LockSocket | undefined): FileLock {
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
      // In this order: a live socket without its lock file would look like a lock that lost its file.
      socket?.remove()
      if (isOurs()) unlinkSync(path)
    } catch {
      // The folder may be gone by now; then so is the lock.
    }
  }
  process.once('exit', release)
  return { isOurs, release }
}

function locked(path: string, holder: Holder): Failure {
  const { host, pids } = thisPlace()
  const [where, hint] =
    holder.host !== host
      ? [
          ` on ${holder.host}`,
          `wait for it; if that machine or container is gone: rm ${JSON.stringify(path)}`,
        ]
      : (holder.pids ?? pids) !== pids
        ? [' of another container', 'wait for it, or stop it in the container where it runs']
        : ['', `wait for it, or stop it with: kill ${holder.pid}`]
  const who = `process ${holder.pid}${where}, since ${holder.startedAt}`
  return new Failure('EMBEDDED_LOCKED', `the embedded cloud is in use by ${who}`, hint, {
    at: path,
    detail: { pid: holder.pid, host: holder.host, startedAt: holder.startedAt },
  })
}

/** The failure of work that was under way when its lock was taken away. */
export function lockLost(path: string): Failure {
  return new Failure(
    'EMBEDDED_LOCKED',
    `"${path}" was removed or replaced while this process worked; nothing was written since`,
    'run the command again, and leave that file alone while nofx runs',
    { at: path },
  )
}
