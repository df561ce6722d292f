import { existsSync, readFileSync } from 'node:fs'
import { arch } from 'node:os'
import { join } from 'node:path'
import { usualProject } from './usual.ts'
import { writeText } from './write-text.ts'

/** Where the Windows Subsystem for Linux can be seen in spite of a kernel of the user's own. */
const WSL_PATHS = ['/proc/sys/fs/binfmt_misc/WSLInterop', '/run/WSL']

/**
 * Prints the line of `nofx --version` as oclif does, without loading oclif. Returns false, and has printed nothing, where
 * the answer may be another one.
 * @param root the folder of the package
 */
export function printVersion(root: string): boolean {
  try {
    const line = usualProject() && versionLine(root)
    return line !== undefined && writeText(`${line}\n`)
  } catch {
    return false
  }
}

/** The versions of nofx and Node.js, and the platform; undefined where oclif names the platform in a way of its own. */
export function versionLine(root: string): string | undefined {
  if (arch() === 'ia32' || mayBeWsl()) return undefined
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return `${name}/${version} ${process.platform}-${arch()} node-${process.version}`
}

function mayBeWsl(): boolean {
  if (process.platform !== 'linux') return false
  return /microsoft/i.test(readFileSync('/proc/version', 'latin1')) || WSL_PATHS.some(existsSync)
}
