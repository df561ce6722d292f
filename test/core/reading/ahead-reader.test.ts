import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, it } from 'vitest'
import { SILENT } from '../../../src/core/progress.ts'
import { AheadReader, type StartReader } from '../../../src/core/reading/ahead-reader.ts'
import { COUNTERS, type FolderSources, type ReadOrder } from '../../../src/core/reading/shared-reading.ts'
import { readSource } from '../../../src/core/tree/collect.ts'
import { seenAs } from '../../../src/core/tree/disk-view.ts'
import { findFolders, type WorkingTree } from '../../../src/core/tree/tree.ts'
import { validate } from '../../../src/core/validate/validate.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { skills } from '../../../src/plugins/skills/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import { agentFiles } from '../../harness/project.ts'
import { pick, type Random, seeded } from '../../harness/random.ts'

/** Enough for a thread. */
const MANY = 320
const PROGRAM = resolve('dist/reader.cjs')

const root = mkdtempSync(join(tmpdir(), 'nofx-ahead-'))
afterAll(() => rmSync(root, { recursive: true }))

const start: StartReader = (workerData) => new Worker(PROGRAM, { workerData })
/** Has read something before the main thread goes on. */
const startFirst: StartReader = (order) => {
  const thread = start(order)
  const counts = new Int32Array(order.counters)
  while (Atomics.load(counts, COUNTERS.next) === 0) Atomics.wait(counts, COUNTERS.next, 0, 1)
  return thread
}
/** A thread that begins with these statements, and then reads as usual. */
const threadThat =
  (statements: string): StartReader =>
  (workerData) =>
    new Worker(
      `const { workerData, parentPort } = require('node:worker_threads')
      const counts = new Int32Array(workerData.counters)
      ${statements}
      require(${JSON.stringify(PROGRAM)})`,
      { eval: true, workerData },
    )

const put = (path: string, content: string | Uint8Array) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
const away = (path: string) => rmSync(path, { recursive: true, force: true })

/** What may be in the folder of an agent, besides what is valid. */
const CONTENTS: Record<string, (dir: string, id: string) => void> = {
  'nothing else': () => {},
  'an agent that is required': (dir, id) => agent(dir, id, { dependencies: { agents: ['agent-000'] } }),
  'an agent that is required in a circle': (dir, id) => agent(dir, id, { dependencies: { agents: [id] } }),
  'an agent that is nowhere': (dir, id) => agent(dir, id, { dependencies: { agents: ['none'] } }),
  'a manifest with a mistake': (dir, id) => agent(dir, id, { name: 7, colour: 'red' }),
  'a manifest that is no JSON': (dir) => put(join(dir, 'agent.json'), '{"agentId": '),
  'no manifest': (dir) => away(join(dir, 'agent.json')),
  'a file that nothing names': (dir) => put(join(dir, 'notes/more.md'), 'More.\n'),
  'bytes that are no text': (dir) => put(join(dir, 'notes/bytes.md'), new Uint8Array([0x80, 0xff])),
  'line ends of Windows': (dir) => put(join(dir, 'prompts/system.md'), 'One.\r\nTwo.\r\n'),
  'a text beyond ASCII': (dir) => put(join(dir, 'prompts/system.md'), '\ufeffÄ – 好 \u{1f600}\u200b\n'),
  'a text that is too long': (dir) => put(join(dir, 'prompts/system.md'), 'x'.repeat(1_500_000)),
  'something like a secret': (dir) =>
    put(join(dir, 'prompts/system.md'), `Token: ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}\n`),
  'an executable asset': (dir) => {
    put(join(dir, 'assets/run.sh'), '#!/bin/sh\n')
    chmodSync(join(dir, 'assets/run.sh'), 0o755)
  },
  'a link': (dir) => symlinkSync('agent.json', join(dir, 'link.json')),
  'a repository of its own': (dir) => mkdirSync(join(dir, 'sub/.git'), { recursive: true }),
  'an empty folder': (dir) => mkdirSync(join(dir, 'empty'), { recursive: true }),
  'a link in place of the folder': (dir) => {
    away(dir)
    symlinkSync('agent-000', dir)
  },
}
const NAMES = Object.keys(CONTENTS)

function agent(dir: string, id: string, fields: object = {}): void {
  for (const [path, content] of Object.entries(agentFiles(id, fields)))
    put(
      join(dir, path.split('/').slice(4).join('/')),
      typeof content === 'string' ? content : JSON.stringify(content),
    )
}

/** Each sort of content at least once, in random order. */
function grow(name: string, random: Random): WorkingTree {
  const top = join(root, name)
  for (let n = 0; n < MANY; n++) {
    const id = `agent-${String(n).padStart(3, '0')}`
    const dir = join(top, 'agents', id)
    agent(dir, id)
    if (n > 0) CONTENTS[NAMES[n - 1] ?? (random() < 0.5 ? 'nothing else' : pick(random, NAMES))]?.(dir, id)
  }
  put(join(top, 'skills/one/SKILL.md'), '---\nname: one\ndescription: One.\n---\nOne.\n')
  put(join(top, 'templates/two/template.json'), '{"templateId": "two"}')
  return { root: top, shownPath: 'packages/shared', kinds: [agents, skills, templates] }
}

const askRegistry = async () => 'missing' as const
const view = {
  ignored: new Set(['agents/agent-005/prompts/', 'agents/agent-006/', 'agents/agent-007/agent.json']),
  touched: new Set(['agents/agent-005', 'agents/agent-006', 'agents/agent-007']),
}

describe('a thread that reads definitions', () => {
  it.each([0, 1])(
    'changes no finding, and not their order (seed %i)',
    async (n) => {
      const seed = n || Math.floor(Math.random() * 2 ** 32)
      const disk = grow(`order-${n}`, seeded(seed))
      for (const tree of [disk, seenAs(disk, view)]) {
        const alone = await validate(tree, { askRegistry }, SILENT)
        const starts: Record<string, StartReader> = {
          'as usual': start,
          'that is ready before the main thread': startFirst,
          'that was started before its order was there': (order) => {
            const thread = new Worker(PROGRAM)
            thread.postMessage(order)
            return thread
          },
          'late, when all is read': threadThat(
            'while (Atomics.load(counts, 0) < workerData.folders.length) {}',
          ),
          'that fails at once': threadThat("throw new Error('no')"),
          'that fails when it has begun': threadThat('Atomics.add(counts, 0, 40); process.exit(1)'),
          'that takes everything and reads nothing': threadThat(
            'Atomics.store(counts, 0, workerData.folders.length); process.exit(0)',
          ),
          'that has no memory': (workerData) =>
            new Worker(PROGRAM, { workerData, resourceLimits: { maxOldGenerationSizeMb: 1 } }),
          'that cannot start': () => {
            throw new Error('no')
          },
        }
        for (const [name, startReader] of Object.entries(starts))
          expect(await validate(tree, { askRegistry, startReader }, SILENT), `${name}, seed ${seed}`).toEqual(
            alone,
          )
        expect(new Set(alone.diagnostics.map(({ rule }) => rule)).size).toBeGreaterThan(12)
      }
    },
    120_000,
  )

  it('gives the same as reading here, for every folder', async () => {
    const tree = grow('same', seeded(3))
    const folders = findFolders(tree)
    const reader = AheadReader.open(folders, startFirst, SILENT)
    let taken = 0
    for (const [index, folder] of folders.entries()) {
      const source = await reader?.take(index)
      if (!source) continue
      taken++
      expect(source).toEqual(readSource(folder))
    }
    await reader?.close()
    expect(taken).toBeGreaterThan(0)
  })

  it('is not started for few definitions, nor for those of a commit', () => {
    const folders = findFolders(grow('few', seeded(4)))
    const refuse: StartReader = () => {
      throw new Error('started')
    }
    expect(AheadReader.open(folders.slice(0, 299), refuse, SILENT)).toBeUndefined()
    const committed = folders.map((folder) => ({
      ...folder,
      from: {
        present: true,
        objects: () => [],
        identify: () => undefined,
        read: () => readSource(folder),
        asset: () => new Uint8Array(),
      },
    }))
    expect(AheadReader.open(committed, refuse, SILENT)).toBeUndefined()
  })

  it('stops reading while much is not taken, and reads each folder once', async () => {
    const top = join(root, 'large')
    for (let n = 0; n < 200; n++) put(join(top, `agents/a${n}/text.md`), 'x'.repeat(50_000))
    const folders = findFolders({ root: top, shownPath: 'large', kinds: [agents] })
    const counters = new SharedArrayBuffer(Object.keys(COUNTERS).length * Int32Array.BYTES_PER_ELEMENT)
    const counts = new Int32Array(counters)
    const order: ReadOrder = {
      kinds: [{ id: agents.id, limits: agents.limits }],
      folders: folders.map(({ id, dir }) => [0, id, dir, undefined]),
      view: undefined,
      counters,
    }
    const thread = start(order)
    const seen: number[] = []
    let weight = 0
    let most = 0
    const ended = new Promise((end) => thread.once('exit', end))
    thread.on('message', (answer: FolderSources) => {
      weight += answer.weight
      most = Math.max(most, weight)
      seen.push(...answer.sources.map((_source, at) => answer.start + at))
    })
    // `notify` tells that the thread waits.
    while (seen.length < folders.length) {
      while (Atomics.notify(counts, COUNTERS.takenWeight) === 0 && seen.length < folders.length)
        await setImmediate()
      for (let n = 0; n < 50; n++) await setImmediate()
      Atomics.add(counts, COUNTERS.takenWeight, weight)
      weight = 0
      Atomics.notify(counts, COUNTERS.takenWeight)
    }
    await ended
    expect(seen).toEqual(folders.map((_folder, index) => index))
    // Two megabytes, and one answer of at most a sixth of it.
    expect(most).toBeLessThan(2_450)
    expect(most).toBeGreaterThan(1_900)
  })

  it('does not hold a run that is stopped', async () => {
    const folders = findFolders(grow('stopped', seeded(5)))
    const stop = new AbortController()
    const never = threadThat(
      'Atomics.store(counts, 0, workerData.folders.length); Atomics.wait(counts, 1, 0)',
    )
    const reader = AheadReader.open(folders, never, { ...SILENT, signal: stop.signal })
    // The thread has taken every folder by then.
    while (!(reader?.take(0) instanceof Promise)) await setImmediate()
    const waiting = reader.take(0)
    stop.abort()
    expect(await waiting).toBeUndefined()
    await reader.close()
  })
})
