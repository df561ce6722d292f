import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rules as presetRules } from '@secretlint/secretlint-rule-preset-recommend'
import { describe, expect, it } from 'vitest'
import { checkDefinition } from '../../../src/contract/check/check.ts'
import { checkTexts } from '../../../src/contract/check/text-rules.ts'
import type { Finding } from '../../../src/contract/diagnostic.ts'
import { ALONE, type Kind } from '../../../src/contract/kind.ts'
import { foldLines } from '../../../src/contract/manifest/fold-lines.ts'
import type { Source } from '../../../src/contract/source.ts'
import { scanSuspects } from '../../../src/contract/text/secret-scan.ts'
import { suspectsSecret } from '../../../src/contract/text/secret-suspicion.ts'
import { findRisks } from '../../../src/core/diff/compare.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { notes } from '../support/note-kind.ts'
import { sourceOf } from '../support/source-of.ts'

const random = (length: number) => 'aB3dE5gH7jK9mN1pQ'.repeat(90).slice(0, length)

/** One credential for each rule of the preset, assembled here so that no scanner takes this file for a leak. */
const EXAMPLES: Record<string, string | undefined> = {
  aws: `AWS_SECRET_ACCESS_KEY=${random(40)}`,
  gcp: JSON.stringify({ private_key_id: '1', private_key: `-----BEGIN PRIVATE KEY-----\nMI${random(300)}` }),
  privatekey: `-----BEGIN RSA PRIVATE KEY-----\nMI${random(300)}\n-----END RSA PRIVATE KEY-----`,
  npm: `npm_${random(36)}`,
  basicauth: `https://deploy:${random(6)}@git.nofx.dev/x`,
  slack: `xoxb-${random(12)}-${random(24)}`,
  sendgrid: `SG.${random(22)}.${random(43)}`,
  shopify: `shpat_${random(32)}`,
  github: `ghp_${random(36)}`,
  openai: `sk-${random(20)}T3BlbkFJ${random(20)}`,
  anthropic: `sk-ant-api03-${random(93)}AA`,
  linear: `lin_api_${random(40)}`,
  '1password': `ops_${Buffer.from(JSON.stringify({ email: random(212), b: 'x' })).toString('base64')}`,
  'database-connection-string': `postgres://app:${random(6)}@db.nofx.dev/app`,
}

const AGENT = {
  agentId: 'first-note',
  name: 'Agent one',
  description: 'Does one thing.',
  owner: '@acme/agents',
  skills: [{ id: 'do', name: 'Do', description: 'Does it.' }],
  prompts: { system: 'prompts/system.md' },
}

const DATABASE = 'database-connection-string'

async function scan(text: string, file = 'a.md'): Promise<Finding[]> {
  const findings: Finding[] = []
  const source = sourceOf({ [file]: text })
  const suspects = checkTexts(source, findings)
  return [...findings, ...(await scanSuspects(source, { suspects }))]
}

describe('the cheap test for secrets', () => {
  const names = presetRules
    .map(({ meta }) => meta.id.replace('@secretlint/secretlint-rule-', ''))
    .filter((name) => name !== 'filter-comments')

  it.each(names)(
    'selects every text in which secretlint’s rule %s finds a secret, wherever it is',
    async (name) => {
      const example = EXAMPLES[name] ?? expect.fail(`no example for the new rule ${name}`)
      for (const before of ['', 'x '.repeat(11), `${'word '.repeat(333)}\n`])
        expect(suspectsSecret(name === 'gcp' ? example : `${before}${example}`)).toBe(true)
      const found = await scan(example, name === 'gcp' ? 'key.json' : 'a.md')
      expect(found.map(({ rule, message }) => rule + message).join()).toContain(`NOFX_SECRET_FOUND`)
      expect(found.map(({ message }) => message).join()).toContain(`(${name})`)
    },
  )

  it.each(Object.entries(EXAMPLES))(
    'leads to a finding with at most 6 characters: %s',
    async (_name, example) => {
      for (const { message } of await scan(`${example}\n`)) {
        const shown = /"(.*)…"/.exec(message)?.[1] ?? ''
        expect(shown.length).toBeLessThanOrEqual(6)
      }
    },
  )

  it.each([
    'packages/shared/agents/reviewer/prompts/system.md and src/contract/text/secret-suspicion.ts',
    '=========================================================',
    '| -------------------- | ------------------------------- |',
    'https://github.com/secretlint/secretlint/blob/9fceb02a9fceb02a9fceb02a/README.md?x=1',
    `sha256 ${random(64)}`,
    'ask-the-team-whether-2025-budget-holds, then mail team@nofx.dev or see https://nofx.dev',
  ])('does not select %j', (text) => expect(suspectsSecret(text)).toBe(false))
})

describe('text that is not a secret', () => {
  it.each([
    'Authorization: Bearer <token>',
    `Authorization: Bearer $${'{API_KEY_WITH_A_LONG_NAME_1}'}`,
    'Authorization: Bearer YOUR_ACCESS_TOKEN_GOES_HERE_123',
    'Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6...',
    'Authorization: Bearer xxxxxxxxxxxxxxxxxxxxxxxx1',
    'the Bearer of Extraordinarily-Long-And-Hyphenated-Names-Of-1999',
    'SLACK_BOT_TOKEN=xoxb-your-token-here-1234567890',
    'sb_secret_your-key-here-1234567890',
    'postgresql://postgres:postgres123@localhost:5432/app',
    'postgresql://test:test@postgres-test:5432/testdb',
    `postgres://app:$${'{DB_PASSWORD}'}@db.nofx.dev/app`,
    'https://user:password@git.nofx.dev/x',
    '-----BEGIN RSA PRIVATE KEY-----\n(your key here, 2048 bits)\n-----END RSA PRIVATE KEY-----',
    'https://api.vercel.com/v1/integrations/deploy/prj_xxxxxxxxxxxxxxxxxxxxxxxx/yyyyyyyyyy',
    `AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCY${'EXAMPLEKEY'}`,
  ])('%j', async (text) => expect(await scan(`${text}\n`)).toEqual([]))
})

describe('a value that the manifest lists in exampleSecrets', () => {
  // With a service account's key, the whole file is the credential, and no value of it can be listed.
  const listable = [
    ...Object.entries(EXAMPLES).filter(([name]) => name !== 'gcp'),
    ['supabase', `sb_secret_${random(24)}`] as const,
    ['bearer', `Authorization: Bearer ${random(32)}`] as const,
  ]
  const agent = (prompt: string, exampleSecrets?: unknown) =>
    sourceOf({
      'agent.json': JSON.stringify({ ...AGENT, ...(exampleSecrets ? { exampleSecrets } : {}) }),
      'prompts/system.md': `${prompt}\n`,
    })
  async function verdict(prompt: string, exampleSecrets?: unknown): Promise<string[]> {
    const source = agent(prompt, exampleSecrets)
    const checked = checkDefinition(source, agents, ALONE)
    const all = [...checked.findings, ...(await scanSuspects(source, checked))]
    return all.map(({ rule, file }) => `${file} ${rule}`)
  }

  it.each(listable)('is not reported, in the text or in the list: %s', async (_name, example = '') => {
    expect(await verdict(`${example} and again ${example}`)).not.toEqual([])
    for (const [before, after] of [
      ['', ''],
      ['(', ').'],
      ['`', '`, and'],
      ['"', '"'],
      ['<', '>'],
      ['x = ', ';'],
      ['Use ', '.'],
      ['Is it ', '?\n'],
    ])
      expect(await verdict(`${before}${example}${after} and again ${example}`, [example])).toEqual([])
  })

  it.each<[what: string, make: (one: string) => [listed: unknown, prompt: string]]>([
    ['another value beside it', (one) => [one, `${one} ghp_${random(36).toLowerCase()}`]],
    ['a list with a part of the value', (one) => [one.slice(0, -1), one]],
    ['a list with the beginning of a URL', () => ['postgres://app:aB3dE5', EXAMPLES[DATABASE] ?? '']],
    ['a list that is not a list', (one) => [{ 0: one }, one]],
  ])('hides nothing else: %s', async (_name, make) => {
    const [listed, prompt] = make(EXAMPLES.github as string)
    expect(await verdict(prompt, typeof listed === 'string' ? [listed] : listed)).toContain(
      'prompts/system.md NOFX_SECRET_FOUND',
    )
  })

  it('is an error when no other text has it', async () => {
    expect(await verdict('Hello.', [EXAMPLES.github])).toEqual(['agent.json NOFX_SECRET_EXAMPLE'])
  })

  it('is named by the hint where the kind has the field, and only there', async () => {
    const hintOf = async (source: Source, kind: Kind) => {
      const checked = checkDefinition(source, kind, ALONE)
      return (await scanSuspects(source, checked)).map(({ hint }) => hint).join()
    }
    expect(await hintOf(agent(EXAMPLES.github ?? ''), agents)).toContain('"exampleSecrets"')
    const note = sourceOf({ 'note.json': '{"noteId": "first-note"}', 'a.md': EXAMPLES.github ?? '' })
    expect(await hintOf(note, notes)).toBe(
      'revoke it, and name it in permissions.secrets instead of writing its value',
    )
  })

  it('is a risk of its own in the plan when it is added, also by a new definition', () => {
    const state = (exampleSecrets?: unknown) => {
      const source = agent(EXAMPLES.github ?? '', exampleSecrets)
      const { definition } = checkDefinition(source, agents, ALONE)
      return { ...(definition ?? expect.fail('is valid')), files: [] }
    }
    const listed = state([EXAMPLES.github])
    const line = {
      id: 'secret-allowed',
      level: 'high',
      field: 'exampleSecrets',
      message: '"ghp_aB…" counts as an example and is not reported as a secret',
    }
    expect(findRisks(agents, state(), listed)).toEqual([line])
    expect(findRisks(agents, undefined, listed)).toContainEqual(line)
    expect(findRisks(agents, listed, listed)).toEqual([])
  })
})

const CORPUS = '../shared/corpus/claude-plugins'

describe.skipIf(!existsSync(CORPUS))('the agents of the corpus (skipped without ../shared/corpus)', () => {
  const files = existsSync(CORPUS)
    ? readdirSync(CORPUS, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md'))
    : []

  it('contain no secrets and no hidden text, and hardly any needs a scan', async () => {
    expect(files.length).toBeGreaterThan(200)
    let suspects = 0
    for (const path of files) {
      const text = foldLines(readFileSync(join(CORPUS, path), 'utf8'))
      if (suspectsSecret(text)) suspects++
      expect([path, await scan(text)]).toEqual([path, []])
    }
    expect(suspects).toBeLessThan(files.length / 20)
  })
})
