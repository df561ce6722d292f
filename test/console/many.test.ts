import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import {
  CHROMIUM,
  type ConsoleUnderTest,
  inPage,
  openConsole,
  settled,
  textsOf,
} from './support/console-under-test.ts'
import { fillLarge, LINES } from './support/large-registry.ts'

/** A busy machine is slow; what is waited for comes or does not. */
const PATIENT = { timeout: 20_000 }
/** Counts the requests for pages of the list; what moved since is asked for beside them, as time passes. */
function countLists(page: Page): () => number {
  let count = 0
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (pathname === '/api/agents' && !searchParams.has('updatedSince')) count++
  })
  return () => count
}

/** Runs in the page before its own scripts: adds up what moved without a key or a click just before it, and names it. */
const SHIFTS = `
  window.shifts = 0
  window.movers = []
  const boxOf = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join()
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, startTime, sources } of list.getEntries())
      if (!hadRecentInput) {
        window.shifts += value
        for (const { node, previousRect, currentRect } of sources)
          window.movers.push(Math.round(startTime) + ' ms: ' + (node?.className || node?.nodeName) + ' from ' +
            boxOf(previousRect) + ' to ' + boxOf(currentRect))
      }
  }).observe({ type: 'layout-shift', buffered: true })`

/** Holds the answer to a search back until what it moves is no longer taken for the effect of a key. */
async function answerLate(page: Page): Promise<void> {
  const pressed = await inPage<number>(page, 'performance.now()')
  await page.route(/\/api\/.*search=/, async (route) => {
    const now = () => inPage<number>(page, 'performance.now()')
    await expect.poll(now, PATIENT).toBeGreaterThan(pressed + 1500)
    await route.continue()
  })
}

describe.skipIf(!CHROMIUM)('10,000 definitions', () => {
  let site: ConsoleUnderTest
  beforeAll(async () => {
    site = await openConsole({ fill: fillLarge })
  })
  afterAll(() => site?.close())

  test('scroll to the end and back, open, Back and search, within the limits', async () => {
    let lists = () => 0
    const prepare = async (page: Page) => {
      lists = countLists(page)
    }
    const page = await settled(await site.visit('/agents', { prepare }))
    const rows = page.locator('.row:not(.is-head)')
    expect(await textsOf(page, '.total')).toEqual(['10,000'])
    expect(await page.locator('.rows').getAttribute('aria-rowcount')).toBe('10001')

    await inPage(page, 'scrollTo(0, document.documentElement.scrollHeight)')
    await page.getByText('z-large', { exact: true }).waitFor()
    expect(lists()).toBeLessThanOrEqual(21)
    expect(await rows.count()).toBeLessThanOrEqual(60)
    expect(await rows.last().getAttribute('aria-rowindex')).toBe('10001')

    await inPage(page, 'scrollTo(0, 5000 * 36)')
    const middle = page.getByText('copy-05000', { exact: true })
    await middle.waitFor()
    expect(await rows.count()).toBeLessThanOrEqual(60)
    await middle.click()
    await page.waitForURL(/copy-05000$/)
    await settled(page)
    expect(await inPage<number>(page, 'scrollY')).toBe(0)
    await page.goBack()
    await middle.waitFor(PATIENT)
    await expect.poll(() => inPage<number>(page, 'scrollY'), PATIENT).toBe(5000 * 36)
    expect(lists()).toBeLessThanOrEqual(21)

    await page.keyboard.press('/')
    await page.keyboard.type('copy-0042')
    await page.keyboard.press('Enter')
    await page.waitForURL(/search=copy-0042/)
    await expect.poll(() => textsOf(page, '.total'), PATIENT).toEqual(['10'])
    expect(await rows.count()).toBe(10)
    expect(lists()).toBeLessThanOrEqual(22)

    await page.getByText('copy-00425', { exact: true }).click()
    await page.waitForURL(/copy-00425$/)
    await settled(page)
    await page.goBack()
    await expect.poll(() => textsOf(page, '.total'), PATIENT).toEqual(['10'])
    await page.goBack()
    await page.waitForURL(/\/agents$/)
    await middle.waitFor(PATIENT)
    await expect.poll(() => inPage<number>(page, 'scrollY'), PATIENT).toBe(5000 * 36)
  })

  test('the late answer to a search moves nothing, the command below the rows neither', async () => {
    const prepare = (page: Page) => page.addInitScript(SHIFTS)
    const page = await settled(await site.visit('/agents', { prepare }))
    await page.keyboard.press('/')
    await page.keyboard.type('copy-0042')
    await answerLate(page)
    await page.keyboard.press('Enter')
    await expect.poll(() => textsOf(page, '.total'), PATIENT).toEqual(['10'])
    expect(await page.locator('.page-foot').innerText()).toContain('--search copy-0042')
    const movers = await inPage<string>(page, "movers.join('; ')")
    expect(await inPage<number>(page, 'shifts'), movers).toBeLessThanOrEqual(0.02)
  })

  test('what moves while a list of several pages is read is counted in one request, and shown when it is asked for', async () => {
    let lists = () => 0
    const prepare = async (page: Page) => {
      lists = countLists(page)
      await page.clock.install()
    }
    const page = await settled(await site.visit('/agents', { prepare }))
    await inPage(page, 'scrollTo(0, 600 * 36)')
    await expect.poll(lists, PATIENT).toBeGreaterThanOrEqual(2)
    resultOf(await publish(site.server.registry, [packAgent('a-second', 'New.\n')]))
    const moved = page.getByRole('button', { name: '1 moved, show' })
    await expect
      .poll(async () => {
        await page.clock.runFor(31_000)
        return moved.count()
      }, PATIENT)
      .toBe(1)
    expect(await textsOf(page, '.total')).toEqual(['10,000'])
    expect(lists()).toBeLessThanOrEqual(2 + 4)
    await moved.click()
    await expect.poll(() => textsOf(page, '.total'), PATIENT).toEqual(['10,001'])
  })

  test('Ctrl+F finds a line far from the screen, and again from its field it is the browser’s', async () => {
    const page = await settled(await site.visit('/agents/z-large/diff?from=1&to=2'))
    await page.locator('.line-of-patch').first().waitFor()
    await page.keyboard.press('Control+f')
    await page.keyboard.type('4711 NEW')
    const line = page.locator('[id="prompts/system.md:4712"]')
    await line.waitFor(PATIENT)
    await expect.poll(() => line.getAttribute('class'), PATIENT).toContain('is-target')
    expect(await textsOf(page, '.find [role=status]')).toEqual(['1 of 1'])
    await page.keyboard.press('Control+a')
    await page.keyboard.type('one line of')
    await expect.poll(() => textsOf(page, '.find [role=status]'), PATIENT).toEqual(['1 of 12,000'])
    await page.keyboard.press('Shift+Enter')
    await expect.poll(() => textsOf(page, '.find [role=status]'), PATIENT).toEqual(['12,000 of 12,000'])
    expect(await inPage<number>(page, 'document.querySelectorAll("*").length')).toBeLessThanOrEqual(3000)
    const isTaken = `new Promise((done) => {
      addEventListener('keydown', (event) => done(event.defaultPrevented), { once: true })
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'f', ctrlKey: true, bubbles: true, cancelable: true }))
    })`
    expect(await inPage(page, isTaken)).toBe(false)
  })

  test('a prompt of 500 kB whose 6,000 lines changed has few elements, and its last line is reached', async () => {
    const page = await settled(await site.visit('/agents/z-large/diff?from=1&to=2'))
    await page.locator('.line-of-patch').first().waitFor()
    const elements = () => inPage<number>(page, 'document.querySelectorAll("*").length')
    expect(await elements()).toBeLessThanOrEqual(3000)
    await inPage(page, 'scrollTo(0, document.documentElement.scrollHeight)')
    await page.locator(`[id="prompts/system.md:${LINES}"]`).waitFor()
    expect(await elements()).toBeLessThanOrEqual(3000)
  })

  test('a link leads to a line in the middle of a long change', async () => {
    const page = await settled(await site.visit('/agents/z-large/diff?from=1&to=2#prompts/system.md:3000'))
    const line = page.locator('[id="prompts/system.md:3000"]')
    await line.waitFor()
    expect(await line.innerText()).toContain('2999 new')
    await expect.poll(() => inPage<number>(page, 'scrollY'), PATIENT).toBeGreaterThan(10_000)
  })

  test('a long prompt is folded, and shown when it is asked for', async () => {
    const page = await settled(await site.visit('/agents/z-large'))
    const text = page.locator('.text')
    expect((await text.innerText()).length).toBeLessThan(8000)
    await page.getByRole('button', { name: 'Show all 6,000 lines' }).click()
    await expect.poll(async () => (await text.innerText()).length, PATIENT).toBeGreaterThan(500_000)
  })
})
