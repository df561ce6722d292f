import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ASSET_CACHING, CONSOLE_HEADERS, PAGE_CACHING } from '../../src/api/console-headers.ts'
import { routing } from '../../src/dev/routing.ts'
import { serveConsole } from '../../src/dev/serve-console.ts'
import { temporaryFolder } from '../cloud/support/temporary-folder.ts'

const ORIGIN = 'http://127.0.0.1:1'

/** A built console with one asset, and a secret beside it. */
function builtConsole(): string {
  const folder = join(temporaryFolder(), 'console')
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>the page</title>')
  writeFileSync(join(folder, 'assets/console-ABC.js'), 'script')
  writeFileSync(join(folder, '..', 'secret.js'), 'secret')
  return folder
}

function siteOf(folder = builtConsole()) {
  const handle = routing([['/console', serveConsole(folder)]], new Set(['127.0.0.1']))
  return (path: string, init?: RequestInit) => handle(new Request(ORIGIN + path, init))
}

describe('the console of nofx dev', () => {
  test.each(['/console', '/console/', '/console/agents', '/console/agents/x/diff', '/console/a.js'])(
    '%s is the page, with all headers',
    async (path) => {
      const answer = await siteOf()(path)
      expect(await answer.text()).toContain('the page')
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        ...CONSOLE_HEADERS,
        'content-type': 'text/html; charset=utf-8',
        'cache-control': PAGE_CACHING,
      })
    },
  )

  test('the page is sent again only when it changed', async () => {
    const get = siteOf()
    const etag = (await get('/console/')).headers.get('etag') ?? ''
    const again = await get('/console/agents', { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    expect(again.headers.get('content-security-policy')).toBe(CONSOLE_HEADERS['content-security-policy'])
  })

  test('an asset never changes and has its type', async () => {
    const answer = await siteOf()('/console/assets/console-ABC.js')
    expect(await answer.text()).toBe('script')
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      ...CONSOLE_HEADERS,
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': ASSET_CACHING,
    })
  })

  test.each([
    '/console/assets/none.js',
    '/console/assets/',
    '/console/assets/../index.html/../../secret.js',
    '/console/assets/..%2f..%2fsecret.js',
    '/console/assets/%2e%2e/%2e%2e/secret.js',
    '/console/assets/console-ABC.js%00',
    '/console/assets/console-ABC.map',
  ])('%s is not served, and gives no file away', async (path) => {
    const answer = await siteOf()(path)
    const text = await answer.text()
    expect(text).not.toContain('script"')
    expect(text).not.toBe('secret')
    expect([404, 200]).toContain(answer.status)
    if (answer.status === 200) expect(text).toContain('the page')
  })

  test('other methods are refused', async () => {
    const answer = await siteOf()('/console/', { method: 'POST' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  test('a copy without a built console says how to build it', async () => {
    const answer = await siteOf('/nowhere')('/console/')
    expect([answer.status, await answer.json()]).toEqual([
      404,
      expect.objectContaining({ hint: 'in a checkout of nofx, build it: npm run build' }),
    ])
  })

  test('/ leads a browser to the console, and answers programs with JSON', async () => {
    const get = siteOf()
    const browser = await get('/', { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } })
    expect([browser.status, browser.headers.get('location')]).toEqual([302, '/console/'])
    for (const accept of ['*/*', 'application/json'])
      expect(await (await get('/', { headers: { accept } })).json()).toMatchObject({ name: 'nofx dev' })
    const without = routing([], new Set(['127.0.0.1']))
    const plain = await without(new Request(`${ORIGIN}/`, { headers: { accept: 'text/html' } }))
    expect([plain.status, await plain.json()]).toEqual([200, expect.objectContaining({ name: 'nofx dev' })])
  })
})

describe('vercel.json', () => {
  const vercel = JSON.parse(readFileSync('vercel.json', 'utf8')) as {
    headers: { source: string; headers: { key: string; value: string }[] }[]
    rewrites: object[]
    redirects: object[]
  }
  const headersOf = (source: string) =>
    Object.fromEntries(
      vercel.headers.find((rule) => rule.source === source)?.headers.map(({ key, value }) => [key, value]) ??
        [],
    )

  test('sends the same headers as nofx dev', () => {
    expect(headersOf('/console/(.*)')).toEqual(CONSOLE_HEADERS)
    expect(headersOf('/console/assets/(.*)')).toEqual({ 'cache-control': ASSET_CACHING })
    expect(headersOf('/console/((?!assets/).*)')).toEqual({ 'cache-control': PAGE_CACHING })
    expect(vercel.headers).toHaveLength(3)
  })

  test('sends every page but the assets to index.html, and / to the console', () => {
    expect(vercel.rewrites).toEqual([
      { source: '/console/((?!assets/).*)', destination: '/console/index.html' },
    ])
    expect(vercel.redirects).toEqual([{ source: '/', destination: '/console/', permanent: false }])
  })
})
