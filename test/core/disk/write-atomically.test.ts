import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { writeAtomically } from '../../../src/core/disk/write-atomically.ts'

test('a device stays a device, even for a user that may replace it', () => {
  writeAtomically('/dev/null', 'nothing to see\n')
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
})
