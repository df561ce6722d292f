import { randomUUID } from 'node:crypto'
import { base64url, exportSPKI, generateKeyPair } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { contentHash } from '../../../src/contract/digest.ts'
import { packSamples } from '../../api/support/api-under-test.ts'
import { commitAt, packAgent } from '../../cloud/support/definitions.ts'
import { type Project, serveProject } from '../support/functions-under-test.ts'
import { AUDIENCE, type IdentityProvider, JOB, serveIdentityProvider } from '../support/identity-provider.ts'

let provider: IdentityProvider
let project: Project

beforeAll(async () => {
  provider = await serveIdentityProvider()
  project = await serveProject()
  const entry = {
    issuer: provider.issuer,
    audience: AUDIENCE,
    repository: JOB.repository,
    refs: ['refs/heads/main', 'refs/heads/release/*'],
    events: ['push', 'workflow_dispatch'],
  }
  const onlyAgents = { ...entry, repository: 'octo/only-agents' }
  const broken = [{ ...entry, refs: 'refs/heads/main', repository: 'octo/broken' }, 7, null]
  await project.query(`insert into public.registry_policies (kind, identities) values
    ('*', '${JSON.stringify([entry, ...broken])}'), ('agents', '${JSON.stringify([onlyAgents])}')`)
})
afterAll(async () => {
  await project?.close()
  await provider?.close()
})
afterEach(() => {
  project.lines.length = 0
})

const NEW_ONE = 'ask the CI platform for a new one, with the audience that registry_policies names'
const LISTED = 'have the owner of the registry add it to "identities" in registry_policies'

const agent = packAgent('writer', 'You write.\n')
const stageUnder = (key: string) => ({ action: 'stage', key, part: 0, items: [agent.item] })

async function send(token: string, body: object = stageUnder(randomUUID()), kind = 'agents') {
  const response = await fetch(`${project.url}/functions/v1/registry_${kind}_sync`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.json(), headers: response.headers }
}

const upload = (token: string, path = agent.item.bundle.path) =>
  fetch(`${project.url}/functions/v1/registry_agents_sync/storage/v1/object/registry/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/gzip' },
    body: new Uint8Array(agent.archive),
  })

async function objects(): Promise<unknown[]> {
  return project.query(`select name from storage.objects where bucket_id = 'registry' order by name`)
}

/** The defect, the token, and the answer. */
const BAD: [what: string, token: () => Promise<string>, status: number, message: string, hint: string][] = [
  ['a wrong signature', forged, 401, 'the identity token has a wrong signature', NEW_ONE],
  ['changed claims', changed, 401, 'the identity token has a wrong signature', NEW_ONE],
  [
    'the algorithm "none"',
    unsigned,
    401,
    'the identity token is signed with an algorithm that is not accepted',
    NEW_ONE,
  ],
  [
    'HS256 with the public key as its secret',
    confused,
    401,
    'the identity token is signed with an algorithm that is not accepted',
    NEW_ONE,
  ],
  [
    'an algorithm that is not listed',
    () => otherAlgorithm('RS512'),
    401,
    'the identity token is signed with an algorithm that is not accepted',
    NEW_ONE,
  ],
  [
    'an end in the past',
    () => provider.sign({ exp: provider.now() - 30 }),
    401,
    'the identity token has expired',
    NEW_ONE,
  ],
  ['no end', () => provider.sign({ exp: undefined }), 401, 'the identity token lacks "exp"', NEW_ONE],
  [
    'a long life',
    () => provider.sign({ iat: provider.now() - 3600, exp: provider.now() + 3600 }),
    401,
    'the identity token has expired',
    NEW_ONE,
  ],
  [
    'a begin in the future',
    () => provider.sign({ nbf: provider.now() + 60 }),
    401,
    'the identity token is not valid yet',
    NEW_ONE,
  ],
  [
    'an issue in the future',
    () => provider.sign({ iat: provider.now() + 60 }),
    401,
    'the identity token was issued in the future',
    NEW_ONE,
  ],
  [
    'no time of issue',
    () => provider.sign({ iat: undefined }),
    401,
    'the identity token lacks "iat"',
    NEW_ONE,
  ],
  [
    'an issuer that no policy names',
    () => provider.sign({ iss: 'https://token.actions.example.com' }),
    401,
    'the bearer token is signed with a key that its issuer does not publish',
    'sign in again; the issuer of an identity token must be in "identities" of registry_policies',
  ],
  [
    'another audience',
    () => provider.sign({ aud: 'https://other.example.com' }),
    401,
    'the identity token is for another audience',
    NEW_ONE,
  ],
  [
    'several audiences',
    () => provider.sign({ aud: [AUDIENCE, 'https://other.example.com'] }),
    401,
    'the identity token does not have the claims of a CI job',
    NEW_ONE,
  ],
  ['no id', () => provider.sign({ jti: undefined }), 401, 'the identity token lacks "jti"', NEW_ONE],
  [
    'an id that is not a text',
    () => provider.sign({ jti: { $ne: null } }),
    401,
    'the identity token does not have the claims of a CI job',
    NEW_ONE,
  ],
  [
    'an unknown key id',
    () => provider.sign({}, { header: { kid: 'second' } }),
    401,
    'the identity token is signed with a key that its issuer does not publish',
    NEW_ONE,
  ],
  [
    'a cut-off end',
    async () => (await provider.sign()).slice(0, -20),
    401,
    'the identity token has a wrong signature',
    NEW_ONE,
  ],
  [
    'no third part',
    async () => (await provider.sign()).split('.').slice(0, 2).join('.'),
    401,
    'the bearer token is not a JSON Web Token',
    'send the whole token',
  ],
  [
    'another type',
    () => provider.sign({}, { header: { typ: 'at+jwt' } }),
    401,
    'the identity token is a token of another type',
    NEW_ONE,
  ],
  [
    'another repository',
    () => provider.sign({ repository: 'octo/agents-fork' }),
    403,
    'octo/agents-fork at refs/heads/main (push) may not publish here',
    LISTED,
  ],
  [
    'a repository whose entry has another shape',
    () => provider.sign({ repository: 'octo/broken' }),
    403,
    'octo/broken at refs/heads/main (push) may not publish here',
    LISTED,
  ],
  [
    'another branch',
    () => provider.sign({ ref: 'refs/heads/main-2' }),
    403,
    'octo/agents at refs/heads/main-2 (push) may not publish here',
    LISTED,
  ],
  [
    'a branch named like the start of a pattern',
    () => provider.sign({ ref: 'refs/heads/release' }),
    403,
    'octo/agents at refs/heads/release (push) may not publish here',
    LISTED,
  ],
  [
    'a pull request',
    () => provider.sign({ event_name: 'pull_request' }),
    403,
    'octo/agents at refs/heads/main (pull_request) may not publish here',
    LISTED,
  ],
]

async function forged(): Promise<string> {
  return provider.sign({}, { key: (await generateKeyPair('RS256')).privateKey })
}

async function changed(): Promise<string> {
  const [header, , signature] = (await provider.sign({ repository: 'octo/agents-fork' })).split('.')
  return [header, (await provider.sign()).split('.')[1], signature].join('.')
}

async function unsigned(): Promise<string> {
  const [, payload] = (await provider.sign()).split('.')
  return `${base64url.encode('{"alg":"none","typ":"JWT","kid":"first"}')}.${payload}.`
}

async function confused(): Promise<string> {
  const key = new TextEncoder().encode(await exportSPKI(provider.publicKey))
  return provider.sign({}, { header: { alg: 'HS256' }, key })
}

async function otherAlgorithm(alg: string): Promise<string> {
  return provider.sign({}, { header: { alg }, key: (await generateKeyPair(alg)).privateKey })
}

describe('an identity token with', () => {
  test.each(BAD)(
    'an identity token with %s is refused, and nothing is stored',
    async (_what, make, status, message, hint) => {
      const token = await make()
      const before = [await project.stored(), await objects()]
      const answer = await send(token)
      expect(answer.status).toBe(status)
      expect(answer.body).toEqual({ ok: false, error: { code: 'REMOTE_DENIED', message, hint } })
      expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null)
      const sent = await upload(token)
      expect([sent.status, await sent.json()]).toEqual([status, answer.body])
      expect([await project.stored(), await objects()]).toEqual(before)
      const log = JSON.stringify(project.lines)
      for (const part of token.split('.').filter((one) => one.length > 0))
        expect(`${JSON.stringify(answer.body)}${log}`).not.toContain(part)
      expect(project.lines).toMatchObject([
        { phase: 'auth', code: 'REMOTE_DENIED', status },
        { phase: 'auth', status },
      ])
    },
  )
})

describe('a good identity token', () => {
  test('an identity token is valid for all calls with one key, and refused for another key with nothing stored', async () => {
    const token = await provider.sign()
    const key = randomUUID()
    expect(await send(token, stageUnder(key))).toMatchObject({ status: 200, body: { ok: true, staged: 1 } })
    expect((await send(token, stageUnder(key))).status).toBe(200)
    const before = await project.stored()
    expect(await send(token, stageUnder(randomUUID()))).toMatchObject({
      status: 401,
      body: {
        ok: false,
        error: {
          code: 'REMOTE_DENIED',
          message: 'the identity token was used for another publish',
          hint: 'request a new token: a token is valid for one idempotency key',
        },
      },
    })
    expect(await project.stored()).toBe(before)
    expect(project.lines.at(-1)).toMatchObject({ via: 'identity', phase: 'auth', status: 401 })
    expect((await send(await provider.sign(), stageUnder(key))).status).toBe(200)
  })

  test('an identity token is accepted for one of two simultaneous publishes', async () => {
    const token = await provider.sign()
    const answers = await Promise.all([1, 2, 3].map(() => send(token)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401])
  })

  test('an identity token is not used up by a dry run', async () => {
    const token = await provider.sign()
    const rollback = {
      action: 'rollback',
      actor: 'me',
      reason: 'r',
      target: { kind: 'agents', id: 'gone', toVersion: 1 },
    }
    const tries = [randomUUID(), randomUUID()].map((key) => ({ ...rollback, key, dryRun: true }))
    for (const one of tries) expect((await send(token, one)).status).toBe(404)
    expect((await send(token)).status).toBe(200)
  })

  test.each([
    ['a branch that fits a pattern', { ref: 'refs/heads/release/1.x' }],
    ['another listed event', { event_name: 'workflow_dispatch' }],
  ])('an identity token may be of %s', async (_what, claims) => {
    expect((await send(await provider.sign(claims))).status).toBe(200)
  })

  test('an identity token for one kind cannot change another kind', async () => {
    const token = () => provider.sign({ repository: 'octo/only-agents' })
    expect((await send(await token())).status).toBe(200)
    const before = [await project.stored(), await objects()]
    const key = randomUUID()
    const who = { key, actor: 'me', reason: 'r' }
    const other = { kind: 'templates', id: 'plan' }
    const commit = commitAt(1)
    const empty = { action: 'commit', key, actor: 'me', commit, parts: 0, content: 'c'.repeat(64) }
    const refused: [body: object, kind: string, what: string][] = [
      [stageUnder(key), 'templates', 'templates'],
      [{ ...empty, removals: [{ ...other, expectedVersion: 1 }] }, 'agents', 'templates'],
      [{ action: 'rollback', ...who, target: { ...other, toVersion: 1 } }, 'agents', 'templates'],
      [{ action: 'rollback', ...who, target: { release: 'abcd' } }, 'agents', 'whole releases'],
      [{ action: 'undelete', ...who, ...other }, 'agents', 'templates'],
      [{ action: 'promote', ...who, ...other }, 'agents', 'templates'],
      [{ action: 'disable', ...who, ...other }, 'agents', 'templates'],
      [{ action: 'enable', ...who, ...other }, 'agents', 'templates'],
    ]
    for (const [body, kind, what] of refused)
      expect(await send(await token(), body, kind)).toMatchObject({
        status: 403,
        body: {
          ok: false,
          error: {
            code: 'REMOTE_DENIED',
            message: `this identity may publish agents only, not ${what}`,
            hint: LISTED,
          },
        },
      })
    expect([await project.stored(), await objects()]).toEqual(before)
  })

  test('an identity token for one kind does not commit another kind that another caller staged', async () => {
    const key = randomUUID()
    const [agents, templates] = ['agents', 'templates'].map((kind) => ({ kind, packed: packSamples(kind) }))
    for (const { kind, packed } of [agents!, templates!]) {
      for (const { item, archive } of packed)
        await project.cloud.client.storage
          .from('registry')
          .upload(item.bundle.path, archive, { contentType: 'application/gzip' })
      const items = packed.map(({ item }) => item)
      expect((await send(project.publisher, { action: 'stage', key, part: 0, items }, kind)).status).toBe(200)
    }
    const content = contentHash(
      [agents!, templates!].flatMap(({ kind, packed }) => packed.map(({ item }) => ({ kind, ...item }))),
    )
    const commit = {
      action: 'commit',
      key,
      actor: 'me',
      commit: commitAt(1),
      parts: 2,
      content,
      removals: [],
    }
    // Keys belong to a principal, so definitions that others staged under the same key are not found.
    for (const repository of ['octo/only-agents', 'octo/agents'])
      expect(await send(await provider.sign({ repository }), commit)).toMatchObject({
        status: 409,
        body: { ok: false, error: { code: 'CONFLICT' } },
      })
    expect(await project.query('select from public.registry_revisions')).toEqual([])
    expect(await send(project.publisher, commit)).toMatchObject({ status: 200, body: { ok: true } })
  })

  test('the actor name of an identity token can be stored, wherever it is cut', async () => {
    const ref = `refs/heads/release/${'x'.repeat(254 - JOB.repository.length - 20)}😀`
    const undo = { action: 'undelete', key: randomUUID(), actor: 'me', kind: 'agents', id: 'nobody' }
    expect(await send(await provider.sign({ ref }), undo)).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND' } },
    })
  })
})
