import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { digestOf, sha256 } from '../../src/contract/digest.ts'
import { pull } from '../../src/core/pull.ts'
import type { Head, Registry } from '../../src/core/registry/registry.ts'
import type { Revision } from '../../src/core/registry/revision.ts'
import { packArchive } from '../../src/core/tree/archive.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import fc from '../harness/fast-check.ts'
import { filesIn, tempFolder } from '../import/support/temp-folder.ts'

const FILE = { path: 'agent.json', bytes: Buffer.from('{}\n') }

/** A registry that answers with a given id and otherwise consistent data. */
function answering(id: string, archive = packArchive([FILE]), path = FILE.path) {
  const files = [{ path, size: FILE.bytes.length, sha256: sha256(FILE.bytes) }]
  const digest = digestOf('agents', id, files)
  const head = { id, state: 'active', latestVersion: 1, digest, hold: [] as Head['hold'] } as Head
  const bundle = { path: '', size: archive.length, sha256: sha256(archive) }
  const revision = { kind: 'agents', id, version: 1, digest, files, bundle } as Revision
  return {
    label: 'a registry',
    heads: async () => [head],
    revisions: async () => [revision],
    download: async () => archive,
  } as unknown as Registry
}

const request = (root: string) => ({ kind: agents, ids: [], root, force: true })

describe('pulling from a registry that lies', () => {
  test('writes only the folder that is named after the id', async () => {
    const root = tempFolder()
    await pull(answering('reviewer'), request(root))
    expect(filesIn(root)).toEqual({ 'agents/reviewer/agent.json': '{}\n' })
  })

  test('refuses every id that leads elsewhere, and writes nothing', async () => {
    const step = fc.constantFrom('..', '.', '', 'a', 'C:', '~', 'triager', '.git', '\u001b[2J', 'a\u0000b')
    const elsewhere = fc
      .tuple(fc.array(step, { minLength: 1, maxLength: 5 }), fc.constantFrom('/', '\\'))
      .map(([steps, by]) => steps.join(by))
      .filter((id) => !/^[a-z]+$/.test(id))
    await fc.assert(
      fc.asyncProperty(elsewhere, async (id) => {
        const outer = tempFolder()
        const root = join(outer, 'a', 'b', 'c')
        await expect(pull(answering(id), request(root))).rejects.toMatchObject({ code: 'REMOTE_FAILED' })
        expect(readdirSync(outer)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test.each(['../x.md', '/etc/x', 'a/../../x', 'C:/x', 'a\\..\\x', 'con'])(
    'refuses a file at %j, and writes nothing',
    async (path) => {
      const root = join(tempFolder(), 'root')
      const archive = packArchive([{ ...FILE, path }])
      const registry = answering('reviewer', archive, path)
      await expect(pull(registry, request(root))).rejects.toMatchObject({ code: 'REMOTE_FAILED' })
      expect(existsSync(root)).toBe(false)
    },
  )

  test('does not unpack more than the recorded sizes allow', async () => {
    const registry = answering('reviewer', gzipSync(Buffer.alloc(200_000_000)))
    const before = process.memoryUsage().rss
    await expect(pull(registry, request(tempFolder()))).rejects.toMatchObject({ code: 'REMOTE_FAILED' })
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  })

  test('does not unpack an archive other than the recorded one', async () => {
    const registry = answering('reviewer')
    const other = { ...registry, download: async () => Buffer.concat([packArchive([FILE]), Buffer.alloc(1)]) }
    await expect(pull(other, request(tempFolder()))).rejects.toThrow('is damaged')
  })
})

test('many definitions are read 200 at a time, and each folder gets its own files', async () => {
  const definitions = Array.from({ length: 401 }, (_none, at) => {
    const id = `many-${at}`
    const bytes = Buffer.from(`{"n": ${at}}\n`)
    const files = [{ path: 'agent.json', size: bytes.length, sha256: sha256(bytes) }]
    const digest = digestOf('agents', id, files)
    const archive = packArchive([{ path: 'agent.json', bytes }])
    const bundle = { path: '', size: archive.length, sha256: sha256(archive) }
    const head = { id, state: 'active', latestVersion: 1, digest, hold: [] as Head['hold'] } as Head
    return {
      id,
      head,
      archive,
      revision: { kind: 'agents', id, version: 1, digest, files, bundle } as Revision,
    }
  })
  const asked: number[] = []
  const registry = {
    label: 'a registry',
    heads: async () => definitions.map(({ head }) => head),
    revisions: async (names: { id: string }[]) => {
      asked.push(names.length)
      // In another order than they were asked for.
      return definitions
        .flatMap(({ id, revision }) => (names.some((one) => one.id === id) ? revision : []))
        .reverse()
    },
    download: async (path: string) =>
      definitions.find(({ revision }) => path.includes(revision.digest))?.archive,
  } as unknown as Registry
  const root = tempFolder()
  await pull(registry, request(root))
  expect(asked).toEqual([200, 200, 1])
  expect(filesIn(root)).toEqual(
    Object.fromEntries(definitions.map(({ id }, at) => [`agents/${id}/agent.json`, `{"n": ${at}}\n`])),
  )
})
