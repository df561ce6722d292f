import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/contract/kind.ts'
import { check, findingsOn, manifest, step, withStep } from '../support/template.ts'

const STEPS = 'defaultPlan.steps'
const plan = (...steps: JsonObject[]) => ({ defaultPlan: { steps } })
/** A plan of only these steps, without parameters; the last step makes the expected output. */
const only = (...steps: JsonObject[]) =>
  manifest({
    ...plan(...steps),
    parameters: undefined,
    expectedOutputs: [{ id: 'report', type: 'text', fromStep: steps.at(-1)?.id }],
  })

test('a good template has no findings', () => expect(check(manifest())).toEqual([]))

describe('steps', () => {
  test.each<[string, JsonObject, string[]]>([
    ['one step', only(step('a')), []],
    ['one step with only an agent', only({ id: 'a', agentId: 'worker' }), []],
    ['one step with only a skill', only({ id: 'a', skill: 'triage' }), []],
    ['ids in any case', only(step('A_1'), step('a-1'), step('1')), []],
    ['an id twice', only(step('a'), step('b'), step('a')), [`STEP_DUPLICATE ${STEPS}.2.id`]],
    ['an agent and a skill', withStep('b', { skill: 'x1' }), [`STEP_AGENT ${STEPS}.1.skill`]],
    ['neither agent nor skill', withStep('b', { agentId: undefined }), [`STEP_AGENT ${STEPS}.1`]],
    [
      'a rollback by an agent and a skill',
      withStep('b', { rollback: { agentId: 'worker', skill: 'undo', prompt: { text: 'x' } } }),
      [`STEP_AGENT ${STEPS}.1.rollback.skill`],
    ],
    [
      'a rollback without an agent or skill',
      withStep('b', { rollback: { prompt: { text: 'x' } } }),
      [`STEP_AGENT ${STEPS}.1.rollback`],
    ],
    [
      'an unknown dependency',
      withStep('b', { dependsOn: ['a', 'z'] }),
      [`STEP_DEPENDENCY ${STEPS}.1.dependsOn.1`],
    ],
    ['an unknown field', withStep('b', { model: 'x' }), [`FIELD_UNKNOWN ${STEPS}.1.model`]],
    [
      'an unknown side effect',
      withStep('b', { sideEffects: 'some' }),
      [`FIELD_INVALID ${STEPS}.1.sideEffects`],
    ],
    ['a timeout of 999 ms', withStep('b', { timeoutMs: 999 }), [`FIELD_INVALID ${STEPS}.1.timeoutMs`]],
    [
      '11 attempts',
      withStep('b', { retry: { maxAttempts: 11 } }),
      [`FIELD_INVALID ${STEPS}.1.retry.maxAttempts`],
    ],
    ['an id with a dot', withStep('c', { id: 'c.1' }), [`FIELD_INVALID ${STEPS}.2.id`]],
    ['the id __proto__', withStep('c', { id: '__proto__' }), [`FIELD_INVALID ${STEPS}.2.id`]],
    [
      'a plan without steps',
      manifest({ ...plan(), expectedOutputs: [] }),
      [`PLAN_MISSING ${STEPS}`, 'OUTPUT_MISSING expectedOutputs'],
    ],
  ])('%s', (_, raw, expected) => expect(check(raw)).toEqual(expected))

  test('may be 100 in number, and 101 are one finding', () => {
    const steps = Array.from({ length: 101 }, (_, index) =>
      step(`s${index}`, index > 0 ? { dependsOn: [`s${index - 1}`] } : {}),
    )
    expect(check(only(...steps.slice(1).map((one, index) => (index === 0 ? step('s1') : one))))).toEqual([])
    const [finding, ...more] = findingsOn(only(...steps))
    expect(more).toEqual([])
    expect(finding).toMatchObject({ rule: 'NOFX_FIELD_INVALID', pointer: ['defaultPlan', 'steps'] })
    expect(finding!.message).toContain('at most 100')
  })

  test.each(['constructor', 'toString', 'hasOwnProperty'])('may have the id %s', (id) => {
    const raw = only(
      step(id, { outputs: ['valueOf'] }),
      step('z', {
        dependsOn: [id],
        prompt: { text: `Use {{steps.${id}.outputs.valueOf}}.` },
      }),
    )
    expect(check(raw)).toEqual([])
  })
})

describe('cycles of steps', () => {
  const cycle = (...steps: JsonObject[]) => findingsOn(only(...steps))

  test('are reported with their path', () => {
    const found = cycle(
      step('start'),
      step('a', { dependsOn: ['start', 'c'] }),
      step('b', { dependsOn: ['a'] }),
      step('c', { dependsOn: ['b'] }),
    )
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({
      rule: 'NOFX_STEP_CYCLE',
      pointer: ['defaultPlan', 'steps', 1, 'dependsOn', 1],
      message: 'steps wait for each other: a → c → b → a',
    })
  })

  test('of one step are reported as such', () => {
    const [found] = cycle(step('a', { dependsOn: ['a'] }))
    expect(found).toMatchObject({
      rule: 'NOFX_STEP_CYCLE',
      pointer: ['defaultPlan', 'steps', 0, 'dependsOn', 0],
      message: 'the step a depends on itself: a → a',
    })
  })

  test('of 100 steps have a short message', () => {
    const steps = Array.from({ length: 100 }, (_, index) =>
      step(`s${index}`, { dependsOn: [`s${(index + 99) % 100}`] }),
    )
    const [found, ...more] = cycle(...steps)
    expect(more).toEqual([])
    expect(found!.message.length).toBeLessThan(200)
  })

  test('cause no further findings about the order of outputs', () => {
    const found = cycle(
      step('a', { dependsOn: ['b'], outputs: ['x'] }),
      step('b', { dependsOn: ['a'], outputs: ['y'], prompt: { text: '{{steps.a.outputs.x}}' } }),
      step('c', { prompt: { text: '{{steps.b.outputs.y}}' } }),
    )
    expect(found.map(({ rule }) => rule)).toEqual(['NOFX_STEP_CYCLE'])
  })
})
