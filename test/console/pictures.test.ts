import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium } from './support/chromium.ts'
import {
  CHROMIUM,
  type ConsoleUnderTest,
  openConsole,
  settled,
  type VisitOptions,
} from './support/console-under-test.ts'
import { planned } from './support/moving.ts'
import { OPERATION_PAGES, type Operations, placeOf, tellOperations } from './support/operations.ts'
import { OTHER_PAGES, tellOtherKinds } from './support/other-kinds.ts'
import { tellStory } from './support/story.ts'

const DIFF = '/agents/reviewer/diff?from=2&to=3'
/** The pictures of README.md and docs/console.md. */
const SHOWN = [
  { name: 'console-diff', path: DIFF, theme: 'light', height: 760 },
  {
    name: 'console-rollback',
    path: '/agents/reviewer?move=rollback:agents/reviewer@3',
    theme: 'light',
    height: 660,
  },
  { name: 'console-now', path: '/', theme: 'light', height: 560 },
  { name: 'console-history', path: '/agents/reviewer/history', theme: 'dark', height: 560 },
] as const

/** Every page, to look at while the console is built. */
const EVERY = [
  '/',
  '/agents',
  '/agents?search=nothing',
  '/agents/reviewer',
  '/agents/reviewer?texts=rendered',
  '/agents/reviewer/history',
  '/agents/reviewer/v/3',
  DIFF,
  `${DIFF}&view=split`,
  '/agents/triager/diff',
  '/templates/review-pull-request',
  '/releases',
  '/sign-in',
  '/agents/reviewer?move=rollback:agents/reviewer@3',
  '/?move=promote:agents/reviewer@5',
  '/templates/publish-release/instantiate',
  '/feed',
  '/feed?since=0',
  '/agents/reviewer/links',
  '/templates/review-pull-request/graph',
  '/search?search=review',
  '/agents/reviewer?at=:now',
  '/agents/none',
  ...OPERATION_PAGES,
  ...OTHER_PAGES,
]

const FOLDER = 'docs/pictures'
/** GitHub shows it on the first page of the project. */
const MAX_BYTES = 120_000

test('the pictures of the pages are small', () => {
  const sizes = readdirSync(FOLDER).map((name) => ({ name, size: statSync(join(FOLDER, name)).size }))
  expect(sizes.map(({ name }) => name).sort()).toEqual(SHOWN.map(({ name }) => `${name}.png`).sort())
  expect(sizes.filter(({ size }) => size > MAX_BYTES)).toEqual([])
})

test('a machine without a Chromium skips the tests of the console, and fails where they are needed', async () => {
  const needed = { NOFX_NEEDS_CHROMIUM: '1' }
  // Only a machine with a Chromium of its own finds one on any architecture.
  const found = await findChromium({}, 'linux riscv64')
  if (found === undefined) await expect(findChromium(needed, 'linux riscv64')).rejects.toThrow('CHROMIUM')
  else expect(await findChromium(needed, 'linux riscv64')).toBe(found)
  expect(readFileSync('.ci/run', 'utf8')).toContain('NOFX_NEEDS_CHROMIUM=1 node scripts/test.mjs')
})

/** `npm run docs:pictures` sets it: the folder for every page, or empty for the pictures of the pages. */
const asked = process.env.NOFX_PICTURES

describe.skipIf(!CHROMIUM || asked === undefined)('the pictures', () => {
  let site: ConsoleUnderTest
  let made: Operations | undefined
  beforeAll(async () => {
    site = await openConsole()
    await tellStory(site.server.registry)
    await tellOtherKinds(site.server.registry)
    if (asked) made = await tellOperations(site)
  })
  afterAll(() => site?.close())

  const open = async (path: string, options: VisitOptions) => {
    const page = await settled(await site.visit(path, { signedIn: true, ...options }))
    if (path.includes('move=')) await planned(page)
    return page
  }

  test.skipIf(asked)('of the pages are taken', async () => {
    mkdirSync(FOLDER, { recursive: true })
    for (const { name, path, theme, height } of SHOWN) {
      const page = await open(path, { theme, width: 1120 })
      await page.setViewportSize({ width: 1120, height })
      await page.screenshot({ path: join(FOLDER, `${name}.png`) })
    }
  })

  test.skipIf(!asked)('of every page are taken, in both themes and two widths', async () => {
    for (const path of EVERY) {
      const now = encodeURIComponent(new Date().toISOString())
      const place = (made ? placeOf(path, made) : path).replace(':now', now)
      const page = await site.read(place, /status of 4(04|22)/)
      if (path.includes('move=')) await page.locator('.sheet :is(.plan, .problem)').waitFor()
      for (const colorScheme of ['light', 'dark'] as const)
        for (const width of [1280, 390]) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize({ width, height: 800 })
          const name = `${path.replace(/\W+/g, '_')}-${colorScheme}-${width}.png`
          await page.screenshot({ path: join(asked ?? '', name), fullPage: !path.includes('move=') })
        }
    }
  })
})
