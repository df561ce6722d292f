import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type Known, openCache } from '../../src/worker/cache/open-cache.ts'

const KEY = 'agents/reviewer'
const active = (asOf: string, seq: number): Known => ({
  head: { state: 'active', version: 1, digest: 'a'.repeat(64) },
  asOf,
  seq,
})
const disabled = (asOf: string, seq: number): Known => ({ head: { state: 'disabled' }, asOf, seq })

describe('what a folder knows of a definition', () => {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })

  test.each([
    [
      'is what the later event says, although its time is of whole seconds',
      [active('2026-11-23T10:00:05.700Z', 3), disabled('2026-11-23T10:00:05.000Z', 4)],
      'disabled',
    ],
    [
      'is not what a worker says that is behind',
      [disabled('2026-11-23T10:00:05.000Z', 4), active('2026-11-23T10:00:06.000Z', 3)],
      'disabled',
    ],
    [
      'is what is known long after, of a registry that was restored and counts from less',
      [disabled('2026-11-23T10:00:00.000Z', 400), active('2026-11-23T10:05:00.000Z', 12)],
      'active',
    ],
    [
      'is not what was known long before',
      [active('2026-11-23T10:05:00.000Z', 12), disabled('2026-11-23T10:00:00.000Z', 400)],
      'active',
    ],
  ])('%s', async (_what, told, state) => {
    const dir = mkdtempSync(join(tmpdir(), 'nofx-cache-'))
    folders.push(dir)
    const options = { dir, url: 'https://x.supabase.co', drafts: false, log: () => {} }
    for (const known of told) await (await openCache(options)).remember(new Map([[KEY, known]]))
    const known = await (await openCache(options)).known()
    expect(known.get(KEY)?.head.state).toBe(state)
  })
})
