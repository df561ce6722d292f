import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder that is removed after the test. Call it inside a test. */
export function temporaryFolder(): string {
  const { path, remove } = temporaryRoot()
  onTestFinished(remove)
  return path
}

/** A folder that the caller removes. */
export function temporaryRoot(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'nofx-cloud-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
