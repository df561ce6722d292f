import { openDataFolder } from '../cloud/embedded/database/data-folder.ts'
import { devLock, forgetRunningDev, noteRunningDev, readRunningDev } from '../cloud/embedded/running-dev.ts'
import { Failure } from '../contract/failure.ts'
import { acquireLock } from '../core/disk/lock.ts'

/** The right to be the one `nofx dev` of a folder, also when the database is a server that many may use. */
export interface Claim {
  /** From now on other commands of the folder come to `url`. */
  announce(url: string): void
  /** From now on they do not. */
  withdraw(): void
  release(): void
}

/**
 * Claims the folder `root` at once or never. A process that was killed leaves a claim behind that counts for nothing.
 * @throws Failure EMBEDDED_LOCKED naming who has it, and its URL
 */
export async function claimFolder(root: string): Promise<Claim> {
  openDataFolder(root)
  const lock = await acquireLock(devLock(root), { waitMs: 0 }).catch((error: unknown) => {
    throw error instanceof Failure && error.code === 'EMBEDDED_LOCKED' ? taken(root, error) : error
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

function taken(root: string, { hint, detail, cause }: Failure): Failure {
  const { pid } = detail as { pid: number }
  const url = readRunningDev(root)?.url
  const message = `nofx dev serves this folder already: process ${pid}${url ? `, ${url}` : ''}`
  return new Failure('EMBEDDED_LOCKED', message, url ? `use that one, or stop it with: kill ${pid}` : hint, {
    cause,
    detail: { ...(detail as object), url },
  })
}
