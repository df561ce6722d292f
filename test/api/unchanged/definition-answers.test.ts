import { expect, test } from 'vitest'
import { composeForDefinition } from '../../../src/api/compose-for-definition.ts'
import type { RouteAnswer } from '../../../src/api/http/answer.ts'
import type { RouteCall } from '../../../src/api/route.ts'
import { createDefinitionAnswers, type Movement } from '../../../src/api/unchanged/definition-answers.ts'
import type { MemoryLimits } from '../../../src/api/unchanged/text-memory.ts'
import { Failure } from '../../../src/contract/failure.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'

const IDS = ['agents/a', 'agents/b', 'skills/a']

/** A registry with its events, whose reads are answered when `wait` ends. A restore ends the connections of all requests. */
function registryUnderTest(wait: () => Promise<void>, limits: MemoryLimits = {}) {
  let events: Movement[] = []
  let contents = new Map<string, number>()
  let backup = { events: [...events], contents: new Map(contents) }
  let marks = 0
  let restores = 0
  const counts = { composed: 0, moves: 0, newest: 0 }
  const pause = async (begun = restores) => {
    await wait()
    if (restores !== begun) throw new Failure('REMOTE_FAILED', 'the connection was cut', 'try again')
  }
  const newest = () => events.at(-1) ?? { seq: 0, mark: 'none', definition: '' }
  const definitions = createDefinitionAnswers({
    ...limits,
    readMoves: async (since) => {
      counts.moves++
      await pause()
      const at = events.findIndex(({ seq, mark }) => seq === since.seq && mark === since.mark)
      return at < 0 ? undefined : events.slice(at + 1)
    },
  })
  const client = {}
  const callBegun = (begun: number) => {
    const ports = {
      definitions,
      reader: () => client,
      newest: async () => {
        counts.newest++
        const { seq, mark } = newest()
        await pause(begun)
        return { seq, mark }
      },
    }
    return { ports, client, env: undefined, matches: () => false } as unknown as RouteCall
  }
  return {
    counts,
    contentOf: (id: string) => contents.get(id) ?? 0,
    move(definition: string) {
      marks++
      events.push({ seq: newest().seq + 1, mark: String(marks), definition })
      contents.set(definition, marks)
    },
    backUp() {
      backup = { events: [...events], contents: new Map(contents) }
    },
    restore() {
      restores++
      events = [...backup.events]
      contents = new Map(backup.contents)
    },
    forgetEvents() {
      events = events.slice(-1)
    },
    async read(id: string): Promise<number> {
      const begun = restores
      const answer = await composeForDefinition(callBegun(begun), id, async (): Promise<RouteAnswer> => {
        counts.composed++
        const content = contents.get(id) ?? 0
        await pause(begun)
        return { body: { content }, etag: String(content) }
      })
      const { content, body } = answer
      return content ? JSON.parse(String(content.bytes)).content : (body as { content: number }).content
    },
  }
}

const now = async () => {}

test('an answer is composed again when its definition moved, not when another one did', async () => {
  const { counts, move, read } = registryUnderTest(now)
  for (const id of IDS) move(id)
  for (const id of [...IDS, ...IDS]) await read(id)
  counts.composed = 0
  for (const id of IDS) expect(await read(id)).toBe(IDS.indexOf(id) + 1)
  expect(counts.composed).toBe(0)
  move('agents/a')
  for (const id of IDS) await read(id)
  expect(counts).toMatchObject({ composed: 1, moves: 1 })
})

test('when the events do not reach the newest one, everything is composed again', async () => {
  const definitions = createDefinitionAnswers({ readMoves: async () => [] })
  const [first, second] = [
    { seq: 1, mark: 'one' },
    { seq: 2, mark: 'two' },
  ]
  await definitions.find(first, 'agents/a')
  await definitions.keep('agents/a', { answer: { body: {} }, since: definitions.since()!, newest: first })
  expect(await definitions.find(first, 'agents/a')).toBeDefined()
  expect(await definitions.find(second, 'agents/a')).toBeUndefined()
})

test('however reads, writes and restores interleave, a read that begins later sees what was written', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ what: fc.constant('read' as const), id: fc.constantFrom(...IDS) }) },
    { weight: 3, arbitrary: fc.record({ what: fc.constant('move' as const), id: fc.constantFrom(...IDS) }) },
    { weight: 12, arbitrary: fc.record({ what: fc.constant('wait' as const) }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('backUp' as const, 'restore' as const) }) },
    fc.record({ what: fc.constant('forgetEvents' as const) }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(step, { minLength: 20, maxLength: 80 }),
      fc.constantFrom(60, 1_000),
      async (scheduler, steps, most) => {
        const registry = registryUnderTest(() => scheduler.schedule(Promise.resolve()), { most })
        const reads: Promise<void>[] = []
        /** What a definition had since a time: a read gives one of it. */
        const seen = new Map(IDS.map((id) => [id, [0]]))
        const note = () => {
          for (const [id, all] of seen)
            if (all.at(-1) !== registry.contentOf(id)) all.push(registry.contentOf(id))
        }
        for (const next of steps) {
          if (next.what === 'read') {
            const all = seen.get(next.id)!
            const from = all.length - 1
            const right = (content: number) => expect(all.slice(from)).toContain(content)
            const cut = (error: unknown) => expect(error).toBeInstanceOf(Failure)
            reads.push(registry.read(next.id).then(right, cut))
          } else if (next.what === 'move') registry.move(next.id)
          else if (next.what === 'wait') await (scheduler.count() > 0 ? scheduler.waitOne() : undefined)
          else registry[next.what]()
          note()
        }
        await scheduler.waitFor(Promise.all(reads))
        await scheduler.waitFor(
          Promise.all(IDS.map(async (id) => expect(await registry.read(id)).toBe(registry.contentOf(id)))),
        )
      },
    ),
    { numRuns: repetitions(300, 1_500) },
  )
})
