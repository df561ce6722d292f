import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
import { runCommand, wordsOf } from './support/run-command.ts'
import { tellStory } from './support/story.ts'

/** Runs in the page before its own scripts: frames, and the timers that stand in for them, come a second late. */
const PAINT_LATE = `
  const [frame, timer] = [requestAnimationFrame, setTimeout]
  window.requestAnimationFrame = (draw) => timer(() => frame(draw), 1000)
  window.setTimeout = (act, ms, ...rest) => timer(act, ms > 0 && ms <= 100 ? 1000 : ms, ...rest)`

describe.skipIf(!CHROMIUM)('a reader of the console', () => {
  let site: ConsoleUnderTest
  beforeAll(async () => {
    site = await openConsole()
    await tellStory(site.server.registry)
  })
  afterAll(() => site?.close())

  test('is led from / to the console, and programs get JSON there', async () => {
    const page = await settled(await site.visit('/../'))
    expect(new URL(page.url()).pathname).toBe('/console/')
    const plain = await fetch(site.server.url)
    expect(await plain.json()).toMatchObject({ name: 'nofx dev' })
  })

  test('sees the agents with version and time, at the first load with six requests at most', async () => {
    const asked: string[] = []
    const prepare = async (page: {
      on(event: 'request', listener: (request: { url(): string }) => void): void
    }) => page.on('request', (request) => asked.push(request.url()))
    const page = await settled(await site.visit('/agents', { prepare }))
    const rows = await textsOf(page, '.row:not(.is-head)')
    expect(rows.map((row) => row.match(/^active (\S+) .* (v\d+)/)?.slice(1))).toEqual([
      ['release-notes', 'v1'],
      ['reviewer', 'v4'],
      ['triager', 'v1'],
    ])
    for (const time of await page.locator('.row time').all())
      expect(Date.parse((await time.getAttribute('datetime')) ?? '')).toBeLessThanOrEqual(Date.now())
    // The feed is followed from when the page has what it shows.
    const paths = asked.map((url) => new URL(url).pathname)
    const end = paths.findIndex((path) => path.includes('/follow-'))
    const atFirst = paths.slice(0, end < 0 ? undefined : end)
    expect(atFirst.map((path) => path.replace(/-\w{8}\./, '.')).sort()).toEqual([
      '/api/agents',
      '/api/kinds',
      '/api/session',
      '/console/agents',
      '/console/assets/chunk.js',
      '/console/assets/style.css',
    ])
  })

  test('sees what arrives between the drawing of a page and its first paint', async () => {
    const prepare = async (page: Page) => {
      await page.addInitScript({ content: PAINT_LATE })
      await page.route('**/api/session', async (route) => {
        await page.locator('h1', { hasText: 'Plans' }).waitFor()
        await route.continue()
      })
    }
    const page = await site.visit('/plans', { prepare })
    await page.getByText('Sign in as a publisher.').waitFor()
  })

  test('sees no draft, actor or reason; a publisher sees all of them', async () => {
    const inner = ['draft v5', 'held', 'loops on large diffs', PERSON]
    for (const [path, isSignedIn] of [
      ['/agents', false],
      ['/agents', true],
      ['/agents/reviewer', false],
      ['/agents/reviewer', true],
    ] as const) {
      const page = await settled(await site.visit(path, { signedIn: isSignedIn }))
      const text = (await textsOf(page, 'main')).join(' ')
      expect([path, inner.filter((word) => text.includes(word))]).toEqual([path, isSignedIn ? inner : []])
      expect(page.url()).not.toContain('code=')
    }
  })

  test('sees what the API says of a definition: live version, since, by, why and commit', async () => {
    const api = createOpenedApi(site)
    const definition = await api('/api/agents/reviewer')
    const page = await site.read('/agents/reviewer')
    const [heading = ''] = await textsOf(page, '.definition-heading')
    expect(definition).toMatchObject({ version: 4, reason: 'loops on large diffs', draftVersion: 5 })
    expect(heading).toContain(`live v${definition.version} (${definition.declaredVersion})`)
    expect(heading).toContain(`Rolled back by ${definition.actor}: “${definition.reason}”`)
    expect(heading).toContain(`commit ${definition.commitSha.slice(0, 8)}`)
    expect(heading).toContain(`held: ${definition.held[0].slice(0, 8)}`)
    expect(await page.locator('.definition-heading time').getAttribute('datetime')).toBe(definition.liveSince)
    expect(await textsOf(page, '.files .is-path')).toEqual(
      definition.files.map(({ path }: { path: string }) => path),
    )
    const href = await page.getByRole('link', { name: 'bundle' }).getAttribute('href')
    const bundle = await fetch(site.server.url + href)
    expect((await bundle.arrayBuffer()).byteLength).toBe(definition.bundle.size)
  })

  test('sees in the history what the API says of each version', async () => {
    const { items } = await createOpenedApi(site)('/api/agents/reviewer/versions')
    const page = await site.read('/agents/reviewer/history')
    const rows = await textsOf(page, '.versions tbody tr')
    expect(rows).toHaveLength(5)
    for (const [at, version] of items.entries()) {
      expect(rows[at]).toContain(`v${version.version} ${version.declaredVersion}`)
      expect(rows[at]).toContain(`${version.origin} by ${version.actor}`)
      expect(rows[at]).toContain(version.reason)
      expect(rows[at]).toContain(version.digest.slice(0, 8))
      const when = page.locator('.versions .is-when').nth(at)
      const times = await when.locator('time').evaluateAll((all) => all.map(({ dateTime }) => dateTime))
      const { createdAt, lived } = version
      expect(times).toEqual([createdAt, ...(lived?.until ? [lived.until] : [])])
      expect((await when.innerText()).includes('live until now')).toBe(lived?.until === null)
    }
    const names = await textsOf(page, '.versions .is-version:not(th)')
    expect(names.map((name) => name.match(/\b(live|draft|held)\b/)?.[0])).toEqual([
      'draft',
      'live',
      'held',
      undefined,
      undefined,
    ])
    expect(rows[1]).toContain('as v2')
    await page.getByRole('button', { name: 'Compare v4 with v5' }).click()
    await settled(page)
    expect(new URL(page.url()).search).toBe('?from=4&to=5')
  })

  test('sees risks first, the highest before the others, then settings as what came and went, then files', async () => {
    const page = await site.read('/agents/reviewer/diff?from=1&to=3')
    await page.locator('.risk').first().waitFor()
    expect(await textsOf(page, 'main h2')).toEqual([
      expect.stringMatching(/^Look twice 3 high, 3 medium$/),
      'Would break',
      expect.stringMatching(/^Settings \d+$/),
      'Files 2',
    ])
    await page.getByText('Nothing that is live.').waitFor()
    const levels = await textsOf(page, '.level')
    expect(levels).toEqual(['high', 'high', 'high', 'medium', 'medium', 'medium'])
    const secrets = page.locator('.field', { hasText: 'permissions.secrets' })
    expect(await secrets.locator('ins').allInnerTexts()).toEqual(['DEPLOY_TOKEN'])
    expect(await secrets.locator('del').count()).toBe(0)
    const prompt = page.locator('[id="prompts/system.md"]')
    expect(await prompt.locator('ins.line-of-patch mark').allInnerTexts()).toEqual(['carefully '])
    expect(await prompt.locator('del.line-of-patch mark').count()).toBe(0)
  })

  test('opens a link to a line of a split diff, and sees that line', async () => {
    const page = await settled(
      await site.visit('/agents/reviewer/diff?from=1&to=2&view=split#prompts/system.md:3'),
    )
    const line = page.locator('[id="prompts/system.md:3"]')
    await line.waitFor()
    expect(await line.getAttribute('class')).toContain('is-target')
    expect(await line.getAttribute('data-after')).toBe('3')
    expect(await page.locator('.pair').count()).toBeGreaterThan(3)
    const top = await inPage<number>(
      page,
      'document.getElementById("prompts/system.md:3").getBoundingClientRect().top',
    )
    expect(top).toBeGreaterThan(0)
    expect(top).toBeLessThan(800)
    expect(await page.getByRole('button', { name: 'split' }).getAttribute('aria-pressed')).toBe('true')
  })

  test('gets a link to a line by a click on its number, and more context by a button', async () => {
    const page = await settled(await site.visit('/agents/reviewer/diff?from=1&to=2'))
    const line = page.locator('ins.line-of-patch')
    await line.click({ position: { x: 20, y: 10 } })
    expect(decodeURIComponent(new URL(page.url()).hash)).toBe('#prompts/system.md:3')
    await page.locator('.is-target').waitFor()
    const before = await page.locator('.line-of-patch').count()
    expect(before).toBeGreaterThan(0)
    expect(await page.locator('.skipped').count()).toBe(0)
  })

  test('goes from version to version and between the views of a difference with keys, which can be switched off', async () => {
    const page = await settled(await site.visit('/agents/reviewer/diff?from=1&to=3', { signedIn: true }))
    const search = () => new URL(page.url()).search
    await page.locator('h1').focus()
    await page.keyboard.press('s')
    await expect.poll(search).toBe('?from=1&to=3&view=split')
    await page.keyboard.press(']')
    await expect.poll(search).toBe('?from=2&to=4&view=split')
    await page.keyboard.press('[')
    await page.keyboard.press('[')
    await expect.poll(search).toBe('?from=1&to=3&view=split')
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keys' })
    await help.waitFor()
    expect(await textsOf(page, '.key-list kbd')).toEqual(
      expect.arrayContaining(['?', 's', '[', ']', 'n', 'p']),
    )
    await help.getByRole('checkbox').click()
    await page.keyboard.press('Escape')
    await help.waitFor({ state: 'hidden' })
    await page.reload()
    await settled(page)
    await page.locator('h1').focus()
    await page.keyboard.press('s')
    await page.keyboard.press('?')
    expect(await help.count()).toBe(0)
    expect(search()).toBe('?from=1&to=3&view=split')
    await page.getByRole('button', { name: 'Keys' }).click()
    await help.getByRole('checkbox').click()
    await help.getByRole('button', { name: 'Close' }).click()
    await page.locator('h1').focus()
    await page.keyboard.press('s')
    await expect.poll(search).toBe('?from=1&to=3')
  })

  test('copies a command that lists the same definitions, whatever the filters', async () => {
    for (const [path, count] of [
      ['/agents', 3],
      ['/agents?owner=%40nofx%2Fagents', 2],
      ['/agents?waiting=true', 1],
      ['/agents?tag=code&search=review', 1],
      ['/agents?skill=code-review', 1],
      ['/templates?category=code-review', 1],
      ['/templates?status=draft', 0],
    ] as const) {
      const page = await site.read(path)
      const [command = ''] = await textsOf(page, '.page-foot code')
      const ran = await runCommand(site, ...wordsOf(command).slice(1))
      const listed = ran.json.data.heads.map(({ id }: { id: string }) => id)
      expect([path, listed.length]).toEqual([path, count])
      expect(listed).toEqual(await textsOf(page, '.row-link'))
    }
  })

  test('sees all kinds in the bar, by name', async () => {
    const page = await settled(await site.visit('/'))
    const names = ['Agents', 'Servers', 'Skills', 'Templates']
    expect((await textsOf(page, '.sections > a')).slice(0, 4)).toEqual(names)
  })

  test('searches every kind from Now, and the kind of the page elsewhere', async () => {
    const page = await settled(await site.visit('/'))
    await page.keyboard.press('/')
    await page.keyboard.type('review')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/search\?search=review$/)
    await page.locator('.newest a').nth(1).waitFor()
    expect(await textsOf(page, 'main .newest a')).toEqual(['reviewer', 'review-pull-request'])
    expect(await page.getByLabel('Search everything').count()).toBe(1)
    await page.locator('.newest a').first().click()
    await page.getByLabel('Search agents').waitFor()
  })

  test('finds a definition with the keyboard alone', async () => {
    const page = await settled(await site.visit('/'))
    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await page.locator('.row-link').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('triage')
    await page.keyboard.press('Enter')
    await page.waitForURL(/search=triage/)
    // The rows of before stay until the answer is there.
    await expect.poll(() => textsOf(page, '.row-link')).toEqual(['triager'])
    await page.locator('h1').focus()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/agents\/triager$/)
    await settled(page)
    expect(await inPage<string>(page, 'document.activeElement.tagName')).toBe('H1')
  })
})
