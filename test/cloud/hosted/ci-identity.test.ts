import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createCiIdentity } from '../../../src/cloud/hosted/ci-identity.ts'
import type { RegistryEnv } from '../../../src/cloud/hosted/hosted-config.ts'
import { openRegistry } from '../../../src/cloud/open-registry.ts'
import { sha256 } from '../../../src/contract/digest.ts'
import { Failure } from '../../../src/contract/failure.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { LARGEST_UPLOAD } from '../../../src/edge/gateway/gateway-routes.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { type Project, serveProject } from '../../edge/support/functions-under-test.ts'
import {
  type IdentityProvider,
  JOB,
  REQUEST_TOKEN,
  serveIdentityProvider,
} from '../../edge/support/identity-provider.ts'
import { agentFiles, TestProject } from '../../harness/project.ts'
import { packAgent, publish, resultOf } from '../support/definitions.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let provider: IdentityProvider

beforeAll(async () => {
  provider = await serveIdentityProvider()
})
afterAll(() => provider?.close())
afterEach(() => {
  provider.faults.clear()
  provider.asked.length = 0
  provider.lifetime = 300
})

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(Failure)
  return thrown as Failure
}

describe('the identity of a job', () => {
  const endpoint = () => ({
    requestUrl: provider.env.ACTIONS_ID_TOKEN_REQUEST_URL,
    requestToken: REQUEST_TOKEN,
    audience: 'https://abc.supabase.co',
  })
  const identityAt = (now?: () => number) => createCiIdentity(endpoint(), fetch, now)

  test('an identity token is requested once, for the registry’s audience, by any number of calls', async () => {
    const identity = identityAt()
    const tokens = await Promise.all([undefined, undefined, 'key', 'key'].map((key) => identity.token(key)))
    expect(new Set(tokens).size).toBe(1)
    expect(await identity.token()).toBe(tokens[0])
    expect(provider.asked).toEqual(['/token?api-version=2.0&audience=https%3A%2F%2Fabc.supabase.co'])
  })

  test('an identity token is requested again for a second key, and a minute before it expires', async () => {
    let at = Date.now()
    const identity = identityAt(() => at)
    const first = await identity.token('first')
    const second = await identity.token('second')
    expect(second).not.toBe(first)
    expect(await identity.token()).toBe(second)
    at += 239_000
    expect(await identity.token('second')).toBe(second)
    at += 2_000
    expect(await identity.token('second')).not.toBe(second)
    expect(provider.asked).toHaveLength(3)
  })

  test.each<[what: string, fault: { status: number; body: unknown }]>([
    ['the platform refuses', { status: 403, body: { message: 'no id-token permission' } }],
    ['the answer has no token', { status: 200, body: {} }],
    ['the token is not a JWT', { status: 200, body: { value: 'hello' } }],
    ['the answer is a page', { status: 200, body: '<html>' }],
  ])(
    'a missing identity token stops the command with a hint, and a later request may succeed: %s',
    async (_what, fault) => {
      const identity = identityAt()
      provider.faults.set('/token', fault)
      expect(await failureOf(identity.token())).toMatchObject({
        code: 'REMOTE_DENIED',
        message: `the CI platform issued no identity token (HTTP ${fault.status})`,
        hint: 'give the job "permissions: id-token: write", or set SUPABASE_SECRET_KEY',
      })
      provider.faults.clear()
      expect(await identity.token()).toMatch(/^eyJ/)
    },
  )

  test('an unreachable token endpoint is a failure without the job’s secret', async () => {
    for (const [requestUrl, code] of [
      ['http://127.0.0.1:9/token', 'REMOTE_FAILED'],
      ['not a URL', 'CONFIG'],
    ] as const) {
      const failure = await failureOf(createCiIdentity({ ...endpoint(), requestUrl }, fetch).token())
      expect(failure.code).toBe(code)
      expect(`${failure.stack}${JSON.stringify(failure)}`).not.toContain(REQUEST_TOKEN)
    }
  })
})

describe('a job without a key', () => {
  let project: Project
  let registry: Registry

  const envFor = (rest: RegistryEnv = {}): RegistryEnv => ({
    SUPABASE_URL: project.url,
    ...provider.env,
    ...rest,
  })
  const open = (rest?: RegistryEnv) =>
    openRegistry({ root: temporaryFolder(), kinds: [agents], env: envFor(rest) })

  beforeAll(async () => {
    project = await serveProject()
    const entry = {
      issuer: provider.issuer,
      audience: project.url,
      repository: JOB.repository,
      refs: [JOB.ref],
      events: [JOB.event_name],
    }
    await project.query(
      `insert into public.registry_policies (kind, identities) values ('agents', '${JSON.stringify([entry])}')`,
    )
  })
  afterAll(() => project?.close())
  afterEach(() => {
    project.calls.length = 0
    project.lines.length = 0
  })

  test('a job without a key publishes through the functions alone, under the name that the platform vouches for', async () => {
    registry = await open()
    expect(registry.label).toBe(project.url)
    expect(await registry.heads('agents')).toEqual([])
    const packed = packAgent('writer', 'You write.\n')
    expect(await registry.stored([packed.item.bundle])).toEqual(new Set())
    const result = resultOf(await publish(registry, [packed], { actor: 'whoever' }))
    expect(result.outcomes).toMatchObject([{ id: 'writer', outcome: 'added', version: 1 }])
    expect(await registry.stored([packed.item.bundle])).toEqual(new Set([packed.item.bundle.path]))
    expect(sha256(await registry.download(packed.item.bundle.path))).toBe(packed.item.bundle.sha256)
    expect(await registry.head('agents', 'writer')).toMatchObject({ version: 1, state: 'active' })
    expect(await registry.history('agents', 'writer')).toMatchObject([
      { actor: 'octo/agents@refs/heads/main (push, run 42)' },
    ])
    expect(await registry.revisions([{ kind: 'agents', id: 'writer', version: 1 }])).toMatchObject([
      { id: 'writer' },
    ])
    expect(await registry.bundles('agents')).toHaveLength(1)
    expect(await registry.release(result.releaseId ?? '')).toMatchObject({ id: result.releaseId })
    expect(await registry.releases(10)).toHaveLength(1)
    expect((await registry.events(0, 10)).events).toHaveLength(1)
    expect(await registry.findInstance('no-such-key')).toBeUndefined()
    await registry.close()
    expect(provider.asked.filter((path) => path.startsWith('/token'))).toHaveLength(1)
  })

  test('a job without a key publishes again with another token, and uploads equal content once', async () => {
    registry = await open()
    const packed = packAgent('reader', 'You read.\n')
    resultOf(await publish(registry, [packed]))
    await registry.upload(packed.item.bundle, packed.archive)
    const again = packAgent('reader', 'You read.\n', {}, 1)
    expect(resultOf(await publish(registry, [again])).outcomes).toMatchObject([{ outcome: 'unchanged' }])
    expect(provider.asked.filter((path) => path.startsWith('/token'))).toHaveLength(2)
  })

  test('a job without a key cannot send a bundle over 6 MB: the failure says how, and nothing is sent', async () => {
    registry = await open()
    const archive = Buffer.alloc(LARGEST_UPLOAD + 1)
    const bundle = {
      path: `agents/big/${sha256('big')}.tar.gz`,
      size: archive.length,
      sha256: sha256(archive),
    }
    expect(await failureOf(registry.upload(bundle, archive))).toMatchObject({
      code: 'CONFIG',
      message: `${bundle.path} has 6291457 bytes; without a secret key at most 6291456 can be sent`,
      hint: 'set SUPABASE_SECRET_KEY for this publish, or make the assets smaller',
    })
    expect(project.calls).toEqual([])
  })

  test('a job that the registry does not list is refused on every path, with its identity and what is missing', async () => {
    const stranger = { ...provider.env, NOFX_OIDC_AUDIENCE: 'https://other.example.com' }
    registry = await open(stranger)
    const packed = packAgent('stranger', 'You are strange.\n')
    const before = await project.stored()
    for (const work of [
      () => registry.heads('agents'),
      () => registry.upload(packed.item.bundle, packed.archive),
    ]) {
      const failure = await failureOf(work())
      expect(failure.code).toBe('REMOTE_DENIED')
      expect(failure.message).toContain('the identity token is for another audience')
    }
    expect((await failureOf(registry.heads('agents'))).hint).toContain('ask the CI platform for a new one')
    const answer = await registry.sync('agents', {
      action: 'undelete',
      key: randomUUID(),
      actor: 'me',
      kind: 'agents',
      id: 'stranger',
    })
    expect(answer).toMatchObject({ ok: false, error: { code: 'REMOTE_DENIED' } })
    expect(await project.stored()).toBe(before)
  })

  test('a job without a key may not do what only a key may, and the failure says so', async () => {
    registry = await open()
    const source = { kind: 'templates', id: 'plan', version: 1, digest: 'd'.repeat(64) }
    const request = { key: randomUUID(), actor: 'me', source, parameters: {}, locks: [], hash: 'h', plan: {} }
    const failure = await failureOf(registry.instantiate(request as never))
    expect(failure.code).toBe('REMOTE_DENIED')
    expect(failure.message).toContain('a CI job may not make plans')
  })

  test('a job with a key uses the key, and requests no identity', async () => {
    registry = await open({ SUPABASE_SECRET_KEY: project.cloud.keys.secret })
    expect((await registry.heads('agents')).length).toBeGreaterThan(0)
    expect(provider.asked).toEqual([])
    expect(project.calls).toEqual(['POST /rest/v1/rpc/registry_heads_json'])
  })

  test.each([
    ['only the URL of tokens', { ACTIONS_ID_TOKEN_REQUEST_TOKEN: undefined }],
    ['neither', { ACTIONS_ID_TOKEN_REQUEST_TOKEN: '', ACTIONS_ID_TOKEN_REQUEST_URL: '' }],
  ])('a job without a key and without an identity gets a hint for both: %s', async (_what, rest) => {
    expect(await failureOf(open(rest))).toMatchObject({
      code: 'CONFIG',
      message: expect.stringMatching(/^SUPABASE_URL is set, and no credential for http:\S+ is$/),
      hint: expect.stringMatching(
        /SUPABASE_SECRET_KEY, give the GitHub Actions job "permissions: id-token: write"/,
      ),
    })
  })

  test('a job without a key runs the commands of a workflow, and prints neither its token nor a key', async () => {
    const work = new TestProject(envFor() as Record<string, string>)
    onTestFinished(() => work.remove())
    work.write(agentFiles('scribe')).commit()
    provider.claims = { sha: work.git('rev-parse', 'HEAD').trim() }
    const published = await work.run('registry', 'publish', '--json')
    expect(published).toMatchObject({ exit: 0, json: { ok: true } })
    expect(published.json.data.result.outcomes).toMatchObject([
      { id: 'scribe', outcome: 'added', version: 1 },
    ])
    const [shown, listed] = [await work.run('registry', 'show', 'agents', 'scribe'), await work.run('doctor')]
    expect(shown).toMatchObject({ exit: 0, stdout: expect.stringContaining('scribe') })
    expect(listed).toMatchObject({ exit: 0, stdout: expect.not.stringContaining('identities') })
    expect(listed.stdout).toMatch(/^ok +function registry_agents_sync: version /m)
    expect(listed.stdout).toContain('function registry_events_forward: not deployed; webhooks need it')
    const printed = JSON.stringify([published, shown, listed, project.lines])
    for (const secret of [REQUEST_TOKEN, project.cloud.keys.secret, 'eyJ'])
      expect(printed).not.toContain(secret)
    expect(await project.query(`select actor from public.registry_revisions where id = 'scribe'`)).toEqual([
      { actor: 'octo/agents@refs/heads/main (push, run 42)' },
    ])
    const away = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'a-token-that-github-does-not-know' }
    expect(await work.runWith({ env: away }, 'registry', 'publish')).toMatchObject({
      exit: 3,
      stderr: expect.stringContaining(
        'error REMOTE_DENIED the CI platform issued no identity token (HTTP 401)',
      ),
    })
  })
})
