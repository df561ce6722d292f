import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CHROMIUM,
  type ConsoleUnderTest,
  openConsole,
  settled,
  textsOf,
} from './support/console-under-test.ts'
import { tellStory } from './support/story.ts'

describe.skipIf(!CHROMIUM)('a reader of the console', () => {
  let site: ConsoleUnderTest
  beforeAll(async () => {
    site = await openConsole()
    await tellStory(site.server.registry)
  })
  afterAll(() => site?.close())

  test('is led from / to the console, and programs get JSON there', async () => {
    const page = await site.visit('/../', {})
    await settled(page)
    expect(new URL(page.url()).pathname).toBe('/console/')
    const plain = await fetch(site.server.url)
    expect(await plain.json()).toMatchObject({ name: 'nofx dev' })
  })

  test('sees the agents with version and time', async () => {
    const page = await settled(await site.visit('/agents'))
    const rows = await textsOf(page, '.row:not(.is-head)')
    expect(rows.map((row) => row.match(/^active (\S+) .* (v\d+)/)?.slice(1))).toEqual([
      ['release-notes', 'v1'],
      ['reviewer', 'v4'],
      ['triager', 'v1'],
    ])
    for (const time of await page.locator('.row time').all())
      expect(Date.parse((await time.getAttribute('datetime')) ?? '')).toBeLessThanOrEqual(Date.now())
  })
})
