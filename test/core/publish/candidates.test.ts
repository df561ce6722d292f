import { describe, expect, test } from 'vitest'
import { findRisks, treeState } from '../../../src/core/diff/compare.ts'
import { SILENT } from '../../../src/core/progress.ts'
import { collectCandidates } from '../../../src/core/publish/candidates.ts'
import type { Head } from '../../../src/core/registry/registry.ts'
import { publishedFrom, registryOf } from '../support/registry.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

const all = () => true
const only = (id: string) => (one: { id: string }) => one.id === id
const named = (found: { candidates: readonly { id: string; neededBy?: string }[] }) =>
  found.candidates.map(({ id, neededBy }) => (neededBy ? `${id} for ${neededBy}` : id)).sort()
const requires = (...agents: string[]) => ({ dependencies: { agents } })

describe('the candidates of a publish', () => {
  test('are all definitions that the publish covers, with their digests and what lists show of them', async () => {
    const tree = treeOn(agentFiles('alpha'), agentFiles('beta', { version: '1.0.0' }))
    const { candidates, diagnostics, heads } = await collectCandidates(tree, registryOf(), all, SILENT)
    const { revisions } = publishedFrom(tree)
    expect(diagnostics).toEqual([])
    expect(heads).toEqual([])
    expect(candidates).toEqual(
      revisions.map(({ kind, id, digest, metadata }) => ({
        kind,
        id,
        digest,
        // What a plan asks about; the rest of 100,000 descriptions would be most of its memory.
        description: { status: metadata.status, provides: metadata.provides, version: metadata.version },
        risks: [],
      })),
    )
  })

  test('have the risks of new definitions, and none of those that the registry has: they are compared', async () => {
    const files = (id: string) => agentFiles(id, { permissions: { network: true, filesystem: 'write' } })
    const tree = treeOn(files('alpha'), files('beta'))
    const heads = publishedFrom(tree).heads.filter(({ id }) => id === 'beta')
    const { candidates } = await collectCandidates(
      tree,
      registryOf({ heads: heads.map((head) => ({ ...head, digest: 'f'.repeat(64) })) }),
      all,
      SILENT,
    )
    const risks = new Map(candidates.map((one) => [one.id, one.risks]))
    const state = treeState(tree, tree.kinds.find(({ id }) => id === 'agents')!, 'alpha')
    expect(risks.get('alpha')).toEqual(findRisks(tree.kinds[0]!, undefined, state))
    expect(risks.get('alpha')?.length).toBeGreaterThan(0)
    expect(risks.get('beta')).toBeUndefined()
  })

  test('have one list of risks where many have the same, because 100,000 lists are much memory', async () => {
    const files = (id: string, write = {}) => agentFiles(id, { permissions: { network: true, ...write } })
    const tree = treeOn(files('alpha'), files('beta'), files('other', { filesystem: 'write' }))
    const { candidates } = await collectCandidates(tree, registryOf(), all, SILENT)
    const [alpha, beta, other] = candidates
    expect(alpha?.risks?.length).toBeGreaterThan(0)
    expect(beta?.risks).toBe(alpha?.risks)
    expect(beta?.description).toBe(alpha?.description)
    expect(other?.risks).not.toEqual(alpha?.risks)
  })

  test('leave out a definition with errors, and report them', async () => {
    const tree = treeOn(agentFiles('alpha'), agentFiles('broken', { owner: 7 }))
    const found = await collectCandidates(tree, registryOf(), all, SILENT)
    expect(named(found)).toEqual(['alpha'])
    expect(found.diagnostics).toMatchObject([{ id: 'broken', severity: 'error' }])
  })

  test('that are the same as published are not checked again', async () => {
    const tree = treeOn(agentFiles('alpha'))
    const holdings = publishedFrom(tree)
    // The registry's own description is taken, so the manifest was not read.
    const heads = holdings.heads.map((head) => ({
      ...head,
      description: { ...head.description, name: 'As published' },
    }))
    const { candidates } = await collectCandidates(tree, registryOf({ heads }), all, SILENT)
    expect(candidates).toMatchObject([{ id: 'alpha', description: { name: 'As published' } }])
  })

  test('that are the same as a draft are checked again: the manifest may promote them', async () => {
    const tree = treeOn(agentFiles('alpha'))
    const [head] = publishedFrom(tree).heads
    const draft = {
      ...head!,
      state: 'draft' as const,
      version: null,
      draftVersion: 1,
      description: { ...head!.description, provides: ['as-published'] },
    }
    const { candidates } = await collectCandidates(tree, registryOf({ heads: [draft] }), all, SILENT)
    expect(candidates).toMatchObject([{ id: 'alpha', description: { provides: ['work'], status: 'active' } }])
  })

  test('fail with the registry that does not answer, after the tree was read', async () => {
    const registry = registryOf({}, { heads: () => Promise.reject(new Error('no answer')) })
    await expect(collectCandidates(treeOn(agentFiles('alpha')), registry, all, SILENT)).rejects.toThrow(
      'no answer',
    )
  })
})

describe('what a covered definition requires', () => {
  const chain = () =>
    treeOn(
      agentFiles('alpha', requires('beta')),
      agentFiles('beta', requires('gamma')),
      agentFiles('gamma'),
      agentFiles('delta'),
    )

  test('comes along from the tree, however far, and names the definition that requires it', async () => {
    expect(named(await collectCandidates(chain(), registryOf(), only('alpha'), SILENT))).toEqual([
      'alpha',
      'beta for agents/alpha',
      'gamma for agents/beta',
    ])
  })

  test('does not come along when the registry has it', async () => {
    const heads = publishedFrom(chain()).heads.filter(({ id }) => id === 'beta')
    expect(named(await collectCandidates(chain(), registryOf({ heads }), only('alpha'), SILENT))).toEqual([
      'alpha',
    ])
  })

  test('comes along again when the registry has only a tombstone of it', async () => {
    const heads = publishedFrom(chain()).heads.map((head) => ({ ...head, state: 'removed' as const }))
    expect(named(await collectCandidates(chain(), registryOf({ heads }), only('beta'), SILENT))).toEqual([
      'beta',
      'gamma for agents/beta',
    ])
  })

  test('is collected once when two require each other', async () => {
    const tree = treeOn(agentFiles('alpha', requires('beta')), agentFiles('beta', requires('alpha')))
    const found = await collectCandidates(tree, registryOf(), only('alpha'), SILENT)
    expect(named(found)).toEqual(['alpha', 'beta for agents/alpha'])
    expect(found.diagnostics).toEqual([])
  })

  const errorsOf = async (heads: Head[], options?: { draft: boolean }) => {
    const tree = treeOn(agentFiles('alpha', requires('beta')))
    const { diagnostics } = await collectCandidates(tree, registryOf({ heads }), all, SILENT, options)
    return diagnostics.filter(({ severity }) => severity === 'error').map(({ rule }) => rule)
  }

  test('is an error when neither the tree nor the registry has it, for drafts as well', async () => {
    expect(await errorsOf([])).toEqual(['NOFX_REFERENCE_MISSING'])
    expect(await errorsOf([], { draft: true })).toEqual(['NOFX_REFERENCE_MISSING'])
  })

  test('is an error when it is not live, unless all become drafts', async () => {
    const heads = publishedFrom(treeOn(agentFiles('beta', { status: 'draft' }))).heads
    expect(await errorsOf(heads)).toEqual([expect.stringMatching(/^NOFX_REFERENCE/)])
    expect(await errorsOf(heads, { draft: true })).toEqual([])
  })
})
