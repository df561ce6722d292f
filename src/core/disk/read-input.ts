import { readFileSync } from 'node:fs'
import { Failure } from '../../contract/failure.ts'

/**
 * Reads a file that the user named.
 * @param path `-` is stdin if `stdin` is allowed
 * @throws Failure INPUT_UNREADABLE
 */
export function readInput(path: string, { stdin = false } = {}): Buffer {
  try {
    return readFileSync(stdin && path === '-' ? 0 : path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new Failure('INPUT_UNREADABLE', `${path} cannot be read (${code})`, 'check the path', {
      at: path,
      cause,
    })
  }
}
