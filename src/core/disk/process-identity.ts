import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * The process's start time from the kernel. It distinguishes two processes that had the same pid one after the other.
 * Undefined on platforms without it (Windows), where only the pid is compared.
 */
export function startMark(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxMark(pid)
  if (process.platform === 'win32') return undefined
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 2000,
    }).trim()
  } catch {
    return undefined
  }
}

function linuxMark(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22 is the start in clock ticks; the command in field 2 may contain blanks and parentheses.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return `${boot}:${ticks}`
  } catch {
    return undefined
  }
}

/** Whether the process that recorded `mark` is still running. A process of another user counts as running. */
export function isRunning(pid: number, mark: string | undefined): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = startMark(pid)
  return mark === undefined || now === undefined || now === mark
}

/**
 * Whether another process is alive and may still be writing. This process's own writes have ended when this is
 * called.
 */
export function isPidRunning(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
