import { describe, expect, test } from 'vitest'
import { problem as problemShape } from '../../src/api/reads/shapes.ts'
import { routing } from '../../src/dev/routing.ts'

const serve = routing(
  [
    ['/api', async () => new Response('here')],
    ['/rest/v1', async () => new Response('here')],
  ],
  new Set(['dev.corp.example', 'nofx', 'host.docker.internal']),
)
const ask = async (host: string, origin?: string, path = '/api/agents') => {
  const headers = origin === undefined ? undefined : { origin }
  const response = await serve(new Request(`http://${host}${path}`, { headers }))
  return { status: response.status, text: await response.text() }
}

describe('nofx dev', () => {
  test.each<[host: string, origin?: string]>([
    ['127.0.0.1:54321'],
    ['localhost:54321'],
    ['[::1]:54321'],
    ['192.168.1.5:54321'],
    ['nofx:54321'],
    ['host.docker.internal:54321'],
    ['dev.corp.example:54321'],
    ['127.0.0.1:54321', 'http://localhost:3000'],
    ['localhost:54321', 'http://[::1]:3000'],
    ['localhost:54321', 'https://shop.localhost'],
    ['192.168.1.5:54321', 'http://192.168.1.5:3000'],
  ])('nofx dev answers a request for %s from a page of %s', async (host, origin) => {
    expect(await ask(host, origin)).toEqual({ status: 200, text: 'here' })
  })

  test.each([
    ['a page on the web', 'localhost:54321', 'https://evil.example'],
    ['a page on an address', 'localhost:54321', 'http://203.0.113.7'],
    ['a page named like this machine', 'localhost:54321', 'https://localhost.evil.example'],
    ['a page that hides where it is from', 'localhost:54321', 'null'],
    ['a name that points here', 'evil.example:54321', 'http://evil.example:54321'],
    ['a name that points here, without an origin', 'evil.example', undefined],
    ['a name of one word that is not its own', 'evil:54321', undefined],
    ['a name that another machine can answer for', 'nofx.local:54321', undefined],
    ['a name of an internal domain', 'evil.internal', undefined],
    ['a name of a test domain', 'evil.test', undefined],
    ['a name with a dot at its end', 'evil.example.', undefined],
    ['a name that begins like an own one', '127.0.0.1.evil.example', undefined],
  ])('nofx dev refuses %s', async (_what, host, origin) => {
    const { status, text } = await ask(host, origin)
    // A problem document, as the API promises.
    const problem = JSON.parse(text)
    expect(problemShape.parse(problem)).toMatchObject({ status: 403, code: 'FOREIGN_PAGE' })
    expect([status, problem.detail.length > 0, problem.message]).toEqual([403, true, undefined])
    const { code, message, hint } = JSON.parse((await ask(host, origin, '/rest/v1/agents')).text)
    expect({ code, message, hint }).toEqual({
      code: problem.code,
      message: problem.detail,
      hint: problem.hint,
    })
  })
})
