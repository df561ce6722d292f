import { describe, expect, test } from 'vitest'
import type { Description } from '../../../src/contract/kind.ts'
import { SILENT } from '../../../src/core/progress.ts'
import { createSurroundings } from '../../../src/core/validate/surroundings.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

const LIVE = { name: 'Of the registry', status: 'active' } as Description

/** Surroundings of a tree with one of each sort, and a registry that has `elsewhere` and `draft`. */
function around() {
  const tree = treeOn(
    agentFiles('here'),
    agentFiles('draft', { status: 'draft' }),
    agentFiles('broken', { owner: 7 }),
  )
  const asked: string[] = []
  const known = async (_kind: string, id: string) => {
    asked.push(id)
    return ['elsewhere', 'draft'].includes(id) ? LIVE : ('missing' as const)
  }
  const present = new Set(['agents/here', 'agents/draft', 'agents/broken'])
  return { surroundings: createSurroundings(tree, present, known), asked }
}

describe('what a rule finds of other definitions', () => {
  test('is the description of a definition of the tree, and nothing is missed', () => {
    const { surroundings } = around()
    expect(surroundings.find('agents', 'here')).toMatchObject({ name: 'The here' })
    expect(surroundings.find('agents', 'broken')).toBeUndefined()
    expect(surroundings.misses).toBe(0)
  })

  test('is nothing for a definition that only the registry has, until the registry was asked', async () => {
    const { surroundings, asked } = around()
    expect(surroundings.find('agents', 'elsewhere')).toBeUndefined()
    expect(surroundings.find('agents', 'nowhere')).toBeUndefined()
    expect(surroundings.misses).toBe(2)
    await surroundings.askForMissed(SILENT)
    expect(surroundings.find('agents', 'elsewhere')).toBe(LIVE)
    expect(surroundings.find('agents', 'nowhere')).toBeUndefined()
    expect(surroundings.misses).toBe(2)
    await surroundings.askForMissed(SILENT)
    expect(asked).toEqual(['elsewhere', 'nowhere'])
  })
})

describe('what a reference leads to', () => {
  test.each([
    ['here', { name: 'The here' }],
    ['elsewhere', LIVE],
    ['draft', LIVE],
  ])(
    'is for %s a definition: of the tree, else of the registry, and for a draft the live one',
    async (id, expected) => {
      expect(await around().surroundings.target('agents', id)).toMatchObject(expected)
    },
  )

  test('is broken for a definition of the tree with errors, and missing where neither side has it', async () => {
    const { surroundings } = around()
    expect(await surroundings.target('agents', 'broken')).toBe('broken')
    expect(await surroundings.target('agents', 'nowhere')).toBe('missing')
  })

  test('is the draft itself when the registry does not have it live', async () => {
    const tree = treeOn(agentFiles('draft', { status: 'draft' }))
    const { target } = createSurroundings(tree, new Set(['agents/draft']), async () => 'unknown')
    expect(await target('agents', 'draft')).toMatchObject({ name: 'The draft', status: 'draft' })
  })

  test('is asked of the registry once', async () => {
    const { surroundings, asked } = around()
    for (let time = 0; time < 3; time++) await surroundings.target('agents', 'elsewhere')
    expect(asked).toEqual(['elsewhere'])
  })
})
