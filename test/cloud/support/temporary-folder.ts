import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder that is gone after the test. Call it inside a test. */
export function temporaryFolder(): string {
  const { path, remove } = temporaryRoot()
  onTestFinished(remove)
  return path
}

/** A folder for as long as the caller wants it. */
export function temporaryRoot(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'nofx-cloud-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
