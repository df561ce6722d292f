import { expect, test } from 'vitest'
import { composePage } from '../../../src/api/compose-page.ts'
import type { RouteCall } from '../../../src/api/route.ts'
import { createAnswerCache } from '../../../src/api/unchanged/answer-cache.ts'
import { createDefinitionAnswers, type Movement } from '../../../src/api/unchanged/definition-answers.ts'
import { Failure } from '../../../src/contract/failure.ts'
import fc from '../../harness/fast-check.ts'

const KINDS = ['agents', 'skills']
const IDS = ['a', 'b', 'b-1', 'c', 'd', 'e', 'f']
const PAGE = 2

/**
 * A registry that lists the definitions of a kind that are there, two in a page, each with the number of its last move, and whether
 * more follow; its reads are answered when `wait` ends. A restore ends the connections of all requests.
 */
function registryUnderTest(wait: () => Promise<void>) {
  interface State {
    events: Movement[]
    rows: Map<string, number>
  }
  const copy = ({ events, rows }: State): State => ({ events: [...events], rows: new Map(rows) })
  let state: State = { events: [], rows: new Map() }
  let backup = copy(state)
  let marks = 0
  let restores = 0
  const newest = () => state.events.at(-1) ?? { seq: 0, mark: 'none' }
  const pause = async (begun: number) => {
    await wait()
    if (restores !== begun) throw new Failure('REMOTE_FAILED', 'the connection was cut', 'try again')
  }
  const counts = { composed: 0 }
  const definitions = createDefinitionAnswers({
    readMoves: async (since) => {
      const begun = restores
      const at = state.events.findIndex(({ seq, mark }) => seq === since.seq && mark === since.mark)
      const moves = at < 0 ? undefined : state.events.slice(at + 1)
      await pause(begun)
      return moves
    },
  })
  const answers = createAnswerCache()
  const client = {}
  const listOf = (kind: string, after: string) => {
    const all = IDS.filter((id) => state.rows.has(`${kind}/${id}`) && id > after)
    const items = all.slice(0, PAGE).map((id) => `${id} ${state.rows.get(`${kind}/${id}`)}`)
    return { items: [...items, all.length > PAGE ? 'more' : 'end'], last: all[PAGE] }
  }
  const read = async (kind: string, after: string): Promise<string[]> => {
    const begun = restores
    const readNewest = async () => {
      const { seq, mark } = newest()
      await pause(begun)
      return { seq, mark }
    }
    const url = new URL(`http://api.test/api/${kind}?after=${after}`)
    const ports = { definitions, answers, reader: () => client, newest: readNewest, service: {} }
    const call = { ports, client, url, conditional: false, matches: () => false }
    const { content, body } = await composePage(call as unknown as RouteCall, 'page', async () => {
      counts.composed++
      const { items, last } = listOf(kind, after)
      const { seq, mark } = newest()
      await pause(begun)
      return { seq, mark, answer: { body: { items } }, range: { kind, after, last } }
    })
    return content ? JSON.parse(String(content.bytes)).items : (body as { items: string[] }).items
  }
  return {
    counts,
    listOf,
    read,
    move(definition: string, isRemoved: boolean) {
      marks++
      state.events.push({ seq: newest().seq + 1, mark: String(marks), definition })
      if (isRemoved) state.rows.delete(definition)
      else state.rows.set(definition, marks)
    },
    backUp() {
      backup = copy(state)
    },
    restore() {
      restores++
      state = copy(backup)
    },
  }
}

test('a page is composed again when one of its definitions or the next one moved, came or went, not for others', async () => {
  const { counts, move, read } = registryUnderTest(async () => {})
  for (const id of ['a', 'b', 'c', 'd', 'e']) move(`agents/${id}`, false)
  const composedFor = async (after: string) => {
    counts.composed = 0
    await read('agents', after)
    return counts.composed
  }
  expect(await composedFor('b')).toBe(1)
  const changes: [string, boolean, number][] = [
    ['agents/a', false, 0],
    ['agents/b', true, 0],
    ['agents/e', false, 1],
    ['agents/f', false, 0],
    ['skills/c', false, 0],
    ['agents/c', false, 1],
    ['agents/b-1', false, 1],
    ['agents/c', true, 1],
    ['agents/d', false, 1],
    ['agents/f', true, 0],
    ['agents/e', true, 1],
  ]
  for (const [name, isRemoved, count] of changes) {
    move(name, isRemoved)
    expect([name, await composedFor('b')]).toEqual([name, count])
    expect([name, await composedFor('b')]).toEqual([name, 0])
  }
})

test('however reads, writes and restores interleave, a page that is read later has what was written', async () => {
  const place = fc.record({ kind: fc.constantFrom(...KINDS), after: fc.constantFrom('', ...IDS) })
  const name = fc.tuple(fc.constantFrom(...KINDS), fc.constantFrom(...IDS)).map((both) => both.join('/'))
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ what: fc.constant('read' as const), place }) },
    {
      weight: 4,
      arbitrary: fc.record({ what: fc.constant('move' as const), name, isRemoved: fc.boolean() }),
    },
    { weight: 12, arbitrary: fc.record({ what: fc.constant('wait' as const) }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('backUp' as const, 'restore' as const) }) },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(step, { minLength: 20, maxLength: 80 }),
      async (scheduler, steps) => {
        const registry = registryUnderTest(() => scheduler.schedule(Promise.resolve()))
        const reads: Promise<void>[] = []
        /** What each read may see: what its page had since it began. */
        const seen: { kind: string; after: string; all: string[] }[] = []
        const note = () => {
          for (const { kind, after, all } of seen) all.push(registry.listOf(kind, after).items.join())
        }
        for (const next of steps) {
          if (next.what === 'read') {
            const { kind, after } = next.place
            const mine = { kind, after, all: [] as string[] }
            seen.push(mine)
            const right = (items: string[]) => expect(mine.all).toContain(items.join())
            const cut = (error: unknown) => expect(error).toBeInstanceOf(Failure)
            reads.push(registry.read(kind, after).then(right, cut))
          } else if (next.what === 'move') registry.move(next.name, next.isRemoved)
          else if (next.what === 'wait') await (scheduler.count() > 0 ? scheduler.waitOne() : undefined)
          else registry[next.what]()
          note()
        }
        await scheduler.waitFor(Promise.all(reads))
        for (const kind of KINDS)
          for (const after of ['', 'b', 'd'])
            expect(await scheduler.waitFor(registry.read(kind, after))).toEqual(
              registry.listOf(kind, after).items,
            )
      },
    ),
    { numRuns: process.env.NOFX_FIRE_REPORT ? 3_000 : 300 },
  )
})
