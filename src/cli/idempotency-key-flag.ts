import * as Flags from '@oclif/core/flags'
import { Failure } from '../contract/failure.ts'

/** The HTTP API's rule for a key: printable ASCII characters. */
const KEY = /^[\x20-\x7e]{8,200}$/

/** The flag of every command that changes the registry. */
export const idempotencyKey = Flags.string({
  description: 'return the earlier answer when the same request is repeated with this key',
  helpValue: 'K',
  parse: async (key) => {
    if (KEY.test(key)) return key
    const message = `--idempotency-key "${key.slice(0, 80)}" does not have 8 to 200 printable ASCII characters`
    throw new Failure('USAGE', message, 'use a new key for each change, such as incident-4711')
  },
})
