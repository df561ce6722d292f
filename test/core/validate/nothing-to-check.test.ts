import { expect, test } from 'vitest'
import type { Kind } from '../../../src/contract/kind.ts'
import { noDefinitions } from '../../../src/core/validate/nothing-to-check.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { servers } from '../../../src/plugins/servers/kind.ts'
import { skills } from '../../../src/plugins/skills/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'

const KINDS: Kind[] = [agents, servers, skills, templates]
const about = (kinds: Kind[]) => noDefinitions({ root: '/none', shownPath: 'packages/shared', kinds })

test.each(KINDS.map((kind) => [kind.id, kind] as const))(
  'a folder without %s is not called a folder without definitions',
  (id, kind) => {
    expect(about([kind])).toMatchObject({
      code: 'NO_DEFINITIONS',
      message: `there are no ${id} in packages/shared`,
      hint: expect.stringContaining(`nofx new ${kind.singular} <id>`),
    })
  },
)

test('a folder without any definition is named as such', () => {
  expect(about(KINDS).message).toBe('there are no definitions in packages/shared')
})
