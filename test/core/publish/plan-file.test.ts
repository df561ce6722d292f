import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readPlanFile, writePlanFile } from '../../../src/core/publish/plan-file.ts'
import type { PublishPlan } from '../../../src/core/publish/publish-plan.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'
import { change, planOf } from '../comment/support/samples.ts'

const FULL: PublishPlan = planOf(
  [
    change({
      risks: [{ id: 'x', level: 'high', field: 'f', message: 'm' }],
      breaks: ['agents/user'],
      diff: { fields: [{ path: 'owner', before: 'a', after: 'b' }], files: [] },
      draft: true,
      liveVersion: 2,
      neededBy: 'agents/other',
    }),
    change({ id: 'old', action: 'held', note: 'why', withdrawn: true }),
  ],
  {
    missing: [{ kind: 'agents', id: 'gone', expectedVersion: 2, requiredBy: ['agents/user'] }],
    commit: { sha: 'c'.repeat(40), rank: 7, dirty: true, ref: 'main' },
    draft: true,
  },
)

test('a plan is read as it was written, and nothing else is left in the folder', () => {
  const folder = tempFolder()
  const path = join(folder, 'plan.json')
  writePlanFile(path, planOf([]))
  writePlanFile(path, FULL)
  expect(readPlanFile(path)).toEqual(FULL)
  expect(readdirSync(folder)).toEqual(['plan.json'])
})

function refusalOf(content: string) {
  const path = join(tempFolder({ 'plan.json': content }), 'plan.json')
  try {
    readPlanFile(path)
    throw new Error('was read')
  } catch (error) {
    const { code, message, hint, at } = error as { code: string; message: string; hint: string; at: string }
    expect(at).toBe(path)
    return { code, message: message.replace(path, 'plan.json'), hint }
  }
}

describe('a file that is not a plan is refused with the field that is wrong:', () => {
  const edited = (change: object) => JSON.stringify({ ...FULL, ...change })
  const [item] = FULL.items
  test.each<[string, string, RegExp]>([
    ['null', 'null', /^plan.json is not a plan: document: /],
    ['a list', '[]', /^plan.json is not a plan: document: /],
    ['another document', '{"name":"x"}', /^plan.json is not a plan: nofxPlan: /],
    ['of a later format', edited({ nofxPlan: 2 }), /: nofxPlan: /],
    ['without a commit', edited({ commit: undefined }), /: commit: /],
    [
      'with a commit that is not a SHA',
      edited({ commit: { sha: 'x', rank: 1, dirty: false } }),
      /: commit\.sha: /,
    ],
    ['with another action', edited({ items: [{ ...item, action: 'delete' }] }), /: items\.0\.action: /],
    ['with a digest that is not one', edited({ items: [{ ...item, digest: 'b' }] }), /: items\.0\.digest: /],
    [
      'with a negative version',
      edited({ items: [{ ...item, expectedVersion: -1 }] }),
      /: items\.0\.expectedVersion: /,
    ],
    ['with draft: false', edited({ draft: false }), /: draft: /],
    ['without prune', edited({ prune: undefined }), /: prune: /],
  ])('%s', (_name, content, message) => {
    expect(refusalOf(content)).toEqual({
      code: 'USAGE',
      message: expect.stringMatching(message),
      hint: 'make one with: nofx registry publish --out plan.json',
    })
  })

  test.each(['', '{', JSON.stringify(FULL).slice(0, -10)])('a text that ends early', (content) => {
    const { code, message, hint } = refusalOf(content)
    expect({ code, hint }).toEqual({ code: 'USAGE', hint: 'make it again with --out' })
    expect(message).toMatch(/^plan.json is not JSON: /)
  })

  test('a path that cannot be read', () => {
    expect(() => readPlanFile(tempFolder())).toThrow(expect.objectContaining({ code: 'INPUT_UNREADABLE' }))
  })
})
