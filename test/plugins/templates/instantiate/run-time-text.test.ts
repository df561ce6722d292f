import { describe, expect, test } from 'vitest'
import type {
  InstanceWhen,
  RunTimeReference,
} from '../../../../src/plugins/templates/instantiate/instantiate.ts'
import {
  completeInputs,
  completeText,
  decideWhen,
} from '../../../../src/plugins/templates/instantiate/run-time-text.ts'

const OUTPUTS: Record<string, unknown> = {
  text: 'T',
  empty: '',
  zero: 0,
  no: false,
  nothing: null,
  list: [1, 'a'],
  object: { a: 1 },
  braces: '{{parameters.x}}',
  parts: { $parts: ['x', { secret: 'token' }] },
}
const lookup = (reference: RunTimeReference) =>
  'secret' in reference ? `secret of ${reference.secret}` : OUTPUTS[reference.output]
const output = (name: string) => ({ step: 's', output: name })

describe('a text at run time', () => {
  test.each([
    ['that is final', '{{parameters.x}}', '{{parameters.x}}'],
    ['with an output', { $parts: ['a ', output('text'), ' b'] }, 'a T b'],
    ['with a secret', { $parts: ['Bearer ', { secret: 'token' }] }, 'Bearer secret of token'],
    ['with numbers and false', { $parts: [output('zero'), output('no')] }, '0false'],
    ['with null and a missing output', { $parts: ['[', output('nothing'), output('missing'), ']'] }, '[]'],
    ['with lists and objects', { $parts: [output('list'), output('object')] }, '[1,"a"]{"a":1}'],
    ['with an output that has braces', { $parts: [output('braces'), ''] }, '{{parameters.x}}'],
  ])('%s', (_, text, expected) => expect(completeText(text, lookup)).toBe(expected))
})

test('inputs at run time: a single reference keeps its type, a kept value is unchanged, everything else is walked', () => {
  const inputs = {
    plain: ['{{x}}', 1, null, { a: true }],
    lone: { $parts: [output('list')] },
    missing: { $parts: [output('missing')] },
    text: { $parts: ['', output('zero')] },
    deep: [{ in: { $parts: ['n', output('zero')] } }],
    kept: { $value: { $parts: [output('text')] } },
    dangerous: { $parts: [output('parts')] },
  }
  expect(completeInputs(inputs, lookup)).toStrictEqual({
    plain: ['{{x}}', 1, null, { a: true }],
    lone: [1, 'a'],
    missing: null,
    text: '0',
    deep: [{ in: 'n0' }],
    kept: { $parts: [output('text')] },
    dangerous: { $parts: ['x', { secret: 'token' }] },
  })
})

describe('a condition at run time', () => {
  const when = (name: string, op: InstanceWhen['op'], right?: InstanceWhen['right']): InstanceWhen => ({
    left: output(name),
    op,
    ...(right === undefined ? {} : { right }),
  })
  test.each<[boolean | InstanceWhen | undefined, boolean]>([
    [undefined, true],
    [true, true],
    [false, false],
    [when('text', 'truthy'), true],
    [when('empty', 'truthy'), false],
    [when('zero', 'falsy'), true],
    [when('no', 'falsy'), true],
    [when('nothing', 'falsy'), true],
    [when('missing', 'falsy'), true],
    [when('list', 'truthy'), true],
    [when('text', '==', 'T'), true],
    [when('text', '!=', 'T'), false],
    [when('zero', '==', '0'), false],
    [when('zero', '==', 0), true],
    [when('nothing', '==', null), true],
    [when('missing', '==', null), true],
    [when('missing', '!=', null), false],
    [when('list', '==', 'list'), false],
    [{ left: { secret: 'token' }, op: '==', right: 'secret of token' }, true],
  ])('%j: %s', (condition, expected) => expect(decideWhen(condition, lookup)).toBe(expected))
})
