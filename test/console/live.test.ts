import type { Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Registry } from '../../src/core/registry/registry.ts'
import { commitAt, packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import {
  CHROMIUM,
  type ConsoleUnderTest,
  inPage,
  openConsole,
  settled,
  textsOf,
  type VisitOptions,
} from './support/console-under-test.ts'
import { editRows, whileStopped } from './support/registry-place.ts'

const LOST = /Failed to load resource|net::ERR/
/** A busy machine is slow; what is waited for comes or does not. */
const PATIENT = { timeout: 20_000 }

describe.skipIf(!CHROMIUM)('the console hears of changes', () => {
  let site: ConsoleUnderTest
  /** The newest version of the agent that the tests move. */
  let version = 0
  /** Publishes the agent once more. */
  const move = async (registry: Registry = site.server.registry) => {
    const packed = packAgent('mover', `You move: ${version + 1}.\n`, {}, version)
    resultOf(
      await publish(registry, [packed], { commit: commitAt(version + 1), reason: `move ${version + 1}` }),
    )
    version += 1
  }
  beforeAll(async () => {
    // The server ends and starts in these tests, with the registry that it has in its folder.
    site = await openConsole({ isEmbedded: true })
    await move()
  })
  afterAll(() => site?.close())

  /** A page that hears of changes; the server stops in some tests, which the browser reports as errors. */
  const visit = async (path: string, { prepare: first, ...options }: VisitOptions = {}) => {
    const prepare = async (page: Page) => {
      watchStreams(page)
      await first?.(page)
    }
    const page = await settled(await site.visit(path, { signedIn: true, allow: LOST, ...options, prepare }))
    await page.locator('.freshness', { hasText: 'live' }).waitFor()
    return page
  }
  /** A browser with several tabs. */
  const openTabs = async (paths: readonly string[], options: VisitOptions = {}) => {
    const first = await visit(paths[0] ?? '/', options)
    const context = first.context()
    const others = []
    for (const path of paths.slice(1))
      others.push(await visit(path, { ...options, context, signedIn: false }))
    return [first, ...others]
  }

  test('a publish shows in a list, a definition, its history, the feed and Now, without a reload', async () => {
    const paths = ['/agents', '/agents/mover', '/agents/mover/history', '/feed', '/']
    const [list, definition, history, feed, now] = (await openTabs(paths)) as [Page, Page, Page, Page, Page]
    await move()
    const name = `v${version}`
    await list.locator('.row.is-moved', { hasText: name }).waitFor()
    await definition.locator('.definition-heading', { hasText: `live ${name}` }).waitFor()
    await history.locator('.versions tbody tr').first().getByText(name, { exact: true }).waitFor()
    await feed.locator('.event').first().getByText(`move ${version}`).waitFor()
    await now.locator('.releases > li').first().getByText(`move ${version}`).waitFor()
    expect(await definition.locator('.announcer').innerText()).toBe(`agents/mover: updated, ${name}`)
  })

  test('a new definition waits beside the list until it is asked for; the rows stay where they are', async () => {
    const page = await visit('/agents')
    const before = await textsOf(page, '.row-link')
    resultOf(
      await publish(site.server.registry, [packAgent('aa-new', 'You are new.\n')], { commit: commitAt(99) }),
    )
    const news = page.getByRole('button', { name: '1 moved, show' })
    await news.waitFor()
    expect(await textsOf(page, '.row-link')).toEqual(before)
    await news.click()
    await expect.poll(() => textsOf(page, '.row-link'), PATIENT).toEqual(['aa-new', ...before])
    await expect.poll(() => news.count()).toBe(0)
  })

  test('what changed is said to screen readers in one sentence, and at most once in five seconds', async () => {
    const page = await visit('/feed', { prepare: (page) => page.clock.install() })
    const said = () => page.locator('.announcer').innerText()
    const arrived = () => page.locator('.event').first().getByText(`move ${version}`).waitFor()
    await page.clock.pauseAt(Date.now() + 10_000)
    await move()
    await arrived()
    const first = `agents/mover: updated, v${version}`
    await expect.poll(said, PATIENT).toBe(first)
    for (let more = 0; more < 2; more++) await move()
    await arrived()
    await page.clock.runFor(4_900)
    expect(await said()).toBe(first)
    await page.clock.runFor(200)
    expect(await said()).toBe(`agents/mover: updated, v${version}`)
  })

  test('an open diff stays as it is, and says that another version is live now', async () => {
    const page = await visit('/agents/mover/diff')
    await move()
    const notice = page.getByRole('link', { name: `v${version} is live now: compare with it` })
    await notice.waitFor()
    const shown = await page.locator('.choices select').evaluateAll((all) => all.map((one) => one.value))
    expect(shown.map(Number)).toEqual([version - 2, version - 1])
    await notice.click()
    await page.waitForURL(new RegExp(`to=${version}`))
  })

  test('three tabs hold one stream; closing the tab that has it moves it, and nothing is missed', async () => {
    const tabs = await openTabs(['/feed', '/feed', '/feed'])
    expect(holders(tabs)).toHaveLength(1)
    const [leading] = holders(tabs)
    await leading?.close()
    const rest = tabs.filter((tab) => tab !== leading)
    await expect.poll(() => holders(rest), PATIENT).toHaveLength(1)
    await move()
    for (const tab of rest) await tab.locator('.event', { hasText: `move ${version}` }).waitFor()
    for (const tab of rest) expect(repeated(await seqsOf(tab))).toEqual([])
  })

  test('a browser whose tabs are not seen for a minute closes its stream, and catches up when it is seen', async () => {
    const prepare = async (page: Page) => {
      await page.clock.install()
      await page.addInitScript(
        "Object.defineProperty(document, 'visibilityState', { get: () => (window.isAway ? 'hidden' : 'visible') })",
      )
    }
    const tabs = await openTabs(['/feed', '/feed'], { prepare })
    expect(holders(tabs)).toHaveLength(1)
    for (const tab of tabs) await setAway(tab, true)
    // The tabs of a browser have one clock.
    await tabs[0]?.clock.runFor(40_000)
    await expect.poll(() => holders(tabs), PATIENT).toHaveLength(1)
    await tabs[0]?.clock.runFor(21_000)
    await expect.poll(() => holders(tabs), PATIENT).toHaveLength(0)
    await move()
    for (const tab of tabs) await setAway(tab, false)
    for (const tab of tabs) await tab.locator('.event', { hasText: `move ${version}` }).waitFor()
    expect(holders(tabs)).toHaveLength(1)
    for (const tab of tabs) expect(repeated(await seqsOf(tab))).toEqual([])
  })

  test('after the server was away nothing is missing and nothing doubled; what is no longer kept is read again', async () => {
    const prepare = (page: Page) => page.clock.install()
    const [feed, list] = (await openTabs(['/feed', '/agents'], { prepare })) as [Page, Page]
    const before = await seqsOf(feed)
    await site.stop()
    for (const tab of [feed, list]) await tab.locator('.freshness', { hasText: 'No answer' }).waitFor()
    await whileStopped(site.place, async (registry) => {
      await move(registry)
      await move(registry)
    })
    await site.start()
    const caughtUp = async () => {
      await feed.clock.runFor(31_000)
      return (await textsOf(feed, '.freshness'))[0]?.startsWith('live')
    }
    await expect.poll(caughtUp, PATIENT).toBe(true)
    await feed.locator('.event', { hasText: `move ${version}` }).waitFor()
    const after = await seqsOf(feed)
    expect(after.slice(-before.length)).toEqual(before)
    expect(after).toEqual([Number(before[0]) + 2, Number(before[0]) + 1, ...before])
    await list.locator('.row', { hasText: `v${version}` }).waitFor()

    await site.stop()
    await whileStopped(site.place, async (registry) => {
      await move(registry)
      await move(registry)
    })
    await editRows(site.place, (session) => session.run(FORGET))
    await site.start()
    const hasReset = async () => {
      await feed.clock.runFor(31_000)
      return (await feed.getByText('Events were lost').count()) === 1
    }
    await expect.poll(hasReset, PATIENT).toBe(true)
    await list.locator('.row', { hasText: `v${version}` }).waitFor()
    await move()
    await feed.locator('.event', { hasText: `move ${version}` }).waitFor()
  })

  test('a server that has no stream to give is asked every 30 s, which the bar says', async () => {
    const prepare = async (page: Page) => {
      await page.clock.install()
      await page.route(/\/api\/events/, (route) =>
        route.request().headers().accept?.includes('event-stream')
          ? route.fulfill({
              status: 503,
              contentType: 'application/problem+json',
              body: '{"code":"TOO_MANY_STREAMS","status":503}',
            })
          : route.fallback(),
      )
    }
    const page = await settled(await site.visit('/agents/mover', { signedIn: true, prepare, allow: LOST }))
    await page.locator('.freshness', { hasText: 'checking every 30 s' }).waitFor()
    await move()
    const isThere = async () => {
      await page.clock.runFor(31_000)
      return page.locator('.definition-heading', { hasText: `live v${version}` }).count()
    }
    await expect.poll(isThere, PATIENT).toBe(1)
  })
})

/** The numbers of the events that a page shows. */
async function seqsOf(page: Page): Promise<number[]> {
  return page.locator('.event').evaluateAll((all) => all.map((one) => Number(one.dataset.seq)))
}

const repeated = (seqs: readonly number[]) => seqs.filter((seq, at) => seqs.indexOf(seq) !== at)

/** The streams that each page has open. */
const streams = new WeakMap<Page, Set<Request>>()

function watchStreams(page: Page): void {
  const open = new Set<Request>()
  streams.set(page, open)
  const leave = (request: Request) => void open.delete(request)
  page.on('request', (request) => {
    if (request.headers().accept === 'text/event-stream') open.add(request)
  })
  page.on('requestfinished', leave)
  page.on('requestfailed', leave)
}

/** The pages that hold a stream. */
const holders = (tabs: readonly Page[]) =>
  tabs.filter((tab) => !tab.isClosed() && (streams.get(tab)?.size ?? 0) > 0)

/** Tells a page that it is seen or not; a headless browser sees all of them. */
async function setAway(page: Page, isAway: boolean): Promise<void> {
  await inPage(page, `window.isAway = ${isAway}; document.dispatchEvent(new Event('visibilitychange'))`)
}

/** Deletes all events but the newest, as the retention does after months. */
const FORGET = `
  update registry_counter set floor = seq - 1;
  delete from registry_events where seq <= (select floor from registry_counter)`
