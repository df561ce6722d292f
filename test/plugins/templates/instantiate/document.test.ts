import { describe, expect, test } from 'vitest'
import type { Description, JsonObject, Surroundings } from '../../../../src/contract/kind.ts'
import { instantiateTemplate } from '../../../../src/plugins/templates/instantiate/instantiate.ts'
import { renderText, startFilling } from '../../../../src/plugins/templates/instantiate/render.ts'
import { templates } from '../../../../src/plugins/templates/kind.ts'
import { definitionOf, documentOf, linesOf, stepOf, templateOf } from './support/set-up.ts'

/** A workspace whose agents provide these skills. */
function offering(skills: Record<string, string[]>): Surroundings {
  const about = { name: 'x', summary: '', status: 'active', tags: [], facts: {} } as const
  return {
    find: (kind, id): Description | undefined =>
      kind === 'agents' && skills[id] ? { ...about, tags: [], provides: skills[id] } : undefined,
  }
}

describe('a template with only the required fields', () => {
  test('becomes a document with every default filled in', () => {
    expect(documentOf(definitionOf({}))).toStrictEqual({
      steps: [
        {
          id: 'sort',
          name: 'sort',
          agentId: 'triager',
          prompt: '',
          inputs: {},
          dependsOn: [],
          timeoutMs: 1_800_000,
          retry: { maxAttempts: 1, backoffMs: 0 },
          onFailure: 'stop',
          approval: 'none',
          sideEffects: 'none',
        },
      ],
      expectedOutputs: [{ id: 'label', type: 'text', fromStep: 'sort', required: true }],
      rollback: [],
      secrets: [],
      parameters: {},
    })
  })

  test('uses its agent, and is instantiated by the kind itself', () => {
    const made = templates.instantiate?.(definitionOf({}), {}, { find: () => undefined })
    expect(made).toMatchObject({ instance: { uses: [{ kind: 'agents', id: 'triager' }] }, findings: [] })
  })
})

test('a template with every field keeps their values', () => {
  const item = definitionOf(
    {
      parameters: {
        type: 'object',
        required: ['repo', 'token'],
        properties: {
          repo: { type: 'string' },
          labels: { type: 'array', default: ['bug'] },
          token: { type: 'string', 'x-secret': true },
        },
      },
      defaultPlan: {
        steps: [
          {
            id: 'apply',
            name: 'Apply',
            agentId: 'writer',
            prompt: 'prompts/apply.md',
            dependsOn: ['sort'],
            when: '{{steps.sort.outputs.label}} != null',
            timeoutMs: 5000,
            retry: { maxAttempts: 3, backoffMs: 10 },
            onFailure: 'rollback',
            approval: 'manual',
            sideEffects: 'reversible',
            inputs: { auth: 'Bearer {{parameters.token}}', labels: '{{parameters.labels}}', n: 1 },
            rollback: { agentId: 'undoer', prompt: { text: 'Undo {{steps.apply.outputs.id}}' } },
            outputs: ['id'],
          },
          { id: 'sort', agentId: 'triager', prompt: { text: 'Sort {{parameters.repo}}.' } },
        ],
      },
      rollbackAdvice: { summary: 'Undo.', steps: ['apply'] },
      expectedOutputs: [
        { id: 'label', type: 'text', fromStep: 'sort', required: false },
        { id: 'data', type: 'json', fromStep: 'apply', schema: { type: 'object' } },
      ],
      supportedAgents: ['triager', { agentId: 'writer', range: '^1' }, 'undoer@^2'],
    },
    { 'prompts/apply.md': 'Put {{steps.sort.outputs.label}} on {{parameters.repo}}' },
  )
  const made = instantiateTemplate(item, { repo: 'acme/app', token: 'sk-1' }, { find: () => undefined })
  expect(made.instance?.uses).toEqual(['writer', 'triager', 'undoer'].map((id) => ({ kind: 'agents', id })))
  expect(made.instance?.document).toStrictEqual({
    steps: [
      {
        id: 'apply',
        name: 'Apply',
        agentId: 'writer',
        prompt: { $parts: ['Put ', { step: 'sort', output: 'label' }, ' on acme/app'] },
        inputs: { auth: { $parts: ['Bearer ', { secret: 'token' }] }, labels: ['bug'], n: 1 },
        dependsOn: ['sort'],
        when: { left: { step: 'sort', output: 'label' }, op: '!=', right: null },
        timeoutMs: 5000,
        retry: { maxAttempts: 3, backoffMs: 10 },
        onFailure: 'rollback',
        approval: 'manual',
        sideEffects: 'reversible',
      },
      {
        id: 'sort',
        name: 'sort',
        agentId: 'triager',
        prompt: 'Sort acme/app.',
        inputs: {},
        dependsOn: [],
        timeoutMs: 1_800_000,
        retry: { maxAttempts: 1, backoffMs: 0 },
        onFailure: 'stop',
        approval: 'none',
        sideEffects: 'none',
      },
    ],
    expectedOutputs: [
      { id: 'label', type: 'text', fromStep: 'sort', required: false },
      { id: 'data', type: 'json', fromStep: 'apply', schema: { type: 'object' }, required: true },
    ],
    rollback: [
      {
        step: 'apply',
        agentId: 'undoer',
        prompt: { $parts: ['Undo ', { step: 'apply', output: 'id' }] },
        inputs: {},
      },
    ],
    secrets: ['token'],
    parameters: { repo: 'acme/app', labels: ['bug'] },
  })
})

test('rollbacks are in reverse order of the steps', () => {
  const undo = (id: string, dependsOn: string[]) => ({
    id,
    dependsOn,
    sideEffects: 'reversible',
    rollback: { agentId: 'triager', prompt: { text: id } },
  })
  const item = templateOf({}, [undo('c', ['b']), undo('a', []), undo('b', ['a'])], {
    rollbackAdvice: { summary: 'Undo.', steps: ['a', 'b', 'c'] },
  })
  expect(documentOf(item).rollback.map(({ step }) => step)).toEqual(['c', 'b', 'a'])
})

test('a plan in its own file is instantiated alike', () => {
  const plan = JSON.stringify({ steps: [{ id: 'sort', agentId: 'triager', prompt: 'a.md' }] })
  const item = definitionOf({ defaultPlan: 'plan.json' }, { 'plan.json': plan, 'a.md': 'Sort.' })
  expect(documentOf(item).steps[0]?.prompt).toBe('Sort.')
})

describe('a parameter in a text', () => {
  test.each<[string, unknown, string]>([
    ['a text', 'x', '[x]'],
    ['an empty text', '', '[]'],
    ['a number', 1.5, '[1.5]'],
    ['true', true, '[true]'],
    ['false', false, '[false]'],
    ['null', null, '[]'],
    ['a list', ['a', 1], '[["a",1]]'],
    ['an object', { a: 'b' }, '[{"a":"b"}]'],
    ['a placeholder', '{{parameters.y}}', '[{{parameters.y}}]'],
    ['half of one', '{{parameters.', '[{{parameters.]'],
    ['an output', '{{steps.sort.outputs.label}}', '[{{steps.sort.outputs.label}}]'],
    ['an escape', '\\{{', '[\\{{]'],
    ['a pattern of a replacement', '$& $1 $$', '[$& $1 $$]'],
  ])('%s', (_, value, expected) => {
    expect(stepOf({ x: {} }, { prompt: { text: '[{{parameters.x}}]' } }, { x: value }).prompt).toBe(expected)
  })

  test('becomes empty text if it is absent', () => {
    expect(stepOf({ x: {} }, { prompt: { text: '[{{parameters.x}}]' } }, {}).prompt).toBe('[]')
  })

  test('values cannot combine to form a placeholder', () => {
    const step = stepOf(
      { a: {}, b: {} },
      { prompt: { text: '{ {{parameters.a}}{{parameters.b}}' } },
      { a: '{{parame', b: 'ters.b}}' },
    )
    expect(step.prompt).toBe('{ {{parameters.b}}')
  })
})

describe('a parameter as an input', () => {
  test.each<[string, unknown]>([
    ['a text', 'x'],
    ['a number', 3],
    ['false', false],
    ['null', null],
    ['a list', [1, ['a']]],
    ['an object', { a: { b: [null] } }],
    ['a text like a placeholder', '{{parameters.x}}'],
  ])('keeps its type: %s', (_, value) => {
    const inputs = { one: '{{parameters.x}}', in: [{ deep: '{{ parameters.x }}' }] }
    expect(stepOf({ x: {} }, { inputs }, { x: value }).inputs).toStrictEqual({
      one: value,
      in: [{ deep: value }],
    })
  })

  test('becomes null if it is absent', () => {
    expect(stepOf({ x: {} }, { inputs: { one: '{{parameters.x}}' } }, {}).inputs).toEqual({ one: null })
  })

  test('becomes text inside a text', () => {
    const { inputs } = stepOf(
      { x: {} },
      { inputs: { a: ' {{parameters.x}}', b: 'n{{parameters.x}}' } },
      { x: 3 },
    )
    expect(inputs).toEqual({ a: ' 3', b: 'n3' })
  })

  test.each<[string, unknown]>([
    ['parts', { $parts: ['x', { secret: 'token' }] }],
    ['a kept value', { $value: 1 }],
    ['a schema', { type: 'object', properties: { a: { $ref: '#/a' } } }],
    ['inside of lists', [[{ $gt: 1 }]]],
  ])('stays data although it has keys with "$": %s', (_, value) => {
    expect(stepOf({ x: {} }, { inputs: { one: '{{parameters.x}}' } }, { x: value }).inputs).toEqual({
      one: { $value: value },
    })
  })
})

describe('a condition', () => {
  const when = (text: string, parameters: JsonObject = {}) =>
    stepOf({ x: {} }, { when: text }, parameters).when

  test.each<[string, JsonObject, boolean]>([
    ['{{parameters.x}}', { x: 'a' }, true],
    ['{{parameters.x}}', { x: '' }, false],
    ['{{parameters.x}}', { x: 0 }, false],
    ['{{parameters.x}}', { x: false }, false],
    ['{{parameters.x}}', { x: 'false' }, true],
    ['{{parameters.x}}', { x: null }, false],
    ['{{parameters.x}}', {}, false],
    ['{{parameters.x}}', { x: [] }, true],
    ['!{{parameters.x}}', {}, true],
    ['{{parameters.x}} == "high"', { x: 'high' }, true],
    ['{{parameters.x}} == "high"', { x: 'low' }, false],
    ['{{parameters.x}} != "high"', { x: 'low' }, true],
    ['{{parameters.x}} == 3', { x: 3 }, true],
    ['{{parameters.x}} == 3', { x: '3' }, false],
    ['{{parameters.x}} == null', {}, true],
    ['{{parameters.x}} != null', {}, false],
    ['{{parameters.x}} == "{"', { x: '{' }, true],
  ])('%s with %j is decided: %s', (text, parameters, expected) => {
    expect(when(text, parameters)).toBe(expected)
  })

  test('on an output is decided at run time', () => {
    const item = templateOf({}, [
      { id: 'sort', outputs: ['n'] },
      { id: 'next', dependsOn: ['sort'], when: '{{steps.sort.outputs.n}} == 3' },
      { id: 'last', dependsOn: ['sort'], when: '!{{steps.sort.outputs.n}}' },
    ])
    const left = { step: 'sort', output: 'n' }
    expect(documentOf(item).steps.map((step) => step.when)).toEqual([
      undefined,
      { left, op: '==', right: 3 },
      { left, op: 'falsy' },
    ])
  })
})

describe('a skill', () => {
  const item = () =>
    templateOf({}, [{ id: 'sort', skill: 'sorting' }], { supportedAgents: ['one', 'two', 'three'] })

  test.each<[string, Record<string, string[]>, string]>([
    ['goes to the first agent that provides it', { one: [], two: ['sorting'], three: ['sorting'] }, 'two'],
    ['goes to the first agent if all are unknown', {}, 'one'],
    ['goes to an agent that provides it before an unknown agent', { three: ['sorting'] }, 'three'],
    ['goes to an unknown agent before an agent that does not provide it', { one: [], three: [] }, 'two'],
  ])('%s', (_, skills, expected) => {
    const { instance } = instantiateTemplate(item(), {}, offering(skills))
    expect(instance?.uses).toEqual([{ kind: 'agents', id: expected }])
  })

  test('that no agent provides any more is a finding', () => {
    const { instance, findings } = instantiateTemplate(
      item(),
      {},
      offering({ one: [], two: ['Sorting'], three: [] }),
    )
    expect(instance).toBeUndefined()
    expect(findings.map(({ file }) => file)).toEqual(['template.json'])
    expect(linesOf(findings)).toEqual([
      'NOFX_INSTANCE_AGENT defaultPlan.steps.0.skill: no supported agent offers the skill "sorting" any more | add an agent that offers it to supportedAgents',
    ])
  })
})

describe('instances that are too large', () => {
  const repeated = '{{parameters.x}} '.repeat(1000)
  test.each<[string, JsonObject, unknown]>([
    ['a prompt', { prompt: { text: repeated } }, 'x'.repeat(1000)],
    ['inputs', { inputs: Object.fromEntries(repeated.trim().split(' ').entries()) }, ['x'.repeat(1000)]],
    ['a text of inputs', { inputs: { a: repeated } }, 'x'.repeat(1000)],
  ])('%s', (_, step, x) => {
    const item = templateOf({ x: {} }, [{ id: 'sort', ...step }])
    const { instance, findings } = instantiateTemplate(item, { x }, { find: () => undefined })
    expect(instance).toBeUndefined()
    expect(linesOf(findings)).toEqual([
      'NOFX_INSTANCE_SIZE : the texts of the plan take more than 500,000 characters once parameters are filled in | give shorter values',
    ])
    expect(documentOf(item, { x: 'short' }).steps).toHaveLength(1)
  })

  test('250 KiB sixteen thousand times is refused without being built', () => {
    const texts = { 'p.md': '{{parameters.x}}'.repeat(16_000) }
    const parameters = { properties: { x: {} } }
    const plan = { steps: [{ id: 'sort', agentId: 'triager', prompt: 'p.md' }] }
    const item = definitionOf({ parameters, defaultPlan: plan }, texts)
    const made = instantiateTemplate(item, { x: 'x'.repeat(260_000) }, { find: () => undefined })
    expect(made.findings.map(({ rule }) => rule)).toEqual(['NOFX_INSTANCE_SIZE'])
  })
})

test('changing an instance changes neither the parameters nor the template', () => {
  const item = templateOf({ x: { default: { list: [1] } } }, [
    { id: 'first' },
    { id: 'sort', dependsOn: ['first'], inputs: { a: '{{parameters.x}}', b: { list: [2] } } },
  ])
  const before = structuredClone(item.manifest)
  const given = { x: { list: [1] } }
  for (const parameters of [given, {}]) {
    const { inputs, dependsOn } = documentOf(item, parameters).steps[1]!
    for (const value of Object.values(inputs)) (value as { list: number[] }).list.push(9)
    dependsOn.push('x')
  }
  expect(given).toEqual({ x: { list: [1] } })
  expect(item.manifest).toEqual(before)
  expect(documentOf(item).steps[1]!.inputs).toEqual({ a: { list: [1] }, b: { list: [2] } })
})

test('wrong parameters make no instance', () => {
  const item = templateOf({ x: { type: 'string' } }, [{ id: 'sort', inputs: { x: '{{parameters.x}}' } }])
  const made = instantiateTemplate(item, { x: 1, y: 2 }, { find: () => undefined })
  expect(made.instance).toBeUndefined()
  expect(made.findings.map(({ file, rule }) => `${file} ${rule}`)).toEqual([
    'parameters NOFX_PARAMETER_INVALID',
    'parameters NOFX_PARAMETER_UNKNOWN',
  ])
})

test('a required secret must be given, unless secrets come later', () => {
  const parameters = { required: ['token'], properties: { token: { 'x-secret': true } } }
  const item = templateOf({}, [{ id: 'sort', inputs: { auth: '{{parameters.token}}' } }], { parameters })
  const missing = instantiateTemplate(item, {}, { find: () => undefined })
  expect(missing.instance).toBeUndefined()
  expect(missing.findings.map(({ rule }) => rule)).toEqual(['NOFX_PARAMETER_MISSING'])
  const later = instantiateTemplate(item, {}, { find: () => undefined }, true)
  expect(later).toEqual(instantiateTemplate(item, { token: 's3cret' }, { find: () => undefined }))
  expect(later.instance?.document).toMatchObject({ secrets: ['token'], parameters: {} })
})

test('properties that every object inherits are not parameters', () => {
  const filling = startFilling({}, new Set())
  expect(renderText('[{{parameters.toString}}{{parameters.__proto__}}]', filling)).toBe('[]')
})
