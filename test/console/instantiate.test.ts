import { execFileSync } from 'node:child_process'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packFiles, publish, resultOf } from '../cloud/support/definitions.ts'
import { createOpenedApi } from './support/api-calls.ts'
import {
  CHROMIUM,
  type ConsoleUnderTest,
  inPage,
  openConsole,
  settled,
  textsOf,
} from './support/console-under-test.ts'
import { runCommand } from './support/run-command.ts'
import { readSample, tellStory } from './support/story.ts'

const SECRET = 'hunter-2-is-never-kept'
const UNFIT = /status of 422/

/** Keeps what the page asks for, with the bodies. */
const RECORD = `
  const send = fetch
  window.asked = []
  window.fetch = async (input, init) => {
    const request = new Request(input, init)
    asked.push(request.method + ':' + request.url + ' ' + await request.clone().text())
    return send(request)
  }`

/** Every sort of field; `where` has alternatives, which no field shows. */
const PARAMETERS = {
  type: 'object',
  properties: {
    repository: {
      type: 'string',
      title: 'The repository',
      description: 'owner/name',
      pattern: '^[^/\\s]+/[^/\\s]+$',
      examples: ['acme/shop'],
    },
    issue: { type: 'integer', minimum: 1 },
    severity: { enum: ['low', 'high'], default: 'low' },
    loud: { type: 'boolean' },
    labels: { type: 'array', items: { type: 'string', minLength: 2 } },
    range: {
      type: 'object',
      properties: { from: { $ref: '#/$defs/day' }, to: { $ref: '#/$defs/day' } },
      required: ['from'],
    },
    where: { oneOf: [{ type: 'integer' }, { type: 'object', required: ['at'] }] },
    token: { type: 'string', 'x-secret': true },
  },
  required: ['repository', 'issue', 'token'],
  $defs: { day: { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' } },
}

describe.skipIf(!CHROMIUM)('a form of parameters', () => {
  let site: ConsoleUnderTest
  let api: ReturnType<typeof createOpenedApi>
  beforeAll(async () => {
    site = await openConsole()
    api = createOpenedApi(site)
    await tellStory(site.server.registry)
    const files = readSample('templates', 'triage-issue')
    const { examples: _, ...manifest } = JSON.parse(files['template.json'] ?? '')
    const made = { ...manifest, templateId: 'every-field', parameters: PARAMETERS }
    const texts = { ...files, 'template.json': JSON.stringify(made) }
    resultOf(
      await publish(site.server.registry, [packFiles('templates', 'every-field', texts)], {
        kind: 'templates',
      }),
    )
  })
  afterAll(() => site?.close())

  const open = (prepare?: (page: Page) => Promise<unknown>) =>
    site.visit('/templates/every-field/instantiate', { signedIn: true, allow: UNFIT, prepare }).then(settled)
  const fill = async (page: Page, values: Record<string, string>) => {
    for (const [name, value] of Object.entries(values))
      await page.getByLabel(new RegExp(`^${name}`)).fill(value)
  }
  const checked = (page: Page) => expect.poll(() => page.locator('#plan-missing').innerText()).toBe('')
  const planIn = async (page: Page) => JSON.parse((await page.locator('.plan-json').textContent()) ?? '')

  test('has the author’s order, titles, help, defaults and choices, and a secret is typed unseen', async () => {
    const page = await open()
    const labels = await textsOf(page, '.parameters :is(label, legend)')
    expect(labels).toEqual([
      'The repository repository needed',
      'issue needed',
      'severity',
      'loud',
      'labels',
      'range',
      'from needed',
      'to',
      'where JSON',
      'token needed, secret',
    ])
    const text = await page.locator('.parameters').innerText()
    for (const part of ['owner/name', 'such as acme/shop']) expect(text).toContain(part)
    const severity = page.getByLabel(/^severity/)
    expect(await severity.locator('option').allInnerTexts()).toEqual(['low, the default', 'low', 'high'])
    expect(await page.getByLabel(/^token/).getAttribute('type')).toBe('password')
  })

  test('shows a wrong value at its field, in the words of the server, and all of them after an attempt', async () => {
    const page = await open()
    await fill(page, { 'The repository': 'acme', issue: 'seven' })
    const field = page.locator('[data-path=issue]')
    await expect
      .poll(() => field.locator('.fault').allInnerTexts())
      .toEqual([expect.stringMatching(/^issue "seven" must be a whole number/)])
    expect(await page.getByLabel(/^issue/).getAttribute('aria-invalid')).toBe('true')
    // A field that was not reached yet shows no fault.
    expect(await page.locator('[data-path=token] .fault').count()).toBe(0)
    await page.getByRole('button', { name: 'Make the plan' }).click({ force: true })
    await expect
      .poll(() => inPage(page, 'document.activeElement.getAttribute("aria-label")'))
      .toBe('What to correct')
    await page.getByRole('button', { name: 'token is missing' }).click()
    expect(await inPage(page, 'document.activeElement.type')).toBe('password')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByLabel(/^labels 1/).fill('x')
    await expect.poll(() => textsOf(page, '[data-path="labels[0]"] .fault')).toHaveLength(1)
    await page.getByRole('button', { name: 'Remove labels 1' }).click()
    await fill(page, { 'The repository': 'acme/shop', issue: '7', token: SECRET, from: '2026-11-29' })
    await checked(page)
    expect(await page.locator('.fault').count()).toBe(0)

    // A reload loses nothing but the secret, and Clear forgets the rest.
    await page.reload()
    await settled(page)
    const shown = (name: RegExp) => page.getByLabel(name).inputValue()
    expect([await shown(/^The repository/), await shown(/^issue/), await shown(/^from/)]).toEqual([
      ...['acme/shop', '7', '2026-11-29'],
    ])
    expect(await shown(/^token/)).toBe('')
    await page.getByRole('button', { name: 'Clear' }).click()
    expect(await shown(/^issue/)).toBe('')
    await page.reload()
    await settled(page)
    expect(await shown(/^issue/)).toBe('')
  })

  test('makes the plan that the command makes; the secret is sent, and is in no address, storage or later request', async () => {
    const page = await open((page) => page.addInitScript({ content: RECORD }))
    const asked = () => inPage<string[]>(page, 'asked')
    await fill(page, { 'The repository': 'acme/shop', issue: '7', token: SECRET, where: '{"at": "home"}' })
    await page.getByLabel(/^severity/).selectOption('high')
    await checked(page)
    const command = await page.locator('.parameters .command code').first().innerText()
    expect(command).not.toContain(SECRET)
    await page.getByRole('button', { name: 'Make the plan' }).click()
    await page.getByText('The plan is made', { exact: true }).waitFor()
    const made = await planIn(page)
    expect(await api(`/api/instantiations/${made.planId}`)).toMatchObject({
      planId: made.planId,
      secrets: ['token'],
    })

    // The command has the values before its pipe, and takes them from there.
    const given: Record<string, unknown> = JSON.parse(
      execFileSync('sh', ['-c', command.slice(0, command.indexOf(' | '))]).toString(),
    )
    expect(given).toEqual({ repository: 'acme/shop', issue: 7, severity: 'high', where: { at: 'home' } })
    const flags = Object.entries({ ...given, token: SECRET }).flatMap(([name, value]) => [
      '--param',
      `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ])
    const cli = await runCommand(site, 'templates', 'instantiate', 'every-field', '--dry-run', ...flags)
    const { dryRun: _dry, ...planned } = cli.json.data
    const { planId: _plan, createdAt: _at, replayed: _replayed, ...shown } = made
    expect(shown).toEqual(planned)

    const withSecret = (await asked()).filter((request) => request.includes(SECRET))
    expect(new Set(withSecret.map((request) => request.split(' ')[0]))).toEqual(
      new Set([`POST:${site.server.url}/api/templates/every-field/instantiate`]),
    )
    expect(await page.getByLabel(/^token/).inputValue()).toBe('')
    const before = (await asked()).length
    await fill(page, { issue: '8' })
    await expect
      .poll(() => textsOf(page, '.plan-column'))
      .toEqual([expect.stringContaining('1 value is missing')])
    const later = (await asked()).slice(before)
    expect(later.join()).toContain('"issue":8')
    expect(later.join()).not.toContain(SECRET)
    const kept = 'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state, location.href])'
    expect(await inPage<string>(page, kept)).not.toContain(SECRET)
  })

  test('whose answer is lost makes one plan, when it is tried again', async () => {
    const page = await settled(
      await site.visit('/templates/triage-issue/instantiate', {
        signedIn: true,
        allow: /422|ERR_|Failed to load/,
      }),
    )
    await page.getByLabel('Start from an example').selectOption({ label: 'A new issue' })
    await checked(page)
    const path = '**/api/templates/triage-issue/instantiate'
    await page.route(path, async (route) => {
      await route.fetch()
      await route.abort('connectionreset')
    })
    const count = async () => (await api('/api/instantiations?id=triage-issue')).items.length
    const before = await count()
    await page.getByRole('button', { name: 'Make the plan' }).click()
    await page.locator('.notice', { hasText: 'No answer came' }).waitFor()
    await page.unroute(path)
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('replayed: it had been made already, once').waitFor()
    expect(await count()).toBe(before + 1)
  })
})
