import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkDefinition } from '../../../src/contract/check/check.ts'
import { listFolders, readSource } from '../../../src/core/tree/collect.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'

const root = join(import.meta.dirname, '../../../packages/shared')
const folders = listFolders(root, 'packages/shared', agents)

test('there are sample agents', () => {
  expect(folders.map(({ id }) => id)).toEqual(['release-notes', 'reviewer', 'triager'])
})

test.each(folders.map((folder) => [folder.id, folder] as const))(
  'the sample %s has no findings',
  (_, folder) => {
    const { definition, findings } = checkDefinition(readSource(folder), agents, {
      find: (_kind, id) => {
        const other = folders.find((one) => one.id === id)
        const found =
          other && checkDefinition(readSource(other), agents, { find: () => undefined }).definition
        return found && agents.describe(found)
      },
    })
    expect(findings).toEqual([])
    expect(definition?.id).toBe(folder.id)
  },
)

test('the samples show every feature of the kind', () => {
  const texts = folders.map((folder) => readSource(folder))
  const all = texts.flatMap(({ files }) => files.map(({ text }) => text ?? '')).join('\n')
  for (const field of [
    '"mcp"',
    '"prompts"',
    '"variables"',
    '"permissions"',
    '"dependencies"',
    '"inputSchema"',
    '"evals"',
  ])
    expect(all).toContain(field)
  expect(texts.flatMap(({ files }) => files.map(({ path }) => path))).toContain('assets/severity.svg')
})

test.each(['fresh', 'code-reviewer', 'a1'])('a new agent named %s is valid as it is', (id) => {
  const files = Object.entries(agents.scaffold!(id, { owner: 'me@example.com' })).map(([path, text]) => ({
    path,
    size: Buffer.byteLength(text),
    text,
  }))
  const source = { kind: 'agents', id, files, findings: [] }
  expect(checkDefinition(source, agents, { find: () => undefined }).findings).toEqual([])
})
