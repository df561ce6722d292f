import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { type DevServer, serveDev } from '../../../src/dev/serve-dev.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { servers } from '../../../src/plugins/servers/kind.ts'
import { skills } from '../../../src/plugins/skills/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import { temporaryRoot } from '../../cloud/support/temporary-folder.ts'
import { openedDatabase } from '../../harness/cloud-database.ts'
import { placeEmbedded } from '../../harness/embedded-template.ts'
import { findChromium } from './chromium.ts'
import type { RegistryPlace } from './registry-place.ts'

/** Undefined where no Chromium runs. */
export const CHROMIUM = await findChromium()

/** In the order of the plugins, as `nofx dev` serves them. */
const KINDS = [servers, agents, skills, templates]

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
  place: RegistryPlace
  /** Opens a page of the console in a fresh profile; whatever the page does wrong fails the test. */
  visit(path: string, options?: VisitOptions): Promise<Page>
  /**
   * Goes to a page in a tab that is signed in, the same at each call, as a link does: for tests that look at many pages and
   * leave nothing behind. Whatever the page does wrong fails the test.
   */
  read(path: string, allow?: RegExp): Promise<Page>
  /** Ends the server; the browser and the folder stay. */
  stop(): Promise<void>
  /** Starts the server again, at the same port. */
  start(): Promise<void>
  close(): Promise<void>
}

interface ConsoleOptions {
  /** Writes into the registry before it is served; it is empty otherwise. */
  fill?: (place: RegistryPlace) => Promise<void>
  /** Whether the registry is in `.nofx/`, as that of a new user; on the server of the test run it is ten times cheaper. */
  isEmbedded?: boolean
}

/** Serves a registry of a temporary folder. */
export async function openConsole({
  fill,
  isEmbedded = false,
}: ConsoleOptions = {}): Promise<ConsoleUnderTest> {
  const folder = resolve('dist/console')
  if (!existsSync(folder)) throw new Error('dist/console is missing; run: npm run build')
  const { place, remove } = await makePlace(isEmbedded)
  await fill?.(place)
  const serve = (port: number) =>
    serveDev({ ...place, kinds: KINDS, port, actor: PERSON, console: folder, log: () => {} })
  const server = await serve(0)
  const browser = await launch()
  let reader: Promise<Reader> | undefined
  const openReader = () => {
    reader ??= signIn(browser, site.server)
    return reader
  }
  const site: ConsoleUnderTest = {
    server,
    place,
    root: place.root,
    visit: (path, options = {}) => visit(browser, site.server, path, options),
    read: async (path, allow) => goTo(await openReader(), path, allow),
    stop: () => site.server.close(),
    start: async () => {
      site.server = await serve(site.server.port)
    },
    async close() {
      for (const context of browser.contexts()) await context.close()
      await site.server.close()
      await remove()
    },
  }
  return site
}

/** No test looks at what a GPU draws, and its emulation takes processor time for each page. */
const WITHOUT_GPU = ['--disable-gpu', '--disable-software-rasterizer']

let launched: Promise<Browser> | undefined

/** One Chromium for all files of this process, with which it ends: starting it takes longer than most tests. */
function launch(): Promise<Browser> {
  launched ??= chromium.launch({ executablePath: CHROMIUM, args: ['--headless=new', ...WITHOUT_GPU] })
  return launched
}

/** The name of the folder is the name of the registry. */
async function makePlace(isEmbedded: boolean): Promise<{ place: RegistryPlace; remove: () => unknown }> {
  const { path, remove } = temporaryRoot()
  const root = join(path, 'acme')
  if (isEmbedded) {
    await placeEmbedded(root)
    return { place: { root }, remove }
  }
  mkdirSync(root)
  const { url: databaseUrl, drop } = await openedDatabase()
  const removeBoth = async () => {
    await drop()
    remove()
  }
  return { place: { root, databaseUrl }, remove: removeBoth }
}

const OF_READER = { viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-GB' } as const

/** A tab that stays open. */
interface Reader {
  page: Page
  /** What its page has done wrong since it was shown. */
  troubles: string[]
}

async function signIn(browser: Browser, server: DevServer): Promise<Reader> {
  const context = await browser.newContext(OF_READER)
  const page = await context.newPage()
  const troubles = watch(page, server.url)
  await page.goto(`${server.url}/console${NOWHERE}#code=${server.signInCode()}`)
  await page.getByText(PERSON).first().waitFor()
  return { page, troubles }
}

/** Another address without a page. */
export const NO_PAGE = '/a/b/c/d'
/** The console has no such page, so that every other one is drawn anew after it. */
const NOWHERE = '/no/page/is/here'

async function goTo({ page, troubles }: Reader, path: string, allow?: RegExp): Promise<Page> {
  onTestFinished(() => {
    expect(troubles.splice(0).filter((line) => !allow?.test(line))).toEqual([])
  })
  await page.setViewportSize(OF_READER.viewport)
  await page.emulateMedia({ colorScheme: OF_READER.colorScheme })
  const nowhere = page.locator('h1', { hasText: 'Not found' })
  for (const place of [NOWHERE, path]) {
    await inPage(page, `history.pushState(null, '', ${JSON.stringify(`/console${place}`)})`)
    const hasPage = place !== NOWHERE && !place.startsWith(NO_PAGE)
    await nowhere.waitFor({ state: hasPage ? 'detached' : 'visible' })
  }
  return settled(page)
}

async function visit(
  browser: Browser,
  server: DevServer,
  path: string,
  { signedIn = false, width = 1280, theme = 'light', allow, prepare, ...options }: VisitOptions,
): Promise<Page> {
  const context =
    options.context ??
    (await browser.newContext({ ...OF_READER, viewport: { width, height: 800 }, colorScheme: theme }))
  const page = await context.newPage()
  const troubles = watch(page, server.url)
  onTestFinished(async () => {
    await (options.context ? page : context).close()
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
