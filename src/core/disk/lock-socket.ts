import { closeSync, existsSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'

/**
 * A listening socket beside a lock file. The kernel keeps it open as long as its process lives, however busy the
 * process is. Every process that can open the folder can query it, even from a container with its own processes and
 * host name.
 */
export interface LockSocket {
  /** Turns the socket of an attempt into the socket of a held lock. Returns false if its name is gone. */
  hold(): boolean
  remove(): void
}

/** The kernel's answer about the socket of a lock: `unknown` if there is no socket, or no way to ask. */
export type SocketState = 'live' | 'dead' | 'unknown'

/** The end of a socket's name: an attempt to take a lock, and a held lock. */
const ENDS = ['new', 'held'] as const
type End = (typeof ENDS)[number]
/** Maximum length of a socket's path in bytes that every system supports. */
const LONGEST = 100
const NAME = /^(.+)\.([^.]+)\.(new|held)$/

const buildPath = (lock: string, token: string, end: End): string => `${lock}.${token}.${end}`

/** Opens the socket of an attempt. Undefined on Windows, and on a file system without sockets. */
export async function openLockSocket(lock: string, token: string): Promise<LockSocket | undefined> {
  if (process.platform === 'win32') return undefined
  const server = createServer((asking) => asking.destroy())
  const path = buildPath(lock, token, 'new')
  const listens = await reaching(
    path,
    (short) =>
      new Promise<boolean>((resolve) => {
        // Node.js silently truncates longer paths.
        if (short.length > LONGEST) return resolve(false)
        server.once('error', () => resolve(false))
        server.listen({ path: short, exclusive: true }, () => resolve(true))
      }),
  )
  if (!listens) return undefined
  server.unref()
  return {
    hold: () => {
      // The previous holder may have seen this socket before it listened, and removed it as dead.
      if (!existsSync(path)) return false
      renameSync(path, buildPath(lock, token, 'held'))
      return true
    },
    remove: () => {
      // The name is removed before the socket is closed: a name without a listener would look like a dead process.
      for (const end of ENDS) rmSync(buildPath(lock, token, end), { force: true })
      server.close()
    },
  }
}

/** Asks the kernel whether the process that took a lock is alive. */
export async function askLockSocket(lock: string, token: string): Promise<SocketState> {
  // A successful attempt renames its socket, so the later name is checked last.
  for (const end of ENDS) {
    const state = await ask(buildPath(lock, token, end))
    if (state !== 'unknown') return state
  }
  return 'unknown'
}

/**
 * The token of a live process that holds the lock although the lock file no longer names it, because the file was
 * removed. Sockets of dead processes are removed.
 */
export async function findOtherHolder(lock: string, mine: string): Promise<string | undefined> {
  const folder = dirname(lock)
  for (const name of readdirSync(folder)) {
    const [, file, token = '', end] = NAME.exec(name) ?? []
    const isGuards = file?.startsWith(`${basename(lock)}.`)
    if ((file !== basename(lock) && !isGuards) || token === mine) continue
    const state = await ask(join(folder, name))
    if (state === 'live' && end === 'held' && !isGuards) return token
    if (state === 'dead') rmSync(join(folder, name), { force: true })
  }
  return undefined
}

function ask(path: string): Promise<SocketState> {
  return reaching(
    path,
    (short) =>
      new Promise<SocketState>((resolve) => {
        if (short.length > LONGEST) return resolve('unknown')
        const socket = connect(short)
        const say = (state: SocketState) => {
          socket.destroy()
          resolve(state)
        }
        socket.once('connect', () => say('live'))
        socket.once('error', ({ code }: NodeJS.ErrnoException) => say(meaning(code)))
      }),
  )
}

/** A refused connection means that no process listens; a full queue or a foreign owner means that one does. */
function meaning(code: string | undefined): SocketState {
  if (code === 'ECONNREFUSED') return 'dead'
  return code === 'EAGAIN' || code === 'EACCES' || code === 'EPERM' ? 'live' : 'unknown'
}

/**
 * Runs `work` with a short form of the path. A socket's path has room for about a hundred bytes, so on Linux the
 * folder is named by its file descriptor.
 */
async function reaching<T>(path: string, work: (short: string) => Promise<T>): Promise<T> {
  if (process.platform !== 'linux') return work(path)
  const folder = openSync(dirname(path), 'r')
  try {
    return await work(`/proc/self/fd/${folder}/${basename(path)}`)
  } finally {
    closeSync(folder)
  }
}
