import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConsoleUnderTest } from './console-under-test.ts'

/** The secret key of a registry under test. */
export function secretOf({ root }: Pick<ConsoleUnderTest, 'root'>): string {
  return (JSON.parse(readFileSync(join(root, '.nofx/keys.json'), 'utf8')) as { secret: string }).secret
}

/** Reads the API of a console as its publisher. */
export function createOpenedApi({ root, server }: ConsoleUnderTest) {
  const secret = secretOf({ root })
  return async (path: string) => {
    const answer = await fetch(server.url + path, { headers: { apikey: secret } })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    // biome-ignore lint/suspicious/noExplicitAny: the shape is the route's, and the test asserts it
    return (await answer.json()) as any
  }
}
