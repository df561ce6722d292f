import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FolderStamp } from './folder-stamp.ts'

/** Two writes within one step of the file system's clock have the same time. Milliseconds. */
const STEP_MS = 20
/** The same for a file system that keeps whole seconds only; FAT keeps every second one. */
const COARSE_STEP_MS = 2_500
/** How far the two clocks of this machine may drift apart in one run, milliseconds: less than a step. */
const MOST_DRIFT_MS = 15

/**
 * Knows when a run began by the file system's own clock, and so whether a file was last written before it: only then the
 * content that the run has read is the content that the stamp at its end belongs to.
 */
export class RunClock {
  private readonly wall = Date.now()
  private readonly steady = performance.now()
  private readonly began: { time: number; device: number } | undefined

  /** @param folder on the file system to ask, made if it does not exist */
  constructor(folder: string) {
    this.began = askFileSystem(folder)
  }

  /** Whether nothing of the folder has changed since the run began, as far as clocks show it. */
  isOlder({ newest, device }: FolderStamp): boolean {
    if (!this.began || this.began.device !== device || this.jumped) return false
    const step = this.began.time % 1000 === 0 ? COARSE_STEP_MS : STEP_MS
    return newest < this.began.time - step
  }

  /** Whether the clock was set during the run. */
  private get jumped(): boolean {
    const drift = Date.now() - this.wall - (performance.now() - this.steady)
    return Math.abs(drift) > MOST_DRIFT_MS
  }
}

function askFileSystem(folder: string): { time: number; device: number } | undefined {
  const path = join(folder, `clock.${process.pid}.tmp`)
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path, '')
    const { mtimeMs, dev } = statSync(path)
    rmSync(path)
    return { time: mtimeMs, device: dev }
  } catch {
    return undefined
  }
}
