import { join } from 'node:path'
import type { DoctorCheck } from '../../core/doctor.ts'
import { updateCommand } from './installation.ts'
import { turnedOffBy } from './may-ask.ts'
import { askNpm, isDue, readNewest } from './newest.ts'
import { isNewer } from './release.ts'

/** The running program, as oclif's configuration describes it. */
export interface RunningProgram {
  name: string
  version: string
  /** The folder of the package. */
  root: string
  cacheDir: string
}

/**
 * The line about a newer release, if an earlier answer of npm names one. It asks npm again in the background when the
 * answer is a day old; a later command has the line then.
 */
export function announceUpdate(program: RunningProgram): string | undefined {
  const { name, version, root } = program
  const command = updateCommand(name, root)
  if (!command) return undefined
  const path = answerPath(program)
  const newest = readNewest(path)
  if (isDue(newest, Date.now())) askNpm(join(root, 'dist/ask-npm.js'), name, path)
  if (!newest.version || !isNewer(newest.version, version)) return undefined
  return `${name} ${newest.version} is available (this is ${version}): ${command}`
}

/** The same for `nofx doctor`, from what is known: npm is not asked. */
export function checkForUpdate(program: RunningProgram, env: NodeJS.ProcessEnv): DoctorCheck {
  const { name, version, root } = program
  const command = updateCommand(name, root)
  const ok = (rest: string): DoctorCheck => ({ name, state: 'ok', detail: `${version}${rest}` })
  if (!command) return ok(', in a clone of the repository')
  const off = turnedOffBy(env)
  if (off) return ok(` (${off} is set: npm is not asked for a newer one)`)
  const newest = readNewest(answerPath(program)).version
  if (!newest) return ok(' (npm has not answered yet whether there is a newer one)')
  if (!isNewer(newest, version)) return ok('')
  return { name, state: 'warning', detail: `${version}; ${newest} is available`, fix: command }
}

function answerPath({ cacheDir }: RunningProgram): string {
  return join(cacheDir, 'newest-release')
}
