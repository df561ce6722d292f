import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/contract/kind.ts'
import { check, findingsOn, GOOD, manifest, surroundingsOf, withStep } from '../support/template.ts'

/** Each row has a name, the manifest's changes, and the expected findings. */
function table(rows: readonly (readonly [string, JsonObject, string[]])[]): void {
  test.each(rows)('%s', (_, changes, expected) => expect(check(manifest(changes))).toEqual(expected))
}

const BARE = Object.fromEntries(
  [
    'owner',
    'category',
    'parameters',
    'defaultPlan',
    'expectedOutputs',
    'rollbackAdvice',
    'supportedAgents',
  ].map((field) => [field, undefined]),
)

describe('owner and version', () => {
  table([
    ['a draft of next to nothing', { ...BARE, status: 'draft' }, []],
    [
      'anything else of next to nothing',
      BARE,
      [
        'OWNER_MISSING',
        'CATEGORY_MISSING',
        'PLAN_MISSING',
        'OUTPUT_MISSING',
        'ROLLBACK_MISSING',
        'AGENT_MISSING',
      ],
    ],
    [
      'a draft with empty lists',
      {
        ...BARE,
        status: 'draft',
        defaultPlan: { steps: [] },
        expectedOutputs: [],
        supportedAgents: [],
        examples: [],
      },
      [],
    ],
    [
      'empty lists',
      { expectedOutputs: [], supportedAgents: [] },
      ['OUTPUT_MISSING expectedOutputs', 'AGENT_MISSING supportedAgents'],
    ],
    ['a category in capitals', { category: 'Code review' }, ['FIELD_INVALID category']],
    ['a category of 41 characters', { category: 'c'.repeat(41) }, ['FIELD_INVALID category']],
    ['a category with digits', { category: '3d-print' }, []],
    ['a misspelt field', { expectedOutput: [] }, ['FIELD_UNKNOWN expectedOutput']],
    ['a field that only the registry sets', { digest: 'x' }, ['RESERVED_FIELD digest']],
    ['a long description', { description: 'd'.repeat(301) }, ['DESCRIPTION_LONG description']],
    ['an unknown license', { license: 'Free' }, ['LICENSE license']],
    [
      'an agent’s schema',
      { $schema: 'https://unpkg.com/nofx/docs/schema/agents.json' },
      ['FIELD_INVALID $schema'],
    ],
    ['a deprecation without a word', { status: 'deprecated' }, ['DEPRECATION_MISSING status']],
    [
      'a template that replaces itself',
      { status: 'deprecated', deprecation: { message: 'x', replacedBy: 'triage' } },
      ['DEPRECATION_SELF deprecation.replacedBy'],
    ],
    ['a range of workers', { compatibility: { worker: '>=1 <3' } }, []],
    [
      'an invalid range of workers',
      { compatibility: { worker: 'new' } },
      ['VERSION_RANGE compatibility.worker'],
    ],
  ])
})

describe('docs', () => {
  test.each<[string, JsonObject, Record<string, string>, string[]]>([
    ['docs.md needs no name', {}, { 'docs.md': '![](assets/plan.svg)', 'assets/plan.svg': '<svg/>' }, []],
    [
      'another file needs a name',
      { docs: 'guide.md' },
      { 'guide.md': 'See notes.txt.', 'notes.txt': 'x' },
      [],
    ],
    ['a missing file', { docs: 'guide.md' }, {}, ['FILE_MISSING docs']],
    ['a file that is not named', {}, { 'guide.md': 'x' }, ['FILE_UNNAMED guide.md:']],
  ])('%s', (_, changes, texts, expected) => expect(check(manifest(changes), texts)).toEqual(expected))
})

describe('a plan in its own file', () => {
  const raw = manifest({ defaultPlan: 'plan.json' })
  const plan = GOOD.defaultPlan as { steps: JsonObject[] }
  test('is checked like a plan in the manifest', () => {
    expect(check(raw, { 'plan.json': JSON.stringify(plan) })).toEqual([])
  })

  test.each<[string, string, string[]]>([
    [
      'a wrong step is reported in the file',
      JSON.stringify({ steps: [{ ...plan.steps[0], skill: 'x1' }, ...plan.steps.slice(1)] }),
      ['STEP_AGENT plan.json:steps.0.skill'],
    ],
    ['a wrong type is reported in the file', '{"steps":{}}', ['FIELD_TYPE plan.json:steps']],
    ['missing steps are reported in the file', '{"steps":[]}', ['PLAN_MISSING plan.json:steps']],
    ['a syntax error is reported in the file', '{"steps":', ['JSON_SYNTAX plan.json:@9']],
  ])('%s', (_, text, expected) => expect(check(raw, { 'plan.json': text })).toEqual(expected))

  test('is reported if it is missing', () => expect(check(raw)).toEqual(['FILE_MISSING defaultPlan']))
})

describe('expected outputs', () => {
  const outputs = (...more: JsonObject[]) => ({
    expectedOutputs: [{ id: 'report', type: 'text', fromStep: 'd' }, ...more],
  })
  table([
    [
      'one of each type',
      outputs(
        { id: 'j', type: 'json', fromStep: 'a', schema: { type: 'object' } },
        { id: 'f', type: 'file', fromStep: 'a', path: 'out/f.md', required: false },
        { id: 'u', type: 'url', fromStep: 'b', required: true },
        { id: 'p', type: 'pr', fromStep: 'c' },
      ),
      [],
    ],
    [
      'an id twice',
      outputs({ id: 'report', type: 'url', fromStep: 'a' }),
      ['OUTPUT_DUPLICATE expectedOutputs.1.id'],
    ],
    [
      'no such step',
      outputs({ id: 'x', type: 'url', fromStep: 'z' }),
      ['OUTPUT_STEP expectedOutputs.1.fromStep'],
    ],
    [
      'no such type',
      outputs({ id: 'x', type: 'html', fromStep: 'a' }),
      ['FIELD_INVALID expectedOutputs.1.type'],
    ],
    [
      'a schema for a text',
      outputs({ id: 'x', type: 'text', fromStep: 'a', schema: {} }),
      ['OUTPUT_SCHEMA expectedOutputs.1.schema'],
    ],
    [
      'an invalid schema',
      outputs({ id: 'x', type: 'json', fromStep: 'a', schema: { type: 'text' } }),
      ['JSON_SCHEMA expectedOutputs.1.schema.type'],
    ],
    [
      'a schema from elsewhere',
      outputs({ id: 'x', type: 'json', fromStep: 'a', schema: { $ref: 'https://e.com/a' } }),
      ['JSON_SCHEMA_REMOTE expectedOutputs.1.schema.$ref'],
    ],
    [
      'a file without a path',
      outputs({ id: 'x', type: 'file', fromStep: 'a' }),
      ['OUTPUT_PATH expectedOutputs.1'],
    ],
    [
      'a path for a url',
      outputs({ id: 'x', type: 'url', fromStep: 'a', path: 'x' }),
      ['OUTPUT_PATH expectedOutputs.1.path'],
    ],
    [
      'a path to the outside',
      outputs({ id: 'x', type: 'file', fromStep: 'a', path: '../x' }),
      ['FIELD_INVALID expectedOutputs.1.path'],
    ],
    [
      'an absolute path',
      outputs({ id: 'x', type: 'file', fromStep: 'a', path: '/etc/x' }),
      ['FIELD_INVALID expectedOutputs.1.path'],
    ],
    [
      'a path to be filled in',
      outputs({ id: 'x', type: 'file', fromStep: 'a', path: '{{parameters.repo}}.md' }),
      ['OUTPUT_PATH expectedOutputs.1.path'],
    ],
  ])
})

describe('agents', () => {
  const both = { supportedAgents: ['worker', 'tester'] }
  table([
    ['as an object', { supportedAgents: [{ agentId: 'worker', range: '^1' }] }, []],
    ['with a range', { supportedAgents: ['worker@^1 || >=3'] }, []],
    ['with an invalid range', { supportedAgents: ['worker@new'] }, ['VERSION_RANGE supportedAgents.0']],
    ['twice', { supportedAgents: ['worker', { agentId: 'worker' }] }, ['AGENT_DUPLICATE supportedAgents.1']],
    ['that no step names', both, ['AGENT_UNUSED supportedAgents.1']],
    [
      'that are others than those of the steps',
      { supportedAgents: ['tester'] },
      [
        'AGENT_UNSUPPORTED defaultPlan.steps.0.agentId',
        'AGENT_UNSUPPORTED defaultPlan.steps.1.agentId',
        'AGENT_UNSUPPORTED defaultPlan.steps.2.agentId',
        'AGENT_UNSUPPORTED defaultPlan.steps.3.agentId',
        'AGENT_UNUSED supportedAgents.0',
      ],
    ],
  ])

  test('of rollbacks are covered too', () => {
    const rollback = { agentId: 'tester', prompt: { text: 'x' } }
    expect(check(withStep('b', { rollback }))).toEqual([
      'AGENT_UNSUPPORTED defaultPlan.steps.1.rollback.agentId',
    ])
    expect(check(withStep('b', { rollback }, both))).toEqual([])
  })

  test('that are unknown may provide the skill of a step', () => {
    expect(check(withStep('b', { agentId: undefined, skill: 'testing' }, both))).toEqual([])
  })

  test.each([
    [['testing'], []],
    [['writing'], ['AGENT_UNUSED supportedAgents.1']],
  ])('that are known to provide %j', (provides, expected) => {
    const raw = withStep('b', { agentId: undefined, skill: 'testing' }, both)
    expect(check(raw, {}, surroundingsOf({ tester: { provides } }))).toEqual(expected)
  })
})

describe('rollback', () => {
  const undo = { agentId: 'worker', prompt: { text: 'Undo it.' } }
  const effect = (sideEffects: string, rollbackAdvice: unknown) =>
    withStep('b', { name: 'Change things', sideEffects }, { rollbackAdvice })
  test.each<[string, JsonObject, string[]]>([
    ['blank advice', manifest({ rollbackAdvice: ' \n' }), ['ROLLBACK_MISSING rollbackAdvice']],
    [
      'a blank summary',
      manifest({ rollbackAdvice: { summary: '' } }),
      ['ROLLBACK_MISSING rollbackAdvice.summary'],
    ],
    [
      'blank advice for a draft',
      manifest({ rollbackAdvice: '', status: 'draft' }),
      ['ROLLBACK_MISSING rollbackAdvice'],
    ],
    [
      'blank advice over an irreversible step',
      effect('irreversible', ''),
      ['ROLLBACK_MISSING rollbackAdvice'],
    ],
    ['advice by the step’s id', effect('reversible', 'Revert what step B did.'), []],
    ['advice by the step’s name', effect('irreversible', 'Nobody can undo “change things”.'), []],
    [
      'advice that does not mention the step',
      effect('reversible', 'Be bold: ab, b2 and bb.'),
      ['ROLLBACK_STEP rollbackAdvice'],
    ],
    ['lists that name the step', effect('reversible', { summary: 'x', steps: ['b'] }), []],
    ['a summary that names the step', effect('reversible', { summary: 'Revert b.' }), []],
    [
      'lists that do not name the step',
      effect('reversible', { summary: 'x', steps: ['a'] }),
      ['ROLLBACK_STEP rollbackAdvice'],
    ],
    ['irreversible in its list', effect('irreversible', { summary: 'x', irreversible: ['b'] }), []],
    [
      'irreversible in the wrong list',
      effect('irreversible', { summary: 'b', steps: ['b'] }),
      ['ROLLBACK_IRREVERSIBLE rollbackAdvice'],
    ],
    [
      'lists of an unknown step',
      manifest({ rollbackAdvice: { summary: 'x', steps: ['z'], irreversible: ['y'] } }),
      ['ROLLBACK_STEP rollbackAdvice.steps.0', 'ROLLBACK_STEP rollbackAdvice.irreversible.0'],
    ],
    [
      'a rollback on failure without anything to undo',
      withStep('b', { onFailure: 'rollback' }),
      ['ROLLBACK_NOTHING defaultPlan.steps.1.onFailure'],
    ],
    [
      'a rollback on failure of the step itself',
      withStep('b', { onFailure: 'rollback', rollback: undo }),
      [],
    ],
    ['a rollback on failure of an earlier step', withStep('a', { rollback: undo }, {}), []],
  ])('%s', (_, raw, expected) => expect(check(raw)).toEqual(expected))

  test('of a step that runs later is refused', () => {
    const { steps } = GOOD.defaultPlan as { steps: JsonObject[] }
    const plan = (from: number, undone: number) =>
      manifest({
        defaultPlan: {
          steps: steps.map((one, index) => ({
            ...one,
            ...(index === from ? { onFailure: 'rollback' } : {}),
            ...(index === undone ? { rollback: undo } : {}),
          })),
        },
      })
    expect(check(plan(1, 3))).toEqual(['ROLLBACK_NOTHING defaultPlan.steps.1.onFailure'])
    expect(check(plan(1, 2))).toEqual([])
    expect(check(plan(3, 0))).toEqual([])
  })
})

describe('the resources of a run', () => {
  const times = (ms: (number | undefined)[], resourceProfile?: unknown) => {
    const { steps } = GOOD.defaultPlan as { steps: JsonObject[] }
    return manifest({
      defaultPlan: {
        steps: steps.map((one, index) => ({ ...one, ...(ms[index] ? { timeoutMs: ms[index] } : {}) })),
      },
      ...(resourceProfile === undefined ? {} : { resourceProfile }),
    })
  }
  test.each<[string, JsonObject, string[]]>([
    ['no timeouts', times([]), []],
    ['just enough time', times([100_000, 50_000, 150_000, 50_000]), []],
    ['too little time', times([100_000, 50_000, 150_000, 50_001]), ['TIMEOUT_PATH']],
    ['too little time in a preset', times([60_001], 'small'), ['TIMEOUT_PATH resourceProfile']],
    [
      'too little time in a custom profile',
      times([60_001], { timeoutMs: 60_000 }),
      ['TIMEOUT_PATH resourceProfile.timeoutMs'],
    ],
    ['time from the default', times([300_001], { cpu: 1 }), ['TIMEOUT_PATH resourceProfile']],
  ])('%s', (_, raw, expected) => expect(check(raw)).toEqual(expected))

  test('are reported with the longest path and its duration', () => {
    expect(findingsOn(times([100_000, 50_000, 150_000, 60_000]))).toMatchObject([
      {
        message: expect.stringContaining('a → c → d may take 310000 ms, more than the 300000'),
        hint: expect.stringContaining('write "resourceProfile": { "timeoutMs": 310000 }'),
      },
    ])
  })

  test.each<[string, unknown, unknown, string[]]>([
    ['an agent that fits', { memoryMb: 2048 }, undefined, []],
    ['an agent that is larger', { memoryMb: 2049 }, undefined, ['MEMORY_AGENT']],
    ['an agent that is larger than a preset', { memoryMb: 513 }, 'small', ['MEMORY_AGENT resourceProfile']],
    [
      'an agent that is larger than a custom profile',
      { memoryMb: 300 },
      { memoryMb: 256 },
      ['MEMORY_AGENT resourceProfile.memoryMb'],
    ],
    ['an agent without a profile', {}, 'small', []],
    ['an agent with an invalid profile', { memoryMb: 'all' }, 'small', []],
  ])('%s', (_, facts, resourceProfile, expected) => {
    const surroundings = surroundingsOf({ worker: { facts: { resourceProfile: facts } } })
    expect(
      check(manifest(resourceProfile === undefined ? {} : { resourceProfile }), {}, surroundings),
    ).toEqual(expected)
  })
})
