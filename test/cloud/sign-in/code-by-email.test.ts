import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json as readBody } from 'node:stream/consumers'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendCode, signIn, storedTokens } from '../../../src/cloud/sign-in/sign-in.ts'

const USER = { id: 'b8a4c1de-0000-4000-8000-000000000001', email: 'ada@example.com' }
const CODE = '123456'

let server: Server
let place: { env: Record<string, string>; url: string; key: string }
/** Bodies of the requests by their paths. */
const bodies: Record<string, Record<string, unknown>> = {}

/** The session in the form of GoTrue's answer. */
async function createSession() {
  const claims = { email: USER.email, app_metadata: { nofx_role: 'publisher' } }
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(USER.id)
    .setExpirationTime('1h')
  const expires_at = Math.floor(Date.now() / 1000) + 3600
  const access_token = await token.sign(new Uint8Array(32))
  const user = {
    ...USER,
    aud: 'authenticated',
    app_metadata: {},
    user_metadata: {},
    created_at: '2026-01-01T00:00:00Z',
  }
  return { access_token, token_type: 'bearer', expires_in: 3600, expires_at, refresh_token: 'r1', user }
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '', 'http://localhost').pathname
    const body = (await readBody(request)) as Record<string, unknown>
    bodies[path] = body
    const answer = (status: number, value: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (path === '/auth/v1/otp')
      return body.email === USER.email
        ? answer(200, {})
        : answer(422, { code: 422, error_code: 'otp_disabled', msg: 'Signups not allowed for otp' })
    if (path === '/auth/v1/verify' && body.token === CODE) return answer(200, await createSession())
    answer(403, { code: 403, error_code: 'otp_expired', msg: 'Token has expired or is invalid' })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const folder = mkdtempSync(join(tmpdir(), 'nofx-code-'))
  place = {
    env: { XDG_CONFIG_HOME: folder, NOFX_KEYRING: 'file' },
    url,
    key: `sb_publishable_${'x'.repeat(20)}`,
  }
})
afterAll(() => {
  server.close()
  rmSync(place.env.XDG_CONFIG_HOME as string, { recursive: true })
})

test('a code is sent to a user that exists, and signs the user in', async () => {
  await sendCode(place, USER.email)
  expect(bodies['/auth/v1/otp']).toMatchObject({ email: USER.email, create_user: false })
  expect(await signIn(place, USER.email, { code: CODE })).toMatchObject({ ...USER, publisher: true })
  expect(bodies['/auth/v1/verify']).toMatchObject({ email: USER.email, token: CODE, type: 'email' })
  expect(await storedTokens(place.env, place.url).token()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
})

test('a wrong code and an unknown user are refused with what to do', async () => {
  await expect(signIn(place, USER.email, { code: '000000' })).rejects.toMatchObject({
    code: 'REMOTE_DENIED',
    hint: 'ask for another code: nofx login --otp',
  })
  await expect(sendCode(place, 'eve@example.com')).rejects.toMatchObject({
    code: 'REMOTE_DENIED',
    hint: 'ask the owner of the registry for an invitation',
  })
})
