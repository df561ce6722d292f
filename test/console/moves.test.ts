import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rollback } from '../../src/core/rollback.ts'
import { packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
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
import { FOCUSED, openMove, passUntil, planned, putVersion, tabTo } from './support/moving.ts'
import { runCommand, wordsOf } from './support/run-command.ts'
import { tellStory } from './support/story.ts'

const SIX = ['one', 'two', 'three', 'four', 'five', 'six']
const REFUSED = /status of (409|412|422)/
const skill = (id: string) => ({ skills: [{ id, name: id, description: 'Works.' }] })

describe.skipIf(!CHROMIUM)('a publisher', () => {
  let site: ConsoleUnderTest
  let api: ReturnType<typeof createOpenedApi>
  beforeAll(async () => {
    site = await openConsole()
    api = createOpenedApi(site)
    await tellStory(site.server.registry)
  })
  afterAll(() => site?.close())

  const put = (id: string, version: number, rest: object = {}) =>
    putVersion(site.server.registry, id, version, rest)
  /** Publishes versions of an agent that no other test moves. */
  const putAll = async (id: string, ...states: string[]) => {
    for (const [at, status] of states.entries()) await put(id, at + 1, { status })
  }
  const count = async () => (await api('/api/releases?limit=100')).items.length
  const act = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click()
  const give = (page: Page, reason: string) => page.getByLabel(/^Reason/).fill(reason)

  test('rolls back: plan, reason, done; a second browser and the command line see who did it and why', async () => {
    await putAll('mover', 'active', 'active')
    const prepare = (page: Page) => page.clock.install()
    const other = await settled(await site.visit('/agents/mover/history', { signedIn: true, prepare }))
    const page = await settled(await site.visit('/agents/mover', { signedIn: true }))
    await act(page, 'Roll back…')
    await planned(page)
    expect((await textsOf(page, '.plan-row')).join('; ')).toMatch(
      /^Readers get v3, the content of v1 \w{8}; In place of v2; .*; Breaks nothing that is live; Also the content \w{8} is held/,
    )
    expect(await textsOf(page, '.sheet ins.line-of-patch')).toEqual(['Version 1.'])
    const button = page.getByRole('button', { name: 'Roll back to v1' })
    expect([
      await button.getAttribute('aria-disabled'),
      await page.locator('#move-missing').innerText(),
    ]).toEqual(['true', 'A reason is missing.'])
    const reason = `it's "slow" & $HOME; loops`
    await give(page, reason)
    // The command that is shown does the same.
    const command = wordsOf(await page.locator('.sheet .command code').innerText())
    const dry = await runCommand(site, ...command.slice(1), '--dry-run')
    expect([dry.exit, dry.json.data.moves]).toMatchObject([0, [{ id: 'mover', from: 2, content: 1 }]])
    const before = await count()
    await button.click()
    await page.locator('.done').waitFor()
    expect(await textsOf(page, '.done li')).toEqual(['agents/mover is rolled back, as v3'])
    await page.getByText('For the incident channel').waitFor()
    expect(await page.locator('.sheet .text').innerText()).toContain(`- **By**: ${PERSON}`)
    expect(await count()).toBe(before + 1)
    await passUntil(other, async () => (await textsOf(other, '.versions .is-version')).includes('v3 live'))
    const history = await runCommand(site, 'registry', 'history', 'agents/mover')
    expect(history.json.data.revisions[0]).toMatchObject({
      version: 3,
      actor: PERSON,
      reason,
      origin: 'rollback',
    })
    const { events } = await api('/api/events?since=0&expand=release')
    expect(events.at(-1)).toMatchObject({ id: 'mover', origin: 'rollback', actor: PERSON, reason })
    await act(page, 'Put it back…')
    await planned(page)
    expect(new URL(page.url()).searchParams.get('move')).toMatch(/^undo:/)
    expect(await textsOf(page, '.plan-item')).toEqual(['agents/mover v3 → content of v2 no risks'])
  })

  test('sees who was faster: nothing is written, the reason stays, and the new plan wants a second look', async () => {
    await putAll('raced', 'active', 'active', 'active')
    const page = await openMove(site, 'rollback:agents/raced@1', { allow: REFUSED })
    await give(page, 'too slow')
    const target = { kind: 'agents', id: 'raced', toVersion: 2 }
    await rollback(site.server.registry, 'agents', {
      actor: 'grace@example.com',
      reason: 'I was first',
      target,
    })
    const before = await count()
    await act(page, 'Roll back to v1')
    const notice = page.locator('.notice')
    await notice.waitFor()
    await expect.poll(() => notice.innerText()).toMatch(/grace@example.com moved it to v4 .*“I was first”/s)
    expect(await page.getByLabel(/^Reason/).inputValue()).toBe('too slow')
    expect(await count()).toBe(before)
    await expect.poll(() => textsOf(page, '.plan-row')).toContain('In place of v4')
    expect(await page.locator('#move-missing').innerText()).toBe('Look at the new plan first.')
    await act(page, 'I have looked at the new plan')
    await act(page, 'Roll back to v1')
    await page.locator('.done').waitFor()
    expect(await textsOf(page, '.done li')).toEqual(['agents/raced is rolled back, as v5'])
  })

  test('whose answer is lost tries again, also after a reload, and the move is made once', async () => {
    await putAll('lost', 'active', 'active')
    const path = '**/api/agents/lost/rollback'
    const page = await openMove(site, 'rollback:agents/lost', { allow: /ERR_|Failed to load/ })
    await give(page, 'no answer comes')
    await page.route(path, async (route) => {
      await route.fetch()
      await route.abort('connectionreset')
    })
    const before = await count()
    await act(page, 'Roll back to v1')
    await page.locator('.notice', { hasText: 'No answer came' }).waitFor()
    expect(await count()).toBe(before + 1)
    await page.unroute(path)
    await page.reload()
    await page.locator('.notice', { hasText: 'No answer came' }).waitFor()
    expect(await page.getByLabel(/^Reason/).inputValue()).toBe('no answer comes')
    await act(page, 'Try again')
    await page.locator('.done').waitFor()
    expect(await page.locator('.sheet').innerText()).toContain('This answer was replayed')
    expect([await textsOf(page, '.done li'), await count()]).toEqual([
      ['agents/lost is rolled back, as v3'],
      before + 1,
    ])
    expect(await inPage(page, 'sessionStorage.length')).toBe(0)
  })

  test('promotes a draft from Now; a newer one that arrives meanwhile is refused, and both are named', async () => {
    await putAll('drafted', 'active', 'draft')
    const page = await settled(await site.visit('/', { signedIn: true, allow: REFUSED }))
    await act(page, 'Promote draft v2 of drafted')
    await planned(page)
    await put('drafted', 3, { status: 'draft' })
    await act(page, /^Promote$/)
    await page.locator('.sheet .problem').waitFor()
    expect(await textsOf(page, '.sheet .problem')).toEqual([expect.stringMatching(/at version 3 .*not 2/)])
    await act(page, 'Look at draft v3')
    await planned(page)
    expect(await textsOf(page, '.sheet ins.line-of-patch')).toEqual(['Version 3.'])
    await act(page, /^Promote$/)
    await page.locator('.done').waitFor()
    expect(await textsOf(page, '.done li')).toEqual(['agents/drafted is promoted, as v4'])
  })

  test('undoes a release of six definitions as one new release', async () => {
    for (const version of [1, 2])
      resultOf(
        await publish(
          site.server.registry,
          SIX.map((id) => packAgent(`of-${id}`, `Version ${version}.\n`, {}, version - 1)),
        ),
      )
    const [{ id }] = (await api('/api/releases?limit=1')).items
    const page = await settled(await site.visit('/releases', { signedIn: true }))
    await act(page, `Undo release ${id.slice(0, 8)}`)
    await planned(page)
    expect(await textsOf(page, '.plan-item')).toEqual(
      SIX.map((name) => `agents/of-${name} v2 → content of v1 no risks`).sort(),
    )
    await give(page, 'bad publish')
    await act(page, 'Undo the release')
    await page.locator('.done').waitFor()
    expect((await api('/api/releases?limit=1')).items[0]).toMatchObject({ undoes: id, reason: 'bad publish' })
  })

  test('sees what would break by name, and the button waits for a decision to break it', async () => {
    const [bare] = resultOf(
      await publish(site.server.registry, [packAgent('triager', 'Bare.\n', skill('other'), 1)], {
        force: true,
      }),
    ).outcomes
    const target = { kind: 'agents', id: 'triager', toVersion: 1 }
    await rollback(site.server.registry, 'agents', { actor: 'test', reason: 'as it was', target })
    const page = await openMove(site, `rollback:agents/triager@${bare?.version}`)
    await give(page, 'try it')
    expect((await textsOf(page, '.plan-row')).join()).toMatch(/Breaks .*templates\/triage-issue/)
    expect(await page.locator('#move-missing').innerText()).toBe('Live definitions would break.')
    await page.getByLabel(/^Go on, although this breaks/).check()
    expect(await page.locator('.sheet .command').innerText()).toContain('--force')
    expect(await page.locator('#move-missing').innerText()).toBe('Type triager first.')
    await page.getByLabel(/^High risks come/).fill('triager')
    await act(page, /^Roll back to/)
    await page.locator('.done').waitFor()
    expect((await api('/api/agents/triager')).origin).toBe('rollback')
  })

  test.each([
    ['disable', 'active', 'Disabled', 'disabled'],
    ['enable', 'disabled', 'Enabled', 'enabled'],
  ])('%s: the plan says what readers get', async (verb, state, title, outcome) => {
    const id = `switch-${verb}`
    await putAll(id, 'active')
    if (state === 'disabled') await runCommand(site, 'registry', 'disable', `agents/${id}`, '--reason', 'off')
    const page = await openMove(site, `${verb}:agents/${id}`)
    expect((await textsOf(page, '.plan-row')).join()).toContain(
      verb === 'disable' ? 'Readers get nothing of it' : 'Readers get v3',
    )
    await give(page, 'a try')
    await page.locator('.sheet .is-primary').click()
    await page.locator('.done').waitFor()
    expect(await page.locator('.sheet h2').innerText()).toBe(`${title} agents/${id}`)
    expect(await textsOf(page, '.done li')).toEqual([expect.stringContaining(`is ${outcome}`)])
  })

  test('brings back what was removed', async () => {
    await putAll('gone', 'active')
    const removals = [{ kind: 'agents', id: 'gone', expectedVersion: 1 }]
    resultOf(await publish(site.server.registry, [], { removals }))
    const page = await settled(await site.visit('/agents/gone', { signedIn: true }))
    await act(page, 'Bring back…')
    await planned(page)
    await page.locator('.sheet .is-primary').click()
    await page.locator('.done').waitFor()
    expect((await api('/api/agents/gone')).status).toBe('active')
  })

  test('rolls back with the keyboard alone; Escape closes, and what was typed is kept', async () => {
    await putAll('keys', 'active', 'active')
    const page = await settled(await site.visit('/agents/keys', { signedIn: true }))
    await tabTo(page, /^Roll back…$/)
    await page.keyboard.press('Enter')
    await planned(page)
    expect(await inPage<string>(page, 'document.activeElement.tagName')).toBe('H2')
    await tabTo(page, /^$/)
    await page.keyboard.type('by keys')
    await page.keyboard.press('Escape')
    await page.locator('.sheet').waitFor({ state: 'detached' })
    expect(await inPage<string>(page, FOCUSED)).toBe('Roll back…')
    await page.keyboard.press('Enter')
    await planned(page)
    expect(await page.getByLabel(/^Reason/).inputValue()).toBe('by keys')
    await tabTo(page, /^Roll back to v1$/)
    await page.keyboard.press('Enter')
    await page.locator('.done').waitFor()
    expect((await api('/api/agents/keys')).reason).toBe('by keys')
  })
})
