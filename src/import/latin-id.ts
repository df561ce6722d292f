import { createHash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { slugify } from '../contract/fields/id.ts'

/** Characters of a name that its id is made of; a longer name gets a hash. */
const MOST = 20
/** Folders whose names do not describe their content. */
const SILENT = /^(?:agents|commands|claude|github)$/

/**
 * An id for a name that has no Latin letters: the nearest folder whose name gives an id, else `word`, and the name in
 * Punycode, so that two names never get one id.
 */
export function latinId(path: string, name: string, word: string): string {
  const folders = path.split('/').slice(0, -1).map(slugify)
  const folder = folders.findLast((id) => id !== undefined && !SILENT.test(id)) ?? word
  const letters = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '')
  const isShort = [...letters].length <= MOST
  const code = isShort ? domainToASCII(letters).replace(/^xn--/, '') : ''
  const own = code === '' ? createHash('sha256').update(name).digest('hex').slice(0, 10) : code
  return slugify(`${folder.slice(0, 63 - own.length)}-${own}`) ?? `${word}-${own}`
}
