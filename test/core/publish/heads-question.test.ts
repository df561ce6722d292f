import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { HeadsQuestion } from '../../../src/core/publish/heads-question.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { registryOf } from '../support/registry.ts'

const LISTING = { names: new Set(['agents/one']), identify: () => 'a'.repeat(40) } as never

function begin(byTrees: boolean, preview?: string) {
  const questions: unknown[] = []
  const registry: Registry = registryOf(
    {},
    {
      ...(preview === undefined ? {} : { preview }),
      headsApart: async (kinds) => {
        questions.push(kinds.map(({ kind, buckets }) => [kind, Object.keys(buckets ?? {}).length]))
        return { sum: 'x', kinds: [] }
      },
      askForHeads: async (...kinds) => {
        questions.push(kinds)
        return { sum: undefined, read: async () => [] }
      },
    },
  )
  const question = new HeadsQuestion(Promise.resolve(registry), [agents], { publishes: ['agents'] })
  return { question, questions, onListing: question.begin(byTrees) }
}

test('the registry is asked once, with the trees that git lists', async () => {
  const { question, questions, onListing } = begin(true)
  onListing?.(LISTING)
  expect((await question.answer()).apart).toMatchObject({ sum: 'x' })
  expect(questions).toEqual([[['agents', 1]]])
})

test('the registry is asked for heads where no trees are compared, and in a preview', async () => {
  for (const { question, questions, onListing } of [begin(false), begin(true, 'pr-1')]) {
    onListing?.(LISTING)
    expect(Object.keys(await question.answer())).toEqual(['heads'])
    expect(questions).toEqual([['agents']])
  }
})

test('the registry is asked for heads where git lists nothing, as outside of git', async () => {
  const { question, questions } = begin(true)
  expect(Object.keys(await question.answer())).toEqual(['heads'])
  expect(questions).toEqual([['agents']])
})

test('a failure of git comes before one of the registry, also where it comes later', async () => {
  const lost = Promise.reject(new Error('the registry is lost'))
  const question = new HeadsQuestion(lost, [agents], { publishes: ['agents'] })
  const dirty = sleep(20).then(() => Promise.reject(new Error('the tree is dirty')))
  await expect(question.answer(dirty)).rejects.toThrow('the tree is dirty')
  await expect(question.answer(sleep(20))).rejects.toThrow('the registry is lost')
})

test('the sum is asked for without trees, and in a preview not at all', async () => {
  const { question, questions } = begin(true)
  expect(await question.askSum()).toBe('x')
  expect(questions).toEqual([[['agents', 0]]])
  expect(await begin(true, 'pr-1').question.askSum()).toBeUndefined()
})
