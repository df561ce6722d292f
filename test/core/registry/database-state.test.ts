import { expect, test } from 'vitest'
import { isServerState, serverState } from '../../../src/core/registry/database-state.ts'

test.each([
  ['08006', 'REMOTE_FAILED', /run the command again/],
  ['53100', 'DISK_FULL', /free some space/],
  ['53200', 'REMOTE_FAILED', /load is lower/],
  ['53300', 'REMOTE_FAILED', /max_connections/],
  ['57P01', 'REMOTE_FAILED', /run the command again/],
  ['57P03', 'REMOTE_FAILED', /accepts connections/],
  ['3D000', 'REMOTE_FAILED', /create that database/],
  ['XX001', 'REMOTE_FAILED', /backup/],
  ['XX002', 'REMOTE_FAILED', /reindex/],
  ['ECONNRESET', 'REMOTE_FAILED', /run the command again/],
])('%s of a server is %s with a fitting hint', (code, failure, hint) => {
  const error = Object.assign(new Error('as the driver reports it'), { code })
  expect(isServerState(error)).toBe(true)
  const state = serverState(error, 'the registry')
  expect(state?.code).toBe(failure)
  expect(state?.hint).toMatch(hint)
})

test.each(['23505', '42501', 'PT409', undefined])('%s is an error of the request', (code) => {
  expect(serverState({ code }, 'the registry')).toBeUndefined()
})
