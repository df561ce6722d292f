import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commitAt, publish, resultOf } from '../cloud/support/definitions.ts'
import {
  CHROMIUM,
  type ConsoleUnderTest,
  openConsole,
  PERSON,
  settled,
  textsOf,
} from './support/console-under-test.ts'
import { passUntil } from './support/moving.ts'
import { editRows } from './support/registry-place.ts'
import { tellStory } from './support/story.ts'

const LOST = /Failed to load resource|net::ERR/

const YEAR = 365 * 24 * 3_600_000

const problem = (status: number, code: string, more: object = {}) => ({
  status,
  contentType: 'application/problem+json',
  headers: (status === 429 ? { 'retry-after': '2' } : {}) as Record<string, string>,
  body: JSON.stringify({
    type: 'about:blank',
    title: code,
    status,
    code,
    detail: `it failed with ${code}`,
    hint: `what to do about ${code}`,
    instance: '0f9e8d7c-request',
    ...more,
  }),
})

const API = /\/api\/(agents|kinds|templates|events)/

describe.skipIf(!CHROMIUM)('a server that fails', () => {
  let site: ConsoleUnderTest
  beforeAll(async () => {
    site = await openConsole()
    await tellStory(site.server.registry)
  })
  afterAll(() => site?.close())

  test('leaves the last data on the page, with their time, and is live again without a reload', async () => {
    const prepare = (page: Page) => page.clock.install()
    const page = await settled(await site.visit('/agents', { prepare, allow: LOST }))
    await page.locator('.freshness', { hasText: 'as of' }).waitFor()
    await page.route(API, (route) => route.abort('connectionrefused'))
    const [out, trouble] = [page.locator('.freshness.is-attention'), page.locator('.problem')]
    // The parts of the page ask, and fail, one after another.
    await passUntil(page, async () => (await out.count()) === 1 && (await trouble.count()) === 1)
    expect(await out.innerText()).toContain('No answer, as of')
    expect(await textsOf(page, '.row-link')).toEqual(['release-notes', 'reviewer', 'triager'])
    expect(await trouble.innerText()).toContain('does not answer')
    await page.unroute(API)
    await passUntil(page, async () => (await out.count()) + (await trouble.count()) === 0)
  })

  test.each([
    [503, 'REMOTE_FAILED'],
    [429, 'RATE_LIMITED'],
    [500, 'BUG'],
  ])(
    'with %d shows code, hint and the id of the request, and tries again when it is asked to',
    async (status, code) => {
      const prepare = async (page: Page) => {
        await page.clock.install()
        await page.route(/\/api\/agents\/reviewer$/, (route) => route.fulfill(problem(status, code)))
        // A page that hears of changes tries again by itself.
        await page.route(/\/api\/events/, (route) => route.abort())
      }
      const page = await site.visit('/agents/reviewer', { prepare, allow: LOST })
      await passUntil(page, async () => (await page.locator('.problem').count()) === 1)
      const text = await page.locator('.problem').innerText()
      for (const part of [code, `It failed with ${code}`, `what to do about ${code}`, '0f9e8d7c'])
        expect(text).toContain(part)
      await page.unroute(/\/api\/agents\/reviewer$/)
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.locator('.definition-heading').waitFor()
      expect(await page.locator('.problem').count()).toBe(0)
    },
  )

  test('without an answer about the session still shows what everybody may read', async () => {
    const prepare = (page: Page) => page.route(/\/api\/session/, (route) => route.abort())
    const page = await settled(await site.visit('/agents', { prepare, allow: LOST }))
    expect(await textsOf(page, '.row-link')).toEqual(['release-notes', 'reviewer', 'triager'])
  })

  test.each([-1, 1])(
    'a browser whose clock is %d year off has the times of the server, and its session lasts',
    async (years) => {
      const renewed: string[] = []
      const prepare = async (page: Page) => {
        page.on('request', (request) => request.url().endsWith('/refresh') && renewed.push(request.url()))
        await page.clock.install({ time: Date.now() + years * YEAR })
      }
      const page = await settled(await site.visit('/agents/reviewer', { signedIn: true, prepare }))
      await page.locator('.person', { hasText: PERSON }).waitFor()
      const since = page.locator('.definition-heading time').first()
      expect(await since.innerText()).toMatch(/^(just now|\d+ min ago)$/)
      await page.getByRole('link', { name: 'History' }).click()
      await page.locator('.versions .reason').first().waitFor()
      expect(renewed).toEqual([])
    },
  )

  test('a preview that expires and is removed while it is shown is said to be gone, and what was read stays', async () => {
    const { previews } = site.server.registry
    await previews.up({ name: 'short', origin: 'acme/agents#7', actor: PERSON, ttlHours: 1 })
    const prepare = (page: Page) => page.clock.install()
    const options = { signedIn: true, prepare, allow: LOST }
    const page = await settled(await site.visit('/agents/reviewer?env=short', options))
    const isTold = (text: string) => async () => (await page.locator('.band').innerText()).includes(text)
    await page.locator('.band', { hasText: 'of acme/agents#7, until' }).waitFor()
    const over = "update registry_previews set expires_at = now() - interval '1 minute' where name = 'short'"
    await editRows(site.place, (session) => session.run(over))
    await passUntil(page, isTold(', expired'))
    await previews.down('short', { onlyExpired: true })
    await passUntil(page, isTold('which does not exist'))
    await passUntil(page, async () => (await page.locator('.problem').count()) > 0)
    expect(await page.locator('.definition-heading').innerText()).toContain('live v4')
    await page.getByRole('link', { name: 'Back to production' }).click()
    await page.locator('.band', { hasText: 'nofx dev' }).waitFor()
    expect(await page.locator('.problem').count()).toBe(0)
  })

  test('a definition that is removed while it is read is said to be gone, and its last content stays', async () => {
    const page = await settled(await site.visit('/templates/triage-issue', { allow: LOST }))
    await page.locator('.freshness', { hasText: 'live' }).waitFor()
    const removals = [{ kind: 'templates', id: 'triage-issue', expectedVersion: 1 }]
    resultOf(await publish(site.server.registry, [], { kind: 'templates', removals, commit: commitAt(9) }))
    await page.locator('.problem').waitFor()
    expect(await page.locator('.problem').innerText()).toContain('does not exist')
    expect(await page.locator('.field').count()).toBeGreaterThan(0)
  })
})
