import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { type ApiUnderTest, openApiUnderTest, type Read } from './support/api-under-test.ts'
import { expectPromised } from './support/promised.ts'
import {
  expectProblem,
  freshKey,
  post,
  publishNext,
  publishTemplates,
  publishVersions,
  stored,
} from './support/writing.ts'

let api: ApiUnderTest
let publisher: Record<string, string>
let signedIn: Record<string, string>
beforeAll(async () => {
  api = await openApiUnderTest()
  publisher = await api.token()
  signedIn = await api.token({ role: 'reader' })
  await publishTemplates(api)
})
afterAll(() => api?.close())

const tagOf = async (id: string) => (await api.get(`/api/agents/${id}`, publisher)).headers.get('etag')!

/** Asks for an effect; a dry run must write nothing. */
async function move(path: string, body: object, headers: Record<string, string> = {}): Promise<Read> {
  const before = await stored(api)
  const answer = await post(api, path, body, { ...publisher, ...headers })
  if ('dryRun' in body) expect(await stored(api)).toEqual(before)
  return answer
}

describe('the plan of a rollback', () => {
  test('a dry run says what would be live, what changes and what is held, and its tag makes the move', async () => {
    const id = await publishVersions(api, 'active', 'active')
    const path = `/api/agents/${id}/rollback`
    const body = { targetVersion: 1, reason: 'it loops' }
    const dry = expectPromised('rollbackDefinition', await move(path, { ...body, dryRun: true }))
    const { digest } = (await api.get(`/api/agents/${id}/versions/2`, publisher)).json
    expect(dry.json).toMatchObject({
      ...{ dryRun: true, releaseId: null, outcomes: [{ id, outcome: 'rolled-back', version: 3 }] },
      plan: { from: 2, to: 1, risks: [], breaks: [], holds: digest },
    })
    expect(dry.json.plan.diff.files[0].patch).toContain('-Version 2.\n+Version 1.')
    const tag = dry.headers.get('etag')!
    expect(tag).toBe(await tagOf(id))
    const done = expectPromised('rollbackDefinition', await move(path, body, { 'if-match': tag }))
    expect(done.json.plan).toBeUndefined()
    expect(done.headers.get('etag')).toBe(await tagOf(id))
    expect(done.headers.get('etag')).not.toBe(tag)
    // Its tag names the new head, so it makes the next move.
    const next = await move(
      `/api/agents/${id}/disable`,
      { reason: 'off' },
      { 'if-match': done.headers.get('etag')! },
    )
    expect(next.status).toBe(200)
  })

  test('what reaches further comes in one direction, and goes away in the other', async () => {
    const id = 'reaching'
    for (const [at, shell] of [false, true].entries())
      resultOf(await publish(api.ports.registry, [packAgent(id, 'Same.\n', { permissions: { shell } }, at)]))
    const path = `/api/agents/${id}/rollback`
    const plan = async () =>
      expectPromised('rollbackDefinition', await move(path, { targetVersion: 1, reason: 'x', dryRun: true }))
        .json.plan
    const ids = (risks: { id: string }[]) => risks.map((risk) => risk.id)
    const back = await plan()
    expect([ids(back.risks), ids(back.risksGone)]).toEqual([[], ['permission-shell']])
    await move(path, { targetVersion: 1, reason: 'back' })
    const dry = await move(path, { targetVersion: 2, reason: 'x', dryRun: true })
    expect([ids(dry.json.plan.risks), dry.json.plan.risksGone]).toEqual([['permission-shell'], []])
  })

  test('a dry run with the tag of an older head is refused, and a repeated key does not answer it', async () => {
    const id = await publishVersions(api, 'active', 'active')
    const [path, tag, key] = [`/api/agents/${id}/rollback`, await tagOf(id), freshKey()]
    const body = { targetVersion: 1, reason: 'it loops' }
    await publishNext(api, id, 2)
    expectProblem(
      await move(path, { ...body, dryRun: true }, { 'if-match': tag }),
      412,
      'PRECONDITION_FAILED',
    )
    const made = await move(path, body, { 'idempotency-key': key })
    expect(made.json).toMatchObject({ replayed: false, dryRun: false })
    const dry = await move(
      path,
      { targetVersion: 2, reason: 'back', dryRun: true },
      { 'idempotency-key': key },
    )
    expect(dry.json).toMatchObject({ replayed: false, dryRun: true, plan: { from: 4, to: 2 } })
    const again = await move(path, body, { 'idempotency-key': key })
    expect(again.json).toMatchObject({ replayed: true, releaseId: made.json.releaseId })
  })

  test('a rollback that would break definitions names them in its plan, and needs force', async () => {
    const id = 'helper'
    const skill = (...ids: string[]) => ({
      skills: ids.map((one) => ({ id: one, name: one, description: 'Works.' })),
    })
    resultOf(
      await publish(api.ports.registry, [packAgent(id, 'One.\n', { version: '1.0.0', ...skill('old') })]),
    )
    const sample = (await api.get('/api/agents/triager')).json
    const old = packAgent('triager', 'Bare.\n', { version: '0.0.1', ...skill('other') }, sample.version)
    // The sample templates need skills of the triager, which this version does not have.
    const forced = await publish(api.ports.registry, [old], { force: true })
    const bare = resultOf(forced).outcomes[0]!.version!
    const restored = await move('/api/agents/triager/rollback', {
      targetVersion: sample.version,
      reason: 'back',
    })
    expect(restored.status).toBe(200)
    const body = { targetVersion: bare, reason: 'try' }
    const dry = expectPromised(
      'rollbackDefinition',
      await move('/api/agents/triager/rollback', { ...body, dryRun: true }),
    )
    expect(dry.json.plan.breaks).toContain('templates/triage-issue')
    expect(dry.json.plan).toMatchObject({ to: bare })
    const before = await stored(api)
    expectProblem(await move('/api/agents/triager/rollback', body), 422, 'REFUSED')
    expect(await stored(api)).toEqual(before)
    const done = await move('/api/agents/triager/rollback', { ...body, force: true })
    expect([done.status, done.json.outcomes[0].outcome]).toEqual([200, 'rolled-back'])
    const back = await move('/api/agents/triager/rollback', {
      targetVersion: sample.version,
      reason: 'as it was',
    })
    expect(back.status).toBe(200)
  })
})

test('a promotion that would break definitions names them, also when the draft itself lacks something', async () => {
  const skills = [{ id: 'other', name: 'Other', description: 'Works.' }]
  const waiting = packAgent('only-a-draft', 'Waits.\n', { status: 'draft' })
  resultOf(await publish(api.ports.registry, [waiting]))
  const unmet = { dependencies: { agents: [{ agentId: 'only-a-draft' }] } }
  const cases: [object, string[]][] = [
    [{}, ['templates/triage-issue']],
    [unmet, ['agents/triager', 'templates/triage-issue']],
  ]
  for (const [at, [rest, breaks]] of cases.entries()) {
    const { latestVersion } = (await api.get('/api/agents/triager', publisher)).json
    const declared = { version: `90.0.${at}`, status: 'draft', skills, ...rest }
    const draft = packAgent('triager', `Bare ${at}.\n`, declared, latestVersion)
    resultOf(await publish(api.ports.registry, [draft], { force: true }))
    const path = '/api/agents/triager/promote'
    const dry = expectPromised('promoteDefinition', await move(path, { dryRun: true }))
    expect(dry.json.plan.breaks).toEqual(breaks)
  }
})

test('the plan of a promotion compares the draft with what is live, and rings no hook', async () => {
  const id = await publishVersions(api, 'active', 'draft')
  const path = `/api/agents/${id}/promote`
  const dry = expectPromised('promoteDefinition', await move(path, { dryRun: true }))
  expect(dry.json).toMatchObject({ plan: { from: 1, to: 2, holds: null, breaks: [] }, dryRun: true })
  expect(dry.json.deployHook).toBeUndefined()
  expect(dry.json.plan.diff.files[0].patch).toContain('+Version 2.')
  // The draft goes live: its own status is neither a risk nor one that goes away.
  expect([dry.json.plan.risks, dry.json.plan.risksGone]).toEqual([[], []])
  expectProblem(await move(path, { dryRun: true, version: 1 }), 409, 'CONFLICT')
  const done = expectPromised('promoteDefinition', await move(path, { version: 2 }))
  expect(done.headers.get('etag')).toBe(await tagOf(id))
  // v3 is live, although its content says `draft`; v2 is the draft itself.
  const risksOf = async (from: number, to: number) =>
    (await api.get(`/api/agents/${id}/diff?from=${from}&to=${to}`, publisher)).json.risks.map(
      ({ message }: { message: string }) => message,
    )
  expect(await risksOf(1, 3)).toEqual([])
  expect(await risksOf(1, 2)).toEqual(['status active → draft: what is live stays live'])
  const released = (await api.get(`/api/releases/${done.json.releaseId}`, publisher)).json
  expect(JSON.stringify(released)).not.toContain('what is live stays live')
  const back = await move(`/api/agents/${id}/rollback`, { targetVersion: 1, reason: 'x', dryRun: true })
  expect([back.json.plan.risks, back.json.plan.risksGone]).toEqual([[], []])
})

test.each(['disable', 'enable'])('the plan of %s says what is live afterwards', async (verb) => {
  const id = await publishVersions(api, 'active')
  if (verb === 'enable') await move(`/api/agents/${id}/disable`, { reason: 'off' })
  const path = `/api/agents/${id}/${verb}`
  const dry = await move(path, { reason: 'try', dryRun: true })
  expect([dry.status, dry.json.dryRun, dry.json.plan.breaks]).toEqual([200, true, []])
  expect([dry.json.plan.from, dry.json.plan.to]).toEqual(verb === 'disable' ? [1, null] : [null, 2])
})

describe('undelete', () => {
  test('a removed definition is back as it was, after a plan that has its risks', async () => {
    const packed = packAgent('taken-away', 'Here.\n', { permissions: { shell: true } })
    resultOf(await publish(api.ports.registry, [packed]))
    const removals = [{ kind: 'agents', id: 'taken-away', expectedVersion: 1 }]
    resultOf(await publish(api.ports.registry, [], { removals }))
    const path = '/api/agents/taken-away/undelete'
    const dry = expectPromised('undeleteDefinition', await move(path, { reason: 'by mistake', dryRun: true }))
    expect(dry.json.plan).toMatchObject({ from: null, to: 1, diff: null, holds: null, breaks: [] })
    expect(dry.json.plan.risks.map(({ id }: { id: string }) => id)).toContain('permission-shell')
    expect((await api.get('/api/agents/taken-away')).status).toBe(404)
    const done = await move(path, { reason: 'by mistake' }, { 'if-match': dry.headers.get('etag')! })
    expect(expectPromised('undeleteDefinition', done).json.outcomes[0]).toMatchObject({
      outcome: 'restored',
      version: 3,
    })
    expect((await api.get('/api/agents/taken-away')).json.texts['prompts/system.md']).toBe('Here.\n')
    expectProblem(await move(path, { reason: 'again' }), 422, 'REFUSED')
    expectProblem(await move('/api/agents/never-there/undelete', {}), 404, 'NOT_FOUND')
  })
})

describe('the undoing of a release', () => {
  test('a release is undone as a whole, after a plan with a row for each definition', async () => {
    const ids = [
      'one-of-six',
      'two-of-six',
      'three-of-six',
      'four-of-six',
      'five-of-six',
      'six-of-six',
    ].sort()
    resultOf(
      await publish(
        api.ports.registry,
        ids.map((id) => packAgent(id, 'Before.\n')),
      ),
    )
    const changed = ids.map((id) => packAgent(id, 'After.\n', {}, 1))
    const { releaseId } = resultOf(await publish(api.ports.registry, changed))
    const path = `/api/releases/${releaseId}/rollback`
    const body = { reason: 'bad publish' }
    const dry = expectPromised('undoRelease', await move(path, { ...body, dryRun: true }))
    expect(dry.json.plan.moved).toBe(6)
    expect(
      dry.json.plan.items.map(({ id, from, to }: Record<string, unknown>) => [id, from, to]).sort(),
    ).toEqual(ids.map((id) => [id, 2, 1]))
    for (const { diff } of dry.json.plan.items) expect(diff.files[0].patch).toContain('+Before.')
    const key = freshKey()
    const done = expectPromised('undoRelease', await move(path, body, { 'idempotency-key': key }))
    expect(done.json.outcomes).toHaveLength(6)
    const again = await move(path, body, { 'idempotency-key': key })
    expect(again.json).toMatchObject({ replayed: true, releaseId: done.json.releaseId })
    expect((await api.get(`/api/releases/${releaseId}`, publisher)).json.undoneBy).toBe(done.json.releaseId)
    expect((await api.get(`/api/releases/${done.json.releaseId}`, publisher)).json).toMatchObject({
      ...{ undoes: releaseId, actor: 'ada@example.com', reason: 'bad publish' },
    })
    const paragraph = await api.get(`/api/releases/${done.json.releaseId}/incident`, publisher)
    const { incident } = expectPromised('showIncident', paragraph).json
    expect(incident).toMatch(
      /^\*\*Rolled back\*\* `agents\/five-of-six` \(v2 → v3, the content of v1\), .* and 1 more/,
    )
    expect(incident).toContain('**Why**: bad publish\n- **By**: ada@example.com')
    expect(incident).toContain(
      `**Undo**: \`nofx registry rollback --release ${done.json.releaseId.slice(0, 8)}`,
    )
    // Each definition has moved since: by the undoing itself.
    expectProblem(await move(path, body), 409, 'CONFLICT')
  })

  test('a release whose definitions moved since is undone with force alone', async () => {
    const id = await publishVersions(api, 'active', 'active')
    const [{ releaseId }] = (await api.get(`/api/agents/${id}/versions`, publisher)).json.items
    await publishNext(api, id, 2)
    const path = `/api/releases/${releaseId}/rollback`
    expectProblem(await move(path, { reason: 'x', dryRun: true }), 409, 'CONFLICT')
    const forced = await move(path, { reason: 'x', dryRun: true, force: true })
    expect([forced.status, forced.json.plan.items[0]]).toMatchObject([200, { id, from: 3, to: 1 }])
    expectProblem(await move('/api/releases/ffffffff/rollback', { reason: 'x' }), 404, 'NOT_FOUND')
  })
})

test('there is a paragraph about the moves of people alone, for publishers', async () => {
  const [{ id }] = (await api.get('/api/releases?origin=publish&limit=1', publisher)).json.items
  expectProblem(await api.get(`/api/releases/${id}/incident`, publisher), 404, 'NOT_FOUND')
  expectProblem(await api.get('/api/releases/ffffffff/incident', publisher), 404, 'NOT_FOUND')
  expectProblem(await api.get(`/api/releases/${id}/incident`), 401, 'REMOTE_DENIED')
})

test.each([
  '/api/agents/triager/undelete',
  '/api/agents/triager/rollback',
  '/api/agents/never-there/undelete',
  '/api/releases/abcdef/rollback',
])('%s is refused to readers before its body and the registry are read', async (path) => {
  api.calls.length = 0
  for (const [headers, status] of [
    [{}, 401],
    [signedIn, 403],
  ] as const)
    expectProblem(await post(api, path, '{', headers), status, 'REMOTE_DENIED')
  expect(api.calls).toEqual([])
})

test.each([
  ['undelete', { dryRun: 'yes' }],
  ['undelete', { force: true }],
  ['undelete', { reason: '' }],
  ['rollback', { targetVersion: 1, reason: 'x', force: 1 }],
  ['promote', { dryRun: 'true' }],
  ['disable', { reason: 'x', force: true }],
])('%s with the body %j is refused', async (verb, body) => {
  expectProblem(await post(api, `/api/agents/triager/${verb}`, body, publisher), 400, 'BAD_REQUEST')
})
