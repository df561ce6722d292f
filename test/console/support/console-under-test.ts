import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { type DevServer, serveDev } from '../../../src/dev/serve-dev.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import { temporaryRoot } from '../../cloud/support/temporary-folder.ts'
import { openedDatabase } from '../../harness/cloud-database.ts'
import { placeEmbedded } from '../../harness/embedded-template.ts'
import { findChromium } from './chromium.ts'
import type { Place } from './unserved.ts'

/** Undefined where no Chromium runs. */
export const CHROMIUM = await findChromium()

/** The person who signs in. */
export const PERSON = 'ada@example.com'

export interface VisitOptions {
  signedIn?: boolean
  width?: number
  theme?: 'light' | 'dark'
  /** Errors of the browser's console that belong to the test. */
  allow?: RegExp
  /** Another page of the same browser profile. */
  context?: BrowserContext
  /** Prepares the page before it is opened. */
  prepare?: (page: Page) => Promise<unknown>
}

/** `nofx dev` with the built console, and a Chromium. */
export interface ConsoleUnderTest {
  server: DevServer
  root: string
  /** Where a test writes while the server is stopped. */
  place: Place
  /** Opens a page of the console in a fresh profile; whatever the page does wrong fails the test. */
  visit(path: string, options?: VisitOptions): Promise<Page>
  /** Ends the server; the browser and the folder stay. */
  stop(): Promise<void>
  /** Starts the server again, at the same port. */
  start(): Promise<void>
  close(): Promise<void>
}

/**
 * Serves a registry on a PostgreSQL of its own: PGlite takes more processor time than the browser.
 * @param fill writes into the registry before it is served; it is empty otherwise
 */
export async function openConsole(fill?: (place: Place) => Promise<void>): Promise<ConsoleUnderTest> {
  const database = await openedDatabase()
  return openAt(database.url, database.drop, fill)
}

/** Serves a registry as most projects have it: on PGlite in `.nofx/`. */
export async function openEmbeddedConsole(): Promise<ConsoleUnderTest> {
  return openAt(
    undefined,
    async () => {},
    ({ root }) => placeEmbedded(root),
  )
}

async function openAt(
  databaseUrl: string | undefined,
  drop: () => Promise<void>,
  fill?: (place: Place) => Promise<void>,
): Promise<ConsoleUnderTest> {
  const folder = resolve('dist/console')
  if (!existsSync(folder)) throw new Error('dist/console is missing; run: npm run build')
  const { path, remove } = temporaryRoot()
  // The name of the folder is the name of the registry.
  const root = join(path, 'acme')
  const place = { root, databaseUrl }
  await fill?.(place)
  const kinds = [agents, templates]
  const serve = (port: number) =>
    serveDev({ ...place, kinds, port, actor: PERSON, console: folder, log: () => {} })
  const server = await serve(0)
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--headless=new'] })
  const site: ConsoleUnderTest = {
    server,
    root,
    place,
    visit: (path, options = {}) => visit(browser, site.server, path, options),
    stop: () => site.server.close(),
    start: async () => {
      site.server = await serve(site.server.port)
    },
    async close() {
      await browser.close()
      await site.server.close()
      remove()
      await drop()
    },
  }
  return site
}

async function visit(
  browser: Browser,
  server: DevServer,
  path: string,
  { signedIn = false, width = 1280, theme = 'light', allow, prepare, ...options }: VisitOptions,
): Promise<Page> {
  const context =
    options.context ??
    (await browser.newContext({ viewport: { width, height: 800 }, colorScheme: theme, locale: 'en-GB' }))
  const page = await context.newPage()
  const troubles = watch(page, server.url)
  onTestFinished(async () => {
    if (!options.context) await context.close()
    expect(troubles.filter((line) => !allow?.test(line))).toEqual([])
  })
  await prepare?.(page)
  const code = signedIn ? `#code=${server.signInCode()}` : ''
  await page.goto(`${server.url}/console${path}${code}`)
  return page
}

/** Everything that a page must not do: errors, refused content, requests to another origin. */
function watch(page: Page, url: string): string[] {
  const troubles: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => troubles.push(`error: ${error.stack ?? error.message}`))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url && !request.url().startsWith('data:'))
      troubles.push(`request: ${request.url()}`)
  })
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return troubles
}

/** Waits until the page shows its data. */
export async function settled(page: Page): Promise<Page> {
  await page.locator('h1').waitFor()
  await page.locator('[aria-busy]').first().waitFor({ state: 'detached' })
  return page
}

/** The value of an expression in the page, read as developer tools do: the page's own policy allows no `eval`. */
export async function inPage<T>(page: Page, expression: string): Promise<T> {
  const tools = await page.context().newCDPSession(page)
  try {
    const asked = { expression, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await tools.send('Runtime.evaluate', asked)
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value as T
  } finally {
    await tools.detach()
  }
}

/** The texts of elements, with blanks as a reader sees them. */
export async function textsOf(page: Page, selector: string): Promise<string[]> {
  const texts = await page.locator(selector).allInnerTexts()
  return texts.map((text) => text.replace(/\s+/g, ' ').trim())
}
