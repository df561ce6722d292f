import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { digestOf, sha256 } from '../../../src/contract/digest.ts'
import type { KnownState } from '../../../src/worker/cache/known-state.ts'
import { openCache } from '../../../src/worker/cache/open-cache.ts'

const KEY = 'agents/reviewer'

/** Ways to damage a file. */
const DAMAGES: Record<string, (path: string) => void> = {
  'has a byte changed': (path) => {
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    writeFileSync(path, bytes)
  },
  'is cut': (path) => truncateSync(path, 40),
  'is emptied': (path) => truncateSync(path, 0),
  'is gone': (path) => rmSync(path),
}

/** A revision whose digest is that of its texts. */
function wholeRevision(id: string) {
  const manifest = { agentId: id }
  const texts = { 'agent.json': JSON.stringify(manifest) }
  const files = Object.entries(texts).map(([path, text]) => ({
    path,
    size: text.length,
    sha256: sha256(text),
  }))
  const digest = digestOf('agents', id, files)
  return { kind: 'agents', id, version: 1, digest, state: 'active' as const, manifest, texts, files }
}

describe('a cache folder with a failing disk', () => {
  const REVISION = wholeRevision('reviewer')
  const known: KnownState = {
    head: { state: 'active', version: 1, digest: REVISION.digest },
    asOf: '2026-11-23T10:00:05.700Z',
    seq: 3,
  }

  async function folder() {
    const dir = mkdtempSync(join(tmpdir(), 'nofx-cache-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const open = () => openCache({ dir, url: 'https://x.supabase.co', drafts: false, log: () => {} })
    const cache = await open()
    return { cache, open, home: join(dir, readdirSync(dir)[0] ?? '') }
  }

  test.each(Object.entries(DAMAGES))(
    'a folder still has every state when one of its two indexes %s',
    async (_what, damage) => {
      for (const name of ['live.json', 'live.json.second']) {
        const { cache, open, home } = await folder()
        await cache.keep(REVISION)
        await cache.remember(new Map([[KEY, known]]))
        damage(join(home, name))
        const again = await open()
        expect((await again.readKnown()).get(KEY)).toEqual(known)
        expect(await again.revision('agents', 'reviewer', REVISION.digest)).toEqual(REVISION)
        // The next write makes both whole.
        await again.remember(new Map([[KEY, known]]))
        damage(join(home, name === 'live.json' ? 'live.json.second' : 'live.json'))
        expect((await (await open()).readKnown()).get(KEY)).toEqual(known)
      }
    },
  )

  test('an index names no revision that could not be written, and names it once there is room', async () => {
    const { cache, open, home } = await folder()
    const revisions = join(home, 'revisions')
    // A file takes the place of the folder: no copy can be written, though the index can.
    rmSync(revisions, { recursive: true })
    writeFileSync(revisions, '')
    await cache.keep(REVISION)
    await cache.remember(new Map([[KEY, known]]))
    expect((await (await open()).readKnown()).size).toBe(0)
    rmSync(revisions)
    mkdirSync(revisions)
    await cache.remember(new Map([[KEY, known]]))
    expect((await (await open()).readKnown()).get(KEY)).toEqual(known)
    expect(await (await open()).revision('agents', 'reviewer', REVISION.digest)).toEqual(REVISION)
  })
})
