import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ObjectReader, unreadableObject } from '../../../src/core/git/object-reader.ts'
import fc from '../../harness/fast-check.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'
import { CONTENTS, expectedOf, shownBlob, storeObjects } from './support/objects.ts'
import { makeRepository } from './support/repository.ts'

const base = makeRepository()
const oids = storeObjects(base)
afterAll(() => base.remove())
const MISSING = '1'.repeat(40)

test('objects of any size and content are read whole, in any order and number at once', async () => {
  const reader = new ObjectReader(base.top)
  const request = fc.record({
    at: fc.nat(CONTENTS.length - 1),
    most: fc.constantFrom(0, 10, 65_536, Number.POSITIVE_INFINITY),
    hash: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 12 }), async (requests) => {
      const read = requests.map(({ at, most, hash }) => reader.read({ oid: oids[at]!, most, hash }))
      for (const [index, blob] of (await Promise.all(read)).entries()) {
        const { at, ...wanted } = requests[index]!
        expect(shownBlob(blob)).toEqual(expectedOf(at, wanted))
      }
    }),
    { numRuns: 25 },
  )
})

test('an object that this clone does not have is refused, and the objects asked for beside it are read', async () => {
  const reader = new ObjectReader(base.top)
  const wanted = { most: 100, hash: false }
  const [before, missing, after] = await Promise.allSettled(
    [oids[1]!, MISSING, oids[2]!].map((oid) => reader.read({ oid, ...wanted })),
  )
  expect([before?.status, after?.status]).toEqual(['fulfilled', 'fulfilled'])
  expect(missing).toMatchObject({
    reason: {
      code: 'NO_COMMIT',
      message: `git cannot read the object ${MISSING} of the commit: the object is missing`,
      hint: 'fetch what this clone lacks: git fetch --refetch --no-filter',
    },
  })
})

test('a git that ends refuses all that it was asked for, and the next read starts another', async () => {
  const made = base.copy()
  const reader = new ObjectReader(made.top)
  const [oid] = made.git('rev-parse', 'HEAD:.gitignore').split('\n')
  const head = join(made.top, '.git/HEAD')
  rmSync(head)
  const read = () => reader.read({ oid: oid!, most: 100, hash: false })
  for (const result of await Promise.allSettled([read(), read()]))
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'NO_COMMIT' } })
  made.write({ '.git/HEAD': 'ref: refs/heads/main\n' })
  expect((await read()).bytes?.toString()).toBe('.DS_Store\n*.log\n/ignored/\n')
  made.remove()
})

test('a folder that does not exist is a failure of the read, not of the process', async () => {
  const reader = new ObjectReader(join(tempFolder(), 'missing'))
  await expect(reader.read({ oid: MISSING, most: 1, hash: false })).rejects.toMatchObject({
    code: 'NO_COMMIT',
  })
})

test('the failure names the object and why it cannot be read', () => {
  expect(unreadableObject('abc', 'git ended').message).toBe(
    'git cannot read the object abc of the commit: git ended',
  )
})
