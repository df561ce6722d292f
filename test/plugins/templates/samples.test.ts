import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkDefinition } from '../../../src/contract/check/check.ts'
import { ALONE, type Kind, type Surroundings } from '../../../src/contract/kind.ts'
import { listFolders, readSource } from '../../../src/core/tree/collect.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'

const root = join(import.meta.dirname, '../../../packages/shared')
const foldersOf = (kind: Kind) => listFolders(root, 'packages/shared', kind)
const folders = foldersOf(templates)

/** The sample agents of this repository. */
const surroundings: Surroundings = {
  find(kind, id) {
    const folder = foldersOf(agents).find((one) => kind === 'agents' && one.id === id)
    const found = folder && checkDefinition(readSource(folder), agents, ALONE).definition
    return found && agents.describe(found)
  },
}

test('there are sample templates', () => {
  expect(folders.map(({ id }) => id)).toEqual(['publish-release', 'review-pull-request', 'triage-issue'])
})

test.each(folders.map((folder) => [folder.id, folder] as const))(
  'the sample %s has no findings, with its agents and alone',
  (_, folder) => {
    for (const around of [surroundings, ALONE]) {
      const { definition, findings } = checkDefinition(readSource(folder), templates, around)
      expect(findings).toEqual([])
      expect(definition?.id).toBe(folder.id)
    }
  },
)

test.each(folders.map((folder) => [folder.id, folder] as const))(
  'the agents of the sample %s provide every skill that it needs',
  (_, folder) => {
    const { definition } = checkDefinition(readSource(folder), templates, surroundings)
    for (const { oneOf, provides } of templates.demands!(definition!))
      expect(oneOf.flatMap((id) => surroundings.find('agents', id)?.provides ?? [])).toContain(provides)
  },
)

test('the samples show every feature of the kind', () => {
  const all = folders.flatMap((folder) => readSource(folder).files.map(({ text }) => text ?? '')).join('\n')
  for (const feature of [
    '"skill"',
    '"agentId"',
    '"when": "{{parameters.',
    '"when": "{{steps.',
    '"retry"',
    '"onFailure": "continue"',
    '"onFailure": "rollback"',
    '"approval": "manual"',
    '"sideEffects": "reversible"',
    '"sideEffects": "irreversible"',
    '"rollback"',
    '"irreversible"',
    '"x-secret"',
    '"$defs"',
    '"default"',
    '"schema"',
    '"path"',
    '"outputs"',
    '"range"',
    '"examples"',
    '\\\\{{',
  ])
    expect(all).toContain(feature)
})

test.each(['fresh', 'code-review', 'a1'])('a new template named %s is valid as it is', (id) => {
  const files = Object.entries(templates.scaffold!(id, { owner: 'me@example.com' })).map(([path, text]) => ({
    path,
    size: Buffer.byteLength(text),
    text,
  }))
  const source = { kind: 'templates', id, files, findings: [] }
  expect(checkDefinition(source, templates, ALONE).findings).toEqual([])
})
