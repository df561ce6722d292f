import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Agent, AgentAnswer } from '../../src/worker/agent.ts'
import { connectRegistry, type WorkerRegistry } from '../../src/worker/connect-registry.ts'
import { createFakeRegistry } from '../../src/worker/fake-registry.ts'
import { packAgent, packFiles, publish, resultOf } from '../cloud/support/definitions.ts'
import { temporaryFolder } from '../cloud/support/temporary-folder.ts'
import { outsideKind } from '../conformance/outside-kind.ts'
import { agent } from '../harness/project.ts'
import { release, type ServedRegistry, serveRegistry } from './support/served-registry.ts'

const playbooks = await outsideKind('nofx-kind-playbooks')
const OWNER = '@acme/oncall'

const agentTexts = (id: string, prompt: string, rest: object = {}) => ({
  'agent.json': `${JSON.stringify(agent(id, rest))}\n`,
  'prompts/system.md': prompt,
})
const playbookTexts = (id: string) => playbooks.scaffold!(id, { owner: OWNER })

/** A registry to publish into, and a connection to it. */
interface Side {
  registry: WorkerRegistry
  agent(id: string, prompt: string, rest?: object): Promise<void>
  playbook(id: string): Promise<void>
  remove(id: string): Promise<void>
}

let served: ServedRegistry
beforeAll(async () => {
  served = await serveRegistry(undefined, [playbooks])
})
afterAll(() => served.close())

async function realSide(): Promise<Side> {
  const { url, keys } = served
  const registry = await connectRegistry({
    url,
    key: keys.publishable,
    cacheDir: temporaryFolder(),
    kinds: [playbooks],
  })
  onTestFinished(() => registry.close())
  return {
    registry,
    agent: async (id, prompt, rest) => void (await release(served.registry, [packAgent(id, prompt, rest)])),
    async playbook(id) {
      const packed = packFiles('playbooks', id, playbookTexts(id))
      resultOf(await publish(served.registry, [packed], { kind: 'playbooks' }))
    },
    remove: async (id) => void (await release(served.registry, [], [id])),
  }
}

async function fakeSide(): Promise<Side> {
  const registry = createFakeRegistry({ kinds: [playbooks] })
  onTestFinished(() => registry.close())
  return {
    registry,
    agent: async (id, prompt, rest) => void registry.publish('agents', id, agentTexts(id, prompt, rest)),
    playbook: async (id) => void registry.publish('playbooks', id, playbookTexts(id)),
    remove: async (id) => registry.remove('agents', id),
  }
}

function running(answer: AgentAnswer): Agent {
  if (!answer.ok) throw new Error(answer.message)
  return answer.agent
}

/** What a test may rely on: everything but times and numbers of events. */
function shown(answer: AgentAnswer) {
  if (!answer.ok) return { reason: answer.reason, message: answer.message, fresh: answer.staleness?.fresh }
  const { prompts, staleness, ...rest } = answer.agent
  return { ...rest, prompts: Object.keys(prompts), text: prompts.system.render(), fresh: staleness.fresh }
}

/** Everything that a runtime sees while a registry changes. */
async function story({ registry, ...side }: Side, id: string) {
  const seen: unknown[] = []
  const changes = registry.changes()[Symbol.asyncIterator]()
  const heard = async () => {
    const { value } = await changes.next()
    const { seq: _seq, at: _at, releaseId: _release, ...rest } = value as unknown as Record<string, unknown>
    seen.push(rest)
  }
  seen.push(shown(await registry.agent(id)))
  await side.agent(id, 'You work.\n', { model: { name: 'm' } })
  await heard()
  seen.push(shown(await registry.agent(id)))
  await side.agent(id, 'You work well.\n')
  await heard()
  const second = await registry.agent(id)
  seen.push(shown(second), shown(await registry.agent(id, { version: 1 })))
  seen.push(shown(await registry.agent(id, { digest: running(second).digest })))
  const { digest, version } = running(second)
  const locked = await registry.lock({ agents: [{ agentId: id, version, digest }] })
  await side.playbook(`${id}-book`)
  await heard()
  seen.push(
    await registry.definition('playbooks', `${id}-book`).then((one) => one.ok && one.definition.manifest),
  )
  await side.agent(id, 'Off.\n', { status: 'disabled' })
  await heard()
  for (const pin of [{}, { version: 1 }, { digest }]) seen.push(shown(await registry.agent(id, pin)))
  seen.push(shown(await locked.agent(id)))
  await side.agent(id, 'On again.\n')
  await heard()
  seen.push(shown(await registry.agent(id, { version: 1 })), shown(await locked.agent(id)))
  await side.remove(id)
  await heard()
  seen.push(shown(await registry.agent(id)), shown(await locked.agent(id)))
  seen.push(shown(await locked.agent('another')))
  seen.push(await registry.definition('poems', 'one').catch(({ code, hint }) => ({ code, hint })))
  return seen
}

describe('a fake registry', () => {
  test('tells a runtime the same story as the real one', async () => {
    const real = await story({ ...(await realSide()) }, 'hero')
    const fake = await story({ ...(await fakeSide()) }, 'hero')
    expect(fake).toEqual(real)
    expect(real).toContainEqual(expect.objectContaining({ playbookId: 'hero-book' }))
    expect(real.at(-1)).toMatchObject({ code: 'CONFIG' })
  })

  test('keeps the last known agent while it cannot be reached', async () => {
    const fake = createFakeRegistry()
    fake.publish('agents', 'kept', agentTexts('kept', 'Old.\n'))
    await fake.agent('kept')
    fake.reachable = false
    fake.publish('agents', 'kept', agentTexts('kept', 'New.\n'))
    expect(shown(await fake.agent('kept'))).toMatchObject({ text: 'Old.\n', fresh: false })
    expect(shown(await fake.agent('other'))).toMatchObject({ reason: 'unavailable' })
    fake.reachable = true
    expect(shown(await fake.agent('kept'))).toMatchObject({ text: 'New.\n', fresh: true })
  })

  test('shows drafts to a connection that asks for drafts', async () => {
    const files = { 'agent.json': { agentId: 'drafted', status: 'draft' } }
    for (const [drafts, ok] of [
      [false, false],
      [true, true],
    ] as const) {
      const fake = createFakeRegistry({ drafts })
      fake.publish('agents', 'drafted', files)
      expect((await fake.agent('drafted')).ok).toBe(ok)
    }
  })

  test('ends its changes when it is closed', async () => {
    const fake = createFakeRegistry()
    const next = fake.changes()[Symbol.asyncIterator]().next()
    await fake.close()
    expect(await next).toMatchObject({ done: true })
  })

  test.each([
    ['agents', 'its manifest is missing', {}],
    ['poems', 'its kind is unknown', { 'poem.json': {} }],
  ])('refuses a definition of %s when %s', (kind, _why, files) => {
    const fake = createFakeRegistry()
    expect(() => fake.publish(kind, 'one', files)).toThrow(
      expect.objectContaining({ code: 'CONFIG', hint: expect.stringMatching(/agent\.json|kinds/) }),
    )
  })
})

test('a skill is read from its front matter, with its status', async () => {
  const fake = createFakeRegistry()
  const skill = (status: string) => ({
    'SKILL.md': `---\nname: forms\ndescription: Fills forms.\nmetadata: {nofx-status: ${status}}\n---\nDo it.\n`,
  })
  const changes = fake.changes()[Symbol.asyncIterator]()
  fake.publish('skills', 'forms', skill('active'))
  expect(await fake.definition('skills', 'forms')).toMatchObject({
    ok: true,
    definition: { manifest: { name: 'forms' }, version: 1 },
  })
  expect((await changes.next()).value).toMatchObject({ type: 'skill.added' })
  fake.publish('skills', 'forms', skill('disabled'))
  expect(await fake.definition('skills', 'forms')).toMatchObject({ ok: false, reason: 'disabled' })
  await fake.close()
})
