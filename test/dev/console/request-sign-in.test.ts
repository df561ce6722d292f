import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDataFolder } from '../../../src/cloud/embedded/database/data-folder.ts'
import { loadKeys } from '../../../src/cloud/embedded/keys.ts'
import { forgetRunningDev, noteRunningDev } from '../../../src/cloud/embedded/running-dev.ts'
import { requestSignIn } from '../../../src/dev/console/request-sign-in.ts'
import { signInLink } from '../../../src/dev/console/sign-in-link.ts'
import { type DevServer, serveDev } from '../../../src/dev/serve-dev.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { temporaryRoot } from '../../cloud/support/temporary-folder.ts'
import { placeEmbedded } from '../../harness/embedded-template.ts'

let root: ReturnType<typeof temporaryRoot>
let server: DevServer
const lines: string[] = []
beforeAll(async () => {
  root = temporaryRoot()
  await placeEmbedded(root.path)
  const log = (line: string) => void lines.push(line)
  server = await serveDev({ root: root.path, kinds: [agents], port: 0, actor: 'grace@example.com', log })
})
afterAll(async () => {
  await server?.close()
  root?.remove()
})

const codeIn = (link: string) => new URL(link).hash.replace('#code=', '')
const redeem = (code: string, origin = server.url) =>
  fetch(`${server.url}/api/session/code`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ code }),
  })

describe('the console of nofx dev', () => {
  test('a link is made for the folder of a running nofx dev alone', async () => {
    await expect(requestSignIn(root.path)).rejects.toMatchObject({ code: 'CONFIG' })
    noteRunningDev(root.path, server.url)
    const { link, expiresAt } = await requestSignIn(root.path)
    expect(link).toMatch(new RegExp(`^${server.url}/console/#code=[\\w-]{22}$`))
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now())
    forgetRunningDev(root.path)
  })

  test('a link signs a browser in once, in the name of who runs the server, and no line of the log has its code', async () => {
    const code = server.signInCode()!
    const answer = await redeem(code)
    expect(answer.status).toBe(200)
    const { accessToken, actor } = (await answer.json()) as { accessToken: string; actor: string }
    expect(actor).toBe('grace@example.com')
    const cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!
    expect(cookie).toMatch(new RegExp(`^nofx_session_${server.port}=`))
    const shown = await fetch(`${server.url}/api/session`, {
      headers: { authorization: `Bearer ${accessToken}` },
    })
    expect(await shown.json()).toMatchObject({
      ...{ publisher: true, actor, signIn: ['code'] },
      registry: { environment: 'dev', name: expect.any(String) },
    })
    // The database accepts the token, too: it reads releases with the rights of a publisher.
    const { publishable } = loadKeys(openDataFolder(root.path))
    const keys = { apikey: publishable, authorization: `Bearer ${accessToken}` }
    const rows = await fetch(`${server.url}/rest/v1/registry_releases?select=id`, { headers: keys })
    expect([rows.status, Array.isArray(await rows.json())]).toEqual([200, true])
    expect((await redeem(code)).status).toBe(401)
    expect(lines.join('\n')).not.toContain(code)
  })

  test('a page on another port of this machine cannot use a code or the cookie', async () => {
    const code = server.signInCode()!
    const foreign = await redeem(code, 'http://127.0.0.1:3000')
    expect([foreign.status, foreign.headers.getSetCookie()]).toEqual([403, []])
    expect((await redeem(code)).status).toBe(200)
  })

  test.each([
    ['http://127.0.0.1:54321', true],
    ['http://localhost:1', true],
    ['http://[::1]:54321', true],
    ['http://0.0.0.0:54321', false],
    ['http://192.168.0.7:54321', false],
    ['http://127.0.0.1.evil.example', false],
  ])('a link of %s is made: %s', (url, made) => {
    expect(signInLink(url, 'c') !== undefined).toBe(made)
    if (made) expect(codeIn(signInLink(url, 'c')!)).toBe('c')
  })
})
