import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as yaml from 'yaml'
import { checkDefinition } from '../../src/contract/check/check.ts'
import { ALONE } from '../../src/contract/kind.ts'
import { listFolders, readSource } from '../../src/core/tree/collect.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { servers } from '../../src/plugins/servers/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'

const root = join(import.meta.dirname, '../../packages/shared')

test.each([servers, skills, agents, templates].map((kind) => [kind.id, kind] as const))(
  'there are samples of %s, and each is without findings',
  (_, kind) => {
    const folders = listFolders(root, 'packages/shared', kind)
    expect(folders.length).toBeGreaterThan(0)
    for (const folder of folders) {
      const { definition, findings } = checkDefinition(readSource(folder), kind, ALONE, { yaml: () => yaml })
      expect(findings).toEqual([])
      expect(definition?.id).toBe(folder.id)
    }
  },
)
