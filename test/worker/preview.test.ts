import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { instantiate } from '../../src/core/instantiate.ts'
import type { Registry } from '../../src/core/registry/registry.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import type { Agent, AgentAnswer } from '../../src/worker/agent.ts'
import { connectRegistry } from '../../src/worker/connect-registry.ts'
import type { ConnectOptions } from '../../src/worker/connection/options.ts'
import type { Change } from '../../src/worker/feed/changes.ts'
import { readInputs } from '../../src/worker/run/run-inputs.ts'
import { publishInside } from '../api/support/preview.ts'
import { packAgent, packFiles } from '../cloud/support/definitions.ts'
import { temporaryFolder } from '../cloud/support/temporary-folder.ts'
import { startCuttingProxy } from './support/cutting-proxy.ts'
import { release, type ServedRegistry, serveRegistry } from './support/served-registry.ts'

let served: ServedRegistry
let inside: Registry
let env: string
let count = 0
beforeAll(async () => {
  served = await serveRegistry()
  await release(served.registry, [packAgent('both', 'Live.\n'), packAgent('live', 'Live alone.\n')])
})
afterAll(() => served?.close())

/** Raises a new preview for the current test. */
async function open() {
  env = `pr-${++count}`
  await raise()
  inside = served.registry.inPreview(env)
  await put('both', 'Of the branch.\n')
}

const raise = () => served.registry.previews.up({ name: env, origin: 'local', actor: 'test' })

/** Publishes into the preview of the current test. */
async function put(id: string, prompt: string, rest: object = {}) {
  const before = (await inside.head('agents', id))?.latestVersion ?? 0
  return publishInside(inside, [packAgent(id, prompt, rest, before)])
}

/** A worker with the secret key in the preview, or as the options say, and its log. */
async function connect(options: Partial<ConnectOptions> = {}) {
  const logged: string[] = []
  const given = { url: served.url, key: served.keys.secret, env, cacheDir: temporaryFolder() }
  const soon = { pollMs: 300, answerWithinMs: 10_000, log: (line: string) => logged.push(line) }
  const worker = await connectRegistry({ ...given, ...soon, ...options })
  onTestFinished(() => worker.close())
  return { worker, logged }
}

async function tokenOf(role: string): Promise<string> {
  return new SignJWT({ role: 'authenticated', app_metadata: { nofx_role: role } })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject('11111111-1111-4111-8111-111111111111')
    .setAudience('authenticated')
    .setIssuer(`${served.url}/auth/v1`)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(served.keys.jwtSecret))
}

function running(answer: AgentAnswer): Agent {
  if (!answer.ok) throw new Error(answer.message)
  return answer.agent
}
const promptOf = (answer: AgentAnswer) => running(answer).prompts.system?.render()

async function next(changes: AsyncIterator<Change>): Promise<Change> {
  return (await changes.next()).value as Change
}

test('a worker in a preview runs the branch’s changes, and everything else from production', async () => {
  await open()
  await put('idea', 'Draft.\n', { status: 'draft' })
  const { worker } = await connect({ key: served.keys.publishable, accessToken: () => tokenOf('publisher') })
  const both = running(await worker.agent('both'))
  expect([both.version, both.prompts.system?.render()]).toEqual([2, 'Of the branch.\n'])
  expect(promptOf(await worker.agent('live'))).toBe('Live alone.\n')
  expect(promptOf(await worker.agent('both', { version: 1 }))).toBe('Live.\n')
  expect(await worker.agent('idea')).toMatchObject({ ok: false, reason: 'not-found' })
  expect(promptOf(await (await connect({ drafts: true })).worker.agent('idea'))).toBe('Draft.\n')

  const run = await worker.lock({ agents: [{ agentId: 'both', version: 2, digest: both.digest }] })
  await put('both', 'Of the branch, again.\n')
  expect(promptOf(await run.agent('both'))).toBe('Of the branch.\n')
})

test('a cache folder shared by several environments does not mix their definitions', async () => {
  await open()
  const proxy = await startCuttingProxy(served.url)
  onTestFinished(proxy.close)
  const shared = { url: proxy.url, cacheDir: temporaryFolder() }
  const prompts = { preview: 'Of the branch.\n', production: 'Live.\n' }
  const workers = async () => ({
    preview: (await connect(shared)).worker,
    production: (await connect({ ...shared, env: undefined })).worker,
  })
  const [first, { digest }] = [await workers(), running(await (await connect()).worker.agent('both'))]
  for (const place of ['preview', 'production'] as const) {
    expect(promptOf(await first[place].agent('both'))).toBe(prompts[place])
    await first[place].close()
  }
  proxy.become('down')
  const alone = await workers()
  for (const place of ['preview', 'production'] as const)
    expect(promptOf(await alone[place].agent('both'))).toBe(prompts[place])
  expect(await alone.production.agent('both', { digest })).toMatchObject({ ok: false, reason: 'unavailable' })
})

test('a plan that was made in a preview runs with the versions that it is locked to there', async () => {
  await open()
  const template = {
    templateId: 'do-it',
    name: 'Do it',
    description: 'Does one thing.',
    owner: '@acme/tools',
    category: 'test',
    defaultPlan: { steps: [{ id: 'only', agentId: 'both', prompt: { text: 'Do it.' } }] },
    expectedOutputs: [{ id: 'made', type: 'text', fromStep: 'only' }],
    rollbackAdvice: 'There is nothing to undo.',
    supportedAgents: ['both'],
  }
  await publishInside(
    inside,
    [packFiles('templates', 'do-it', { 'template.json': JSON.stringify(template) })],
    'templates',
  )
  const wanted = { kind: templates, id: 'do-it', parameters: () => ({}), actor: 'test' }
  const { instance } = await instantiate(inside, wanted)
  const { planId } = instance as { planId: string }
  const { both } = (await readInputs(inside, planId)).agents
  expect([both?.version, both?.texts['prompts/system.md']]).toEqual([2, 'Of the branch.\n'])
  await expect(readInputs(served.registry, planId)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const hint = `make one: nofx templates instantiate <template> --env ${env}`
  await expect(readInputs(inside, 'nothing')).rejects.toMatchObject({ code: 'NOT_FOUND', hint })
})

test('a worker in a preview follows its changes, and sees changes of production after a poll', async () => {
  await open()
  const { worker } = await connect()
  const changes = worker.changes()[Symbol.asyncIterator]()
  expect(promptOf(await worker.agent('live'))).toBe('Live alone.\n')
  await release(served.registry, [packAgent('live', 'Live anew.\n')])
  await expect
    .poll(async () => promptOf(await worker.agent('live')), { timeout: 30_000 })
    .toBe('Live anew.\n')
  const [told] = await Promise.all([next(changes), put('both', 'Of the branch, twice.\n')])
  expect(told).toMatchObject({ type: 'agent.updated', id: 'both', version: 3 })
  expect(promptOf(await worker.agent('both'))).toBe('Of the branch, twice.\n')
  await release(served.registry, [packAgent('live', 'Live alone.\n')])
})

test('a worker of a deleted preview keeps the last known states, and recovers when the preview returns', async () => {
  await open()
  const cacheDir = temporaryFolder()
  const { worker, logged } = await connect({ cacheDir })
  const changes = worker.changes()[Symbol.asyncIterator]()
  expect(running(await worker.agent('both')).staleness.fresh).toBe(true)
  await served.registry.previews.down(env)
  const isFresh = async () => running(await worker.agent('both')).staleness.fresh
  await expect.poll(isFresh, { timeout: 30_000 }).toBe(false)
  expect(promptOf(await worker.agent('both'))).toBe('Of the branch.\n')
  expect(await worker.agent('never-asked')).toMatchObject({ ok: false, reason: 'unavailable' })
  // A machine under load may have been too slow for an answer before: then this is the second cause.
  await expect
    .poll(() => logged, { timeout: 30_000 })
    .toContain(`continuing with what is known: the preview "${env}" does not exist or has expired`)

  await worker.close()
  const { worker: late } = await connect({ cacheDir })
  expect(running(await late.agent('both'))).toMatchObject({ version: 2, staleness: { fresh: false } })
  await expect(connect()).rejects.toMatchObject({ code: 'NOT_FOUND', hint: 'see: nofx preview list' })
  expect((await changes.next()).done).toBe(true)

  const again = late.changes()[Symbol.asyncIterator]()
  await raise()
  // Nothing of the earlier preview is in the new one, and cursors of the earlier one are invalid.
  expect((await next(again)).type).toBe('resync')
  await expect.poll(async () => promptOf(await late.agent('both')), { timeout: 30_000 }).toBe('Live.\n')
  expect(JSON.stringify(logged)).not.toContain(served.keys.secret)
})

describe('a preview can be read by publishers alone', () => {
  test.each<[string, Partial<ConnectOptions>]>([
    ['under its name', { env: 'PR 1' }],
    ['under some name', { env: '' }],
    ['with more than the publishable key', { env: 'pr-1', key: 'sb_publishable_0123456789' }],
  ])('connectRegistry refuses a preview %s', async (_how, options) => {
    const refusal = { code: 'CONFIG', message: expect.stringContaining('the option env ') }
    await expect(connect(options)).rejects.toMatchObject(refusal)
  })

  test('connectRegistry refuses a preview to a signed-in user who is not a publisher', async () => {
    const accessToken = await tokenOf('reader')
    const options = { env: 'pr-1', key: served.keys.publishable, accessToken }
    await expect(connect(options)).rejects.toMatchObject({ code: 'REMOTE_DENIED' })
  })
})
