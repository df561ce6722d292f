import { expect, test } from 'vitest'
import { BETWEEN_PAUSES, SILENT } from '../../../src/core/progress.ts'
import type { DefinitionFolder } from '../../../src/core/tree/collect.ts'
import { readAhead } from '../../../src/core/tree/read-ahead.ts'
import type { TreeFiles, WorkingTree } from '../../../src/core/tree/tree.ts'

const COUNT = 2 * BETWEEN_PAUSES + 6
const folders = Array.from({ length: COUNT }, (_none, at) => ({ id: `a${at}` }) as DefinitionFolder)

/** A tree that keeps which folders were fetched together; the fetch of one of them fails if it is named. */
function treeWith(failing?: string) {
  const fetched: string[][] = []
  const prepare: TreeFiles['prepare'] = async (batch) => {
    fetched.push(batch.map(({ id }) => id))
    if (batch.some(({ id }) => id === failing)) throw new Error(`no object of ${failing}`)
  }
  return { tree: { files: { prepare } } as unknown as WorkingTree, fetched }
}

test('folders come in order, and the next batch is fetched before one is handled', async () => {
  const { tree, fetched } = treeWith()
  const ids: string[] = []
  for await (const { id } of readAhead(tree, folders, SILENT)) {
    const batch = Math.floor(ids.length / BETWEEN_PAUSES)
    expect(fetched.length).toBe(batch + 2)
    ids.push(id)
  }
  expect(ids).toEqual(folders.map(({ id }) => id))
  expect(fetched.flat()).toEqual(ids)
})

test('what is not wanted when its batch is fetched is left out', async () => {
  const { tree, fetched } = treeWith()
  let isOver = false
  const ids: string[] = []
  for await (const { id } of readAhead(tree, folders, SILENT, () => !isOver)) {
    isOver = true
    ids.push(id)
  }
  // The second batch had been fetched when the first folder came.
  expect(ids).toEqual(folders.slice(0, 2 * BETWEEN_PAUSES).map(({ id }) => id))
  expect(fetched.flat()).toEqual(ids)
})

test('a fetch that fails fails the batch that it is for, after the batches before it', async () => {
  const failing = `a${BETWEEN_PAUSES + 3}`
  const { tree } = treeWith(failing)
  const ids: string[] = []
  const read = async () => {
    for await (const { id } of readAhead(tree, folders, SILENT)) ids.push(id)
  }
  await expect(read()).rejects.toThrow(`no object of ${failing}`)
  expect(ids).toHaveLength(BETWEEN_PAUSES)
})

test('ends with the reason of Ctrl-C before the next batch, also on a tree of files', async () => {
  const stop = new AbortController()
  const ids: string[] = []
  const read = async () => {
    for await (const { id } of readAhead({} as WorkingTree, folders, { ...SILENT, signal: stop.signal })) {
      ids.push(id)
      stop.abort(new Error('Ctrl-C'))
    }
  }
  await expect(read()).rejects.toThrow('Ctrl-C')
  expect(ids).toHaveLength(BETWEEN_PAUSES)
})
