import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../../src/contract/diagnostic.ts'
import { SILENT } from '../../../src/core/progress.ts'
import { collectDrafts } from '../../../src/core/validate/report-drafts.ts'
import { finding } from '../comment/support/samples.ts'
import { publishedFrom, registryOf } from '../support/registry.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

const all = () => true
const about = (id: string, more: Partial<Diagnostic> = {}) => finding({ kind: 'agents', id, ...more })

async function drafts(
  tree: ReturnType<typeof treeOn>,
  {
    found = [],
    registry = registryOf(),
    covers = all,
  }: {
    found?: Diagnostic[]
    registry?: ReturnType<typeof registryOf>
    covers?: (one: { id: string }) => boolean
  } = {},
) {
  const { summary, manifests } = await collectDrafts(tree, covers, found, registry, SILENT)
  return { summary, manifests: manifests.map(({ id, change }) => `${id} ${change}`) }
}

describe('the manifests of a report', () => {
  const three = () => treeOn(agentFiles('changed', {}, 'Other.\n'), agentFiles('new'), agentFiles('same'))
  const registry = () => registryOf(publishedFrom(treeOn(agentFiles('changed'), agentFiles('same'))))

  test('are those of definitions that differ from the registry, and all definitions are counted', async () => {
    expect(await drafts(three(), { registry: registry() })).toEqual({
      summary: { added: 1, updated: 1, unchanged: 1 },
      manifests: ['changed updated', 'new added'],
    })
  })

  test('have those with findings as well, the ones with the most errors first', async () => {
    const found = [about('same'), about('same'), about('new'), about('changed', { severity: 'warning' })]
    expect((await drafts(three(), { registry: registry(), found })).manifests).toEqual([
      'same unchanged',
      'new added',
      'changed updated',
    ])
  })

  test('are only of definitions that are covered', async () => {
    const covers = ({ id }: { id: string }) => id === 'new'
    expect(await drafts(three(), { registry: registry(), covers })).toEqual({
      summary: { added: 1 },
      manifests: ['new added'],
    })
  })

  test('have one whose tombstone the registry has as added', async () => {
    const heads = publishedFrom(three()).heads.map((head) => ({ ...head, state: 'removed' as const }))
    expect((await drafts(three(), { registry: registryOf({ heads }) })).summary).toEqual({ added: 3 })
  })

  test.each(['NOFX_SECRET_FOUND', 'NOFX_SECRET'])(
    'never have one in which %s found a secret, and count it',
    async (rule) => {
      const found = [about('new', { rule }), about('new')]
      expect(await drafts(treeOn(agentFiles('new'), agentFiles('other')), { found })).toEqual({
        summary: { added: 2 },
        manifests: ['other added'],
      })
    },
  )

  test('have the text of the file, JSON or YAML, with its name', async () => {
    const yaml = 'agentId: b\nname: B\n'
    const tree = treeOn(agentFiles('a'), { 'packages/shared/agents/b/agent.yaml': yaml })
    const { manifests } = await collectDrafts(tree, all, [], registryOf(), SILENT)
    expect(manifests.map(({ file, text }) => [file, text])).toEqual([
      ['agent.json', expect.stringContaining('"agentId": "a"')],
      ['agent.yaml', yaml],
    ])
  })

  test('leave out a definition without a manifest', async () => {
    const tree = treeOn({ 'packages/shared/agents/a/README.md': 'x' })
    expect(await drafts(tree)).toEqual({ summary: { added: 1 }, manifests: [] })
  })

  test('stay under half a megabyte, the worst first', async () => {
    const large = (id: string) => ({
      [`packages/shared/agents/${id}/agent.json`]: JSON.stringify({ x: 'x'.repeat(200_000) }),
    })
    const found = [about('c'), about('c'), about('b')]
    expect(await drafts(treeOn(large('a'), large('b'), large('c')), { found })).toEqual({
      summary: { added: 3 },
      manifests: ['c added', 'b added'],
    })
  })
})
