import * as fs from 'node:fs'
import { join } from 'node:path'
import type { ImportReport } from '../../../../src/import/import-report.ts'
import { tempFolder, writeFiles } from '../../support/temp-folder.ts'

export const owner = 'team@example.com'
export const REVIEWER = `---
name: code-reviewer
description: Reviews changes.
model: sonnet
tools: Read, Grep, Bash
color: blue
---

You review code.

## Capabilities

### Security review

- **Input**: validation and escaping
- Secrets
`

export interface Manifest {
  [key: string]: unknown
  metadata: { import: Record<string, unknown> & { kept?: Record<string, unknown> } }
}

export function manifestOf(to: string, id: string): Manifest {
  return JSON.parse(fs.readFileSync(join(to, id, 'agent.json'), 'utf8')) as Manifest
}

/** A folder with one agent to import, and where it goes. */
export function setUp(files: Record<string, string | Uint8Array> = { 'agents/code-reviewer.md': REVIEWER }) {
  const root = tempFolder()
  const from = join(root, 'from')
  fs.mkdirSync(from)
  writeFiles(from, files)
  return { root, from, to: join(root, 'agents') }
}

export function counts({ imported, unchanged, skipped, failed }: ImportReport): number[] {
  return [imported.length, unchanged.length, skipped.length, failed.length]
}
