import { afterAll, beforeAll, expect, test } from 'vitest'
import { DATA } from '../../../src/cli/json/commands.ts'
import { keyOf, publishedSchema } from '../../../src/cli/json/published.ts'
import { evaluate } from '../../../src/contract/schemas/evaluate.ts'
import { Meter } from '../../../src/contract/schemas/meter.ts'
import { resolveSchema } from '../../../src/contract/schemas/resolve.ts'
import { receive } from '../../edge/support/receiver.ts'
import { commandOf } from '../../harness/documents.ts'
import { agentFiles } from '../../harness/project.ts'
import { HostedProject, PASSWORD } from '../support/hosted-project.ts'

const ADA = 'ada@example.com'
const TEMPLATE = {
  templateId: 'work',
  version: '1.0.0',
  name: 'Work',
  description: 'Makes a plan of one step.',
  owner: '@acme/tools',
  category: 'test',
  supportedAgents: ['doer'],
  defaultPlan: { steps: [{ id: 'one', agentId: 'doer', prompt: { text: 'Do it.' } }] },
  expectedOutputs: [{ id: 'made', type: 'text', fromStep: 'one' }],
  rollbackAdvice: 'There is nothing to undo.',
}

/** Checks a document against the published JSON Schema; the harness has checked it against the shape in the source. */
function isPublished(name: string, document: unknown): boolean {
  const schema = resolveSchema({ ...publishedSchema(), $ref: `#/$defs/${keyOf(name)}` })
  return evaluate(schema.root, document, schema, new Meter(10_000_000))?.length === 0
}

/** A command, and the words that later commands take from its document: `$release` is `data.releases.0.id`. */
type Line = [line: string, keeps?: Record<string, string>]

/** The life of a registry, in which every command succeeds at least once. */
const LIFE: [chapter: string, lines: Line[]][] = [
  [
    'signing in',
    [
      ['login --email ada@example.com'],
      ['whoami'],
      ['logout'],
      ['schema agents'],
      ['completion bash'],
      ['completion bash -- nofx reg'],
      ['doctor'],
    ],
  ],
  [
    'a publish',
    [
      ['validate --report', { report: 'report.id' }],
      ['registry publish --dry-run'],
      ['registry publish --unhold'],
    ],
  ],
  [
    'reads',
    [
      ['registry list'],
      ['registry show agents/doer'],
      ['registry show agents/doer --file prompts/system.md'],
      ['registry show templates/work --graph'],
      ['registry history'],
      ['registry history agents/doer', { time: 'revisions.0.createdAt' }],
      ['registry history agents/doer --at $time'],
      ['registry history agents --at $time'],
      ['registry releases', { release: 'releases.0.id' }],
      ['registry releases show $release'],
      ['registry status'],
      ['registry diff'],
      ['registry diff agents/doer'],
      ['registry pull agents --to out'],
      ['registry verify'],
      ['reports list'],
      ['reports show $report --manifests'],
    ],
  ],
  [
    'effects',
    [
      ['registry promote agents/later --dry-run'],
      ['registry promote agents/later'],
      ['registry disable agents/doer --reason test --dry-run'],
      ['registry disable agents/doer --reason test'],
      ['registry enable agents/doer --reason test'],
      ['registry rollback --release $release --reason test --dry-run --force'],
      ['registry rebase-rank --reason test --dry-run'],
    ],
  ],
  [
    'plans',
    [
      ['templates instantiate work --dry-run'],
      ['templates instantiate work', { plan: 'planId' }],
      ['worker run --plan $plan --runner $runner'],
    ],
  ],
  [
    'previews',
    [
      ['preview up pr-1'],
      ['preview list'],
      ['preview diff pr-1'],
      ['preview sweep --dry-run'],
      ['preview down pr-1'],
    ],
  ],
  [
    'webhooks',
    [
      ['webhooks add $receiver', { hook: 'id' }],
      ['webhooks list'],
      ['webhooks test $hook'],
      ['webhooks rotate $hook'],
      ['webhooks remove $hook'],
    ],
  ],
  [
    'the end of a definition',
    [
      ['registry rollback --release $release --reason test --force'],
      ['registry undelete agents/other'],
      ['registry withdraw agents/doer --version 1 --reason test --dry-run'],
      ['registry withdraw agents/doer --version 1 --reason test'],
    ],
  ],
  [
    'folders',
    [
      ['init --dry-run'],
      ['new agent fresh --owner @acme/tools'],
      ['import claude claude --owner @acme/tools --dry-run'],
      ['import ./claude --owner @acme/tools --dry-run'],
      ['formats'],
      ['export claude --to exported --from live'],
      ['export mcp --client codex --to exported'],
    ],
  ],
]

let project: HostedProject
beforeAll(async () => {
  project = await HostedProject.create()
  await project.invite(ADA)
  project.write({
    ...agentFiles('doer'),
    ...agentFiles('other'),
    ...agentFiles('later', { status: 'draft' }),
    'packages/shared/templates/work/template.json': TEMPLATE,
    'runner.sh': `echo '{"made": "well"}' > "$1"\n`,
    'claude/reviewer.md': '---\nname: reviewer\ndescription: Reviews changes.\n---\nReview the change.\n',
  })
  project.commit()
})
afterAll(() => project.remove())

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce((inner, key) => (inner as Record<string, unknown>)?.[key], value)

const kept: Record<string, string> = {}
const seen = new Set<string>()

test.each(LIFE)('every command prints a document of its published shape: %s', async (_chapter, lines) => {
  const secret = { SUPABASE_SECRET_KEY: project.keys.secret }
  const signIn = { ...project.as('ada'), NOFX_PASSWORD: PASSWORD }
  kept.receiver = (await receive()).url
  kept.runner = `sh '${project.root}/runner.sh' {outputFile}`
  const wrong: string[] = []
  for (const [line, keeps = {}] of lines) {
    const words = line.split(' ').map((word) => kept[word.slice(1)] ?? word)
    const dashes = words.indexOf('--')
    const args = words.toSpliced(dashes < 0 ? words.length : dashes, 0, '--json')
    const env = /^(login|whoami|logout)/.test(line) ? signIn : secret
    const { exit, stdout, json } = await project.runWith({ env }, ...args)
    const name = commandOf(words, Object.keys(DATA)) ?? ''
    const isStrict = !isPublished(name, { ...json, data: { ...json?.data, unknown: 1 } })
    if (exit !== 0 || !isPublished(name, json)) wrong.push(`${line}: ${exit} ${stdout}`)
    // The document of a plan depends on the kind.
    else if (isStrict !== (name !== 'templates instantiate')) wrong.push(`${line}: allows any field`)
    for (const [word, path] of Object.entries(keeps)) kept[word] = String(at(json?.data, path))
    seen.add(name)
  }
  expect(wrong).toEqual([])
})

test('every command with a shape was seen above', () => {
  // `nofx dev` prints its document and goes on, and `nofx console` needs one: test/dev/.
  expect(Object.keys(DATA).filter((name) => !seen.has(name) && !['console', 'dev'].includes(name))).toEqual(
    [],
  )
})
