import { afterAll, expect, test } from 'vitest'
import { readObjectsNow } from '../../../src/core/git/read-objects-now.ts'
import fc from '../../harness/fast-check.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'
import { CONTENTS, expectedOf, shownBlob, storeObjects } from './support/objects.ts'
import { makeRepository } from './support/repository.ts'

const base = makeRepository()
const oids = storeObjects(base)
afterAll(() => base.remove())

test('objects are read as the reader that waits reads them; one that is larger than asked for has its size alone', () => {
  const request = fc.record({
    at: fc.nat(CONTENTS.length - 1),
    most: fc.constantFrom(0, 10, 65_536, Number.POSITIVE_INFINITY),
    hash: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 8 }), (requests) => {
      const wanted = requests.map(({ at, most, hash }) => ({ oid: oids[at]!, most, hash }))
      const blobs = readObjectsNow(base.top, wanted)
      for (const [index, blob] of blobs.entries()) {
        const { size, ...rest } = expectedOf(requests[index]!.at, wanted[index]!)
        expect(shownBlob(blob)).toEqual(size > wanted[index]!.most ? { size } : { size, ...rest })
      }
    }),
    { numRuns: 15 },
  )
})

test('nothing is asked of git when nothing is wanted', () => {
  expect(readObjectsNow('/no/such/folder', [])).toEqual([])
})

test('an object that this clone does not have is refused with its name', () => {
  const missing = '1'.repeat(40)
  const wanted = [oids[0]!, missing].map((oid) => ({ oid, most: 1, hash: false }))
  expect(() => readObjectsNow(base.top, wanted)).toThrow(
    expect.objectContaining({
      code: 'NO_COMMIT',
      message: `git cannot read the object ${missing} of the commit: the object is missing`,
    }),
  )
})

test('a folder outside git is refused in the words of git', () => {
  expect(() => readObjectsNow(tempFolder(), [{ oid: oids[0]!, most: 1, hash: false }])).toThrow(
    expect.objectContaining({ code: 'NO_COMMIT', message: expect.stringContaining('not a git repository') }),
  )
})
