import { expect, test } from 'vitest'
import { loadLite, loadPostgresDriver } from '../../../../src/cloud/embedded/database/load-lite.ts'

test('loads at the same time leave the process as it was', async () => {
  const state = () => [process.env.EXPERIMENTAL_STORAGE, process.emitWarning]
  const before = state()
  const slower = new Promise((later) => setImmediate(later)).then(loadPostgresDriver)
  await Promise.all([loadLite(), slower, loadLite()])
  expect(state()).toEqual(before)
})
