import { expect, test } from 'vitest'
import { Failure } from '../../../src/contract/failure.ts'
import { type ConnectOptions, checkOptions } from '../../../src/worker/connection/options.ts'

const GOOD = { url: 'https://x.supabase.co', key: `sb_publishable_${'x'.repeat(32)}`, cacheDir: 'x' }
const WRONG: unknown[] = [null, 5, -1, '', 'x y', {}, [5], true, Number.NaN, Symbol('x')]
/** For each option, which of these are right after all. */
const RIGHT: Record<keyof ConnectOptions, (value: unknown) => boolean> = {
  url: () => false,
  key: () => false,
  cacheDir: (value) => value === 'x y',
  accessToken: (value) => value === 'x y',
  // A publishable key may not read drafts.
  drafts: () => false,
  env: () => false,
  kinds: () => false,
  pollMs: (value) => value === 5,
  answerWithinMs: (value) => value === 5,
  log: () => false,
}

test.each(Object.entries(RIGHT))('an option %s of another type is refused by its name', (name, isRight) => {
  for (const value of WRONG.filter((one) => !isRight(one))) {
    const options = { ...GOOD, [name]: value } as never
    const refused = expect.objectContaining({
      code: 'CONFIG',
      message: expect.stringContaining(`option ${name} `),
    })
    expect(() => checkOptions(options), String(value)).toThrow(refused)
  }
})

test('no options at all are refused as a Failure', () => {
  for (const options of [undefined, null]) expect(() => checkOptions(options as never)).toThrow(Failure)
  expect(checkOptions(GOOD)).toMatchObject({ url: GOOD.url, drafts: false })
})
