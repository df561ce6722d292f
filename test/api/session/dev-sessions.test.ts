import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApi } from '../../../src/api/app.ts'
import { ROUTES } from '../../../src/api/routes/routes.ts'
import { createDevSessions } from '../../../src/api/session/dev-sessions.ts'
import { type ApiUnderTest, openApiUnderTest, type Read } from '../support/api-under-test.ts'
import { fillRegistry } from '../support/filled-registry.ts'
import { expectPromised } from '../support/promised.ts'
import { expectProblem, publishVersions } from '../support/writing.ts'

const HERE = 'http://127.0.0.1:54321'
const JSON_TYPE = { 'content-type': 'application/json' }
/** What a browser sends with a request of the console's own page. */
const OWN = { ...JSON_TYPE, origin: HERE, 'sec-fetch-site': 'same-origin' }

let api: ApiUnderTest
let now = Date.now()
let send: (path: string, init?: RequestInit & { at?: string }) => Promise<Read>

beforeAll(async () => {
  api = await openApiUnderTest()
  await fillRegistry(api)
})
afterAll(() => api?.close())

beforeEach(() => {
  now = Date.now()
  const { jwtSecret } = api.cloud.keys
  const sessions = createDevSessions({
    ...{ jwtSecret, issuer: `${HERE}/auth/v1`, actor: 'grace@example.com', now: () => now },
  })
  const place = { name: 'acme', environment: 'dev' as const }
  const app = createApi({ ...api.ports, sessions, place })
  send = async (path, { at = HERE, ...init } = {}) => {
    const answer = await app.fetch(new Request(new URL(path, at), init))
    const text = await answer.text()
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      json: text === '' ? undefined : JSON.parse(text),
    }
  }
})

const post = (path: string, body: unknown = {}, headers: Record<string, string> = OWN, at?: string) =>
  send(path, { method: 'POST', body: JSON.stringify(body), headers, at })

async function newCode(): Promise<string> {
  const made = await post('/api/session/codes', {}, { ...JSON_TYPE, apikey: api.cloud.keys.secret })
  return expectPromised('createSignInCode', made, 201).json.code
}

/** The cookie of an answer, as a browser sends it. */
function cookieOf({ headers }: Read): string {
  const [cookie = ''] = headers.getSetCookie()
  return cookie.split(';')[0]!
}

async function signIn(): Promise<{ token: Record<string, string>; cookie: string; answer: Read }> {
  const answer = expectPromised('signInByCode', await post('/api/session/code', { code: await newCode() }))
  return { token: { authorization: `Bearer ${answer.json.accessToken}` }, cookie: cookieOf(answer), answer }
}

describe('signing in with a code', () => {
  test('a code makes a session, whose cookie no script reads and no other path gets', async () => {
    const { answer } = await signIn()
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^nofx_session_54321=[\w-]{43}; Path=\/api\/session; Max-Age=604800; HttpOnly; SameSite=Strict$/,
      ),
    ])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.json).toMatchObject({ actor: 'grace@example.com', publisher: true })
    const claims = decodeJwt(answer.json.accessToken)
    expect(claims.exp! - claims.iat!).toBe(900)
    expect(JSON.stringify(answer.json)).not.toContain(api.cloud.keys.secret)
    expect(answer.text).not.toContain(cookieOf(answer).split('=')[1])
  })

  test('a code is valid once, and for ten minutes', async () => {
    const code = await newCode()
    expect((await post('/api/session/code', { code })).status).toBe(200)
    expectProblem(await post('/api/session/code', { code }), 401, 'REMOTE_DENIED')
    const late = await newCode()
    now += 10 * 60_000 + 1
    expectProblem(await post('/api/session/code', { code: late }), 401, 'REMOTE_DENIED')
    expectProblem(await post('/api/session/code', { code: 'A'.repeat(22) }), 401, 'REMOTE_DENIED')
    for (const wrong of ['', 'short', 'x'.repeat(23), 7, null])
      expectProblem(await post('/api/session/code', { code: wrong }), 400, 'BAD_REQUEST')
  })

  test('only the secret key makes codes', async () => {
    const { token } = await signIn()
    expectProblem(await post('/api/session/codes', {}, { ...JSON_TYPE, ...token }), 404, 'NOT_FOUND')
    expectProblem(await post('/api/session/codes', {}, JSON_TYPE), 401, 'REMOTE_DENIED')
  })

  test('a browser cannot sign in on an address of the network, where the token would travel in the clear', async () => {
    const at = 'http://192.168.1.7:54321'
    const code = await newCode()
    expectProblem(await post('/api/session/code', { code }, { ...OWN, origin: at }, at), 404, 'NOT_FOUND')
    expect((await send('/api/session', { at })).json.signIn).toEqual([])
    expect((await send('/api/session', { at: 'http://localhost:1234' })).json.signIn).toEqual(['code'])
  })
})

describe('a session', () => {
  test('its token publishes in the name of the person, and is renewed by the cookie alone', async () => {
    const { token, cookie } = await signIn()
    const id = await publishVersions(api, 'active', 'active')
    const moved = await post(
      `/api/agents/${id}/rollback`,
      { targetVersion: 1, reason: 'a try' },
      { ...JSON_TYPE, ...token },
    )
    expect(moved.status).toBe(200)
    const [newest] = await api.ports.registry.history('agents', id)
    expect(newest).toMatchObject({ actor: 'grace@example.com', reason: 'a try' })
    const renewed = expectPromised(
      'refreshSession',
      await post('/api/session/refresh', {}, { ...OWN, cookie }),
    )
    expect(cookieOf(renewed)).not.toBe(cookie)
    const shown = await send('/api/session', {
      headers: { authorization: `Bearer ${renewed.json.accessToken}` },
    })
    expect(expectPromised('showSession', shown).json).toEqual({
      ...{
        signedIn: true,
        publisher: true,
        actor: 'grace@example.com',
        expiresAt: renewed.json.expiresAt.replace(/\.\d+Z/, '.000Z'),
      },
      ...{
        signIn: ['code'],
        registry: { name: 'acme', environment: 'dev', version: expect.any(String) },
        features: ['previews', 'streams', 'webhook-tests'],
      },
    })
  })

  test('an old cookie renews for a minute, so that a lost answer ends nothing, and then not', async () => {
    const { cookie } = await signIn()
    const refresh = (of: string) => post('/api/session/refresh', {}, { ...OWN, cookie: of })
    const next = cookieOf(await refresh(cookie))
    expect((await refresh(cookie)).status).toBe(200)
    now += 61_000
    expectProblem(await refresh(cookie), 401, 'REMOTE_DENIED')
    expect((await refresh(next)).status).toBe(200)
    now += 8 * 24 * 3_600_000
    expectProblem(await refresh(next), 401, 'REMOTE_DENIED')
  })

  test('an ended session renews nothing, by none of its cookies', async () => {
    const { cookie } = await signIn()
    const next = cookieOf(await post('/api/session/refresh', {}, { ...OWN, cookie }))
    const ended = await post('/api/session/end', {}, { ...OWN, cookie: next })
    expect([ended.status, ended.text]).toEqual([204, ''])
    expect(ended.headers.getSetCookie()[0]).toMatch(/^nofx_session_54321=; Path=\/api\/session; Max-Age=0;/)
    for (const of of [cookie, next])
      expectProblem(await post('/api/session/refresh', {}, { ...OWN, cookie: of }), 401, 'REMOTE_DENIED')
    expect((await post('/api/session/end', {}, OWN)).status).toBe(204)
  })

  test.each([
    ['no cookie', ''],
    ['the cookie of another port', 'nofx_session_3000='],
    ['two cookies of the name', 'nofx_session_54321=x; nofx_session_54321='],
    ['odd characters', 'nofx_session_54321="<script>"; x='],
  ])('%s renews nothing', async (_, start) => {
    const { cookie } = await signIn()
    const value = start === '' ? '' : start + cookie.split('=')[1]
    const answer = await post('/api/session/refresh', {}, { ...OWN, ...(value ? { cookie: value } : {}) })
    expectProblem(answer, 401, 'REMOTE_DENIED')
    expect(answer.headers.getSetCookie()).toEqual([])
  })
})

describe('a page of another origin', () => {
  const POSTS = ROUTES.filter(({ method, path }) => method === 'POST' && path.startsWith('/api/session/'))

  test.each([
    ['another port of this host', { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' }],
    ['another name of this host', { origin: 'http://localhost:54321', 'sec-fetch-site': 'cross-site' }],
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['no page that says where it is from', {}],
    ['a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a page that lies about one of the two', { origin: HERE, 'sec-fetch-site': 'same-site' }],
  ])('%s gets no session, with the cookie or a code', async (_, page) => {
    expect(POSTS.map(({ name }) => name).sort()).toEqual(
      ['createSignInCode', 'endSession', 'refreshSession', 'signInByCode', 'signInByPassword'].sort(),
    )
    const { cookie } = await signIn()
    const code = await newCode()
    const headers = { ...JSON_TYPE, cookie, ...page } as Record<string, string>
    const bodies: Record<string, object> = {
      signInByCode: { code },
      signInByPassword: { email: 'a@example.com', password: 'x' },
    }
    for (const { path, name } of POSTS) {
      const answer = await post(path, bodies[name] ?? {}, headers)
      expect([path, answer.status]).toEqual([path, name === 'createSignInCode' ? 401 : 403])
      expect(answer.headers.getSetCookie()).toEqual([])
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }
    // Nothing was used up.
    expect((await post('/api/session/code', { code })).status).toBe(200)
    expect((await post('/api/session/refresh', {}, { ...OWN, cookie })).status).toBe(200)
  })

  test('a form cannot ask: only JSON is read', async () => {
    const { cookie } = await signIn()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const answer = await post('/api/session/refresh', {}, { ...OWN, cookie, 'content-type': type })
      expectProblem(answer, 415, 'CONTENT_TYPE')
    }
  })
})

test('no route but those of the session reads the cookie: the answer is the public one', async () => {
  const { cookie } = await signIn()
  const fill = (path: string) =>
    path.replace(':kind', 'agents').replace(':id', 'steady').replace(':version', '1')
  for (const { method, path, name, query } of ROUTES) {
    if (path.startsWith('/api/session/') || name === 'receiveDeliveries') continue
    const asked =
      fill(path) +
      (name === 'diffVersions' ? '?from=1&to=2' : query && name === 'showLive' ? '?at=2026-01-01' : '')
    const init = method === 'GET' ? {} : { method, body: '{}' }
    const headers = method === 'GET' ? {} : JSON_TYPE
    const [open, held] = [
      await send(asked, { ...init, headers }),
      await send(asked, {
        ...init,
        headers: { ...headers, cookie, ...(method === 'POST' ? { origin: HERE } : {}) },
      }),
    ]
    const without = ({ status, json }: Read) => {
      const { instance: _, checks: __, ...rest } = json ?? {}
      return { status, rest }
    }
    expect([asked, without(held)]).toEqual([asked, without(open)])
    expect(held.headers.getSetCookie()).toEqual([])
  }
})

describe('who is asking', () => {
  const shown = async (headers: Record<string, string> = {}) =>
    expectPromised('showSession', await send('/api/session', { headers })).json

  test('the session says who a token is of, and who gives the role is for the page to say', async () => {
    expect(await shown()).toMatchObject({ signedIn: false, publisher: false, actor: null, expiresAt: null })
    const reader = await api.token({ role: 'reader' })
    expect(await shown(reader)).toMatchObject({
      ...{ signedIn: true, publisher: false, actor: 'ada@example.com', expiresAt: expect.any(String) },
    })
    expect(await shown(await api.token())).toMatchObject({
      signedIn: true,
      publisher: true,
      actor: 'ada@example.com',
    })
    const { publishable, secret } = api.cloud.keys
    expect(await shown({ apikey: secret })).toMatchObject({ signedIn: true, publisher: true, actor: null })
    expect(await shown({ apikey: publishable, authorization: `Bearer ${publishable}` })).toMatchObject({
      ...{ signedIn: false, publisher: false, actor: null },
    })
    const { cookie } = await signIn()
    expect(await shown({ cookie })).toMatchObject({ signedIn: false, publisher: false })
    expectProblem(
      await send('/api/session', { headers: await api.token({ expires: '-1h' }) }),
      401,
      'REMOTE_DENIED',
    )
  })
})
