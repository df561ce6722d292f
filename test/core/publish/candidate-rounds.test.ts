import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Kind } from '../../../src/contract/kind.ts'
import { nameOf } from '../../../src/contract/name.ts'
import { SILENT, type StageEvent, type StageWatch } from '../../../src/core/progress.ts'
import { collectCandidates } from '../../../src/core/publish/candidates.ts'
import type { Head } from '../../../src/core/registry/registry.ts'
import { readDefinition, type WorkingTree } from '../../../src/core/tree/tree.ts'
import { digestTree } from '../../../src/core/tree/tree-digests.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'

const made: string[] = []
afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true })
})

/** Files by `kind/id`, then by path. Objects become JSON. */
type Files = Record<string, Record<string, string | object>>

function treeOf(files: Files): WorkingTree {
  const root = mkdtempSync(join(tmpdir(), 'nofx-candidates-'))
  made.push(root)
  for (const [name, folder] of Object.entries(files))
    for (const [path, content] of Object.entries(folder)) {
      const file = join(root, name, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
    }
  return { root, shownPath: 'shared', kinds: [agents, templates] }
}

const agent = (id: string, skill: string, dependencies?: string[]) => ({
  'agent.json': {
    agentId: id,
    name: id,
    description: 'An agent that a template asks for.',
    owner: '@acme/tools',
    skills: [{ id: skill, name: skill, description: 'What it offers.' }],
    prompts: { system: 'prompts/system.md' },
    resourceProfile: 'small',
    ...(dependencies ? { dependencies: { agents: dependencies } } : {}),
  },
  'prompts/system.md': 'You work.\n',
})
const template = (id: string, supportedAgents: string[], rest: object = {}) => ({
  'template.json': {
    templateId: id,
    name: id,
    description: 'Reads something.',
    owner: '@acme/tools',
    category: 'tests',
    parameters: { type: 'object', properties: { topic: { type: 'string' } }, required: ['topic'] },
    defaultPlan: {
      steps: [{ id: 'read', skill: 'reading', prompt: { text: 'Read about {{parameters.topic}}.' } }],
    },
    expectedOutputs: [{ id: 'notes', type: 'text', fromStep: 'read', required: true }],
    rollbackAdvice: 'Throw the notes away.',
    supportedAgents,
    ...rest,
  },
})
/** A file that no manifest names: a warning for its definition. */
const STRAY = { 'stray.txt': 'Nothing names this file.\n' }

/** What the registry has of a definition when exactly this tree was published. */
async function headOf(tree: WorkingTree, kind: Kind, id: string, rest: Partial<Head> = {}): Promise<Head> {
  const { definition } = readDefinition(tree, kind, id)
  if (!definition) throw new Error(`${kind.id}/${id} of the test has no definition`)
  const digest = (await digestTree(tree, () => true, SILENT)).get(nameOf({ kind: kind.id, id })) as string
  return {
    kind: kind.id,
    id,
    state: 'active',
    version: 1,
    draftVersion: null,
    latestVersion: 1,
    digest,
    liveDigest: digest,
    commit: { sha: 'c'.repeat(40), rank: 1 },
    hold: [],
    disabled: null,
    description: kind.describe(definition),
    references: kind.references(definition),
    demands: kind.demands?.(definition) ?? [],
    updatedAt: '2026-01-01T00:00:00Z',
    ...rest,
  }
}

async function collect(tree: WorkingTree, heads: Head[], options: { publishes: string; draft?: boolean }) {
  const events: StageEvent[] = []
  const watch: StageWatch = { ...SILENT, emit: (event) => events.push(event) }
  const { candidates, diagnostics } = await collectCandidates(
    tree,
    {
      head: async () => undefined,
      heads: async (...kinds) => heads.filter((head) => kinds.includes(head.kind)),
    },
    ({ kind }) => kind === options.publishes,
    watch,
    options.draft ? { draft: true } : {},
  )
  return {
    candidates: candidates.map((one) => [nameOf(one), one.neededBy]),
    diagnostics: diagnostics.map(({ path, rule }) => `${path} ${rule.replace('NOFX_', '')}`),
    rounds: events.filter(({ state }) => state !== 'advanced').map(({ state, done }) => `${state} ${done}`),
  }
}

describe('the candidates of a publish', () => {
  it('come in rounds: what is asked for, what that requires, and what that requires in turn', async () => {
    const before = treeOf({
      'agents/far': agent('far', 'reading'),
      'agents/spare': agent('spare', 'painting'),
      'templates/same': { ...template('same', ['far', 'gone']), ...STRAY },
    })
    const tree = treeOf({
      // Neither asked for nor missing in the registry: it stays as it is there.
      'agents/far': agent('far', 'painting'),
      'agents/first': { ...agent('first', 'reading', ['second']), ...STRAY },
      'agents/second': { ...agent('second', 'reading'), ...STRAY },
      'agents/unasked': { ...agent('unasked', 'reading'), ...STRAY },
      // Its rules ask for agents that only the registry knows, so it is checked last in its round.
      'templates/asks': template('asks', ['far', 'spare']),
      'templates/brings': { ...template('brings', ['first']), ...STRAY },
      'templates/same': { ...template('same', ['far', 'gone']), ...STRAY },
    })
    const heads = [
      await headOf(before, agents, 'far'),
      await headOf(before, agents, 'spare'),
      await headOf(before, templates, 'same'),
    ]
    expect(await collect(tree, heads, { publishes: 'templates' })).toEqual({
      candidates: [
        ['templates/asks', undefined],
        ['templates/brings', undefined],
        ['templates/same', undefined],
        ['agents/first', 'templates/brings'],
        ['agents/second', 'agents/first'],
      ],
      // Sorted by place in each round. The unchanged template's own rules are not run again; what it needs is checked.
      diagnostics: [
        'shared/templates/asks/template.json AGENT_UNUSED',
        'shared/templates/brings/stray.txt FILE_UNNAMED',
        'shared/templates/same/template.json REFERENCE_MISSING',
        'shared/agents/first/stray.txt FILE_UNNAMED',
        'shared/agents/second/stray.txt FILE_UNNAMED',
      ],
      rounds: ['started 0', 'done 3', 'started 0', 'done 1', 'started 0', 'done 1'],
    })
  })

  it('bring nothing along for a definition with an error of its own', async () => {
    const tree = treeOf({
      'agents/first': agent('first', 'reading'),
      'templates/broken': template('broken', ['first'], { templateId: 'other' }),
    })
    expect(await collect(tree, [], { publishes: 'templates' })).toEqual({
      candidates: [],
      diagnostics: ['shared/templates/broken/template.json ID_FOLDER'],
      rounds: ['started 0', 'done 1'],
    })
  })

  it('name the last definition that requires one along, and each along once in a circle', async () => {
    const tree = treeOf({
      'agents/first': agent('first', 'reading', ['second']),
      'agents/second': agent('second', 'reading', ['first']),
      'templates/one': template('one', ['first']),
      'templates/two': template('two', ['first']),
    })
    const { candidates, rounds } = await collect(tree, [], { publishes: 'templates' })
    expect(candidates).toEqual([
      ['templates/one', undefined],
      ['templates/two', undefined],
      ['agents/first', 'templates/two'],
      ['agents/second', 'agents/first'],
    ])
    expect(rounds).toHaveLength(6)
  })

  it('are read again where the registry has them as drafts, and may require drafts only as drafts', async () => {
    const tree = treeOf({
      'agents/first': agent('first', 'reading'),
      'templates/one': { ...template('one', ['first']), ...STRAY },
    })
    const heads = [
      await headOf(tree, agents, 'first', {
        state: 'draft',
        version: null,
        draftVersion: 1,
        liveDigest: null,
      }),
      await headOf(tree, templates, 'one', {
        state: 'draft',
        version: null,
        draftVersion: 1,
        liveDigest: null,
      }),
    ]
    const read = ['shared/templates/one/stray.txt FILE_UNNAMED']
    const live = await collect(tree, heads, { publishes: 'templates' })
    expect(live.diagnostics).toEqual([...read, 'shared/templates/one/template.json REFERENCE_NOT_LIVE'])
    const drafts = await collect(tree, heads, { publishes: 'templates', draft: true })
    expect(drafts.diagnostics).toEqual(read)
    expect(drafts.candidates).toEqual([['templates/one', undefined]])
  })
})
