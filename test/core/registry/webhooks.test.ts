import { expect, test } from 'vitest'
import { requireTypes } from '../../../src/core/registry/webhooks.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'

const KINDS = [agents, templates]

test('every event of every kind may be asked for by a publisher, all but failed validations by the public', () => {
  const happens = ['added', 'updated', 'removed', 'withdrawn']
  const types = ['agent', 'template'].flatMap((kind) => happens.map((what) => `${kind}.${what}`))
  expect(() => requireTypes(types, 'public', KINDS)).not.toThrow()
  expect(() => requireTypes([...types, 'agent.validation_failed'], 'publisher', KINDS)).not.toThrow()
})

test('no types mean all events', () => expect(() => requireTypes([], 'public', KINDS)).not.toThrow())

test.each([
  'agents.added',
  'agent',
  'agent.',
  '.added',
  'agent.published',
  'eval.added',
  'AGENT.ADDED',
  'constructor',
  '',
])('the event type %j does not exist, and the hint names those that do', (type) => {
  expect(() => requireTypes(['agent.added', type], 'publisher', KINDS)).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      message: `the event type "${type}" does not exist`,
      hint: expect.stringMatching(/^use one of: agent\.added, .*template\.validation_failed$/),
    }),
  )
})

test('failed validations are for publishers only', () => {
  expect(() => requireTypes(['template.validation_failed'], 'public', KINDS)).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      message: 'template.validation_failed is for publishers only',
      hint: 'add --audience publisher',
    }),
  )
})
