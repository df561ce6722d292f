import { expect, onTestFinished, test } from 'vitest'
import { commitAt, packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { backUp, restore } from '../harness/backup.ts'
import { openedDatabase } from '../harness/cloud-database.ts'
import { openApiUnderTest } from './support/api-under-test.ts'

const PATHS = [
  '/api/agents',
  '/api/kinds',
  '/api/agents/one',
  '/api/agents/one/versions',
  '/api/agents/one/versions/1',
  '/api/agents/one/versions/2',
  '/api/agents/one/diff?from=1&to=2',
  '/api/agents/one/links',
  '/api/agents/one/links?version=2',
  '/.well-known/agent-skills/index.json',
  '/api/marketplaces/claude/marketplace.json',
]
/** What a commit that was lost, and one after the restore, have for the same version. */
const WAYS = [{ status: 'draft' }, {}] as const

test('after a restore from a backup no tag of a lost answer stands for another answer', async () => {
  const database = await openedDatabase()
  const api = await openApiUnderTest({ database })
  onTestFinished(api.close)
  const { registry } = api.ports
  const callers = { reader: {}, publisher: await api.token() }
  const readAll = async () => {
    const answers = new Map<string, { path: string; headers: object; etag: string; text: string }>()
    for (const [who, headers] of Object.entries(callers))
      for (const path of PATHS) {
        const { status, headers: own, text } = await api.get(path, headers)
        if (status === 200)
          answers.set(`${who} ${path}`, { path, headers, etag: own.get('etag') ?? '', text })
      }
    return answers
  }
  resultOf(await publish(registry, [packAgent('one', 'One.\n')]))
  await backUp(database)
  const publishAs = (rest: object, rank: number) =>
    publish(registry, [packAgent('one', 'Two.\n', rest, 1)], { commit: commitAt(rank) })
  let others = 0
  for (const draft of WAYS)
    for (const again of WAYS) {
      resultOf(await publishAs(draft, 2))
      const lost = await readAll()
      await restore(database)
      resultOf(await publishAs(again, 3))
      for (const [name, { path, headers, etag, text }] of await readAll()) {
        const before = lost.get(name)
        if (before === undefined || before.text === text) continue
        others++
        expect([name, etag]).not.toEqual([name, before.etag])
        const known = await api.get(path, { ...headers, 'if-none-match': before.etag })
        expect([name, known.status]).toEqual([name, 200])
      }
      await restore(database)
    }
  expect(others).toBeGreaterThan(20)
})

test('a list of what changed, and a stream, are refused for a place of a lost history, although the number is given again', async () => {
  const database = await openedDatabase()
  const api = await openApiUnderTest({ database })
  onTestFinished(api.close)
  let rank = 0
  const put = async (id: string, expected = 0) =>
    resultOf(
      await publish(api.ports.registry, [packAgent(id, `Text ${++rank}.\n`, {}, expected)], {
        commit: commitAt(rank),
      }),
    )
  await put('one')
  await put('two')
  await backUp(database)
  await put('one', 1)
  await put('two', 1)
  const first = (await api.get('/api/agents?limit=1')).json
  const { cursor, mark } = (await api.get('/api/events?since=now')).json
  const second = (await api.get(`/api/agents?limit=1&cursor=${first.nextCursor}`)).json
  expect(second.updatedSince).toBe(first.updatedSince)
  await restore(database)
  const askAll = async () => {
    const since = await api.get(`/api/agents?updatedSince=${first.updatedSince}`)
    const stream = { accept: 'text/event-stream' }
    const events = await api.send(`/api/events?since=${cursor}&mark=${mark}`, {
      method: 'HEAD',
      headers: stream,
    })
    return [since.status, since.json.code, events.status]
  }
  for (let more = 0; more < 4; more++) {
    expect([more, ...(await askAll())]).toEqual([more, 400, 'BAD_CURSOR', 410])
    await put('three', more)
  }
})
