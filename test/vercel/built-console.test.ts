import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ASSET_CACHING, CONSOLE_HEADERS, PAGE_CACHING } from '../../src/api/console-headers.ts'
import { buildStatic } from './build-static.ts'
import { serveOutput } from './serve-output.ts'

/** What the whole Vercel CLI built (`npm run check:vercel`). Without it, the static part is built here. */
const ready = process.env.NOFX_VERCEL_OUTPUT

describe('the console that Vercel serves', () => {
  let output: string
  let site: Awaited<ReturnType<typeof serveOutput>>
  beforeAll(async () => {
    output = ready ?? (await buildStatic())
    site = await serveOutput(output)
  })
  afterAll(async () => {
    await site?.close()
    if (!ready) rmSync(output, { recursive: true, force: true })
  })
  const get = (path: string) => fetch(site.url + path, { redirect: 'manual' })

  test.each(['/console/', '/console/agents/x', '/console/agents/x/diff', '/console/index.html'])(
    '%s is the page, with all headers',
    async (path) => {
      const answer = await get(path)
      expect(answer.status).toBe(200)
      expect(await answer.text()).toContain('<body id="console">')
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        ...CONSOLE_HEADERS,
        'cache-control': PAGE_CACHING,
      })
    },
  )

  test('every file that the page names is an asset that never changes', async () => {
    const page = await (await get('/console/')).text()
    const named = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path = '']) => path)
    expect(named).toHaveLength(3)
    for (const path of named) {
      const answer = await get(path)
      expect([path, answer.status]).toEqual([path, 200])
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        ...CONSOLE_HEADERS,
        'cache-control': ASSET_CACHING,
      })
    }
  })

  test('an unknown asset is not found, and the page does not stand in for it', async () => {
    const answer = await get('/console/assets/none-ABCDEFGH.js')
    expect([answer.status, await answer.text()]).toEqual([404, expect.not.stringContaining('console')])
    // The same name may be found after the next deployment: the refusal must not be kept for a year.
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      ...CONSOLE_HEADERS,
      'cache-control': 'no-store',
    })
  })

  test('the schemas stay where they are, and / leads to the console', async () => {
    for (const kind of ['agents', 'templates'])
      expect(await (await get(`/${kind}.json`)).json()).toMatchObject({
        $id: `https://unpkg.com/nofx/docs/schema/${kind}.json`,
      })
    const top = await get('/')
    expect([top.status, top.headers.get('location')]).toEqual([307, '/console/'])
  })

  test('no source map and no name of a source is in the files', () => {
    const files = readdirSync(join(output, 'static/console'), { recursive: true }).map(String)
    expect(files.length).toBeGreaterThan(4)
    expect(files.filter((file) => file.endsWith('.map'))).toEqual([])
  })
})
