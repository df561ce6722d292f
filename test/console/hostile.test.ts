import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Session } from '../../src/cloud/embedded/database/database.ts'
import { sha256 } from '../../src/contract/digest.ts'
import { packAgent, packFiles, publish, resultOf } from '../cloud/support/definitions.ts'
import { inputsOf, planOf, step } from '../worker/run/support/run-plan.ts'
import { createOpenedApi } from './support/api-calls.ts'
import {
  CHROMIUM,
  type ConsoleUnderTest,
  inPage,
  openConsole,
  settled,
  textsOf,
} from './support/console-under-test.ts'
import { openMove, passUntil } from './support/moving.ts'
import { editRows, type RegistryPlace, whileStopped } from './support/registry-place.ts'
import { readSample } from './support/story.ts'

/** What the template needs of its agent. */
const SKILLS = [{ id: 'duplicate-search', name: 'Search', description: 'Searches.' }]

/** Everything that a page could mistake for its own. Scripts would set `window.hit`, pictures would leave the page. */
const MARKUP =
  '<script>window.hit=1</script><img src=//evil.example/x onerror="window.hit=1"></style></textarea></pre><svg onload=window.hit=1>' +
  '[x](javascript:window.hit=1) <a href="javascript:window.hit=1">x</a> {{constructor.constructor("window.hit=1")()}} \u001b[31mred\u001b[0m'
const BIDI = '\u202egnp.exe\u202c \u2066x\u2069'
const UNSEEN = 'a\u200bb\u00adc\u{e0041}\u{e0042}d\ufeff'
const TOWER = `e${'\u0301'.repeat(10_000)}`
const LONG = 'W'.repeat(400)
const EVIL = `${MARKUP} ${BIDI} ${UNSEEN} ${TOWER} ${LONG}`

/** What Markdown could make of a prompt: pictures, scripts, links that run, and hosts that look like others. */
const PROMPT = `# <img src=//evil.example/x onerror="window.hit=1">

![x](https://evil.example/x.png) [run](javascript:window.hit=1) [data](data:text/html,<script>window.hit=1</script>)
[bank](https://\u0430pple.com/) <https://evil.example/a> <javascript:window.hit=1> [x](//evil.example) [p](https://a:b@evil.example/)
[x][ref] **<script>window.hit=1</script>** \`<svg onload=window.hit=1>\`

[ref]: javascript:window.hit=1

> - ${BIDI} <iframe srcdoc="<script>window.hit=1</script>"></iframe>
`

/** Fields that hold words; the description of a list has them, and the manifest. */
const DESCRIPTION = {
  name: `${MARKUP} ${BIDI} ${UNSEEN}`,
  summary: EVIL,
  owner: `"><svg onload=window.hit=1> ${BIDI}`,
  tags: ['<b>', '"onmouseover="x', 'javascript:window.hit=1', LONG],
  version: '1.0.0',
}
const MANIFEST = {
  ...DESCRIPTION,
  repository: { url: 'javascript:window.hit=1' },
  model: { [MARKUP]: MARKUP, params: { [BIDI]: UNSEEN, endpoint: 'https://\u0430pi.github.com/' } },
  skills: [{ id: MARKUP, name: EVIL }],
  [MARKUP]: { deep: [{ [LONG]: EVIL }] },
  metadata: { constructor: 'x', note: '</pre><script>window.hit=1</script>' },
}

/**
 * The registry refuses most of this, so it is written into the database: another client, an older rule or a faulty one
 * could have let it in.
 */
async function fill(place: RegistryPlace): Promise<void> {
  writeRun(place.root)
  await whileStopped(place, async (registry) => {
    resultOf(await publish(registry, [packAgent('evil', 'one\n')]))
    resultOf(await publish(registry, [packAgent('evil', 'two\n', {}, 1)], { reason: 'x' }))
    await registry.previews.up({ name: 'evil', origin: 'local', actor: 'test' })
  })
  await editRows(place, spoil)
}

async function spoil(session: Session): Promise<void> {
  const description = JSON.stringify(DESCRIPTION)
  const who = [`<script>window.hit=1</script> ${BIDI} ${UNSEEN}`, EVIL.slice(0, 9000)]
  const files = ['prompts/system.md']
  await session.rows('update agent_registry set metadata = metadata || $1::jsonb', [description])
  await session.rows('update registry_releases set actor = $1, reason = $2', who)
  await session.rows(
    `update registry_revisions set actor = $1, reason = $2, metadata = metadata || $3::jsonb, manifest = manifest || $4::jsonb,
      declared_version = $5, texts = (select jsonb_object_agg(path, $6 || version) from unnest($7::text[]) as path),
      files = (select jsonb_agg(files -> 0 || jsonb_build_object('path', path, 'sha256', lpad(version::text, 64, '0'))) from unnest($7::text[]) as path)`,
    [
      ...who,
      description,
      JSON.stringify(MANIFEST),
      DESCRIPTION.version,
      `${PROMPT}\n${EVIL}\n`,
      `{${files.map((path) => JSON.stringify(path)).join()}}`,
    ],
  )
  await session.rows('update registry_previews set origin = $1, actor = $1', who.slice(0, 1))
  // A finding of the server: the longest texts that a report may hold.
  const finding = { file: MARKUP, severity: 'error', rule: BIDI, message: EVIL, hint: EVIL }
  await session.rows(
    `insert into registry_validation_reports
        (id, idempotency_key, verdict, message, findings, summary, actor, commit_sha, commit_ref, counts, created_at)
      values ($3, 'evil-report', 'refused', $2, $4::jsonb, $5::jsonb, $1, left($1, 60), $1, '{"errors": 1}', now())`,
    [...who, REPORT, JSON.stringify([finding]), JSON.stringify({ '<b onclick=hit=1>': 1 })],
  )
  const step = { id: MARKUP, name: EVIL, agentId: BIDI, dependsOn: [EVIL] }
  const plan = { steps: [step], parameters: { [MARKUP]: EVIL }, secrets: [BIDI] }
  await session.rows(
    `insert into template_instantiations
        (plan_id, idempotency_key, request_hash, kind, id, version, digest, locks, document, actor, created_at)
      select $2::uuid, 'evil-plan', digest, kind, id, version, digest, '[]', $3::jsonb, $1, now()
        from registry_revisions limit 1`,
    [who[0] ?? '', PLAN, JSON.stringify(plan)],
  )
  await session.rows(
    `insert into registry_webhooks
        (url, secret, audience, cursor, attempts, next_at, last_status, last_error, created_by)
      values ('https://hooks.example.com/x', $3, 'public', 0, 9, now() + interval '1 day', 500, $2, $1)`,
    [...who, `whsec_${'A'.repeat(32)}`],
  )
}

/** A run whose runner printed all of it. The names of a plan are single lines. */
function writeRun(root: string): void {
  const folder = join(root, '.nofx/runs', RUN)
  const line = `${MARKUP} ${BIDI} ${UNSEEN}`.replaceAll('\u001b', '')
  const document = planOf([step('one', { name: line }), step('two', { name: LONG, approval: 'manual' })])
  const settings = { runner: MARKUP, workdir: '/', concurrency: 1, secrets: {}, mcpVariables: {}, env: '<b>' }
  const text = JSON.stringify({ runId: RUN, settings, inputs: inputsOf({ ...document, secrets: [line] }) })
  const task = { step: 'one', undo: false }
  const lines = [
    { type: 'opened', inputs: sha256(text), folder: MARKUP },
    { type: 'began', task, attempt: 1 },
    { type: 'failed', task, ms: 1, error: EVIL },
    { type: 'done', task, ms: 1, outputs: { [MARKUP]: EVIL, [LONG]: { [BIDI]: [EVIL] } } },
  ]
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'run.json'), text)
  const at = '2026-11-29T12:00:00.000Z'
  writeFileSync(
    join(folder, 'journal.jsonl'),
    lines.map((one) => `${JSON.stringify({ ...one, at })}\n`).join(''),
  )
}

const RUN = 'aaaaaaaaaaaa'
const REPORT = '11111111-1111-4111-8111-111111111111'
const PLAN = '22222222-2222-4222-8222-222222222222'

const PAGES = [
  ...['/', '/agents', '/agents/evil', '/agents/evil/history', '/agents/evil/diff?from=1&to=2', '/releases'],
  ...[
    '/agents/evil/links',
    '/agents/evil/v/1',
    '/agents/evil?texts=rendered',
    '/releases/:first',
    '/releases/:last',
    '/feed',
    '/agents/evil?at=:now',
  ],
  '/agents/evil?move=rollback:agents/evil@1',
  ...['/previews', '/previews/evil', '/reports', `/reports/${REPORT}`],
  ...['/plans', `/plans/${PLAN}`, '/webhooks', '/check', '/runs', `/runs/${RUN}`],
]

describe.skipIf(!CHROMIUM)('a hostile definition', () => {
  let site: ConsoleUnderTest
  beforeAll(async () => {
    site = await openConsole({ fill })
  })
  afterAll(() => site?.close())

  /** The registry itself does not read such a row: its plan is asked for again, with pauses, and then the page has a problem. */
  const openWithoutPlan = async (path: string) => {
    const prepare = (page: Page) => page.clock.install()
    const page = await site.visit(path, { signedIn: true, prepare, allow: /status of 503/ })
    await passUntil(page, async () => (await page.locator('.sheet .problem').count()) === 1)
    return settled(page)
  }

  test.each(PAGES)('is text on %s: nothing runs, nothing leaves, nothing overflows', async (path) => {
    const { items } = await createOpenedApi(site)('/api/releases')
    const whole = path
      .replace(':first', items.at(-1).id)
      .replace(':last', items[0].id)
      .replace(':now', items[0].createdAt)
    const page = path.includes('move=') ? await openWithoutPlan(whole) : await site.read(whole)
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 800 })
      for (const more of await page.locator('.is-run-steps details:not([open]) > summary').all())
        await more.click()
      expect(await inPage(page, 'window.hit')).toBeUndefined()
      const made =
        'main script, main img, main iframe, main a[href^="javascript"], main [onerror], main [onload]'
      expect(await page.locator(made).count()).toBe(0)
      const { wide, seen } = await inPage<{ wide: number; seen: number }>(
        page,
        '({ wide: document.documentElement.scrollWidth, seen: document.documentElement.clientWidth })',
      )
      expect([path, width, wide]).toEqual([path, width, seen])
    }
  })

  test('as a reason and as a form is text as well', async () => {
    const { registry } = site.server
    for (const at of [0, 1]) resultOf(await publish(registry, [packAgent('plain', `${at}\n`, {}, at)]))
    const page = await openMove(site, 'rollback:agents/plain')
    await page.getByLabel(/^Reason/).fill(`${MARKUP.replace('\u001b', '')} ${BIDI} ${UNSEEN}`)
    await page.getByRole('button', { name: 'Roll back to v1' }).click()
    await page.locator('.done').waitFor()
    await page.locator('.sheet .hidden-mark').first().waitFor()
    expect(await page.locator('.sheet .text').innerText()).toContain('<script>window.hit=1</script>')
    expect(await inPage(page, 'window.hit')).toBeUndefined()
    expect(await page.locator('main script, dialog script, dialog img').count()).toBe(0)

    const texts = readSample('templates', 'triage-issue')
    const { examples: _, ...manifest } = JSON.parse(texts['template.json'] ?? '')
    const field = { title: MARKUP, description: MARKUP, examples: [MARKUP], default: MARKUP, type: 'string' }
    const parameters = {
      type: 'object',
      properties: { ...manifest.parameters.properties, a: field, b: { enum: [MARKUP] } },
    }
    const file = JSON.stringify({ ...manifest, templateId: 'form', parameters }).replaceAll('\\u001b', '')
    resultOf(await publish(registry, [packAgent('triager', 'x\n', { version: '1.0.0', skills: SKILLS })]))
    const packed = packFiles('templates', 'form', { ...texts, 'template.json': file })
    resultOf(await publish(registry, [packed], { kind: 'templates' }))
    const form = await settled(
      await site.visit('/templates/form/instantiate', { signedIn: true, allow: /status of 422/ }),
    )
    await form.locator('.parameters .notes').first().waitFor()
    expect(await form.locator('.parameters').innerText()).toContain('<script>window.hit=1</script>')
    expect(await inPage(form, 'window.hit')).toBeUndefined()
    expect(await form.locator('main script, main img').count()).toBe(0)
  })

  test('rendered as Markdown has no element of its own but for links to the web, which name their host', async () => {
    const page = await settled(await site.visit('/agents/evil'))
    await page.getByRole('button', { name: 'Rendered' }).click()
    const view = page.locator('.markdown')
    await view.locator('h4').waitFor()
    expect(new URL(page.url()).search).toBe('?texts=rendered')
    const links = await view
      .locator('a')
      .evaluateAll((all) => all.map((one) => [one.getAttribute('href'), one.getAttribute('rel')]))
    const rel = 'noopener noreferrer nofollow'
    expect(links).toEqual([
      ['https://xn--pple-43d.com/', rel],
      ['https://evil.example/a', rel],
    ])
    const text = await view.innerText()
    for (const part of [
      '(xn--pple-43d.com)',
      '<img src=//evil.example/x',
      '![x](https://evil.example/x.png)',
      'U+202E',
    ])
      expect(text).toContain(part)
    const names = await view.locator('*').evaluateAll((all) => all.map(({ localName }) => localName))
    const known = ['a', 'bdi', 'blockquote', 'code', 'h4', 'li', 'mark', 'p', 'pre', 'span', 'strong', 'ul']
    expect([...new Set(names)].filter((name) => !known.includes(name))).toEqual([])
    expect(await inPage(page, 'window.hit')).toBeUndefined()
    await page.getByRole('button', { name: 'Source' }).click()
    await page.locator('.file pre.text').first().waitFor()
  })

  test('shows what hides, as boxes with code points', async () => {
    const page = await site.read('/agents/evil')
    const marks = new Set(await textsOf(page, '.hidden-mark'))
    for (const code of ['U+202E', 'U+2066', 'U+200B', 'U+00AD', 'U+E0041', 'U+FEFF', 'U+001B'])
      expect(marks).toContain(code)
    const text = (await page.locator('main').innerText()).replaceAll(/\s/g, '')
    // A Cyrillic letter in the name of a host.
    expect(text).toContain('(xn--pi-6kc.github.com)')
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\ufeff\u001b]/)
    expect(text).toContain('<script>window.hit=1</script>')
    expect(text).not.toMatch(/\u0301{5}/)
  })

  test('that does not fit is compared as it is stored, and its risks are not said to be none', async () => {
    const page = await site.read('/agents/evil/diff?from=1&to=2')
    await page.locator('.line-of-patch').first().waitFor()
    const [about = ''] = await textsOf(page, 'section:has(> h2)')
    expect(about).toContain('The risks are not known: the manifest of v1 and v2 does not fit')
    expect(about).not.toContain('Nothing reaches further')
  })

  test('does not break out of the address: unknown kinds, ids and broken escapes are told', async () => {
    for (const path of [
      '/agents/%3Cscript%3E',
      '/%3Cimg%20src=x%3E',
      '/agents/x/y/z',
      '/agents?search=%3Cscript%3E',
    ]) {
      const page = await site.visit(path, { allow: /status of (400|404)/ })
      await settled(page)
      expect(await page.locator('main script, main img').count()).toBe(0)
    }
  })
})
