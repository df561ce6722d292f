import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApi } from '../../../src/api/app.ts'
import { createHostedSessions } from '../../../src/api/session/hosted-sessions.ts'
import { type ApiUnderTest, openApiUnderTest, type Read } from '../support/api-under-test.ts'
import { expectPromised } from '../support/promised.ts'
import { expectProblem } from '../support/writing.ts'

const SITE = 'https://registry.example.com'
const OWN = { 'content-type': 'application/json', origin: SITE, 'sec-fetch-site': 'same-origin' }
const USER = { email: 'ada@example.com', app_metadata: { nofx_role: 'publisher' } }

/** The parts of Supabase Auth that a session needs, on a port of this machine, with its rules for PKCE and rotation. */
async function openAuth(publishable: string, accessToken: () => Promise<string>) {
  const codes = new Map<string, string>()
  const refresh = new Set<string>()
  const seen: { path: string; apikey: unknown }[] = []
  let fault: number | undefined
  const external: Record<string, boolean> = { github: true, email: true }
  const grant = async () => {
    const token = randomBytes(9).toString('base64url')
    refresh.add(token)
    return {
      access_token: await accessToken(),
      token_type: 'bearer',
      expires_in: 3600,
      refresh_token: token,
      user: USER,
    }
  }
  const granted = async (type: string | null, body: Record<string, string>) => {
    if (type === 'refresh_token') return refresh.delete(body.refresh_token ?? '') ? grant() : undefined
    if (type === 'password') return body.password === 'correct horse' ? grant() : undefined
    const challenge = codes.get(body.auth_code ?? '')
    codes.delete(body.auth_code ?? '')
    const made = createHash('sha256')
      .update(body.code_verifier ?? '')
      .digest('base64url')
    return challenge !== undefined && challenge === made ? grant() : undefined
  }
  const server: Server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://auth')
    seen.push({ path: url.pathname + url.search, apikey: request.headers.apikey })
    const answer = (status: number, body?: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body && JSON.stringify(body))
    if (fault !== undefined) return answer(fault, {})
    if (request.headers.apikey !== publishable) return answer(401, { error: 'no key' })
    if (url.pathname === '/auth/v1/settings') return answer(200, { external, disable_signup: true })
    const text = Buffer.concat(await request.toArray()).toString('utf8')
    if (url.pathname === '/auth/v1/logout') {
      refresh.clear()
      return answer(204)
    }
    const session = await granted(url.searchParams.get('grant_type'), text === '' ? {} : JSON.parse(text))
    return session ? answer(200, session) : answer(400, { error_code: 'bad' })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    seen,
    external,
    fail: (status: number | undefined) => {
      fault = status
    },
    /** The person agrees at the provider: the browser is sent back with a code. */
    agree(address: URL): URL {
      expect(address.pathname).toBe('/auth/v1/authorize')
      expect(address.searchParams.get('code_challenge_method')).toBe('s256')
      const code = randomBytes(9).toString('base64url')
      codes.set(code, address.searchParams.get('code_challenge') ?? '')
      const back = new URL(address.searchParams.get('redirect_to') ?? '')
      back.searchParams.set('code', code)
      return back
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

let api: ApiUnderTest
let auth: Awaited<ReturnType<typeof openAuth>>
beforeAll(async () => {
  api = await openApiUnderTest()
})
afterAll(() => api?.close())
beforeEach(async () => {
  const token = async () => (await api.token()).authorization!.replace('Bearer ', '')
  auth = await openAuth(api.cloud.keys.publishable, token)
})
afterEach(() => auth.close())

function site(password = false) {
  const publishableKey = api.cloud.keys.publishable
  const sessions = createHostedSessions({
    url: auth.url,
    publishableKey,
    fetch,
    providers: ['github'],
    password,
  })
  const app = createApi({ ...api.ports, sessions, place: { environment: 'hosted' } })
  return async (path: string, init: RequestInit = {}): Promise<Read> => {
    const answer = await app.fetch(new Request(new URL(path, SITE), init))
    const text = await answer.text()
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      json: text === '' ? undefined : JSON.parse(text),
    }
  }
}
type Send = ReturnType<typeof site>

const post = (send: Send, path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
  send(path, { method: 'POST', body: JSON.stringify(body), headers: { ...OWN, ...headers } })
const pairs = ({ headers }: Read) => headers.getSetCookie().map((cookie) => cookie.split(';')[0]!)
const START = `/api/session/start?provider=github&to=${encodeURIComponent('/console/agents/x?view=split#a:15')}`

/** Signs in at the provider; returns the session's cookie. */
async function signIn(send: Send): Promise<{ cookie: string; done: Read }> {
  const begun = await send(START)
  expect(begun.status).toBe(302)
  const back = auth.agree(new URL(begun.headers.get('location')!))
  const done = await send(back.pathname + back.search, { headers: { cookie: pairs(begun)[0]! } })
  return { cookie: pairs(done)[0]!, done }
}

describe('the ways to sign in', () => {
  const waysOf = async (send: Send) => (await send('/api/session')).json.signIn

  test('are those that the project has enabled, and Auth is asked once', async () => {
    const send = site(true)
    expect(await waysOf(send)).toEqual(['github', 'password'])
    expect(await waysOf(send)).toEqual(['github', 'password'])
    expect(auth.seen.filter(({ path }) => path.endsWith('/settings'))).toHaveLength(1)
    auth.external.github = false
    const other = site(true)
    expect(await waysOf(other)).toEqual(['password'])
    expectProblem(await other(START), 404, 'NOT_FOUND')
    auth.external.email = false
    expect(await waysOf(site(true))).toEqual([])
  })

  test('are all that could be while Auth does not say', async () => {
    auth.fail(500)
    expect(await waysOf(site(true))).toEqual(['github', 'password'])
    expect(await waysOf(site())).toEqual(['github'])
  })
})

describe('signing in at a provider', () => {
  test('the browser comes back to its page with a session that no script reads', async () => {
    const send = site()
    const begun = await send(START)
    expect(begun.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Secure-nofx_sign_in=[\w-]+; Path=\/api\/session; Max-Age=600; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ])
    const { cookie, done } = await signIn(send)
    expect([done.status, done.headers.get('location')]).toEqual([302, '/console/agents/x?view=split#a:15'])
    expect(done.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Secure-nofx_session=[\w-]+; Path=\/api\/session; Max-Age=604800; HttpOnly; Secure; SameSite=Strict$/,
      ),
      expect.stringMatching(/^__Secure-nofx_sign_in=; Path=\/api\/session; Max-Age=0;/),
    ])
    expect(done.headers.get('cache-control')).toBe('no-store')
    const session = expectPromised('refreshSession', await post(send, '/api/session/refresh', {}, { cookie }))
    expect(session.json).toMatchObject({ actor: 'ada@example.com', publisher: true })
    expect(session.text).not.toContain(pairs(session)[0]!.split('=')[1])
    // Auth rotates: the old cookie renews nothing, the new one does.
    expectProblem(await post(send, '/api/session/refresh', {}, { cookie }), 401, 'REMOTE_DENIED')
    const next = await post(send, '/api/session/refresh', {}, { cookie: pairs(session)[0]! })
    expect(next.status).toBe(200)
    const ended = await post(send, '/api/session/end', {}, { cookie: pairs(next)[0]! })
    expect(ended.status).toBe(204)
    expect(auth.seen.at(-1)?.path).toBe('/auth/v1/logout?scope=local')
  })

  test.each([
    'https://evil.example/console/',
    '//evil.example/console/',
    '/\\evil.example/console/',
    '\\/evil.example',
    '/console/../api/session/end',
    '/console/%2e%2e/%2e%2e/x/../../api',
    '/console',
    '/consolex/',
    'console/agents',
    'javascript:alert(1)',
    '/api/agents',
    `/console/${'x'.repeat(1_000)}`,
  ])('it comes back to no other address than one below /console/: %s', async (to) => {
    const answer = await site()(`/api/session/start?provider=github&to=${encodeURIComponent(to)}`)
    if (answer.status === 302) throw new Error(`sent to ${answer.headers.get('location')}`)
    expectProblem(answer, 400, 'BAD_REQUEST')
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  test.each(['provider=gitlab&to=/console/', 'to=/console/', 'provider=github', 'provider=github&to='])(
    'it does not begin with %s',
    async (query) => {
      expectProblem(await site()(`/api/session/start?${query}`), 400, 'BAD_REQUEST')
    },
  )

  test('a way back that this browser did not begin, or that belongs to another sign-in, gives no session', async () => {
    const send = site()
    const [mine, other] = [await send(START), await send(START)]
    const back = auth.agree(new URL(other.headers.get('location')!))
    const path = back.pathname + back.search
    expectProblem(await send(path), 400, 'BAD_REQUEST')
    // The state of another sign-in: somebody else's page sends its own way back.
    expectProblem(await send(path, { headers: { cookie: pairs(mine)[0]! } }), 400, 'BAD_REQUEST')
    // The same with the state put right: the code does not fit the verifier.
    const state = new URL(
      new URL(mine.headers.get('location')!).searchParams.get('redirect_to')!,
    ).searchParams.get('state')!
    back.searchParams.set('state', state)
    const forged = await send(back.pathname + back.search, { headers: { cookie: pairs(mine)[0]! } })
    expectProblem(forged, 401, 'REMOTE_DENIED')
    expect(forged.headers.getSetCookie()).toEqual([])
    for (const cookie of ['__Secure-nofx_sign_in=e30', '__Secure-nofx_sign_in=%%%'])
      expectProblem(await send(path, { headers: { cookie } }), 400, 'BAD_REQUEST')
  })

  test('a provider that refuses gives no session, and nothing of its text', async () => {
    const send = site()
    const begun = await send(START)
    const back = auth.agree(new URL(begun.headers.get('location')!))
    back.searchParams.delete('code')
    back.searchParams.set('error', 'access_denied')
    back.searchParams.set('error_description', '<script>alert(1)</script>')
    const answer = await send(back.pathname + back.search, { headers: { cookie: pairs(begun)[0]! } })
    expectProblem(answer, 401, 'REMOTE_DENIED')
    expect(answer.text).not.toContain('script')
  })
})

describe('a session of a deployment', () => {
  test('a user without the role is signed in, and is not a publisher', async () => {
    const { authorization } = await api.token({ role: 'reader' })
    const shown = await site()('/api/session', { headers: { authorization: authorization! } })
    expect(expectPromised('showSession', shown).json).toMatchObject({
      ...{ signedIn: true, publisher: false, actor: 'ada@example.com', signIn: ['github'] },
      registry: { name: 'registry.example.com', environment: 'hosted' },
    })
  })

  test('a password is accepted where the deployment says so, and nowhere else', async () => {
    const right = { email: 'ada@example.com', password: 'correct horse' }
    expectProblem(await post(site(), '/api/session/password', right), 404, 'NOT_FOUND')
    const send = site(true)
    expect((await send('/api/session')).json.signIn).toEqual(['github', 'password'])
    expectPromised('signInByPassword', await post(send, '/api/session/password', right))
    expectProblem(
      await post(send, '/api/session/password', { ...right, password: 'x' }),
      401,
      'REMOTE_DENIED',
    )
    expectProblem(await post(send, '/api/session/code', { code: 'A'.repeat(22) }), 404, 'NOT_FOUND')
    const key = { apikey: api.cloud.keys.secret }
    expectProblem(await post(send, '/api/session/codes', {}, key), 404, 'NOT_FOUND')
  })

  test('while Auth fails the session is not lost: the answer says to try again', async () => {
    const send = site()
    const { cookie } = await signIn(send)
    for (const status of [500, 503, 429, 200]) {
      auth.fail(status)
      const answer = await post(send, '/api/session/refresh', {}, { cookie })
      expectProblem(answer, 503, 'REMOTE_FAILED')
      expect(answer.headers.getSetCookie()).toEqual([])
    }
    auth.fail(undefined)
    expect((await post(send, '/api/session/refresh', {}, { cookie })).status).toBe(200)
    for (const { apikey } of auth.seen) expect(apikey).toBe(api.cloud.keys.publishable)
  })
})
