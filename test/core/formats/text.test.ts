import { expect, test } from 'vitest'
import { formatText } from '../../../src/core/formats/text.ts'
import { context, example, tags, warning } from './support/samples.ts'

const short = { ...example, path: 'a.json', message: 'm', hint: 'h', rule: 'R' }

test('a finding is one line with its place, and its hint on the next', () => {
  expect(formatText([short], context)).toBe('a.json:14:7 error R m\n  hint: h')
})

test('a finding without a hint is one line', () => {
  expect(formatText([{ ...short, hint: '' }, short], context).split('\n')).toHaveLength(3)
})

test('an error is red, a warning yellow; the place is bold, the rule dim, and message and hint are plain', () => {
  const painted = { ...context, paint: tags }
  expect(formatText([short], painted)).toBe(
    '<bold>a.json:14:7</bold> <red>error</red> <dim>R</dim> m\n  <cyan>hint:</cyan> h',
  )
  expect(formatText([warning], painted)).toContain('<yellow>warning</yellow>')
})

test('findings keep the order in which they are given', () => {
  const findings = [3, 1, 2].map((line) => ({ ...short, line, hint: '' }))
  expect(formatText(findings, context).match(/:(\d):/g)).toEqual([':3:', ':1:', ':2:'])
})
