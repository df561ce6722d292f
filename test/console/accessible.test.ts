import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOpenedApi } from './support/api-calls.ts'
import {
  CHROMIUM,
  type ConsoleUnderTest,
  inPage,
  NO_PAGE,
  openConsole,
  settled,
} from './support/console-under-test.ts'
import { OPERATION_PAGES, type Operations, placeOf, tellOperations } from './support/operations.ts'
import { OTHER_PAGES, tellOtherKinds } from './support/other-kinds.ts'
import { tellStory } from './support/story.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Stands for the id of the rollback. */
const RELEASE = '/releases/:rollback'
/** A time at which everything that the story publishes is live. */
const PAST = '?at=:now'

const PAGES = [
  '/',
  '/agents',
  '/agents?search=nothing',
  '/search?search=review',
  '/agents/reviewer',
  '/agents/reviewer?texts=rendered',
  '/agents/reviewer/history',
  '/agents/reviewer/diff?from=1&to=3',
  '/agents/reviewer/diff?from=1&to=3&view=split',
  '/templates/review-pull-request',
  '/releases',
  '/sign-in',
  '/agents/reviewer?move=rollback:agents/reviewer@3',
  '/?move=promote:agents/reviewer@5',
  '/releases?move=undo:ffffffff',
  '/templates/publish-release/instantiate',
  RELEASE,
  '/feed',
  '/feed?since=0',
  '/agents/reviewer/links?version=3',
  '/agents/reviewer/v/3',
  '/templates/review-pull-request/graph',
  `/agents/reviewer${PAST}`,
  `/${PAST}`,
  '/agents/none',
  NO_PAGE,
  ...OPERATION_PAGES,
  ...OTHER_PAGES,
]

/** What axe finds wrong, with the elements. */
async function violations(page: Page): Promise<string[]> {
  if (!(await inPage<boolean>(page, "'axe' in window"))) await inPage(page, AXE)
  const run = `axe.run(document, { resultTypes: ['violations'], selectors: false }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary)))`
  return inPage<string[]>(page, run)
}

describe.skipIf(!CHROMIUM)('everybody can use the console', () => {
  let site: ConsoleUnderTest
  let made: Operations
  beforeAll(async () => {
    site = await openConsole()
    await tellStory(site.server.registry)
    await tellOtherKinds(site.server.registry)
    made = await tellOperations(site)
  })
  afterAll(() => site?.close())

  /** A path with what the story has made. */
  const open = async (path: string) => {
    const { items } = await createOpenedApi(site)('/api/releases')
    const rollback = items.find(({ origin }: { origin: string }) => origin === 'rollback')
    const whole = placeOf(path, made).replace(':rollback', rollback.id).replace(':now', rollback.createdAt)
    const page = await site.read(whole, /status of (404|422)/)
    if (path.includes('move=')) await page.locator('.sheet :is(.plan, .problem)').waitFor()
    return page
  }

  test.each(PAGES)(
    'axe finds nothing on %s, in both themes and two widths, and at 320 px nothing scrolls sideways',
    async (path) => {
      const page = await open(path)
      for (const colorScheme of ['light', 'dark'] as const)
        for (const width of [1280, 390]) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize({ width, height: 800 })
          expect([colorScheme, width, await violations(page)]).toEqual([colorScheme, width, []])
        }
      await page.setViewportSize({ width: 320, height: 800 })
      const over = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      expect(await inPage<number>(page, over)).toBe(0)
    },
  )

  test('every control is reached by the Tab key, is seen when it is, and is 24 px high but for links in a text', async () => {
    const page = await settled(await site.visit('/agents/reviewer/diff?from=1&to=3', { signedIn: true }))
    const controls = await page.locator('a[href], button, input, select').count()
    const reached = new Set<string>()
    for (let pressed = 0; pressed < controls + 5; pressed++) {
      await page.keyboard.press('Tab')
      const { name, outline, height } = await inPage<{ name: string; outline: string; height: number }>(
        page,
        `(({ activeElement: e }) => ({
          name: e.tagName + ' ' + (e.getAttribute('aria-label') ?? e.textContent),
          outline: getComputedStyle(e).outlineStyle,
          height: (e.closest('label, button, a, select') ?? e).getBoundingClientRect().height,
        }))(document.activeElement.tagName === 'BODY' ? { activeElement: document.querySelector('.skip') } : document)`,
      )
      reached.add(name)
      if (!name.includes('Skip')) expect([name, outline]).toEqual([name, 'solid'])
      if (!name.startsWith('A ')) expect([name, height >= 24]).toEqual([name, true])
    }
    expect(reached.size).toBeGreaterThan(10)
    expect([...reached].some((name) => name.includes('split'))).toBe(true)
  })

  test('a navigation puts the focus on the heading, and the title says the page', async () => {
    const page = await settled(await site.visit('/agents'))
    await page.getByText('reviewer', { exact: true }).click()
    await page.waitForURL(/\/agents\/reviewer$/)
    await settled(page)
    expect(await inPage<string>(page, 'document.activeElement.textContent')).toBe('reviewer')
    expect(await page.title()).toBe('reviewer · agents · NOFX')
  })

  test('the menu and the keys are opened, walked and closed by the keyboard, and axe finds nothing in them', async () => {
    const page = await settled(await site.visit('/'))
    const menu = page.locator('.menu summary')
    await menu.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Webhooks' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Tab')
    expect(await inPage<string>(page, 'document.activeElement.textContent')).toBe('Previews')
    await page.keyboard.press('Escape')
    expect(await page.locator('.menu[open]').count()).toBe(0)
    expect(await inPage<string>(page, 'document.activeElement.tagName')).toBe('SUMMARY')
    await page.locator('h1').focus()
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    expect(await violations(page)).toEqual([])
  })

  test('under forced colours what is chosen, added and removed is told by lines', async () => {
    const path = '/agents/reviewer/diff?from=1&to=3'
    const page = await settled(await site.visit(path, { signedIn: true }))
    await page.emulateMedia({ forcedColors: 'active' })
    const styleOf = (selector: string, name: string) =>
      inPage<string>(page, `getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${name}`)
    expect(await styleOf('ins.line-of-patch mark', 'textDecorationLine')).toBe('underline')
    expect(await styleOf('.member-added', 'textDecorationLine')).toBe('underline')
    expect(await styleOf('.segments [aria-pressed="true"]', 'outlineStyle')).toBe('solid')
    const [here, other] = [
      await styleOf('.tab[aria-current]', 'borderBottomColor'),
      await styleOf('.tab:not([aria-current])', 'borderBottomColor'),
    ]
    expect(here).not.toBe(other)
  })

  test('the theme that is chosen stays', async () => {
    const page = await settled(await site.visit('/'))
    await page.getByRole('button', { name: 'Theme: system' }).click()
    await page.getByRole('button', { name: 'Theme: light' }).click()
    await page.reload()
    await settled(page)
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
  })
})
