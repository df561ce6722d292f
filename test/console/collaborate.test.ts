import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { instantiate } from '../../src/core/instantiate.ts'
import { rollback } from '../../src/core/rollback.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { TestProject } from '../harness/project.ts'
import { createOpenedApi, secretOf } from './support/api-calls.ts'
import {
  CHROMIUM,
  type ConsoleUnderTest,
  inPage,
  openConsole,
  settled,
  textsOf,
} from './support/console-under-test.ts'
import { putVersion } from './support/moving.ts'
import { type Operations, placeOf, tellOperations } from './support/operations.ts'
import { runCommand, wordsOf } from './support/run-command.ts'
import { ADDRESSES, actsIn, SILENT } from './support/shown-commands.ts'
import { tellStory } from './support/story.ts'

const SAMPLES = 'packages/shared/agents'

describe.skipIf(!CHROMIUM)('a team at the console', () => {
  let site: ConsoleUnderTest
  let made: Operations
  let api: ReturnType<typeof createOpenedApi>
  beforeAll(async () => {
    site = await openConsole()
    await tellStory(site.server.registry)
    made = await tellOperations(site)
    api = createOpenedApi(site)
  })
  afterAll(() => site?.close())

  const open = async (path: string) => settled(await site.visit(path, { signedIn: true }))

  test('a preview stands beside production with its striped bar, its own version and its plan', async () => {
    const list = await open('/previews')
    // It ends in three days less what has passed, by a clock that the server tells in whole seconds.
    expect(await textsOf(list, '.entries > li')).toEqual([
      expect.stringMatching(
        /^pr-12 acme\/agents#42 2 changes grace@example\.com just now ends in [23] days$/,
      ),
    ])
    await list.getByRole('link', { name: 'pr-12' }).click()
    await list.locator('.planned').first().waitFor()
    const { plan } = await api('/api/previews/pr-12')
    expect(await textsOf(list, '.planned-head a')).toEqual(
      plan.items.map(({ kind, id }: Record<string, string>) => `${kind}/${id}`),
    )
    const reviewer = list.getByRole('region', { name: 'agents/reviewer' })
    const { risks } = plan.items.find(({ id }: { id: string }) => id === 'reviewer')
    expect(await reviewer.locator('.level').allInnerTexts()).toEqual(
      risks.map(({ level }: { level: string }) => level),
    )
    expect(await reviewer.locator('.level').first().innerText()).toBe('high')
    // Compared with what is live, not with the draft that waits; and its new version is outside of what others require.
    expect(await reviewer.locator('.field', { hasText: 'version' }).innerText()).toContain('1.3.0')
    expect(await reviewer.locator('.note.is-danger').innerText()).toContain(
      'Would break agents/release-notes, templates/',
    )

    await reviewer.getByRole('link', { name: 'agents/reviewer' }).click()
    await list.locator('.definition-heading').waitFor()
    expect(await textsOf(list, '.band.is-preview')).toEqual([
      expect.stringMatching(/^Preview pr-12 of acme\/agents#42, until \d+ \w+, \d\d:\d\d/),
    ])
    const inside = await api('/api/agents/reviewer?env=pr-12')
    const production = await api('/api/agents/reviewer')
    expect(inside.version).not.toBe(production.version)
    expect(await textsOf(list, '.definition-heading')).toEqual([
      expect.stringContaining(`live v${inside.version} (2.0.0)`),
    ])
    await list.getByRole('link', { name: 'Diff' }).click()
    await list.getByLabel('from').selectOption('production (live)')
    await list.waitForURL(/from=production/)
    const to = Number(await list.locator('.choices select').last().inputValue())
    const between = await api(`/api/agents/reviewer/diff?env=pr-12&from=production&to=${to}`)
    await expect
      .poll(() => list.locator('.level').allInnerTexts())
      .toEqual(between.risks.map(({ level }: { level: string }) => level))
    const { breaks } = await api(`/api/agents/reviewer/links?env=pr-12&version=${to}`)
    expect(breaks).toContain('agents/release-notes')
    await expect.poll(() => textsOf(list, 'section:has(> h2:text("Would break")) .link')).toEqual(breaks)
    expect(await textsOf(list, '.page-foot code')).toEqual(['nofx preview diff pr-12'])
    // Every link stays in the preview, until the reader leaves it.
    await list.getByRole('link', { name: 'Agents', exact: true }).click()
    await list.getByText('translator', { exact: true }).waitFor()
    expect(new URL(list.url()).search).toBe('?env=pr-12')
    await list.getByRole('link', { name: 'Back to production' }).click()
    await list.getByText('reviewer', { exact: true }).waitFor()
    // Not even while production is being asked for.
    expect(await list.getByText('translator', { exact: true }).count()).toBe(0)
    expect(await list.locator('.band.is-preview').count()).toBe(0)
  })

  test('every command of every page acts in the preview that the page shows', async () => {
    const files = readdirSync('console/pages').map((name) => name.replace('.tsx', ''))
    expect(Object.keys(ADDRESSES).sort()).toEqual(files.sort())
    const { planId: plan = '' } =
      (
        await instantiate(site.server.registry.inPreview('pr-12'), {
          ...{ kind: templates, id: 'triage-issue', actor: 'ada@example.com' },
          parameters: () => ({ repository: 'acme/shop', issue: 7 }),
        })
      ).instance ?? {}
    const newest = async (path: string) => (await api(`/api/${path}?env=pr-12`)).items[0].id
    const [release, report] = [await newest('releases'), await newest('reports')]
    const { version } = await api('/api/agents/reviewer?env=pr-12')
    const names = { ...made, plan, release, report, version }
    for (const [name, paths] of Object.entries(ADDRESSES))
      for (const path of paths) {
        const place = `${placeOf(path, names)}${path.includes('?') ? '&' : '?'}env=pr-12`
        const page = await site.read(place, /status of 4(04|22)/)
        const commands = page.locator('.command > code')
        if (!SILENT.includes(name))
          await expect.poll(() => commands.count(), { message: path }).toBeGreaterThan(0)
        // A run says itself where its plan is.
        const shown = await commands.allInnerTexts()
        const astray = shown.filter((command) => name !== 'run' && !actsIn(command, 'pr-12'))
        expect([path, astray]).toEqual([path, []])
      }
  })

  test('without the role a preview does not exist, and no publisher’s page asks for anything', async () => {
    const asked: string[] = []
    const prepare = async (page: Page) =>
      page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    for (const path of [
      '/previews',
      '/previews/pr-12',
      '/reports',
      `/reports/${made.refused}`,
      '/plans',
      '/webhooks',
      '/check',
      '/runs',
      `/runs/${made.runs.failed}`,
    ]) {
      const page = await settled(await site.visit(path, { prepare }))
      expect(await textsOf(page, '.empty')).toEqual([expect.stringContaining('Sign in as a publisher.')])
    }
    expect(
      asked.filter((path) => /^\/api\/(previews|reports|instantiations|webhooks|runs)/.test(path)),
    ).toEqual([])
    const hidden = { allow: /status of 40[134]/ }
    for (const name of ['pr-12', 'never-there']) {
      const page = await settled(await site.visit(`/agents/reviewer?env=${name}`, hidden))
      const text = (await textsOf(page, 'body')).join(' ')
      expect(text).not.toContain('acme/agents#42')
      expect(await page.locator('.definition-heading').count()).toBe(0)
    }
  })

  test('a refused publish is trouble on Now, and its report shows file, line, rule and hint', async () => {
    const page = await open('/')
    const trouble = page.locator('.trouble > li', { hasText: 'refused' })
    await trouble.waitFor()
    expect(await textsOf(page, '.trouble > li')).toEqual([
      expect.stringMatching(/^refused publish: 2 errors/),
    ])
    await trouble.getByRole('link').click()
    await page.waitForURL(new RegExp(`/reports/${made.refused}$`))
    await page.locator('.finding').first().waitFor()
    const { findings } = await api(`/api/reports/${made.refused}`)
    expect(findings.length).toBeGreaterThan(1)
    const rows = await textsOf(page, '.finding')
    for (const { line, column, rule, message, hint } of findings) {
      const row = rows.find((text) => text.includes(rule)) ?? ''
      for (const part of [`${line}:${column}`, message, hint]) expect(row).toContain(part)
    }
    expect(await textsOf(page, '.findings-file')).toEqual(['agents/shouter/agent.json'])
    await page.getByLabel('Rule').selectOption(findings[0].rule)
    await page.waitForURL(/rule=/)
    expect(await page.locator('.finding').count()).toBe(1)
    // The rule leads to what it asks for.
    await page.locator('.finding-rule').click()
    await page.waitForURL(/\/rules\?rule=NOFX_/)
    const { items } = await api('/api/rules')
    const { id, severity, summary } = items.find((rule: { id: string }) => rule.id === findings[0].rule)
    await page.locator('.rule[aria-current]').waitFor()
    expect(await textsOf(page, '.rule[aria-current]')).toEqual([`${id} ${severity} ${summary}`])
    expect(await page.locator('.rule').count()).toBe(items.length)
    const unknown = await open('/rules?rule=ACME_OWN')
    await unknown.getByText('This server has no rule ACME_OWN').waitFor()
  })

  test('reports are filtered by verdict, origin and pull request, and the address holds the filter', async () => {
    const page = await site.read('/reports')
    const rows = page.locator('.entries > li')
    expect(await rows.count()).toBe(8)
    await page.getByLabel('Verdict').selectOption('refused')
    await expect.poll(() => rows.count()).toBe(1)
    const again = await site.read('/reports?pullRequest=42&origin=validate')
    expect(await textsOf(again, '.entries > li')).toEqual([
      expect.stringContaining('validate of 7 definitions: 2 warnings'),
    ])
    await again.getByRole('button', { name: /pull request #42/ }).click()
    await again.waitForURL(/\?origin=validate$/)
  })

  test('a dropped folder gets the findings of validate and the risks of a dry run, and nothing is stored', async () => {
    const project = makeProject({ SUPABASE_URL: site.server.url, SUPABASE_SECRET_KEY: secretOf(site) })
    onTestFinished(() => project.remove())
    const before = await stored()
    const page = await site.read('/check')
    await page.getByLabel('Folder to check').setInputFiles(join(project.root, SAMPLES))
    await page.getByText('Checked 2 definitions. Nothing was stored.').waitFor()

    const validated = await project.run('validate', '--json')
    const found = validated.json.diagnostics.filter(({ path }: { path: string }) =>
      path.startsWith(`${SAMPLES}/reviewer/`),
    )
    expect(found.length).toBeGreaterThan(0)
    const reviewer = page.getByRole('region', { name: 'agents/reviewer', exact: true })
    const rows = (await reviewer.locator('.finding').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '))
    expect(rows).toHaveLength(found.length)
    for (const [at, { line, column, rule, message, hint }] of found.entries())
      for (const part of [`${line}:${column}`, rule, message, hint]) expect(rows[at]).toContain(part)

    const dry = await project.run('registry', 'publish', 'agents', '--dry-run', '--json')
    const planned = dry.json.data.plan.items.find(({ id }: { id: string }) => id === 'reviewer')
    expect(planned.risks.length).toBeGreaterThan(0)
    const risks = (await reviewer.locator('.risk').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '))
    expect(risks).toEqual(
      planned.risks.map((risk: Record<string, string>) => `${risk.level} ${risk.message} ${risk.field}`),
    )
    expect(await stored()).toEqual(before)

    await page.getByLabel('Folder to check').setInputFiles(join(project.root, 'notes'))
    await page.getByText('None of 1 file is a manifest').waitFor()
    expect(await stored()).toEqual(before)
  })

  test('a folder is also dropped anywhere on the page', async () => {
    const page = await site.read('/check')
    await page.locator('.drop-zone').waitFor()
    const tools = await page.context().newCDPSession(page)
    const data = { items: [], files: [resolve(SAMPLES, 'triager')], dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await tools.send('Input.dispatchDragEvent', { type, x: 600, y: 700, data })
    await page.getByText('Checked 1 definition. Nothing was stored.').waitFor()
    const region = page.getByRole('region', { name: 'agents/triager', exact: true })
    expect(await region.locator('.tag').allInnerTexts()).toEqual(['unchanged'])
  })

  test('a plan names the versions that it is locked to, and marks those that are not live any more', async () => {
    const page = await site.read('/plans')
    await page.getByRole('link', { name: `Plan ${made.planId.slice(0, 8)}` }).click()
    await page.locator('.plan-step').first().waitFor()
    const plan = await api(`/api/instantiations/${made.planId}`)
    expect(await textsOf(page, '.plan-step code')).toEqual(plan.steps.map(({ id }: { id: string }) => id))
    await page.locator('.is-locks > li').nth(1).waitFor()
    expect((await textsOf(page, '.is-locks > li')).map((row) => row.split(' ')[0])).toEqual([
      'templates/triage-issue',
      'agents/triager',
    ])
    expect(await page.locator('.is-locks .tag').count()).toBe(0)
    expect(await textsOf(page, '.fields .field')).toContain('repository acme/shop')
    const unknown = '11111111-1111-4111-8111-111111111111'
    const none = await site.read(`/plans/${unknown}`, /404/)
    expect(await textsOf(none, '.empty')).toEqual([expect.stringContaining('Not here.')])
  })

  test('a webhook is shown with a cut address, and a ping shows in place that no answer came', async () => {
    const page = await site.read('/webhooks')
    expect(await textsOf(page, '.webhook-url')).toEqual(['http://127.0.0.1:9/…'])
    await page.getByRole('button', { name: 'Send a ping' }).click()
    await page.locator('.webhook-test [role=status]', { hasText: 'no answer' }).waitFor()
    const whole = await inPage<string>(page, 'document.documentElement.outerHTML')
    expect(whole).not.toContain('very-secret')
    expect(whole).not.toContain('T000')
  })

  test('a run shows its steps with agent, attempts, errors and outputs, and what was undone', async () => {
    const page = await site.read('/runs')
    expect(await textsOf(page, '.entries > li')).toEqual([
      expect.stringMatching(
        /^waits for approval \w{12} triage-issue v1 3 of 4 steps post waits (just now|\d+ min ago)$/,
      ),
      expect.stringMatching(
        /^rolled back \w{12} triage-issue v1 2 of 3 steps, 1 failed (just now|\d+ min ago)$/,
      ),
      expect.stringMatching(/^interrupted \w{12} triage-issue v1 1 of 2 steps (just now|\d+ min ago)$/),
    ])
    await page.getByLabel('State').selectOption('rolled-back')
    await page.waitForURL(/state=rolled-back$/)
    await expect.poll(() => page.locator('.entries > li').count()).toBe(1)
    await page.getByRole('link', { name: `Run ${made.runs.failed}` }).click()
    await page.locator('.is-run-steps').first().waitFor()
    const run = await api(`/api/runs/${made.runs.failed}`)
    const rows = await textsOf(page, '.is-run-steps > li')
    expect(rows).toHaveLength(run.steps.length + run.rollback.length)
    for (const [at, { id, agent, error }] of [...run.steps, ...run.rollback].entries())
      for (const part of [id, `${agent.id} v${agent.version} ${agent.digest.slice(0, 8)}`, error ?? ''])
        expect(rows[at]).toContain(part)
    expect(rows[2]).toMatch(/failed .* after reproduce 2 attempts exit status 3: fatal: remote rejected/)
    expect(await page.locator('.is-run-steps rect').count()).toBe(5)
    await page.getByText('3 outputs').click()
    expect(await textsOf(page, '.is-run-steps .field')).toContain('labels ["bug","crash"]')
    const { planId } = made
    expect(await textsOf(page, '.command code')).toEqual([
      `nofx worker run --plan ${planId} --runner <command>`,
    ])
  })

  test('the command of a run that waits continues it, and the page follows to its end', async () => {
    const page = await open(`/runs/${made.runs.waiting}`)
    expect(await textsOf(page, '.run-next')).toEqual([
      expect.stringContaining('post waits for a person’s approval'),
    ])
    const [nofx, ...words] = wordsOf(await page.locator('.run-next .command > code').innerText())
    expect([nofx, ...words.slice(0, 2)]).toEqual(['nofx', 'worker', 'run'])
    const ran = await runCommand(site, ...words)
    expect([ran.exit, ran.json.data?.state, ran.json.error]).toEqual([0, 'done', undefined])
    await page.locator('[role=status] .status', { hasText: 'done' }).waitFor()
    expect(await textsOf(page, '.run-next')).toEqual([expect.stringContaining('Run the same plan again')])
  })

  test('a run is live: it comes into the list, its steps move while it runs, and it ends', async () => {
    const template = await open('/templates/triage-issue')
    await template.getByRole('link', { name: 'Runs', exact: true }).click()
    await template.waitForURL(/\/runs\?template=triage-issue$/)
    await template.locator('.entries > li').nth(2).waitFor()
    const go = join(site.root, 'go')
    const wait = `until [ -e '${go}' ]; do sleep 0.1; done; echo '{"text":"went"}' > $2`
    writeFileSync(join(site.root, 'wait.sh'), wait)
    const runner = `sh ${join(site.root, 'wait.sh')} {step} {outputFile}`
    const running = runCommand(site, 'worker', 'run', '--plan', made.planId, '--runner', runner)
    const row = template.locator('.entries > li', { hasText: 'running' })
    await row.waitFor()
    await row.getByRole('link').click()
    await template.locator('.is-run-steps .status', { hasText: 'running' }).first().waitFor()
    expect(await template.locator('.run-next').count()).toBe(0)
    writeFileSync(go, '')
    await running
    await template.getByText('read again every').waitFor({ state: 'detached' })
    const [runId] = /\w{12}$/.exec(template.url()) ?? []
    const { state, steps } = await api(`/api/runs/${runId}`)
    expect(await textsOf(template, '[role=status] .status')).toEqual([state])
    expect(await textsOf(template, '.is-run-steps .run-step')).toEqual(
      steps.map(({ id }: { id: string }) => id),
    )
  })

  test('a place that does not see runs shows no way to them, and is not asked for any', async () => {
    const asked: string[] = []
    const session = (await (await fetch(`${site.server.url}/api/session`)).json()) as object
    const prepare = async (page: Page) => {
      page.on('request', (request) => asked.push(new URL(request.url()).pathname))
      await page.route('**/api/session', (route) => route.fulfill({ json: { ...session, features: [] } }))
    }
    const page = await settled(await site.visit('/templates/triage-issue', { signedIn: true, prepare }))
    await page.getByText('checking every 30 s').waitFor()
    await page.locator('.menu summary').click()
    expect(await textsOf(page, '.menu-item')).not.toContain('Runs')
    expect(await page.getByRole('link', { name: /^(Runs|Previews)$/ }).count()).toBe(0)
    const runs = await settled(await site.visit('/runs', { signedIn: true, prepare }))
    expect(await textsOf(runs, '.empty')).toEqual([
      expect.stringMatching(/^This registry does not see the runs/),
    ])
    expect(asked.filter((path) => /^\/api\/(runs|previews)/.test(path))).toEqual([])
  })

  test('content that is held is trouble on Now, until other content is published', async () => {
    const { registry } = site.server
    for (const version of [1, 2]) await putVersion(registry, 'looper', version)
    const target = { kind: 'agents', id: 'looper', toVersion: 1 }
    await rollback(registry, 'agents', { actor: 'ada@example.com', reason: 'loops', target })
    const page = await open('/')
    const held = page.locator('.trouble > li', { hasText: 'held' })
    await held.waitFor()
    expect(await textsOf(page, '.trouble > li')).toContain(
      'held looper its newest content is not published again: loops just now',
    )
    const list = await open('/agents?held=true')
    await expect.poll(() => textsOf(list, '.row .row-link')).toEqual(['looper'])
    await putVersion(registry, 'looper', 4)
    await held.waitFor({ state: 'detached' })
  })

  /** What the registry holds, as its publisher reads it. */
  async function stored() {
    const paths = [
      '/api/agents?view=row&limit=500',
      '/api/releases',
      '/api/events?since=0',
      '/api/reports',
      '/api/instantiations',
    ]
    return Promise.all(paths.map(api))
  }
})

/** A project whose reviewer reaches further than the live one and has findings. */
function makeProject(env: Record<string, string>): TestProject {
  const project = new TestProject(env)
  for (const id of ['reviewer', 'triager'])
    cpSync(`${SAMPLES}/${id}`, join(project.root, SAMPLES, id), { recursive: true })
  const path = `${SAMPLES}/reviewer/agent.json`
  const text = readFileSync(path, 'utf8')
    .replace('"version": "1.2.0"', '"version": "2.0.0"')
    .replace('"maxCostUsd": 1.5', '"maxCostUsd": 60')
    .replace('"shell": false', '"shell": true')
  const unused = { [`${SAMPLES}/reviewer/prompts/unused.md`]: 'The manifest does not name this file.\n' }
  return project.write({ [path]: text, ...unused, 'notes/readme.md': 'No definition.\n' }).commit()
}
