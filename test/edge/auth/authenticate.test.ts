import { randomBytes } from 'node:crypto'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AuthenticateOptions, createAuthenticate } from '../../../src/edge/auth/authenticate.ts'
import type { IdentityPolicy } from '../../../src/edge/auth/identity-policy.ts'
import { readSecretKeys } from '../../../src/edge/auth/secret-keys.ts'
import { Refusal } from '../../../src/edge/http/refusal.ts'
import { AUDIENCE, type IdentityProvider, JOB, serveIdentityProvider } from '../support/identity-provider.ts'

const secret = () => `sb_secret_${randomBytes(24).toString('base64url')}`
const LEGACY = 'eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJl'
const KEYS = [secret(), secret(), LEGACY] as const
const PUBLISHABLE = `sb_publishable_${'a'.repeat(22)}`
const JWT_SECRET = randomBytes(48).toString('base64url')
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const ask = (options: AuthenticateOptions, headers: Record<string, string>) =>
  createAuthenticate(options)(new Request('http://functions.test/', { headers }))

/** The status and the body's error of a refusal. */
async function refused(work: Promise<unknown>) {
  const thrown = await work.catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(Refusal)
  const { status, phase, error } = thrown as Refusal
  expect(phase).toBe('auth')
  return [status, error.code, error.message]
}

describe('a secret key', () => {
  const options = { secretKeys: KEYS }

  test.each(KEYS)('every configured secret key is accepted as apikey, as bearer and as both', async (key) => {
    for (const headers of [
      { apikey: key },
      bearer(key),
      { apikey: key, ...bearer(key) },
      { apikey: PUBLISHABLE, ...bearer(key) },
      { authorization: `bearer  ${key}` },
    ])
      expect(await ask(options, headers)).toEqual({ via: 'secret' })
  })

  test.each([
    ['an unknown key', secret()],
    ['longer than a key', `${KEYS[0]}a`],
    ['shorter than a key', KEYS[0].slice(0, -1)],
    ['in upper case', `sb_secret_${KEYS[0].slice(10).toUpperCase()}`],
    ['two keys in one text', `${KEYS[0]}, ${KEYS[1]}`],
    ['a key’s prefix', 'sb_secret_'],
  ])('a secret key is refused when it is %s', async (_what, key) => {
    const answer = [401, 'REMOTE_DENIED', 'the secret key belongs to another project']
    expect(await refused(ask(options, { apikey: key }))).toEqual(answer)
    if (!key.includes(' ')) expect(await refused(ask(options, bearer(key)))).toEqual(answer)
    expect(await refused(ask({ secretKeys: [] }, { apikey: key }))).toEqual(answer)
  })

  test.each([
    ['nothing', {}],
    ['a publishable key', { apikey: PUBLISHABLE }],
    ['a publishable key twice', { apikey: PUBLISHABLE, ...bearer(PUBLISHABLE) }],
    [
      'a legacy anonymous key twice',
      { apikey: 'eyJhbGciOi.eyJyb2xl.c2ln', ...bearer('eyJhbGciOi.eyJyb2xl.c2ln') },
    ],
    ['an empty key', { apikey: '' }],
  ])('a reader needs no secret key: %s', async (_what, headers) => {
    expect(await ask(options, headers)).toBeUndefined()
  })

  test.each([
    ['Basic', 'Basic dXNlcjpwYXNz'],
    ['no token', 'Bearer'],
    ['two tokens', `Bearer ${KEYS[0]} ${KEYS[1]}`],
    ['a key without a scheme', KEYS[0]],
  ])('an authorization of another form is refused: %s', async (_what, authorization) => {
    expect(await refused(ask(options, { authorization }))).toEqual([
      401,
      'REMOTE_DENIED',
      'the authorization is not a bearer token',
    ])
  })

  test.each([
    [
      'the platform',
      { SUPABASE_SECRET_KEYS: JSON.stringify({ default: KEYS[0], ci: KEYS[1] }) },
      [KEYS[0], KEYS[1]],
    ],
    ['a variable', { SUPABASE_SECRET_KEY: KEYS[1], SUPABASE_SECRET_KEYS: '' }, [KEYS[1]]],
  ])('the secret keys are read from %s', (_what, env, keys) => {
    expect(readSecretKeys(env)).toEqual(keys)
  })

  test.each([
    [{}, 'neither SUPABASE_SECRET_KEYS nor SUPABASE_SECRET_KEY holds a key'],
    [{ SUPABASE_SECRET_KEYS: '{}' }, 'neither SUPABASE_SECRET_KEYS nor SUPABASE_SECRET_KEY holds a key'],
    [
      { SUPABASE_SECRET_KEY: `${KEYS[0]}\n` },
      'neither SUPABASE_SECRET_KEYS nor SUPABASE_SECRET_KEY holds a key',
    ],
    [
      { SUPABASE_SECRET_KEYS: `{"default":"${KEYS[0]}"` },
      'SUPABASE_SECRET_KEYS is not a JSON object of keys',
    ],
    [{ SUPABASE_SECRET_KEYS: `["${KEYS[0]}", 7]` }, 'SUPABASE_SECRET_KEYS is not a JSON object of keys'],
  ])('a badly configured secret key is refused without being quoted', (env, message) => {
    expect(() => readSecretKeys(env)).toThrow(new Error(message))
  })
})

describe("a user's token", () => {
  let keys: { privateKey: CryptoKey; publicKey: CryptoKey }
  let publisher: NonNullable<AuthenticateOptions['publisher']>
  let options: AuthenticateOptions

  beforeAll(async () => {
    keys = await generateKeyPair('ES256', { extractable: true })
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'auth', alg: 'ES256' }
    publisher = { issuer: 'https://abc.supabase.co/auth/v1', jwks: { keys: [jwk] } }
    options = { secretKeys: KEYS, publisher: { ...publisher, jwtSecret: JWT_SECRET } }
  })

  const CLAIMS = {
    aud: 'authenticated',
    role: 'authenticated',
    sub: 'a-user',
    email: 'me@example.com',
    app_metadata: { nofx_role: 'publisher' },
  }
  const hs256 = new TextEncoder().encode(JWT_SECRET)
  const sign = (
    claims: object = {},
    alg = 'ES256',
    key: CryptoKey | Uint8Array = alg === 'HS256' ? hs256 : keys.privateKey,
  ) =>
    new SignJWT({ exp: Math.floor(Date.now() / 1000) + 60, ...CLAIMS, ...claims })
      .setProtectedHeader({ alg, kid: 'auth' })
      .sign(key)
  const send = async (token: Promise<string> | string, to = options) =>
    ask(to, { apikey: PUBLISHABLE, ...bearer(await token) })

  test.each(['ES256', 'HS256'])(
    'a user token signed with %s identifies a publisher, by e-mail address or by id',
    async (alg) => {
      expect(await send(sign({}, alg))).toEqual({
        via: 'publisher',
        subject: 'user a-user',
        actor: 'me@example.com',
      })
      expect(await send(sign({ email: '' }, alg))).toEqual({
        via: 'publisher',
        subject: 'user a-user',
        actor: 'a-user',
      })
    },
  )

  test.each<[what: string, claims: object]>([
    ['a user without a role in NOFX', { app_metadata: {} }],
    ['a reader', { app_metadata: { nofx_role: 'reader' } }],
    [
      'a user who claims the role in user metadata',
      { app_metadata: undefined, user_metadata: { nofx_role: 'publisher' } },
    ],
    ['an anonymous user', { role: 'anon' }],
    ['the service role', { role: 'service_role' }],
  ])('a user token of %s may not publish', async (_what, claims) => {
    expect(await refused(send(sign(claims)))).toEqual([403, 'REMOTE_DENIED', 'this user is not a publisher'])
  })

  const foreign = async () => (await generateKeyPair('ES256')).privateKey
  const publicAsSecret = async () => new TextEncoder().encode(await exportSPKI(keys.publicKey))
  const past = Math.floor(Date.now() / 1000) - 60
  const REFUSED: [what: string, token: () => Promise<string>, why: string][] = [
    ['with a foreign key', async () => sign({}, 'ES256', await foreign()), 'has a wrong signature'],
    ['with another secret', () => sign({}, 'HS256', randomBytes(48)), 'has a wrong signature'],
    [
      'with the public key as secret',
      async () => sign({}, 'HS256', await publicAsSecret()),
      'has a wrong signature',
    ],
    ['with HS512', () => sign({}, 'HS512', hs256), 'is signed with an algorithm that is not accepted'],
    ['that has expired', () => sign({ exp: past }), 'has expired'],
    ['that has expired, signed with the secret', () => sign({ exp: past }, 'HS256'), 'has expired'],
    ['without an expiry', () => sign({ exp: undefined }), 'lacks "exp"'],
    ['without a subject', () => sign({ sub: undefined }), 'lacks "sub"'],
    ['that is not valid yet', () => sign({ nbf: past + 600 }), 'is not valid yet'],
    ['issued in the future', () => sign({ iat: past + 600 }), 'was issued in the future'],
    ['for another audience', () => sign({ aud: 'anon' }), 'is for another audience'],
    ['without an audience', () => sign({ aud: undefined }), 'lacks "aud"'],
    ['that is not a token', async () => 'hello', 'is not a JSON Web Token'],
    ['that encodes arrays', async () => 'W10.W10.W10', 'is not a JSON Web Token'],
    ['that encodes numbers', async () => 'MQ.MQ.MQ', 'is not a JSON Web Token'],
    ['that is a broken legacy key', async () => `${LEGACY}x`, 'is not a signed JSON Web Token'],
  ]
  test.each(REFUSED)('a user token %s is refused', async (_what, token, why) => {
    expect(await refused(send(token()))).toEqual([401, 'REMOTE_DENIED', `the bearer token ${why}`])
  })

  test('an HS256 token is refused where no secret is configured, whatever it is signed with', async () => {
    for (const key of [hs256, await publicAsSecret(), new Uint8Array(32)])
      expect(await refused(send(sign({}, 'HS256', key), { secretKeys: KEYS, publisher }))).toEqual([
        401,
        'REMOTE_DENIED',
        'the bearer token is signed with an algorithm that is not accepted',
      ])
  })

  test('a user token is refused where no publisher check is configured', async () => {
    expect(await refused(send(sign(), { secretKeys: KEYS }))).toEqual([
      401,
      'REMOTE_DENIED',
      'bearer tokens are not accepted here',
    ])
  })

  test('a user token is checked with the project’s key set, which is read once', async () => {
    const asked: string[] = []
    const fetch = async (input: string | URL | Request) => {
      asked.push(String(input))
      return Response.json(publisher.jwks)
    }
    const remote = { ...publisher, jwks: undefined, fetch: fetch as typeof globalThis.fetch }
    const authenticate = createAuthenticate({ secretKeys: KEYS, publisher: remote })
    for (let time = 0; time < 3; time++) {
      const request = new Request('http://functions.test/', { headers: bearer(await sign()) })
      expect((await authenticate(request))?.via).toBe('publisher')
    }
    expect(asked).toEqual(['https://abc.supabase.co/auth/v1/.well-known/jwks.json'])
  })
})

describe('the keys of an issuer', () => {
  let provider: IdentityProvider
  let options: AuthenticateOptions
  beforeAll(async () => {
    provider = await serveIdentityProvider()
  })
  beforeEach(() => {
    provider.faults.clear()
    provider.asked.length = 0
    const policy: IdentityPolicy = {
      kind: 'agents',
      issuer: provider.issuer,
      audience: AUDIENCE,
      repository: JOB.repository,
      refs: [JOB.ref],
      events: [JOB.event_name],
    }
    options = { secretKeys: KEYS, identity: { policies: async () => [policy], fetch } }
  })
  afterAll(() => provider.close())

  test('the keys of an issuer are found by its configuration, and read once for many tokens', async () => {
    const authenticate = createAuthenticate(options)
    const tokens = await Promise.all([1, 2, 3].map(() => provider.sign()))
    const requests = tokens.map((token) => new Request('http://functions.test/', { headers: bearer(token) }))
    for (const principal of await Promise.all(requests.map((request) => authenticate(request))))
      expect(principal).toMatchObject({
        via: 'identity',
        actor: 'octo/agents@refs/heads/main (push, run 42)',
        subject: expect.stringMatching(/^ci \S+ octo\/agents#refs\/heads\/main$/),
        kinds: ['agents'],
        previewKinds: [],
        origin: 'octo/agents#refs/heads/main',
        token: { issuer: provider.issuer, id: expect.any(String), expiresAt: expect.any(Number) },
      })
    expect(provider.asked.sort()).toEqual(['/.well-known/jwks', '/.well-known/openid-configuration'])
  })

  const configuration = '/.well-known/openid-configuration'
  test.each<[what: string, path: string, status: number, body: (issuer: string) => unknown]>([
    ['has no configuration', configuration, 404, () => ({})],
    ['has a page as configuration', configuration, 200, () => '<html>'],
    [
      'names another issuer',
      configuration,
      200,
      (at) => ({ issuer: `${at}/`, jwks_uri: `${at}/.well-known/jwks` }),
    ],
    [
      'has its keys on http',
      configuration,
      200,
      (at) => ({ issuer: at, jwks_uri: 'http://keys.example.com/' }),
    ],
    ['has its keys in a file', configuration, 200, (at) => ({ issuer: at, jwks_uri: 'file:///etc/passwd' })],
    ['has a page as keys', '/.well-known/jwks', 200, () => '<html>'],
    ['has no keys', '/.well-known/jwks', 500, () => ({})],
  ])(
    'unreadable keys of an issuer that %s are answered with 503, and a later request succeeds',
    async (_what, path, status, body) => {
      const authenticate = createAuthenticate(options)
      const request = new Request('http://functions.test/', { headers: bearer(await provider.sign()) })
      provider.faults.set(path, { status, body: body(provider.issuer) })
      expect(await refused(authenticate(request))).toEqual([
        503,
        'REMOTE_FAILED',
        'the identity token cannot be checked: the keys of its issuer cannot be read',
      ])
      provider.faults.clear()
      expect((await authenticate(request))?.via).toBe('identity')
    },
  )
})
