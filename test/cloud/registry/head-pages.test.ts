import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AskSince, readInPages, readSince } from '../../../src/cloud/registry/head-pages.ts'
import { mergeHeads } from '../../../src/core/registry/kept-heads.ts'
import type { SinceAnswer } from '../../../src/core/registry/merge-answer.ts'
import type { Head } from '../../../src/core/registry/registry.ts'
import type { TestDatabase } from '../../harness/database.ts'
import fc from '../../harness/fast-check.ts'
import { createDatabase } from '../../harness/postgres.ts'
import { repetitions } from '../../harness/repetition.ts'
import { RegistryUnderTest } from '../../sql/support/registry-under-test.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createDatabase()
})
afterAll(() => db?.drop())

/** What another process does before a call: a publish, which has an event, or a write by hand, which has none. */
type Change = 'nothing' | 'publish' | 'add' | 'write by hand'

/** A registry of these definitions, that changes between the calls of a reader. */
class ChangingRegistry {
  readonly registry = new RegistryUnderTest(db)
  /** How many heads each answer had. */
  readonly answers: number[] = []
  private readonly changes: Change[]

  constructor(changes: readonly Change[]) {
    this.changes = [...changes]
  }

  publish(ids: readonly string[]) {
    return this.registry.publish(ids.map((id) => ({ id })))
  }

  readonly askSince: AskSince = async (asked) => {
    await this.change()
    const answer = await this.registry.call<SinceAnswer>('registry_heads_since', asked)
    for (const { heads } of answer.kinds) this.answers.push(heads.length)
    return answer
  }

  async askForAll(kinds: readonly unknown[]): Promise<Head[]> {
    await this.change()
    const heads = await this.registry.call<Head[]>('registry_heads_json', kinds)
    this.answers.push(heads.length)
    return heads
  }

  now(): Promise<Head[]> {
    return this.registry.call<Head[]>('registry_heads_json', [this.registry.kind])
  }

  private async change(): Promise<void> {
    const { kind } = this.registry
    const change = this.changes.shift()
    const [first] = await this.now()
    if (change === 'add') await this.publish([`new-${this.changes.length}`])
    if (change === 'publish' && first)
      await this.registry.publish([
        { id: first.id, text: `${this.changes.length} more`, expected: first.latestVersion },
      ])
    if (change === 'write by hand')
      await db.query(
        `update public.registry_heads set metadata = metadata || '{"summary": "by hand"}' where kind = $1`,
        [kind],
      )
  }
}

const ids = fc.uniqueArray(fc.stringMatching(/^[a-c](?:-?[a-c0-2]){0,3}$/), { maxLength: 12 })
const changes = fc.array(fc.constantFrom<Change>('nothing', 'nothing', 'publish', 'add', 'write by hand'), {
  maxLength: 5,
})
const most = fc.integer({ min: 1, max: 5 })

test('heads that come in pages are all heads of one time, whatever is published or written meanwhile', async () => {
  let proven = 0
  await fc.assert(
    fc.asyncProperty(ids, changes, most, async (names, meanwhile, limit) => {
      const changing = new ChangingRegistry(meanwhile)
      if (names.length > 0) await changing.publish(names)
      const { kind } = changing.registry
      const answer = await readSince(changing.askSince, [{ kind }], limit)
      const merged = mergeHeads(new Map(), answer.kinds[0]!)
      const read = [...(merged?.values() ?? [])].map(({ head }) => head)
      expect(read.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(await changing.now())
      if (Math.max(...changing.answers) <= limit && read.length > limit) proven++
    }),
    { numRuns: repetitions(40, 60) },
  )
  expect(proven).toBeGreaterThan(10)
})

test('without writes meanwhile, no answer has more heads than a page, and no head comes twice', async () => {
  const changing = new ChangingRegistry([])
  const names = Array.from({ length: 23 }, (_none, at) => `a-${at}`)
  await changing.publish(names)
  const { kind } = changing.registry
  await readSince(changing.askSince, [{ kind }], 5)
  expect(changing.answers).toEqual([5, 5, 5, 5, 3, 0])
  changing.answers.length = 0
  await readSince(changing.askSince, [{ kind }], 24)
  expect(changing.answers).toEqual([23])
})

test('heads without stamps are of one time too, and in the order of the kinds and ids', async () => {
  await fc.assert(
    fc.asyncProperty(ids, changes, most, async (names, meanwhile, limit) => {
      const changing = new ChangingRegistry(meanwhile.filter((one) => one !== 'write by hand'))
      if (names.length > 0) await changing.publish(names)
      const { kind } = changing.registry
      const ask = (asked: readonly unknown[]) => changing.askForAll(asked)
      const state = async () => {
        const [row] = await db.query<{ seq: number }>('select seq from public.registry_counter')
        return String(row?.seq)
      }
      expect(await readInPages({ ask, state }, [kind], limit)).toEqual(await changing.now())
    }),
    { numRuns: repetitions(20, 40) },
  )
})

test('a reader who may not know whether something changed gets one document', async () => {
  const changing = new ChangingRegistry([])
  await changing.publish(['a', 'b', 'c'])
  const ask = (asked: readonly unknown[]) => changing.askForAll(asked)
  const state = () => Promise.reject(new Error('refused'))
  expect(await readInPages({ ask, state }, [changing.registry.kind], 2)).toEqual(await changing.now())
  expect(changing.answers).toEqual([2, 3])
})
