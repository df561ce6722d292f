import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { packAgent, publish, resultOf } from '../../cloud/support/definitions.ts'
import { type ConsoleUnderTest, inPage, settled, type VisitOptions } from './console-under-test.ts'

/** Longer than a page waits between two looks. */
const LOOK = 31_000

/** Opens the form of a move by its address, signed in, and waits for its plan. */
export async function openMove(
  site: ConsoleUnderTest,
  move: string,
  options: VisitOptions = {},
): Promise<Page> {
  const path = `/?move=${encodeURIComponent(move)}`
  return planned(await settled(await site.visit(path, { signedIn: true, ...options })))
}

/** Waits for the plan of the open form. */
export async function planned(page: Page): Promise<Page> {
  await page.locator('.sheet .plan').waitFor()
  return page
}

/** Lets the page's clock run until something is true: no test waits for half a minute. */
export async function passUntil(page: Page, isTrue: () => Promise<boolean>): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.clock.runFor(LOOK)
        return isTrue()
      },
      { timeout: 30_000 },
    )
    .toBe(true)
}

/** Publishes the next version of an agent; its text is its number. */
export async function putVersion(registry: Registry, id: string, version: number, rest: object = {}) {
  return resultOf(await publish(registry, [packAgent(id, `Version ${version}.\n`, rest, version - 1)]))
}

/** The name of the element that has the focus. */
export const FOCUSED =
  'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent'

/** Presses Tab until an element has the focus. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed++) {
    await page.keyboard.press('Tab')
    if (name.test(await inPage<string>(page, FOCUSED))) return
  }
  throw new Error(`${name} is not reached`)
}
