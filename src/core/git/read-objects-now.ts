import { createHash } from 'node:crypto'
import { gitSync } from './git-command.ts'
import { gitSays } from './git-failure.ts'
import { type Blob, type ObjectRequest, unreadableObject } from './object-reader.ts'

/**
 * The same as `ObjectReader`, for the few reads that cannot wait. It starts git once, or twice if an object is large.
 * @throws Failure NO_COMMIT for an object that this clone does not have and cannot fetch
 */
export function readObjectsNow(cwd: string, requests: readonly ObjectRequest[]): Blob[] {
  if (requests.length === 0) return []
  const sizes = ask(cwd, '--batch-check', requests)
    .toString('latin1')
    .split('\n')
    .map((line) => line.split(' '))
  const objects = requests.map((one, index) => {
    const [, type, size] = sizes[index] ?? []
    if (size === undefined) throw unreadableObject(one.oid, `the object is ${type}`)
    return { ...one, size: Number(size) }
  })
  const readable = objects.filter(({ size, most }) => size <= most)
  const bytes = readable.length > 0 ? ask(cwd, '--batch', readable) : Buffer.alloc(0)
  let at = 0
  return objects.map(({ size, most, hash }) => {
    if (size > most) return { size }
    const start = bytes.indexOf('\n', at) + 1
    at = start + size + 1
    const own = bytes.subarray(start, start + size)
    return { size, bytes: own, ...(hash ? { sha256: createHash('sha256').update(own).digest('hex') } : {}) }
  })
}

function ask(cwd: string, how: string, requests: readonly ObjectRequest[]): Buffer {
  try {
    return gitSync(cwd, ['cat-file', how], requests.map(({ oid }) => `${oid}\n`).join(''))
  } catch (error) {
    throw unreadableObject(requests[0]?.oid ?? '', gitSays(error))
  }
}
