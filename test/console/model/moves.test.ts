import { describe, expect, test } from 'vitest'
import { codeIn } from '../../../console/model/address/sign-in-code.ts'
import { type Move, nameMove, readMove, reverseMove, VERBS } from '../../../console/model/moves/move-name.ts'
import { commandOf } from '../../../console/model/moves/move-words.ts'
import { buildCommand } from '../../../console/model/moves/shell-command.ts'
import fc from '../../harness/fast-check.ts'
import { wordsOf } from '../support/run-command.ts'

const id = fc.stringMatching(/^[a-z0-9]+(-[a-z0-9]+)*$/)
const one: fc.Arbitrary<Move> = fc.record(
  { verb: fc.constantFrom(...VERBS), kind: id, id, version: fc.integer({ min: 1, max: 1e9 }) },
  { requiredKeys: ['verb', 'kind', 'id'] },
)
const move = fc.oneof(one, fc.record({ verb: fc.constant('undo' as const), release: fc.uuid() }))

describe('the name of a move', () => {
  test('is read back from an address', () => {
    fc.assert(
      fc.property(move, (given) => {
        const { searchParams } = new URL(`http://x/?${new URLSearchParams({ move: nameMove(given) })}`)
        expect(readMove(searchParams.get('move'))).toEqual(given)
      }),
    )
  })

  test.each([
    null,
    '',
    'rollback',
    'rollback:agents',
    'rollback:agents/',
    'rollback:agents/x@0',
    'rollback:agents/x@1/../..',
    'rollback:agents/<script>',
    'delete:agents/x',
    'undo:',
    'undo:../x',
  ])('is not read from %j', (text) => {
    expect(readMove(text)).toBeUndefined()
  })

  test('has a way back: the switch the other way, else the release is undone', () => {
    const one = { kind: 'agents', id: 'x' }
    expect(reverseMove({ verb: 'disable', ...one }, 'r')).toEqual({ verb: 'enable', ...one })
    expect(reverseMove({ verb: 'enable', ...one }, 'r')).toEqual({ verb: 'disable', ...one })
    for (const verb of ['rollback', 'promote', 'undelete'] as const)
      expect(reverseMove({ verb, ...one }, 'r')).toEqual({ verb: 'undo', release: 'r' })
  })
})

describe('a command to copy', () => {
  test('is read by a shell as it was meant, whatever a reason holds', () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 30 })
      .filter((one) => !one.includes('\0'))
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, (words, reason) => {
        const built = buildCommand(words, { reason, force: true, env: undefined, draft: false })
        expect(wordsOf(built)).toEqual([...words, '--reason', reason, '--force'])
      }),
      { numRuns: 25 },
    )
  })

  test('names what the plan leads to, and a place for the reason that is missing', () => {
    const given = { reason: '', force: false, to: 2 }
    const one = { kind: 'agents', id: 'x' }
    expect(commandOf({ verb: 'rollback', ...one }, given)).toBe(
      "nofx registry rollback agents/x --to v2 --reason '<why>'",
    )
    expect(commandOf({ verb: 'promote', ...one, version: 5 }, { ...given, env: 'pr-1' })).toBe(
      'nofx registry promote agents/x --expect v5 --env pr-1',
    )
    expect(
      commandOf({ verb: 'undo', release: '4f2a9c1b-1111' }, { ...given, reason: 'bad', force: true }),
    ).toBe('nofx registry rollback --release 4f2a9c1b --reason bad --force')
  })
})

test.each([
  ['http://127.0.0.1:54321/console/#code=abc_-1', 'abc_-1'],
  ['  abc_-1\n', 'abc_-1'],
])('the code in %j is found', (text, code) => {
  expect(codeIn(text)).toBe(code)
})
