import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawDot } from '../../src/core/graph/dot.ts'
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
import { tellStory } from './support/story.ts'

const GRAPH = '/templates/publish-release/graph'
/** A busy machine is slow; what is waited for comes or does not. */
const PATIENT = { timeout: 20_000 }

interface Picture {
  nodes: { id: string; label: string; notes: string[] }[]
  edges: { from: string; to: string }[]
}

describe.skipIf(!CHROMIUM)('the console explains', () => {
  let site: ConsoleUnderTest
  let api: ReturnType<typeof createOpenedApi>
  beforeAll(async () => {
    site = await openConsole()
    await tellStory(site.server.registry)
    api = createOpenedApi(site)
  })
  afterAll(() => site?.close())

  test('a graph has the boxes and arrows that the CLI draws, and the list beside it says the same', async () => {
    const page = await site.read(GRAPH)
    await page.locator('.box').first().waitFor()
    const drawn = await readPicture(page)
    const graph = (await api(`/api${GRAPH}`)) as Picture
    expect(drawn.nodes.length).toBeGreaterThan(3)
    expect(drawn.edges.length).toBeGreaterThan(2)
    // Compared as the language of Graphviz, which `nofx registry show --graph --format dot` prints.
    expect(linesOf(drawn)).toEqual(linesOf(graph))
    expect(linesOf(await readList(page))).toEqual(linesOf(graph))
  })

  test('the arrow keys go from box to box, Enter leads to the step in the list, and the address holds it', async () => {
    const page = await site.read(GRAPH)
    await page.locator('.box').first().waitFor()
    await page.locator('.box[tabindex="0"]').focus()
    const here = () => inPage<string>(page, "document.activeElement.dataset.id ?? ''")
    const places = await page
      .locator('.box')
      .evaluateAll((all) => all.map((one) => ({ id: one.dataset.id, top: one.getBoundingClientRect().top })))
    const topOf = (id: string) => places.find((place) => place.id === id)?.top ?? Number.NaN
    for (let before = await here(); ; ) {
      await page.keyboard.press('ArrowDown')
      const after = await here()
      if (after === before) break
      expect(topOf(after)).toBeGreaterThan(topOf(before))
      before = after
    }
    const last = await here()
    expect(topOf(last)).toBe(Math.max(...places.map(({ top }) => top)))
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('.step.is-chosen').getAttribute('data-id')).toBe(last)
    expect(decodeURIComponent(new URL(page.url()).hash)).toBe(`#step:${last}`)
    await page.keyboard.press('ArrowUp')
    expect(topOf(await here())).toBeLessThan(topOf(last))
    expect(await page.locator('.box[tabindex="0"]').count()).toBe(1)
  })

  test('a circle and 200 steps are drawn within the frame, and zoom and keys reach all of them', async () => {
    const ids = Array.from({ length: 200 }, (_none, at) => `step-${at}`)
    const edges = ids.map((to, at) => ({ from: ids[at < 20 ? (at + 19) % 20 : at - 20] ?? '', to }))
    const large = { nodes: ids.map((id) => ({ id, label: id, notes: ['x'.repeat(90)] })), edges }
    const prepare = (page: Page) =>
      page.route(/\/graph$/, (route) =>
        route.request().resourceType() === 'fetch' ? route.fulfill({ json: large }) : route.fallback(),
      )
    for (const width of [1280, 390]) {
      const page = await settled(await site.visit(GRAPH, { prepare, width }))
      await page.locator('.box').first().waitFor()
      expect(await page.locator('.box').count()).toBe(200)
      expect(await page.locator('.arrow').count()).toBe(edges.length)
      const frame = await page.locator('.graph-frame').boundingBox()
      expect(frame?.width).toBeLessThanOrEqual(width)
      await page.getByRole('button', { name: 'Whole' }).click()
      for (const id of [ids[0], ids[199]]) {
        const box = await page.locator(`.box[data-id="${id}"] rect`).boundingBox()
        expect(box && frame && box.x >= frame.x - 1 && box.x + box.width <= frame.x + frame.width + 1).toBe(
          true,
        )
      }
      await page.locator('.box[tabindex="0"]').focus()
      await page.keyboard.press('+')
      await page.keyboard.press('End')
      const isSeen = async () => {
        const focused = await page.locator('.box:focus rect').boundingBox()
        const around = await page.locator('.graph-frame').boundingBox()
        return focused && around && focused.y >= around.y && focused.y < around.y + around.height
      }
      await expect.poll(isSeen).toBe(true)
    }
  })

  test('links show both directions as the API has them, and what another version would break', async () => {
    const page = await site.read('/agents/reviewer/links?version=3')
    await page.locator('.box').first().waitFor()
    const { needs, neededBy } = await api('/api/agents/reviewer/links?version=3')
    const rows = await textsOf(page, '.link')
    expect(rows).toHaveLength(needs.length + neededBy.length)
    for (const [at, { id, kind, relation, range, met }] of [...neededBy, ...needs].entries())
      for (const part of [id, kind, relation, range ?? '', met ? 'met' : 'not met'])
        expect(rows[at]).toContain(part)
    expect(await textsOf(page, '.note')).toContain('Nothing would break if v3 were live.')
    const { edges } = await readPicture(page)
    for (const { kind, id } of neededBy) {
      expect(edges).toContainEqual({ from: `${kind}/${id}`, to: 'agents/reviewer' })
    }
    await page.locator('.box[data-id="agents/release-notes"]').click()
    await page.waitForURL(/\/agents\/release-notes\/links$/)
    await expect
      .poll(() => page.locator('.box.is-centre').getAttribute('data-id'), PATIENT)
      .toBe('agents/release-notes')
  })

  test('a release shows what it moved with the difference, who moved it and why', async () => {
    const page = await site.read('/releases')
    await page.locator('.releases .is-rollback a').click()
    await page.locator('.risk').first().waitFor()
    expect(await page.locator('.release-reason').innerText()).toBe('loops on large diffs')
    const [move] = await textsOf(page, '.move')
    expect(move).toMatch(/^rolled-back reviewer agents v3 → v4 the content of v2/)
    expect(await page.locator('main').innerText()).toContain(`by ${PERSON}`)
    const { risks } = await api('/api/agents/reviewer/diff?from=3&to=4')
    expect(await page.locator('.risk').count()).toBe(risks.length)
    const reader = await settled(await site.visit(new URL(page.url()).pathname.replace('/console', '')))
    expect(await reader.locator('main').innerText()).not.toContain(PERSON)
  })

  test('the feed is played again from a number, step by step or by itself, and keeps its filters in the address', async () => {
    const prepare = (page: Page) => page.clock.install()
    const page = await settled(await site.visit('/feed?since=2&kind=agents', { signedIn: true, prepare }))
    const seqs = () => page.locator('.event').evaluateAll((all) => all.map((one) => Number(one.dataset.seq)))
    const { events } = await api('/api/events?since=2')
    const expected = events
      .filter(({ kind }: { kind: string }) => kind === 'agents')
      .map(({ seq }: { seq: number }) => seq)
    await page.getByRole('button', { name: 'Step' }).click()
    await expect.poll(seqs).toEqual(expected.slice(0, 1))
    await page.getByRole('button', { name: 'Step' }).click()
    await expect.poll(seqs).toEqual(expected.slice(0, 2).reverse())
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    const isOver = async () => {
      await page.clock.runFor(1000)
      return (await textsOf(page, '.replay [role=status]'))[0]
    }
    await expect.poll(isOver, PATIENT).toBe('at the end')
    expect(await seqs()).toEqual(expected.toReversed())
    await page.getByLabel('Type').selectOption('added')
    await page.waitForURL(/since=2&kind=agents&type=added/)
    // From a time on: what had happened by then is passed over, and the command names the number.
    const { at, seq } = events[2]
    const start = page.getByLabel('Event or time to start after')
    await start.fill(new Date(Date.parse(at) + 1).toISOString().replace('Z', '+00:00'))
    await start.press('Enter')
    await page.waitForURL(/since=2026-/)
    await page.getByLabel('Type').selectOption('')
    await page.getByRole('button', { name: 'Step' }).click()
    const next = expected.find((one: number) => one > seq)
    await expect.poll(seqs, PATIENT).toEqual([next])
    expect(await textsOf(page, '.page-foot code')).toEqual([expect.stringMatching(/watch --since \d+$/)])
    await page.getByRole('button', { name: 'Replay' }).click()
    await expect.poll(seqs).toContain(1)
  })

  test('a version is shown as it was, with when it was live, and leads to the versions beside it', async () => {
    const { items } = await api('/api/agents/reviewer/versions')
    const v3 = items.find(({ version }: { version: number }) => version === 3)
    const page = await site.read('/agents/reviewer/history')
    await page.getByRole('link', { name: `${v3.digest.slice(0, 8)}, the content of v3` }).click()
    await page.waitForURL(/reviewer\/v\/3$/)
    const head = page.locator('.version-head')
    await head.getByText(/was live from .* to /).waitFor()
    const times = await head.locator('strong time').evaluateAll((all) => all.map(({ dateTime }) => dateTime))
    const { until } = await api(`/api/agents/reviewer/live?at=${v3.createdAt}`)
    expect(times).toEqual([v3.createdAt, until])
    expect(await head.innerText()).toContain(v3.reason)
    const main = page.locator('main')
    expect(await main.innerText()).toContain('mcp.deploys.example.com')
    // What is live stands above; the content is that of the version.
    expect(await page.locator('.definition-heading').innerText()).toContain('live v4')
    await page.keyboard.press(']')
    await page.waitForURL(/reviewer\/v\/4$/)
    await head.getByText(/live since/).waitFor()
    expect(await main.innerText()).not.toContain('mcp.deploys.example.com')
    await page.keyboard.press(']')
    await head.getByText('a draft, not live').waitFor()
    await page.keyboard.press(']')
    await page.keyboard.press('[')
    await page.waitForURL(/reviewer\/v\/4$/)
    const reader = await settled(await site.visit('/agents/reviewer/v/2'))
    await reader.getByText('not live').waitFor()
    expect(await reader.locator('main').innerText()).not.toContain('say it more carefully')
    // Neither what is held nor a draft is there for readers.
    for (const version of [3, 5]) {
      const hidden = await site.visit(`/agents/reviewer/v/${version}`, { allow: /status of 404/ })
      await hidden.locator('.problem').waitFor()
    }
  })

  test('an address of the API that asks what was live shows that', async () => {
    const { items } = await api('/api/agents/reviewer/versions')
    const { createdAt } = items.find(({ version }: { version: number }) => version === 2)
    const page = await site.read(`/agents/reviewer/live?at=${createdAt}`)
    expect(await page.locator('.definition-heading').innerText()).toMatch(/live v2.* from .* until /)
    expect(await page.locator('.text').last().innerText()).toContain('You carefully review')
  })

  test('every page shows the moment that is travelled to, and now returns', async () => {
    const { items } = await api('/api/agents/reviewer/versions')
    const made = (version: number) =>
      items.find((one: { version: number }) => one.version === version).createdAt
    // Between the publish of v2 and that of v3.
    const at = new Date((Date.parse(made(2)) + Date.parse(made(3))) / 2).toISOString()
    const past = `?at=${encodeURIComponent(at)}`
    const page = await site.read(`/agents/reviewer${past}`)
    await page.locator('.time-bar input[type=range]').waitFor()
    expect(await page.locator('.definition-heading').innerText()).toMatch(/live v2.* from .* until /)
    expect(await page.locator('.text').last().innerText()).toContain('You carefully review')
    expect(await page.locator('.time-move').innerText()).toContain('say it more carefully')
    expect(await page.locator('.freshness').innerText()).toContain('the past')

    await page.getByRole('link', { name: 'History' }).click()
    await expect
      .poll(() => textsOf(page, '.versions .is-version'), PATIENT)
      .toEqual(['v2 1.3.0 live', 'v1 1.2.0'])
    await page.getByRole('link', { name: 'Agents' }).click()
    await expect
      .poll(() => textsOf(page, '.row:not(.is-head) .is-version'), PATIENT)
      .toEqual(['v1', 'v2', 'v1'])
    await page.getByRole('link', { name: 'Releases' }).click()
    await expect.poll(() => page.locator('.releases > li').count(), PATIENT).toBe(3)
    await page.getByRole('link', { name: 'NOFX' }).click()
    await expect
      .poll(() => textsOf(page, '.count-of-kind'), PATIENT)
      .toEqual(['3 live agents', '0 live servers', '0 live skills', '3 live templates'])

    await page.getByRole('button', { name: 'Return to now' }).last().click()
    await page.waitForURL(/\/console\/$/)
    await expect.poll(() => page.locator('.releases > li').count(), PATIENT).toBe(6)
    expect(await page.locator('.time-bar').count()).toBe(0)
  })

  test('a difference is that of the moment, also when the moment changes under it', async () => {
    const { items } = await api('/api/agents/reviewer/versions')
    const { createdAt } = items.find(({ version }: { version: number }) => version === 2)
    const path = `/agents/reviewer/diff?at=${encodeURIComponent(createdAt)}`
    const page = await site.read(path)
    const compared = async () => [
      await page.locator('.choices select').first().inputValue(),
      await page.locator('.choices select').last().inputValue(),
    ]
    await expect.poll(compared, PATIENT).toEqual(['1', '2'])
    await page.getByRole('button', { name: 'Return to now' }).last().click()
    // The draft that waits, beside what is live.
    await expect.poll(compared, PATIENT).toEqual(['4', '5'])
  })

  test('the arrow keys go from release to release, and a moment before the first version is said', async () => {
    const page = await site.read('/agents/reviewer', /status of 400/)
    await page.getByRole('button', { name: 'Look at an earlier time' }).click()
    const slider = page.getByRole('slider', { name: 'Release' })
    await slider.waitFor()
    await expect.poll(() => inPage<string>(page, 'document.activeElement.type')).toBe('range')
    const shown = () => page.locator('.definition-heading').innerText()
    const seen: string[] = []
    for (const version of [4, 3, 2, 1]) {
      await page.keyboard.press('ArrowLeft')
      await expect.poll(shown, PATIENT).toContain(`live v${version}`)
      seen.push(await page.locator('.time-move').innerText())
    }
    expect(seen.map((move) => move.split(' ')[0])).toEqual(['rollback', 'publish', 'publish', 'publish'])
    const field = page.getByRole('textbox', { name: 'Time, with its zone' })
    await field.fill('2020-01-01T12:00+01:00')
    await field.press('Enter')
    await page.getByText('agents/reviewer was not live yet').waitFor()
    await field.fill('tomorrow')
    await field.press('Enter')
    await page.getByText('is not a date or time').waitFor()
    const reader = await site.visit('/agents/reviewer?at=2026-01-01', { allow: /status of 40[13]/ })
    await reader.locator('.problem').waitFor()
    expect(await reader.locator('.time-bar').innerText()).toContain('is shown to publishers alone')
  })
})

/** What a page has drawn. */
async function readPicture(page: Page): Promise<Picture> {
  const nodes = await page.locator('.box').evaluateAll((all) =>
    all.map((one) => {
      const [label = '', ...notes] = [...one.querySelectorAll('text')].map(
        ({ textContent }) => textContent?.trim() ?? '',
      )
      return { id: one.dataset.id ?? '', label, notes }
    }),
  )
  const edges = await page
    .locator('.arrow')
    .evaluateAll((all) => all.map(({ dataset }) => ({ from: dataset.from ?? '', to: dataset.to ?? '' })))
  return { nodes, edges }
}

/** What the list beside the picture says. */
async function readList(page: Page): Promise<Picture> {
  const steps = await page.locator('.step').evaluateAll((all) =>
    all.map((one) => ({
      id: one.dataset.id ?? '',
      label: one.querySelector('.step-name')?.textContent ?? '',
      notes: [...one.querySelectorAll('.step-notes > span')].map(({ textContent }) => textContent ?? ''),
      after: [...one.querySelectorAll('.step-after a')].map((link) =>
        decodeURIComponent(link.getAttribute('href') ?? '').replace('#step:', ''),
      ),
    })),
  )
  const edges = steps.flatMap(({ id, after }) => after.map((from) => ({ from, to: id })))
  return { nodes: steps, edges }
}

/** The lines of a drawing, in an order that does not depend on the drawing. */
const linesOf = (picture: Picture) => drawDot(picture).split('\n').sort()
