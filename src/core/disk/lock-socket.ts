import { closeSync, existsSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'

/**
 * A listening socket beside a lock file. The kernel holds it for as long as its process lives, however busy that is,
 * and lets everybody who reaches the folder ask: also a container with processes and a host name of its own.
 */
export interface LockSocket {
  /** From now on the socket stands for a lock that is held, no longer for an attempt; false when its name is gone. */
  hold(): boolean
  remove(): void
}

/** What the kernel says about the socket of a lock: `unknown` where there is none, or no way to ask. */
export type SocketState = 'live' | 'dead' | 'unknown'

/** An attempt to take a lock, and a lock that is held. */
const ENDS = ['new', 'held'] as const
type End = (typeof ENDS)[number]
/** Bytes of a socket's path on every system. */
const LONGEST = 100
const NAME = /^(.+)\.([^.]+)\.(new|held)$/

const pathOf = (lock: string, token: string, end: End): string => `${lock}.${token}.${end}`

/** Opens the socket of an attempt. Undefined on Windows, and on a file system that has no sockets. */
export async function openLockSocket(lock: string, token: string): Promise<LockSocket | undefined> {
  if (process.platform === 'win32') return undefined
  const server = createServer((asking) => asking.destroy())
  const path = pathOf(lock, token, 'new')
  const listens = await reaching(
    path,
    (short) =>
      new Promise<boolean>((resolve) => {
        // Node.js cuts longer ones short.
        if (short.length > LONGEST) return resolve(false)
        server.once('error', () => resolve(false))
        server.listen({ path: short, exclusive: true }, () => resolve(true))
      }),
  )
  if (!listens) return undefined
  server.unref()
  return {
    hold: () => {
      // Who held the lock before may have seen this socket in the moment before it listened, and removed it as dead.
      if (!existsSync(path)) return false
      renameSync(path, pathOf(lock, token, 'held'))
      return true
    },
    remove: () => {
      // Gone first, closed second: a name without a listener would look like a process that died.
      for (const end of ENDS) rmSync(pathOf(lock, token, end), { force: true })
      server.close()
    },
  }
}

/** Asks the kernel whether the process that took a lock still lives. */
export async function askLockSocket(lock: string, token: string): Promise<SocketState> {
  // An attempt that succeeds is renamed, so the later name is looked for last.
  for (const end of ENDS) {
    const state = await ask(pathOf(lock, token, end))
    if (state !== 'unknown') return state
  }
  return 'unknown'
}

/**
 * The token of a live process that holds the lock although the lock file no longer says so: somebody removed the file.
 * What dead processes left behind is removed.
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

/** A refused connection is the kernel's word that nobody listens; a full line or a foreign owner means the opposite. */
function meaning(code: string | undefined): SocketState {
  if (code === 'ECONNREFUSED') return 'dead'
  return code === 'EAGAIN' || code === 'EACCES' || code === 'EPERM' ? 'live' : 'unknown'
}

/** A socket's path has room for about a hundred bytes, so on Linux the folder is named by its number. */
async function reaching<T>(path: string, work: (short: string) => Promise<T>): Promise<T> {
  if (process.platform !== 'linux') return work(path)
  const folder = openSync(dirname(path), 'r')
  try {
    return await work(`/proc/self/fd/${folder}/${basename(path)}`)
  } finally {
    closeSync(folder)
  }
}
