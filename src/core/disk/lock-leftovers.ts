import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** The end of a socket's name. `findOtherHolder` removes dead sockets when it asks the kernel about them. */
const SOCKET = /\.(?:new|held)$/
/** The guard of a stale lock; it has its own socket. */
const GUARD = /\.stale$/

/**
 * Removes the files beside a lock that processes left when they died while taking it: drafts of a lock file, and
 * guards of stale locks. Only the holder of the lock may call it: while the lock is held, no guard decides anything.
 * @param read the holder that a file names; throws for a file that is not a lock
 * @param isLive whether the holder of `lock` is alive
 */
export async function removeLeftovers<Holder>(
  path: string,
  read: (file: string) => Holder | undefined,
  isLive: (lock: string, holder: Holder) => Promise<boolean>,
): Promise<void> {
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.`) || SOCKET.test(name)) continue
    const file = join(dirname(path), name)
    const lock = GUARD.test(name) ? file : file.slice(0, file.lastIndexOf('.'))
    const holder = tryHolder(file, read)
    if (holder && !(await isLive(lock, holder))) rmSync(file, { force: true })
  }
}

/** The holder in a file; undefined for a file of another kind or a file that is still being written. */
function tryHolder<Holder>(file: string, read: (file: string) => Holder | undefined): Holder | undefined {
  try {
    return read(file)
  } catch {
    return undefined
  }
}
