import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/contract/kind.ts'
import { templateRisks } from '../../../../src/plugins/templates/risks/risks.ts'
import { definitionOf, GOOD, manifest, step, withStep } from '../support/template.ts'

/** Risks as `level id message` lines. */
function risks(before: JsonObject | undefined, after: JsonObject): string[] {
  return templateRisks(before && definitionOf(before), definitionOf(after)).map(
    ({ level, id, message }) => `${level} ${id} ${message}`,
  )
}

const undo = { agentId: 'worker', prompt: { text: 'Undo it.' } }
const PARAMETERS = GOOD.parameters as JsonObject & { properties: JsonObject }
const taking = (properties: JsonObject, more: JsonObject = {}) =>
  manifest({
    parameters: { ...PARAMETERS, properties: { ...PARAMETERS.properties, ...properties }, ...more },
  })

test('an unchanged template and changed wording have no risks', () => {
  expect(risks(manifest(), manifest())).toEqual([])
  expect(
    risks(manifest(), manifest({ description: 'Other.', name: 'Other', tags: ['x'], docs: 'd.md' })),
  ).toEqual([])
})

describe('a new template', () => {
  test('without side effects has no risks', () => expect(risks(undefined, manifest())).toEqual([]))

  test('has the risks of irreversible steps and secrets', () => {
    const key = { type: 'string', 'x-secret': true }
    const raw = { ...withStep('d', { sideEffects: 'irreversible' }), parameters: taking({ key }).parameters }
    expect(risks(undefined, raw)).toEqual([
      'high step-irreversible the step d is irreversible and has no approval',
      'medium parameter-secret takes the secret key',
    ])
    expect(risks(undefined, withStep('d', { sideEffects: 'irreversible', approval: 'manual' }))).toEqual([
      'medium step-irreversible the step d is irreversible',
    ])
  })
})

describe('steps', () => {
  test.each<[string, JsonObject, JsonObject, string[]]>([
    [
      'irreversible',
      manifest(),
      withStep('d', { sideEffects: 'irreversible' }),
      ['high step-irreversible side effects of the step d: none → irreversible'],
    ],
    [
      'reversible',
      manifest(),
      withStep('d', { sideEffects: 'reversible' }),
      ['medium step-effects side effects of the step d: none → reversible'],
    ],
    ['harmless', withStep('d', { sideEffects: 'irreversible' }), manifest(), []],
    [
      'without approval',
      withStep('d', { approval: 'manual' }),
      manifest(),
      ['high step-approval-removed the step d no longer waits for approval'],
    ],
    ['with approval', manifest(), withStep('d', { approval: 'manual' }), []],
    [
      'without rollback',
      withStep('d', { rollback: undo }),
      manifest(),
      ['high step-rollback-removed the step d can no longer be rolled back'],
    ],
    [
      'rolled back by another agent',
      withStep('d', { rollback: undo }),
      withStep('d', { rollback: { ...undo, agentId: 'other' } }),
      ['medium step-rollback-changed the step d is rolled back in another way'],
    ],
    [
      'done by another agent',
      manifest(),
      withStep('d', { agentId: undefined, skill: 'work' }),
      ['high step-agent-changed the step d goes to any agent that offers work instead of the agent worker'],
    ],
    [
      'without a condition',
      manifest(),
      withStep('c', { when: undefined }),
      ['medium step-condition-changed the step c always runs'],
    ],
    [
      'waiting for less',
      manifest(),
      withStep('d', { dependsOn: ['b'] }),
      ['medium step-order-changed the step d no longer waits for c'],
    ],
    [
      'that may fail',
      manifest(),
      withStep('d', { onFailure: 'continue' }),
      ['medium step-failure-changed when the step d fails: stop → continue'],
    ],
    [
      'with more time',
      withStep('d', { timeoutMs: 10_000 }),
      withStep('d', { timeoutMs: 100_000 }),
      ['high step-timeout-raised timeoutMs of the step d 10000 → 100000'],
    ],
    [
      'without a timeout',
      withStep('d', { timeoutMs: 10_000 }),
      manifest(),
      ['medium step-timeout-raised timeoutMs of the step d 10000 → (none)'],
    ],
    ['with less time', manifest(), withStep('d', { timeoutMs: 10_000 }), []],
    [
      'with more attempts',
      manifest(),
      withStep('d', { retry: { maxAttempts: 3 } }),
      ['low step-retry-raised attempts of the step d 1 → 3'],
    ],
  ])('%s', (_, before, after, expected) => expect(risks(before, after)).toEqual(expected))

  test('that are added or removed', () => {
    const { steps } = GOOD.defaultPlan as { steps: JsonObject[] }
    const plan = (...more: JsonObject[]) => manifest({ defaultPlan: { steps: [...steps, ...more] } })
    expect(risks(manifest(), plan(step('e')))).toEqual(['low step-added the step e is new'])
    expect(risks(manifest(), plan(step('e', { sideEffects: 'irreversible', approval: 'manual' })))).toEqual([
      'high step-irreversible the step e is irreversible',
    ])
    expect(risks(plan(step('e')), manifest())).toEqual(['medium step-removed the step e is removed'])
    expect(risks(plan(step('e', { approval: 'manual' })), manifest())).toEqual([
      'high step-removed the step e, which waited for approval, is removed',
    ])
  })
})

describe('parameters', () => {
  const text = { type: 'string' }
  const key = { ...text, 'x-secret': true }
  test.each<[string, JsonObject, JsonObject, string[]]>([
    ['an added optional parameter', manifest(), taking({ x: text }), ['low parameter-added also takes x']],
    [
      'an added required parameter',
      manifest(),
      taking({ x: text }, { required: ['repo', 'x'] }),
      ['high parameter-required now requires x'],
    ],
    [
      'an added required parameter with a default',
      manifest(),
      taking({ x: { ...text, default: 'y' } }, { required: ['repo', 'x'] }),
      ['low parameter-added also takes x'],
    ],
    [
      'an optional parameter that became required',
      taking({ x: text }),
      taking({ x: text }, { required: ['repo', 'x'] }),
      ['high parameter-required now requires x'],
    ],
    ['one less', taking({ x: text }), manifest(), ['high parameter-removed no longer takes x']],
    [
      'an added secret parameter',
      manifest(),
      taking({ x: key }),
      ['high parameter-secret takes the secret x', 'low parameter-added also takes x'],
    ],
    [
      'a parameter that is no longer secret',
      taking({ x: key }),
      taking({ x: text }),
      [
        'high parameter-secret-opened is no longer secret: x',
        'medium parameter-changed other values are right for x',
      ],
    ],
    [
      'another pattern',
      taking({ x: text }),
      taking({ x: { ...text, pattern: '^a' } }),
      ['medium parameter-changed other values are right for x'],
    ],
    ['other words', taking({ x: text }), taking({ x: { ...text, description: 'Words.', title: 'X' } }), []],
  ])('%s', (_, before, after, expected) => expect(risks(before, after)).toEqual(expected))

  test('are never shown with a default', () => {
    const secret = (value: string) => taking({ x: { ...text, default: value } })
    expect(risks(secret('hunter2222'), secret('hunter3333')).join()).not.toContain('hunter')
  })
})

describe('everything else', () => {
  test.each<[string, JsonObject, JsonObject, string[]]>([
    [
      'another agent',
      {},
      { supportedAgents: ['worker', 'other'] },
      ['high agent-added the agent other may take steps'],
    ],
    [
      'a removed agent',
      { supportedAgents: ['worker', 'other'] },
      {},
      ['medium agent-removed the agent other no longer takes steps'],
    ],
    [
      'another range',
      { supportedAgents: ['worker@^1'] },
      { supportedAgents: ['worker'] },
      ['medium agent-range-changed worker@^1 → worker@*'],
    ],
    [
      'another order',
      { supportedAgents: ['worker', 'other'] },
      { supportedAgents: ['other', 'worker'] },
      ['low agent-order-changed agents are preferred in the order other, worker'],
    ],
    [
      'a removed output',
      {},
      { expectedOutputs: [] },
      ['high output-removed a run no longer leaves report behind'],
    ],
    [
      'an output of another type',
      {},
      { expectedOutputs: [{ id: 'report', type: 'url', fromStep: 'd' }] },
      ['medium output-changed what a run leaves behind as report is different'],
    ],
    [
      'an output that may be missing',
      {},
      { expectedOutputs: [{ id: 'report', type: 'text', fromStep: 'd', required: false }] },
      ['medium output-optional a run may end without report'],
    ],
    [
      'more time',
      {},
      { resourceProfile: 'large' },
      [
        'medium limit-raised cpu 1 → 4',
        'medium limit-raised memoryMb 2048 → 8192',
        'medium limit-raised timeoutMs 300000 → 1800000',
        'medium limit-raised maxTokens 200000 → 1000000',
        'medium limit-raised maxToolCalls 100 → 500',
        'high limit-raised maxCostUsd 2 → 20',
        'medium limit-raised maxConcurrency 5 → 10',
      ],
    ],
    ['everything reduced', {}, { resourceProfile: 'small' }, []],
    [
      'out of sight',
      {},
      { status: 'disabled' },
      ['high status-changed status active → disabled: readers lose it'],
    ],
    ['another owner', {}, { owner: '@other' }, ['medium owner-changed owner @platform → @other']],
    [
      'newer workers',
      {},
      { compatibility: { worker: '>=2' } },
      ['low compatibility-changed runs on workers * → >=2'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(risks(manifest(before), manifest(after))).toEqual(expected)
  })
})
