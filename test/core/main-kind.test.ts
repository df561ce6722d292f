import { expect, it } from 'vitest'
import { mainKind } from '../../src/core/main-kind.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'

it('the main kind is agents, wherever they are in the order of publishing', () => {
  expect(mainKind([skills, agents, templates])?.id).toBe('agents')
  expect(mainKind([skills, templates])?.id).toBe('skills')
  expect(mainKind([])).toBeUndefined()
})
