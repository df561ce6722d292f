import { SignJWT } from 'jose'
import { packAgent } from '../../cloud/support/definitions.ts'
import { json, type Keys, POST, stage, type Wanted } from './wanted.ts'

const writer = packAgent('writer', 'You write.\n')

const token = async (secret: string, claims: object, expires = '1h') =>
  new SignJWT({ role: 'authenticated', email: 'ann@example.com', ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject('00000000-0000-4000-8000-000000000001')
    .setAudience('authenticated')
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret))

const bearer =
  (make: (keys: Keys) => string | Promise<string>): Wanted['init'] =>
  async (keys) => ({
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${await make(keys)}` },
    body: JSON.stringify(stage('a token', writer)),
  })

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const publisher = { app_metadata: { nofx_role: 'publisher' } }

/** Requests with every sort of credentials. */
export const credentials: Wanted[] = [
  { what: 'no credentials', answer: '401 REMOTE_DENIED', init: POST(stage('x', writer), () => ({})) },
  {
    what: 'a key of another project',
    answer: '401 REMOTE_DENIED',
    init: POST(stage('x', writer), () => ({ apikey: `sb_secret_${'a'.repeat(32)}` })),
  },
  {
    what: 'a key that is one character short',
    answer: '401 REMOTE_DENIED',
    init: POST(stage('x', writer), ({ secret }) => ({ apikey: secret.slice(0, -1) })),
  },
  {
    what: 'the publishable key',
    answer: '401 REMOTE_DENIED',
    init: POST(stage('x', writer), ({ publishable }) => ({ apikey: publishable })),
  },
  {
    what: 'another scheme',
    answer: '401 REMOTE_DENIED',
    init: POST(stage('x', writer), () => ({ authorization: 'Basic YTpi' })),
  },
  { what: 'a text that is not a token', answer: '401 REMOTE_DENIED', init: bearer(() => 'eyJ.eyJ.x') },
  {
    what: 'a token signed with another secret',
    answer: '401 REMOTE_DENIED',
    init: bearer(() => token('another-secret-of-32-characters!!', publisher)),
  },
  {
    what: 'a token without a signature',
    answer: '401 REMOTE_DENIED',
    init: bearer(
      () => `${part({ alg: 'none' })}.${part({ role: 'authenticated', sub: 'a', exp: 9e9, ...publisher })}.`,
    ),
  },
  {
    what: 'an expired token',
    answer: '401 REMOTE_DENIED',
    init: bearer(({ jwtSecret }) => token(jwtSecret, publisher, '1h ago')),
  },
  {
    what: 'a user who is not a publisher',
    answer: '403 REMOTE_DENIED',
    init: bearer(({ jwtSecret }) => token(jwtSecret, {})),
  },
  {
    what: 'a publisher',
    answer: '200',
    init: bearer(({ jwtSecret }) => token(jwtSecret, publisher)),
  },
  {
    what: 'a secret key as the bearer',
    answer: '200',
    init: POST(stage('a bearer', writer), ({ secret }) => ({ authorization: `Bearer ${secret}` })),
  },
]
