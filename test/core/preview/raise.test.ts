import { expect, test } from 'vitest'
import { Failure } from '../../../src/contract/failure.ts'
import type { NewPreview } from '../../../src/contract/protocol/previews.ts'
import { planPreview } from '../../../src/core/preview/plan-preview.ts'
import { raisePreview } from '../../../src/core/preview/raise.ts'
import { SILENT } from '../../../src/core/progress.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { PUBLISHED, publishedFrom, RELEASED, registryOf } from '../support/registry.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

const UP = { name: 'pr-7', created: true, origin: 'acme/shop#7', createdAt: '', updatedAt: '', expiresAt: '' }

/** Production with what a tree has, and a preview of it that is raised with what another has. */
async function raise(inside: ReturnType<typeof registryOf>, up: Registry['previews']['up']) {
  const tree = treeOn(agentFiles('one', {}, 'Changed.\n'))
  const previews = { up } as Registry['previews']
  const production = registryOf(publishedFrom(treeOn(agentFiles('one'))), {
    previews,
    inPreview: () => inside,
  })
  const options = { commit: PUBLISHED, publishes: ['agents'] }
  const { plan, candidates } = await planPreview(tree, production, options, SILENT)
  const request = { name: 'pr-7', origin: 'acme/shop#7', ttlHours: 24, actor: 'ann', prune: false }
  const asked = { ...request, publishes: ['agents'], candidates, plan: plan! }
  return { production, up: () => raisePreview(tree, production, asked, SILENT) }
}

const previewOf = (holdings = {}) => registryOf(holdings, { label: 'the preview', preview: 'pr-7' })

test('a preview is made first, then the tree is published into it as one release, and production stays as it is', async () => {
  const inside = previewOf()
  const asked: NewPreview[] = []
  const { production, up } = await raise(inside, async (wanted) => {
    expect(inside.calls).toEqual([])
    asked.push(wanted)
    return UP
  })
  expect(await up()).toEqual({ preview: UP, result: RELEASED })
  expect(asked).toEqual([
    { name: 'pr-7', origin: 'acme/shop#7', ttlHours: 24, actor: 'ann', commit: PUBLISHED.sha },
  ])
  expect(inside.calls.map((call) => call.split(' ')[0])).toEqual(['upload', 'stage', 'commit'])
  expect(inside.calls[0]).toMatch(/^upload .*pr-7\/agents\/one\//)
  expect(inside.requests.at(-1)).toMatchObject({
    reason: 'preview of acme/shop#7',
    force: true,
    actor: 'ann',
  })
  expect(production.calls).toEqual([])
})

test('raising a preview again that already shows the tree changes nothing', async () => {
  const inside = previewOf(publishedFrom(treeOn(agentFiles('one', {}, 'Changed.\n'))))
  const { up } = await raise(inside, async () => UP)
  expect(await up()).toMatchObject({ result: { releaseId: null, outcomes: [] } })
  expect(inside.calls).toEqual([])
})

test('a name that another origin has is refused, and nothing is published', async () => {
  const inside = previewOf()
  const { up } = await raise(inside, () => {
    throw new Failure('CONFLICT', 'pr-7 is a preview of acme/shop#8', 'choose another name')
  })
  await expect(up()).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(inside.calls).toEqual([])
})
