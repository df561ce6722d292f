import { openDataFolder } from '../cloud/embedded/database/data-folder.ts'
import { devLock, forgetRunningDev, noteRunningDev, readRunningDev } from '../cloud/embedded/running-dev.ts'
import { Failure } from '../contract/failure.ts'
import { acquireLock } from '../core/disk/lock.ts'

/** The exclusive right to run `nofx dev` for a folder, also when the database is a server that many may use. */
export interface Claim {
  /** Makes other commands in the folder connect to `url`. */
  announce(url: string): void
  /** Makes other commands in the folder open the database themselves again. */
  withdraw(): void
  release(): void
}

/**
 * Claims the folder `root`, without waiting for another holder. The claim of a process that was killed is ignored.
 * @throws Failure EMBEDDED_LOCKED naming the holder and its URL
 */
export async function claimFolder(root: string): Promise<Claim> {
  openDataFolder(root)
  const lock = await acquireLock(devLock(root), { waitMs: 0 }).catch((error: unknown) => {
    throw error instanceof Failure && error.code === 'EMBEDDED_LOCKED' ? explainTaken(root, error) : error
  })
  forgetRunningDev(root)
  return {
    announce: (url) => noteRunningDev(root, url),
    withdraw: () => forgetRunningDev(root),
    release: () => {
      forgetRunningDev(root)
      lock.release()
    },
  }
}

function explainTaken(root: string, { hint, detail, cause }: Failure): Failure {
  const { pid } = detail as { pid: number }
  const url = readRunningDev(root)?.url
  const message = `nofx dev serves this folder already: process ${pid}${url ? `, ${url}` : ''}`
  return new Failure('EMBEDDED_LOCKED', message, url ? `use that one, or stop it with: kill ${pid}` : hint, {
    cause,
    detail: { ...(detail as object), url },
  })
}
