import { execFileSync } from 'node:child_process'
import type { TestContext } from 'vitest'

/**
 * Mounts a separate small disk in a folder while `work` runs. Skips the test if mounting is not allowed.
 * @param size as `mount` takes it: `256k`, `6m`
 */
export async function onSmallDisk(
  { skip }: Pick<TestContext, 'skip'>,
  folder: string,
  size: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    skip('a small disk cannot be mounted here')
  }
  try {
    await work()
  } finally {
    execFileSync('umount', [folder])
  }
}
