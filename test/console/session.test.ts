import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { createOpenedApi } from './support/api-calls.ts'
import {
  CHROMIUM,
  type ConsoleUnderTest,
  inPage,
  openConsole,
  PERSON,
  settled,
  textsOf,
} from './support/console-under-test.ts'
import { openMove, passUntil, planned, putVersion } from './support/moving.ts'

const DENIED = /status of 401/
const MINUTES = 60_000

describe.skipIf(!CHROMIUM)('a session of the console', () => {
  let site: ConsoleUnderTest
  let api: ReturnType<typeof createOpenedApi>
  beforeAll(async () => {
    site = await openConsole()
    api = createOpenedApi(site)
    for (const [at, status] of ['active', 'active', 'draft'].entries()) {
      const packed = packAgent('worker', `Version ${at + 1}.\n`, { status }, at)
      resultOf(
        await publish(site.server.registry, [packed], { actor: PERSON, reason: 'because it is better' }),
      )
    }
  })
  afterAll(() => site?.close())

  const person = (page: Page) => page.locator('.person').innerText()
  const visitWith = (code: string | undefined) =>
    site.visit(`/agents/worker#code=${code}`, { allow: DENIED }).then(settled)

  test('begins with a link that is valid once, and leaves no code in the address or history', async () => {
    const code = site.server.signInCode()
    const page = await visitWith(code)
    await expect.poll(() => person(page)).toBe(`${PERSON} publisher`)
    expect(page.url()).toBe(`${site.server.url}/console/agents/worker`)
    await page.getByRole('link', { name: 'History' }).click()
    await page.goBack()
    await page.goBack().catch(() => {})
    expect(page.url()).not.toContain('code')
    expect(await person(await visitWith(code))).toBe('Sign in')
    // A provider sends the browser back with a cookie alone.
    await page.goto(`${site.server.url}/console/agents`)
    await inPage(page, 'localStorage.clear()')
    await page.goto('about:blank')
    await page.goto(`${site.server.url}/console/agents#signed-in`)
    await expect.poll(() => person(page)).toContain(PERSON)
    expect(page.url()).toBe(`${site.server.url}/console/agents`)
  })

  test('shows a reader no draft, actor or reason, and Roll back disabled with the reason; a publisher sees all four', async () => {
    const inner = ['draft v3', PERSON, 'because it is better']
    const page = await settled(await site.visit('/agents/worker'))
    const rollback = page.getByRole('button', { name: 'Roll back…' })
    const main = () => page.locator('main').innerText()
    for (const text of inner) expect(await main()).not.toContain(text)
    const why = 'Only publishers move definitions: sign in.'
    expect([
      await rollback.getAttribute('aria-disabled'),
      await rollback.getAttribute('aria-description'),
    ]).toEqual(['true', why])
    await rollback.click({ force: true })
    expect(await page.locator('.sheet').count()).toBe(0)
    await page.getByRole('link', { name: why }).click()
    await page
      .getByLabel(/^Or paste the address/)
      .fill(`${site.server.url}/console/#code=${site.server.signInCode()}`)
    await page.locator('main').getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(/\/agents\/worker$/)
    await expect.poll(() => rollback.getAttribute('aria-disabled')).toBe('false')
    for (const text of inner) await expect.poll(main).toContain(text)
  })

  test('says why a code is refused, and takes the next one', async () => {
    const page = await settled(await site.visit('/sign-in', { allow: /status of 40[01]/ }))
    const send = async (text: string | undefined) => {
      await page.getByLabel(/^Or paste the address/).fill(text ?? '')
      await page.locator('main').getByRole('button', { name: 'Sign in' }).click()
    }
    await send('x'.repeat(22))
    await expect.poll(() => textsOf(page, '.problem')).toEqual([expect.stringContaining('was used before')])
    await send('not a code')
    await expect.poll(() => textsOf(page, '.problem')).toEqual([expect.stringContaining('is not a code')])
    await send(site.server.signInCode())
    await expect.poll(() => textsOf(page, 'h1')).toEqual(['Signed in'])
  })

  test('begins on a deployment at GitHub or with a password, and comes back to its page', async () => {
    const registry = { name: 'acme', environment: 'hosted', version: '1.0.0' }
    const place = { signedIn: false, publisher: false, actor: null, expiresAt: null, features: [], registry }
    const prepare = (page: Page) =>
      page.route('**/api/session', (route) =>
        route.fulfill({ json: { ...place, signIn: ['github', 'password'] } }),
      )
    const allow = /status of 404/
    const page = await settled(await site.visit('/sign-in?to=%2Fagents%3Ftag%3Da', { prepare, allow }))
    const link = page.getByRole('link', { name: 'Sign in with GitHub' })
    expect(await link.getAttribute('href')).toBe(
      `/api/session/start?${new URLSearchParams({ provider: 'github', to: '/console/agents?tag=a#signed-in' })}`,
    )
    await page.getByLabel('Email').fill(PERSON)
    await page.getByLabel('Password').fill('a password')
    const sent = page.waitForRequest('**/api/session/password')
    await page.getByRole('button', { name: 'Sign in with a password' }).click()
    expect((await sent).postDataJSON()).toEqual({ email: PERSON, password: 'a password' })
    await expect.poll(() => textsOf(page, '.problem')).toEqual([expect.stringContaining('not accepted here')])
    expect(page.url()).not.toContain('password')
  })

  test('that ends while a reason is typed loses nothing: another tab signs in, and the form goes on', async () => {
    const prepare = (page: Page) => page.clock.install()
    const page = await openMove(site, 'rollback:agents/worker', { prepare, allow: DENIED })
    await page.getByLabel(/^Reason/).fill('typed before the end')
    await page.context().clearCookies()
    await page.clock.fastForward(16 * MINUTES)
    await page.locator('.notice', { hasText: 'Your session has ended' }).waitFor()
    expect(await page.locator('.person').innerText()).toBe('Session ended, sign in')
    expect(await page.locator('#move-missing').innerText()).toBe('Your session has ended: sign in again.')
    expect(await textsOf(page, '.drafts li')).toHaveLength(1)
    const other = await page.context().newPage()
    await other.goto(`${site.server.url}/console/#code=${site.server.signInCode()}`)
    await page.locator('.notice').waitFor({ state: 'detached' })
    expect(await page.getByLabel(/^Reason/).inputValue()).toBe('typed before the end')
    await page.getByRole('button', { name: 'Roll back to v1' }).click()
    await page.locator('.done').waitFor()
    expect((await api('/api/agents/worker')).reason).toBe('typed before the end')
  })

  test('shows why nothing can be moved: in the past, without an earlier version, while the server does not answer', async () => {
    await putVersion(site.server.registry, 'still', 1)
    const prepare = (page: Page) => page.clock.install()
    const page = await settled(
      await site.visit('/agents/still', { signedIn: true, prepare, allow: /Failed to load|ERR_/ }),
    )
    const why = (name: string) => page.getByRole('button', { name }).getAttribute('aria-description')
    expect([await why('Roll back…'), await why('Disable…')]).toEqual(['There is no earlier version.', null])
    await page.route(/\/api\/(agents|kinds|events)/, (route) => route.abort('connectionrefused'))
    await passUntil(page, async () => (await why('Disable…')) === 'The server does not answer.')
    await page.unroute(/\/api\/(agents|kinds|events)/)
    await passUntil(page, async () => (await why('Disable…')) === null)
    const past = await site.visit(`/?at=${new Date().toISOString()}&move=disable:agents/still`, {
      signedIn: true,
    })
    await planned(past)
    await expect.poll(() => past.locator('#move-missing').innerText()).toMatch(/^This page shows the past/)
    await past.getByLabel(/^Reason/).fill('too late')
    expect(await past.locator('.sheet .is-primary').getAttribute('aria-disabled')).toBe('true')
  })

  test('ends in all tabs with Sign out, and what publishers see is gone', async () => {
    const page = await settled(await site.visit('/agents/worker', { signedIn: true, allow: DENIED }))
    const context = page.context()
    const other = await settled(await site.visit('/releases', { context, allow: DENIED }))
    await expect.poll(() => person(other)).toContain(PERSON)
    await page.getByRole('link', { name: PERSON }).click()
    await expect.poll(() => page.locator('main').innerText()).toMatch(/Role\s+publisher/)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect.poll(() => person(page)).toBe('Sign in')
    await page.goBack()
    await page.locator('.definition-heading').waitFor()
    expect(await page.locator('main').innerText()).not.toContain('draft')
    await expect.poll(() => person(other)).toBe('Session ended, sign in')
    await other.close()
    expect(await inPage(page, 'localStorage.getItem("nofx-signed-in")')).toBeNull()
  })

  test.each(['127.0.0.1', 'localhost'])(
    'is nothing to a foreign page on another port of %s: every request is refused, nothing moves, no frame opens',
    async (host) => {
      const page = await settled(await site.visit('/agents/worker', { signedIn: true }))
      await expect.poll(() => person(page)).toContain(PERSON)
      const foreign = await serveForeign(host)
      const before = await api('/api/releases?limit=1')
      const evil = await page.context().newPage()
      await evil.goto(foreign)
      const answers = await inPage<string[]>(evil, attack(site.server.url))
      expect(answers).toEqual(answers.map(() => expect.stringMatching(/^(opaque 0|refused)$/)))
      const frame = evil.frames().find((one) => one !== evil.mainFrame())
      expect(await frame?.locator('h1').count()).toBe(0)
      await evil.close()
      expect(await api('/api/releases?limit=1')).toEqual(before)
      // The session is still there: nothing ended or replaced it.
      await page.reload()
      await expect.poll(() => person(page)).toContain(PERSON)
    },
  )

  /** A page that is not of the console. */
  async function serveForeign(host: string): Promise<string> {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<!doctype html><title>evil</title><iframe hidden></iframe>')
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    onTestFinished(() => void server.close())
    return `http://${host}:${(server.address() as AddressInfo).port}/`
  }
})

const TARGETS = [
  ...['refresh', 'end', 'code', 'codes', 'password'].map((name) => `session/${name}`),
  ...['rollback', 'promote', 'disable', 'enable', 'undelete'].map((verb) => `agents/worker/${verb}`),
]

/** What a foreign page can try with the browser's cookies: JSON, a text that looks like JSON, and a frame. */
const attack = (url: string) => `(async () => {
  const frame = document.querySelector('iframe')
  const loaded = new Promise((done) => { frame.onload = done })
  frame.src = ${JSON.stringify(`${url}/console/agents/worker`)}
  await loaded
  const body = JSON.stringify({ reason: 'evil', targetVersion: 1, code: 'x'.repeat(22) })
  const tries = ${JSON.stringify(TARGETS)}.flatMap((path) => [
    { path, mode: 'cors', headers: { 'content-type': 'application/json' } },
    { path, mode: 'no-cors', headers: { 'content-type': 'text/plain' } },
  ])
  return Promise.all(tries.map(({ path, ...how }) =>
    fetch(${JSON.stringify(`${url}/api/`)} + path, { method: 'POST', credentials: 'include', body, ...how })
      .then(({ type, status }) => status >= 400 ? 'refused' : type + ' ' + status, () => 'refused')))
})()`
