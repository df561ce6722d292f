import { sha256 } from '../../../../src/contract/digest.ts'
import type { Blob, ObjectRequest } from '../../../../src/core/git/object-reader.ts'
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

/** As `storeObjects` writes them: each byte above 127 takes two in UTF-8. */
const STORED = CONTENTS.map((bytes) => Buffer.from(bytes.toString('latin1')))

/** Stores the contents as objects of a repository; the answer names them in the same order. */
export function storeObjects(made: Repository): string[] {
  made.write(Object.fromEntries(CONTENTS.map((bytes, at) => [`objects/${at}`, bytes.toString('latin1')])))
  const paths = CONTENTS.map((_bytes, at) => `objects/${at}`)
  return made.git('hash-object', '-w', '--no-filters', ...paths).split('\n')
}

/** A blob with the hash of its bytes in their place: comparing 200,000 bytes one by one takes a second. */
export function shownBlob({ bytes, ...blob }: Blob): object {
  return { ...blob, ...(bytes ? { bytes: sha256(bytes) } : {}) }
}

/** What reading an object has to answer, as `shownBlob` shows it. */
export function expectedOf(at: number, { most, hash }: Pick<ObjectRequest, 'most' | 'hash'>) {
  const bytes = STORED[at] as Buffer
  return {
    size: bytes.length,
    ...(bytes.length <= most ? { bytes: sha256(bytes) } : {}),
    ...(hash ? { sha256: sha256(bytes) } : {}),
  }
}
