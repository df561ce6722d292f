import { createHash } from 'node:crypto'
import type { Blob, Wanted } from '../../../../src/core/git/object-reader.ts'
import type { Repository } from './repository.ts'

/** Sizes around the pieces in which a pipe hands bytes over. */
const SIZES = [0, 1, 9, 10, 4095, 65_535, 65_536, 65_537, 200_000]

/** Contents that a reader could trip over: empty, line feeds at both ends, and lengths at the edges of a pipe. */
export const CONTENTS = [
  ...SIZES.map((size) => Buffer.alloc(size, 'abc\n')),
  Buffer.from('\n'),
  Buffer.from('\n\n\n'),
  Buffer.from(`${'0'.repeat(40)} blob 3\nabc\n`),
  Buffer.from([0, 255, 10, 13, 0]),
]

/** Stores the contents as objects of a repository; the answer names them in the same order. */
export function storeObjects(made: Repository): string[] {
  made.write(Object.fromEntries(CONTENTS.map((bytes, at) => [`objects/${at}`, bytes.toString('latin1')])))
  const paths = CONTENTS.map((_bytes, at) => `objects/${at}`)
  return made.git('hash-object', '-w', '--no-filters', ...paths).split('\n')
}

/** What reading an object has to answer. */
export function expectedOf(at: number, { most, hash }: Wanted): Blob {
  // As `storeObjects` writes it: each byte above 127 takes two in UTF-8.
  const bytes = Buffer.from(CONTENTS[at]!.toString('latin1'))
  return {
    size: bytes.length,
    ...(bytes.length <= most ? { bytes } : {}),
    ...(hash ? { sha256: createHash('sha256').update(bytes).digest('hex') } : {}),
  }
}
