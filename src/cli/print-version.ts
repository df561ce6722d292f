import { existsSync, readFileSync, writeSync } from 'node:fs'
import { arch } from 'node:os'
import { join } from 'node:path'
import { findProject } from '../core/tree/project.ts'

/** Where the Windows Subsystem for Linux can be seen in spite of a kernel of the user's own. */
const WSL_PATHS = ['/proc/sys/fs/binfmt_misc/WSLInterop', '/run/WSL']
const STDOUT = 1

/**
 * Prints the line of `nofx --version` as oclif does, without loading oclif. Returns false, and has printed nothing, where
 * the answer may be another one.
 * @param root the folder of the package
 */
export function printVersion(root: string): boolean {
  try {
    if (process.env.DEBUG || arch() === 'ia32' || mayBeWsl()) return false
    if (findProject(process.cwd()).plugins.length > 0) return false
    const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    writeSync(STDOUT, `${name}/${version} ${process.platform}-${arch()} node-${process.version}\n`)
    return true
  } catch {
    return false
  }
}

/** oclif names this platform in a way of its own. */
function mayBeWsl(): boolean {
  if (process.platform !== 'linux') return false
  return /microsoft/i.test(readFileSync('/proc/version', 'latin1')) || WSL_PATHS.some(existsSync)
}
