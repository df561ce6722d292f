import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newSecret } from '../../../src/contract/protocol/signature.ts'
import { type DenoProcess, startDeno } from '../../../src/dev/deno-process.ts'
import { findDeno } from '../../../src/dev/find-deno.ts'
import { receive } from '../support/receiver.ts'

const ROOT = join(import.meta.dirname, '../../..')
const KEY = `sb_secret_${'a1B2'.repeat(8)}`
const EVENT = {
  seq: 1,
  type: 'agent.added',
  kind: 'agents',
  id: 'a',
  version: 1,
  digest: null,
  releaseId: null,
}
const LEASED = {
  webhook: 'wh_1',
  url: 'https://nobody.invalid/hook',
  deployment: true,
  secret: null,
  lease: 'a-lease',
  id: 'wh_1-0-1',
  since: 0,
  cursor: 1,
  missed: false,
  events: [{ ...EVENT, at: '2026-01-01T00:00:00.000Z' }],
}

/** A project in which the function calls two SQL functions. */
const asked: { name: string; key: unknown; body: { p_request: object } }[] = []
const project = createServer(async (incoming, outgoing) => {
  const name = incoming.url!.split('/').at(-1)!
  asked.push({ name, key: incoming.headers.apikey, body: (await json(incoming)) as { p_request: object } })
  const leases = asked.filter((call) => call.name === 'registry_lease_deliveries').length
  const answers: Record<string, object> = {
    registry_lease_deliveries: { looked: leases === 1 ? 1 : 0, deliveries: leases === 1 ? [LEASED] : [] },
    registry_settle_delivery: { settled: true, outcome: 'failed' },
  }
  outgoing.setHeader('content-type', 'application/json')
  outgoing.end(JSON.stringify(answers[name]))
})

const lines: string[] = []
let deno: DenoProcess
beforeAll(async () => {
  await new Promise<void>((resolve) => project.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(project.address() as AddressInfo).port}`
  const entry = join(ROOT, 'supabase/functions/registry_events_forward/index.ts')
  const env = { SUPABASE_URL: url, SUPABASE_SECRET_KEY: KEY, NOFX_EVENTS_SECRET: newSecret() }
  deno = await startDeno({
    binary: (await findDeno())!,
    root: ROOT,
    entry,
    env,
    log: (line) => lines.push(line),
  })
})
afterAll(async () => {
  await deno?.stop()
  project.close()
})

const call = (headers: Record<string, string>) =>
  fetch(`${deno.origin}/functions/v1/registry_events_forward`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"action":"forward"}',
  })

test('the deployed function leases, signs, resolves and settles under Deno', async () => {
  const answer = await call({ authorization: `Bearer ${KEY}` })
  expect(await answer.json()).toEqual({ ok: true, result: { delivered: 0, failed: 1, dead: 0, disabled: 0 } })
  const settled = asked.find(({ name }) => name === 'registry_settle_delivery')!
  expect(settled.key).toBe(KEY)
  expect(settled.body.p_request).toEqual({
    webhook: 'wh_1',
    lease: 'a-lease',
    outcome: 'failed',
    status: null,
    error: 'its name cannot be resolved',
  })
  expect(lines.join('\n')).not.toMatch(/whsec|sb_secret|nobody\.invalid/)
})

test('the deployed function refuses callers without a secret key before it asks the database', async () => {
  const before = asked.length
  const guesses: Record<string, string>[] = [
    {},
    { apikey: 'sb_publishable_x' },
    { authorization: `Bearer ${KEY}x` },
  ]
  for (const headers of guesses) expect((await call(headers)).status).toBe(401)
  expect(asked).toHaveLength(before)
})

test('a POST under Deno arrives whole; a redirect is not followed, and the end of an answer is not awaited', async () => {
  const receiver = await receive((outgoing) => {
    if (receiver.got.length === 1) outgoing.writeHead(503, { 'retry-after': '7' }).end()
    else if (receiver.got.length === 2) outgoing.writeHead(307, { location: receiver.url }).end()
    else {
      const more = () => {
        while (!outgoing.destroyed && outgoing.write(Buffer.alloc(65_536)));
      }
      outgoing.on('drain', more)
      more()
    }
  })
  const map = join(ROOT, 'supabase/functions/registry_events_forward/deno.json')
  const flags = ['--no-config', '--no-lock', '--no-remote', '--cached-only', '--node-modules-dir=manual']
  const rights = ['--allow-net=127.0.0.1', '--allow-env', `--allow-read=${ROOT}`]
  const script = join(ROOT, 'test/edge/deno/post.ts')
  const post = async () => {
    const args = ['run', '--no-prompt', ...flags, `--import-map=${map}`, ...rights, script, receiver.url]
    const { stdout } = await promisify(execFile)((await findDeno())!, args, { cwd: ROOT })
    return JSON.parse(stdout)
  }
  expect(await post()).toEqual({ status: 503, retryAfter: '7' })
  expect(await post()).toEqual({ status: 307 })
  expect(await post()).toEqual({ status: 200 })
  expect(receiver.got.map(({ body }) => body)).toEqual(Array(3).fill('{"größe":1}'))
  expect(receiver.got[0]!.headers['webhook-id']).toBe('msg_1')
})
