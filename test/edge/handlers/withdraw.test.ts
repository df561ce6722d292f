import { expect, test } from 'vitest'
import type { Principal } from '../../../src/edge/auth/principal.ts'
import { createSyncHandler } from '../../../src/edge/handlers/sync-handler.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'

const RESULT = { releaseId: 'r', replayed: false, dryRun: false, seq: 7, outcomes: [] }
const BODY = {
  action: 'withdraw',
  key: 'withdraw-1',
  actor: 'ann',
  reason: 'a token',
  kind: 'agents',
  id: 'one',
  version: 2,
}

/** The handler over a database that answers a withdrawal of `count` objects. */
function handlerWith(count: number, remove?: (paths: string[]) => Promise<void>, principal?: Principal) {
  const calls: string[] = []
  const objects = Array.from({ length: count }, (_, at) => `agents/one/${at}`)
  const handle = createSyncHandler({
    kinds: [agents],
    rpc: async (name) => {
      calls.push(name)
      return { data: { ...RESULT, objects } }
    },
    remove,
    ...(principal ? { authenticate: async () => principal } : {}),
  })
  const send = async (body: object = BODY) => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }
    const response = await handle('agents', new Request('http://registry.test/', init))
    return { status: response.status, body: (await response.json()) as { error?: object }, calls }
  }
  return send
}

test('a withdrawal deletes the objects that the database names, 1,000 at a time, without naming them to the caller', async () => {
  const removed: number[] = []
  const send = handlerWith(2_001, async (paths) => void removed.push(paths.length))
  expect(await send()).toEqual({
    status: 200,
    body: { ok: true, result: RESULT },
    calls: ['registry_withdraw'],
  })
  expect(removed).toEqual([1000, 1000, 1])
})

test('a withdrawal reports objects that are left, and how to run the command again, when storage fails', async () => {
  const send = handlerWith(1, () => Promise.reject(new Error('no storage')))
  const { status, body } = await send()
  expect(status).toBe(500)
  expect(body.error).toEqual({
    code: 'REMOTE_FAILED',
    message: 'the content is withdrawn, but 1 object is still in storage',
    hint: 'run the same command again: it deletes what is left',
  })
})

test.each<[string, Principal, number]>([
  ['a secret key', { via: 'secret' }, 200],
  ['a publisher', { via: 'publisher', actor: 'ada' }, 200],
  ['a CI job that may publish', { via: 'identity', actor: 'job' }, 403],
  [
    'a CI job that may write previews only',
    { via: 'identity', actor: 'job', kinds: [], previewKinds: ['agents'] },
    403,
  ],
])('a withdrawal is allowed or refused by the rights of %s', async (_, principal, status) => {
  const answer = await handlerWith(0, async () => {}, principal)()
  expect([answer.status, answer.calls.length]).toEqual([status, status === 200 ? 1 : 0])
})

test.each([
  ['a preview', { preview: 'pr-1' }, 400],
  ['no reason', { reason: '' }, 400],
  ['a version that no database can hold', { version: 2 ** 31 }, 400],
])('a withdrawal with %s is refused before the database is asked', async (_, change, status) => {
  const answer = await handlerWith(0, async () => {})({ ...BODY, ...change })
  expect([answer.status, answer.calls]).toEqual([status, []])
})

test('nothing is withdrawn where objects cannot be deleted', async () => {
  const { status, calls } = await handlerWith(1)()
  expect([status, calls]).toEqual([403, []])
})
