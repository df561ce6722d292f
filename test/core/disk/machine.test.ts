import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isSharedFolder, thisPlace } from '../../../src/core/disk/machine.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

test('this place has the name of the host, and is the same each time', () => {
  expect(thisPlace().host).toBe(hostname())
  expect(thisPlace()).toEqual(thisPlace())
})

test.runIf(process.platform === 'linux')(
  'on Linux this place has the start of the machine and the namespace of pids',
  () => {
    const { boot, pids } = thisPlace()
    expect(boot).toMatch(/^[0-9a-f-]{36}$/)
    expect(pids).toMatch(/^pid:\[\d+\]$/)
  },
)

test('a temporary folder of this machine is not shared', () => {
  expect(isSharedFolder(tempFolder())).toBe(false)
})

test('a folder that cannot be asked counts as shared, so that no lock in it is taken over', () => {
  expect(isSharedFolder(join(tempFolder(), 'missing'))).toBe(true)
})
