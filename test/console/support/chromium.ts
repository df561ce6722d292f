import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
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
  return unpacked()
}

/** The package unpacks itself into the folder for temporary files, where another user's copy cannot be run. */
async function unpacked(): Promise<string> {
  const { TMPDIR: before } = process.env
  if (existsSync(join(tmpdir(), 'chromium')) && !canRun(join(tmpdir(), 'chromium'))) {
    process.env.TMPDIR = join(tmpdir(), `nofx-chromium-${userInfo().uid}`)
    mkdirSync(process.env.TMPDIR, { recursive: true })
  }
  try {
    return await chromium.executablePath()
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}

function missing({ NOFX_NEEDS_CHROMIUM: needed }: NodeJS.ProcessEnv): undefined {
  if (needed) throw new Error('no Chromium here for the tests of the console: name one in CHROMIUM')
  process.stderr.write('no Chromium here: the tests of the console are skipped (set CHROMIUM)\n')
  return undefined
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
