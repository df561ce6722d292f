import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { loadSource } from './load-source.mjs'
import { median } from './measure.mjs'
import { startDev } from './start-dev.mjs'

const RUNS = 5
/** How much slower than this machine the processor of a reader's is. */
const SLOWER = 4
const ASSETS = 'dist/console/assets'
/** What an element that appears is waited for, ms. */
const PATIENT = { timeout: 120_000 }

/** Runs in the page before its own scripts: keeps what the browser reports of paints, shifts, input and long tasks. */
const OBSERVE = `
  window.seen = { lcp: 0, cls: 0, inp: 0, blocking: 0 }
  const watch = (type, take, rest) => new PerformanceObserver((list) => list.getEntries().forEach(take))
    .observe({ type, buffered: true, ...rest })
  watch('largest-contentful-paint', ({ startTime }) => { seen.lcp = startTime })
  watch('layout-shift', ({ hadRecentInput, value }) => { if (!hadRecentInput) seen.cls += value })
  watch('event', ({ interactionId, duration }) => { if (interactionId) seen.inp = Math.max(seen.inp, duration) }, { durationThreshold: 16 })
  watch('longtask', ({ duration }) => { seen.blocking += duration - 50 })`

/**
 * The console in Chromium over `nofx dev` with 10,000 agents, one of which has a prompt of 500 kB. Each figure is the
 * median of ${RUNS} fresh profiles; paints and input are measured with a processor slowed down four times.
 */
export async function measure({ bin }) {
  const { findChromium } = await loadSource('test/console/support/chromium.ts')
  const { fillLarge } = await loadSource('test/console/support/large-registry.ts')
  const executablePath = await findChromium()
  if (!executablePath) throw new Error('no Chromium here: name one in CHROMIUM')
  const cwd = mkdtempSync(join(tmpdir(), 'nofx-bench-console-'))
  let dev
  let browser
  try {
    await fillLarge({ root: cwd })
    dev = await startDev(bin, cwd)
    browser = await chromium.launch({ executablePath, args: ['--headless=new'] })
    const site = { browser, url: `${dev.url}/console` }
    return [
      ...(await firstLoad(site)),
      ...(await paintAndInput(site)),
      ...(await longList(site)),
      ...(await longDifference(site)),
    ]
  } finally {
    await browser?.close()
    await dev?.stop()
    rmSync(cwd, { recursive: true, force: true })
  }
}

async function firstLoad(site) {
  const all = await repeat(site, '/', async ({ page, asked }) => {
    await settled(page)
    // The feed is followed from when the page has what it shows.
    const all = asked.map((url) => basename(new URL(url).pathname))
    const end = all.findIndex((name) => name.startsWith('follow-'))
    const assets = all.slice(0, end < 0 ? undefined : end)
    const size = (end) =>
      assets.filter((name) => name.endsWith(end)).reduce((sum, name) => sum + gzipped(name), 0)
    return { script: size('.js') / 1000, style: size('.css') / 1000, requests: assets.length }
  })
  return [
    { what: 'JavaScript at first load, gzip', measured: `${all.script.toFixed(1)} kB`, goal: '<= 45 kB' },
    { what: 'CSS, gzip', measured: `${all.style.toFixed(1)} kB`, goal: '<= 8 kB' },
    { what: 'requests at first load', measured: `${all.requests}`, goal: '<= 6' },
  ]
}

/** A reader comes to the list, goes from row to row, searches, opens one and looks for its keys. */
async function paintAndInput(site) {
  const all = await repeat(
    site,
    '/agents',
    async ({ page, tools }) => {
      await settled(page)
      const first = await seenIn(tools)
      for (const key of ['j', 'j', 'j', 'k', '/']) await page.keyboard.press(key)
      await page.keyboard.type('copy-0042')
      await page.keyboard.press('Enter')
      const row = page.getByText('copy-00425', { exact: true })
      await row.waitFor(PATIENT)
      await row.click()
      await page.locator('.definition-heading').waitFor(PATIENT)
      await page.keyboard.press('?')
      await page.getByRole('dialog').waitFor(PATIENT)
      await page.keyboard.press('Escape')
      await drawn(tools)
      const { inp } = await seenIn(tools)
      return { lcp: first.lcp, cls: first.cls, inp }
    },
    { slower: SLOWER },
  )
  const where = `, ${SLOWER} × slower processor`
  return [
    {
      what: `largest paint of a list of 10,000${where}`,
      measured: `${all.lcp.toFixed(0)} ms`,
      goal: '<= 2,000 ms',
    },
    {
      what: `slowest answer to a key or click${where}`,
      measured: `${all.inp.toFixed(0)} ms`,
      goal: '<= 100 ms',
    },
    { what: 'layout shift while it loads', measured: all.cls.toFixed(3), goal: '<= 0.02' },
  ]
}

async function longList(site) {
  const all = await repeat(site, '/agents', async ({ page, tools, asked }) => {
    await settled(page)
    const started = performance.now()
    await valueIn(tools, 'scrollTo(0, document.documentElement.scrollHeight)')
    await page.getByText('z-large', { exact: true }).waitFor(PATIENT)
    const end = performance.now()
    const rows = await page.locator('.row:not(.is-head)').count()
    const lists = asked.filter((url) => new URL(url).pathname === '/api/agents').length
    await page.keyboard.press('/')
    await page.keyboard.type('copy-0042')
    const sought = performance.now()
    await page.keyboard.press('Enter')
    await page.locator('.total', { hasText: /^10$/ }).waitFor(PATIENT)
    return { rows, lists, end: (end - started) / 1000, search: performance.now() - sought }
  })
  return [
    { what: 'rows of 10,000 in the document', measured: `${all.rows}`, goal: '<= 60' },
    { what: 'requests to the end of 10,000', measured: `${all.lists}`, goal: '<= 21', seconds: all.end },
    { what: 'a search among 10,000', measured: `${all.search.toFixed(0)} ms`, goal: '' },
  ]
}

async function longDifference(site) {
  const all = await repeat(site, '/agents/z-large/diff?from=1&to=2', async ({ page, tools }) => {
    await page.locator('.line-of-patch').first().waitFor(PATIENT)
    await drawn(tools)
    const { blocking } = await seenIn(tools)
    return { elements: await valueIn(tools, 'document.querySelectorAll("*").length'), blocking }
  })
  return [
    { what: 'elements of 6,000 changed lines', measured: `${all.elements}`, goal: '<= 3,000' },
    { what: 'blocking of 6,000 changed lines', measured: `${all.blocking.toFixed(0)} ms`, goal: '<= 150 ms' },
  ]
}

/** Opens a page in fresh profiles, one after the other, and returns the median of each figure. */
async function repeat({ browser, url }, path, look, { slower = 1 } = {}) {
  const runs = []
  for (let run = 0; run < RUNS; run++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const page = await context.newPage()
    const asked = []
    page.on('request', (request) => asked.push(request.url()))
    await page.addInitScript({ content: OBSERVE })
    const tools = await context.newCDPSession(page)
    await tools.send('Emulation.setCPUThrottlingRate', { rate: slower })
    await page.goto(url + path)
    runs.push(await look({ page, tools, asked }))
    await context.close()
  }
  return Object.fromEntries(Object.keys(runs[0]).map((name) => [name, median(runs.map((run) => run[name]))]))
}

async function settled(page) {
  await page.locator('h1').waitFor(PATIENT)
  await page
    .locator('[aria-busy]')
    .first()
    .waitFor({ state: 'detached', ...PATIENT })
}

/** Asked as developer tools ask: the page's own policy allows no `eval`. */
async function valueIn(tools, expression) {
  const asked = { expression, awaitPromise: true, returnByValue: true }
  const { result, exceptionDetails } = await tools.send('Runtime.evaluate', asked)
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
  return result.value
}

/** Two frames later, what was asked for has been drawn. */
const drawn = (tools) =>
  valueIn(tools, 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))')

async function seenIn(tools) {
  await drawn(tools)
  return valueIn(tools, 'seen')
}

const gzipped = (name) => gzipSync(readFileSync(join(ASSETS, name)), { level: 9 }).length
