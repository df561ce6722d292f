import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose'

export const AUDIENCE = 'https://registry.example.com'

/** The claims of a valid job; `registry_policies` gets an entry that allows it. */
export const JOB = {
  repository: 'octo/agents',
  ref: 'refs/heads/main',
  event_name: 'push',
  run_id: '42',
  sha: '1'.padStart(40, '0'),
  repository_id: '1001',
  repository_owner_id: '77',
  workflow_ref: 'octo/agents/.github/workflows/registry.yml@refs/heads/main',
  job_workflow_ref: 'octo/agents/.github/workflows/registry.yml@refs/heads/main',
}
export const REQUEST_TOKEN = 'the-token-that-the-runner-gave-to-this-job'

interface Signing {
  header?: Partial<JWTHeaderParameters>
  key?: CryptoKey | Uint8Array
}

/** An OpenID Connect provider as GitHub Actions has one, on loopback: discovery, key set, tokens for jobs. */
export interface IdentityProvider {
  issuer: string
  /** Seconds since 1970. */
  now: () => number
  /** A token of `JOB` with other claims; undefined removes one. */
  sign(claims?: Record<string, unknown>, signing?: Signing): Promise<string>
  publicKey: CryptoKey
  /** The variables that a runner sets for a job. */
  env: { ACTIONS_ID_TOKEN_REQUEST_URL: string; ACTIONS_ID_TOKEN_REQUEST_TOKEN: string }
  /** Requested paths, tokens with their audience. */
  asked: string[]
  /** Answers instead of the real ones, by path. */
  faults: Map<string, { status: number; body: unknown }>
  /** How long tokens live, seconds. */
  lifetime: number
  /** The claims of the requesting job besides those of `JOB`. */
  claims: Record<string, unknown>
  close(): Promise<void>
}

export async function serveIdentityProvider(): Promise<IdentityProvider> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'first', alg: 'RS256', use: 'sig' }
  const server = createServer(async (incoming, outgoing) => {
    const path = incoming.url ?? ''
    provider.asked.push(path)
    const { status, body } = provider.faults.get(path.replace(/\?.*/, '')) ?? (await answer(incoming, path))
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function answer({ headers }: IncomingMessage, path: string) {
    if (path === '/.well-known/openid-configuration')
      return { status: 200, body: { issuer, jwks_uri: `${issuer}/.well-known/jwks` } }
    if (path === '/.well-known/jwks') return { status: 200, body: { keys: [jwk] } }
    const audience = new URL(path, issuer).searchParams.get('audience')
    if (headers.authorization !== `Bearer ${REQUEST_TOKEN}` || !audience)
      return { status: 401, body: { message: 'no' } }
    return { status: 200, body: { value: await provider.sign({ aud: audience, ...provider.claims }) } }
  }

  const now = () => Math.floor(Date.now() / 1000)
  const provider: IdentityProvider = {
    issuer,
    now,
    publicKey,
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
    },
    asked: [],
    faults: new Map(),
    lifetime: 300,
    claims: {},
    sign: (claims = {}, { header = {}, key = privateKey } = {}) =>
      new SignJWT({
        iss: issuer,
        aud: AUDIENCE,
        jti: randomUUID(),
        iat: now(),
        nbf: now() - 60,
        exp: now() + provider.lifetime,
        ...JOB,
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'first', ...header })
        .sign(key),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return provider
}
