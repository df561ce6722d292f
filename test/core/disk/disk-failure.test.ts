import { expect, test } from 'vitest'
import { Failure } from '../../../src/contract/failure.ts'
import { asDiskFailure, diskFull, isDiskFull } from '../../../src/core/disk/disk-failure.ts'

const withCode = (code: unknown) => Object.assign(new Error('failed'), { code })

test.each(['ENOSPC', 'EDQUOT', '53100'])('%s means that the disk is full', (code) => {
  expect(isDiskFull(withCode(code))).toBe(true)
  expect(asDiskFailure(withCode(code), '/a/b')).toMatchObject({
    code: 'DISK_FULL',
    message: 'no room left on the disk for /a/b',
    hint: 'free some space and run again',
    at: '/a/b',
  })
})

test.each([undefined, null, 'ENOSPC', {}, withCode('EACCES'), withCode(28), new Error('ENOSPC')])(
  '%s does not mean that the disk is full',
  (error) => expect(isDiskFull(error)).toBe(false),
)

test('a full disk without a known path is reported without one', () => {
  const failure = diskFull(withCode('ENOSPC'), undefined)
  expect(failure.message).toBe('no room left on the disk')
  expect(failure.at).toBeUndefined()
})

test('any other error of the system is reported with its code, its path and its cause', () => {
  const cause = withCode('EACCES')
  expect(asDiskFailure(cause, '/a/b')).toMatchObject({
    code: 'INPUT_UNREADABLE',
    message: '/a/b cannot be read or written (EACCES)',
    hint: 'check that the path is right and that you may write there',
    at: '/a/b',
    cause,
  })
  expect(asDiskFailure(new Error('odd'), '/a').message).toBe('/a cannot be read or written (unknown error)')
})

test('a failure that already has its advice stays as it is', () => {
  const failure = new Failure('CONFLICT', 'moved', 'plan again')
  expect(asDiskFailure(failure, '/a')).toBe(failure)
})
