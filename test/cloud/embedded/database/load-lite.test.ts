import { expect, test } from 'vitest'
import {
  loadLite,
  loadPgliteDriver,
  loadPostgresDriver,
} from '../../../../src/cloud/embedded/database/load-lite.ts'

test('loads at the same time leave the process as it was', async () => {
  const state = () => [process.env.EXPERIMENTAL_STORAGE, process.emitWarning]
  const before = state()
  const slower = new Promise((later) => setImmediate(later)).then(loadPgliteDriver)
  await Promise.all([loadLite(), loadPostgresDriver(), slower, loadLite()])
  expect(state()).toEqual(before)
})
