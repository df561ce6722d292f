import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** The end of a socket's name; whoever asks the kernel about sockets removes the dead ones. */
const SOCKET = /\.(?:new|held)$/
/** The guard of a stale lock, which has a socket of its own. */
const GUARD = /\.stale$/

/**
 * Removes the files that processes left beside a lock when they died while they took it: drafts of a lock file, and guards
 * of stale locks. Only the holder of the lock may: while it holds the lock, no guard decides anything.
 * @param read the holder that a file names; throws for a file that is not a lock
 * @param isLive whether the holder of `lock` lives
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
    const holder = holderOf(file, read)
    if (holder && !(await isLive(lock, holder))) rmSync(file, { force: true })
  }
}

/** A file of another kind, or one that is being written, names no holder. */
function holderOf<Holder>(file: string, read: (file: string) => Holder | undefined): Holder | undefined {
  try {
    return read(file)
  } catch {
    return undefined
  }
}
