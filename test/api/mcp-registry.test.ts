import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiUnderTest, openApiUnderTest } from './support/api-under-test.ts'

let api: ApiUnderTest

beforeAll(async () => {
  api = await openApiUnderTest()
})
afterAll(() => api?.close())

describe('a write of the MCP Registry API', () => {
  const version = 'servers/io.github.acme%2Fbooks/versions/1.0.0'

  test.each([
    ['POST', 'publish', 'run: nofx registry publish'],
    ['PUT', version, 'run: nofx registry publish'],
    ['DELETE', version, 'run: nofx registry disable servers <id> --reason <reason>'],
    ['PATCH', `${version}/status`, 'run: nofx registry disable servers <id> --reason <reason>'],
  ])('%s /%s names the command to use, at every base', async (method, path, hint) => {
    for (const base of ['/v0.1', '/v0', '/api/mcp-registry/v0.1', '/api/mcp-registry/v0.1/v0.1']) {
      const { status, json, headers } = await api.send(`${base}/${path}`, { method })
      expect([base, status, json.code, json.hint]).toEqual([base, 501, 'NOT_IMPLEMENTED', hint])
      expect(json.error).toBe(`${json.detail}; ${hint}`)
      expect(headers.get('cache-control')).toBe('no-store')
    }
  })
})
